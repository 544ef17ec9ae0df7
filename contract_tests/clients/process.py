"""A program that answers a line with a line, and whatever it does instead: end, hang, babble.

Nothing here waits longer than it was told to, neither for a program that does not write nor for one that does not read.
"""

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress

_MOST = 1 << 26
_CHUNK = 1 << 16
# How long a program may take to end by itself when its input has ended.
_FAREWELL = 5.0


class BadProgram(Exception):
    """The program cannot be started, ended, or says what the protocol does not have: one line for people."""


class Process:
    """Raises ``OSError`` or ``ValueError`` where ``command`` cannot be started; ``patience``: seconds for an answer."""

    def __init__(self, command: Sequence[str], patience: float) -> None:
        if not command:
            raise ValueError("no command")
        # A session of its own, so that what the program started can be ended with it.
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, start_new_session=True
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._in, self._out = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(self._in, False)
        self._patience = patience
        self._read = b""
        self._answered = False

    def asked(self, line: bytes) -> bytes:
        """The line that ``line`` is answered with. Raises ``BadProgram``, and ``TimeoutError`` where there is none."""
        if self._answered:
            self._nothing_said()
        end = time.monotonic() + self._patience
        self._write(line + b"\n", end)
        while b"\n" not in self._read:
            self._wait(self._out, selectors.EVENT_READ, end)
            self._take()
        answer, _, self._read = self._read.partition(b"\n")
        self._answered = True
        self._nothing_said(answer)
        return answer

    def end(self, line: bytes) -> None:
        """Says ``line`` and waits until the program has ended; not for long."""
        with suppress(BadProgram, TimeoutError):
            self._write(line + b"\n", time.monotonic() + _FAREWELL)
        with suppress(subprocess.TimeoutExpired):
            self._process.communicate(timeout=_FAREWELL)
        self.kill()

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            stream.close()

    def _nothing_said(self, answer: bytes = b"") -> None:
        """Between an answer and the next call a program is silent; that it has ended is told when it is needed."""
        if not self._read and _ready(self._out, selectors.EVENT_READ, 0):
            self._read = os.read(self._out, _CHUNK)
        if self._read:
            lines = [line[:100].decode("utf-8", "replace") for line in (answer, *self._read.splitlines()[:3]) if line]
            raise BadProgram(f"more than one line was said: {' | '.join(lines)}")

    def _write(self, content: bytes, end: float) -> None:
        while content:
            self._wait(self._in, selectors.EVENT_WRITE, end)
            try:
                content = content[os.write(self._in, content) :]
            except OSError:
                # It reads no more; what it said before that is still to be read.
                return

    def _take(self) -> None:
        read = os.read(self._out, _CHUNK)
        if not read:
            raise self._ended()
        self._read += read
        if len(self._read) > _MOST:
            raise BadProgram(f"a line of more than {_MOST} bytes")

    def _wait(self, file: int, event: int, end: float) -> None:
        if not _ready(file, event, max(0.0, end - time.monotonic())):
            raise TimeoutError

    def _ended(self) -> BadProgram:
        try:
            status = self._process.wait(_FAREWELL)
        except subprocess.TimeoutExpired:
            return BadProgram("the program closed its input or output and was still needed")
        how = f"was ended by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"
        return BadProgram(f"the program {how} and was still needed")


def _ready(file: int, event: int, seconds: float) -> bool:
    with selectors.DefaultSelector() as waiting:
        waiting.register(file, event)
        return bool(waiting.select(seconds))
