"""How a command begins: stopped before it has, or without what it would need, it leaves nothing behind."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from console import environment, hecha, refused

# Ctrl-C comes while the command line is still being loaded.
_EARLY = """
import os, signal, sys
class Early:
    def find_spec(self, name, *rest):
        if name == "playbooks.cli":
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Early())
from playbooks.entry import main
main()
"""


def test_ctrl_c_before_anything_began_ends_at_once_without_a_traceback(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-c", _EARLY], cwd=tmp_path, env=environment(tmp_path), capture_output=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


@pytest.mark.parametrize("words", [("run", "full-audit"), ("run", "full-audit", "-t", "few.csv"), ("schedule",)])
def test_run_without_targets_leaves_no_database_behind(tmp_path: Path, words: tuple[str, ...]) -> None:
    refused(hecha(*words, at=tmp_path), "few.csv" if "few.csv" in words else "no project folder", "no such file")
    assert list(tmp_path.iterdir()) == []
