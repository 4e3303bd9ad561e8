"""Where the process begins: Ctrl-C while the command line is still being loaded."""

import os
import signal
from types import FrameType

INTERRUPTED = 130  # what shells give a process that Ctrl-C ended


def main() -> None:
    """Loads the command line and runs it; stopped before it is there, the process ends at once, with exit code 130."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stopped)
    from playbooks.cli import main as run  # takes a third of a second, in which nothing is under way

    run()


def _stopped(number: int, frame: FrameType | None) -> None:
    del number, frame
    os._exit(INTERRUPTED)  # no word: what knows the reader's language may be half loaded
