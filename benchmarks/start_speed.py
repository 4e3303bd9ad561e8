"""How long the command line takes to say what there is, against an interpreter that does nothing.

python benchmarks/start_speed.py

The shell's completion asks it at every press of a key. Both are started in turn, the quickest of each counts.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROUNDS, LIMIT_S = 10, 0.4
HELP = (str(Path(sys.executable).with_name("hecha")), "--help")
NOTHING = (sys.executable, "-c", "")


def took(command: tuple[str, ...]) -> float:
    """Seconds until it has ended well."""
    began = time.perf_counter()
    subprocess.run(command, capture_output=True, check=True)
    return time.perf_counter() - began


def main() -> int:
    rounds = [(took(HELP), took(NOTHING)) for _ in range(ROUNDS)]
    ours, bare = (min(each) for each in zip(*rounds, strict=True))
    print(f"hecha --help {ours:.3f} s (limit {LIMIT_S}); the interpreter alone {bare:.3f} s; ratio {ours / bare:.1f}")
    return 0 if ours <= LIMIT_S else 1


if __name__ == "__main__":
    sys.exit(main())
