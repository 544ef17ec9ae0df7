"""The command itself: it has our terminal, gets every signal that we get, and its end is our end."""

import os
import subprocess
from collections.abc import Mapping, Sequence

from mockserver.running import signals

# As env(1) has them.
NOT_EXECUTABLE, NOT_FOUND = 126, 127


class CannotRun(Exception):
    """The command could not be started: one line for people, and the status to end with."""

    def __init__(self, words: str, status: int) -> None:
        super().__init__(words)
        self.status = status


def run(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """The exit status of ``command``; 128+n where the signal n ended it. Signals must be held. Raises ``CannotRun``."""
    if (number := signals.pending()) is not None:
        raise CannotRun("told to end before the command was started", 128 + number)
    program = _started(command, environment)
    while (status := program.poll()) is None:
        number, by_key = signals.wait()
        if number in signals.PASSED_ON and not by_key:
            program.send_signal(number)
    return status if status >= 0 else 128 - status


def _started(command: Sequence[str], environment: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    try:
        return subprocess.Popen(command, env=environment, preexec_fn=signals.release)
    except FileNotFoundError as problem:
        script = problem.filename == command[0] and os.path.exists(command[0])
        words = "its interpreter was not found" if script else "command not found"
        raise CannotRun(f"{command[0]}: {words}", NOT_FOUND) from None
    except (OSError, ValueError) as problem:
        words = getattr(problem, "strerror", None) or str(problem)
        raise CannotRun(f"{command[0]}: {words.lower()}", NOT_EXECUTABLE) from None
