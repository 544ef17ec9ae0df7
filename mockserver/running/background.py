"""The emulator of ``bss-mock run``: in a process of its own, so that neither Ctrl+C nor the command can reach it.

What the process has to say comes through a pipe, a line each: first its addresses, then what its proxy refused.
"""

import json
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self

from mockserver.running import signals

_PATIENCE = 10.0
_LONGEST_START = 60.0
_LOOK = 0.005

Say = Callable[[Any], None]


class NotStarted(Exception):
    """One line for people; what went wrong was told before."""


class Background:
    """``serve`` runs in the process until it is told to end; it is given a way to say what should be known here."""

    def __init__(self, serve: Callable[[Say], None]) -> None:
        reader, writer = os.pipe()
        self._pid: int | None = os.fork()
        if self._pid == 0:
            os.close(reader)
            _be_the_emulator(serve, writer)
        os.close(writer)
        self._said = os.fdopen(reader, "rb")
        try:
            there, _, _ = select.select([self._said], [], [], _LONGEST_START)
            first = self._said.readline() if there else b""
            if not first:
                raise NotStarted("the emulator did not start")
            self.addresses: Mapping[str, str] = json.loads(first)
        except BaseException:
            self.stop()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> Sequence[str]:
        """What else it said."""
        if self._pid is None:
            return ()
        pid, self._pid = self._pid, None
        _end(pid)
        # Its worker may hold the pipe for a moment longer; nobody writes any more.
        os.set_blocking(self._said.fileno(), False)
        with self._said:
            return [json.loads(line) for line in (self._said.read() or b"").splitlines()]


def _be_the_emulator(serve: Callable[[Say], None], writer: int) -> None:
    """In the new process; does not come back."""
    os.setsid()
    signals.release()
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)

    def say(words: Any) -> None:
        os.write(writer, json.dumps(words).encode() + b"\n")

    status = 1
    try:
        serve(say)
        status = 0
    except BaseException:  # whatever it is, this copy of the process must not go on where the other one does
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stderr.flush()
        os._exit(status)


def _end(pid: int) -> None:
    end = time.monotonic() + _PATIENCE
    os.kill(pid, signal.SIGTERM)
    while os.waitpid(pid, os.WNOHANG)[0] == 0:
        if time.monotonic() > end:
            os.killpg(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            return
        time.sleep(_LOOK)
