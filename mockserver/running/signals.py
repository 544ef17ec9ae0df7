"""Signals to ``bss-mock run``: held from the moment when there is something to clean up, and looked at one by one.

A handler would not do: what it raises can get lost in code that ignores exceptions. A signal from the terminal (Ctrl+C)
reaches the command without us, as both are in the foreground; a second one would tell many programs to end at once and
without cleaning up. So only signals that somebody sent to us are passed on.
"""

import os
import signal
import sys

PASSED_ON = {signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2}
_HELD = {*PASSED_ON, signal.SIGCHLD}
_BY_KEY = {signal.SIGINT, signal.SIGQUIT}


def hold() -> None:
    """For the rest of this process."""
    # Without a handler some systems do not keep it for who waits.
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.pthread_sigmask(signal.SIG_BLOCK, _HELD)


def release() -> None:
    """In a child: a program of its own is told to end as any other."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _HELD)


def pending() -> int | None:
    """One that came before there was a command to pass it on to."""
    return min(signal.sigpending() & PASSED_ON, default=None)


def wait() -> tuple[int, bool]:
    """The next signal, and whether a key sent it."""
    if hasattr(signal, "sigwaitinfo"):
        info = signal.sigwaitinfo(_HELD)
        return info.si_signo, info.si_code > 0
    number = signal.sigwait(_HELD)
    return number, number in _BY_KEY and _in_foreground()


def _in_foreground() -> bool:
    try:
        return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (OSError, ValueError):
        return False
