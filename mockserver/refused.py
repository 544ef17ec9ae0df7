"""The one way in which anything below the gateway says no."""

from collections.abc import Mapping
from typing import Any


class Refused(Exception):
    """A documented refusal, raised by its code; status and message come from the error catalogue.

    ``because`` is for people (header ``X-Mock-Reason`` and the journal), ``member`` names the argument at fault and
    ``rule`` what kind of rule refused.
    ``members`` are what the page documents beside ``error_code`` and ``error_msg``. ``keeps``: what the call did so far
    is kept; without it a refusal leaves no trace.
    """

    def __init__(
        self,
        code: str,
        because: str,
        *,
        member: str = "",
        members: Mapping[str, Any] | None = None,
        rule: str = "state",
        keeps: bool = False,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.because = because
        self.member = member
        self.members = dict(members or {})
        self.rule = rule
        self.keeps = keeps
