"""A request as it came and an answer as it goes, independent of the web framework around."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any, Protocol, overload
from urllib.parse import parse_qsl

import msgspec

JSON = "application/json;charset=UTF-8"
# What stands in a journal or a reason instead of a secret.
HIDDEN = "***"
NOTHING = -1
# The status of what was not answered at all.
NEVER = 0
# The Content-Length of an answer that is never sent: what serves it closes the connection.
DROPPED = "dropped"


class Headers(Protocol):
    """Header values by name, in any case."""

    @overload
    def get(self, name: str, /) -> str | None: ...

    @overload
    def get(self, name: str, default: str, /) -> str: ...


@dataclass(frozen=True)
class Wire:
    """One HTTP request. ``path`` is percent-decoded, ``query`` the raw text, ``headers`` case-insensitive.

    Bytes that are no UTF-8 are kept apart (``surrogateescape``): a signature speaks of bytes, not of text.
    """

    method: str
    path: str
    query: str
    headers: Headers
    body: bytes
    address: str

    @cached_property
    def query_pairs(self) -> Sequence[tuple[str, str]]:
        return parse_qsl(self.query, keep_blank_values=True, errors="surrogateescape")

    @property
    def is_text(self) -> bool:
        """Whether path and query are UTF-8."""
        try:
            "".join((self.path, *chain(*self.query_pairs))).encode()
        except UnicodeEncodeError:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers, and the body's bytes: JSON, or none at all. ``error_code`` is what the body says of an error.

    ``sent``: after how many bytes of the body the connection is closed (``NOTHING``: before any byte of the answer);
    None, as it should be, after all of them.
    """

    status: int
    content: bytes
    headers: Mapping[str, str]
    error_code: str | None = None
    sent: int | None = None


def answer(status: int, body: Any, **headers: str) -> Answer:
    """An answer with ``body`` as JSON (None: no body); amounts keep their digits."""
    content = b"" if body is None else _encoder.encode(body)
    code = body.get("error_code") if isinstance(body, dict) else None
    return Answer(status, content, {name.replace("_", "-"): value for name, value in headers.items()}, code)


_encoder = msgspec.json.Encoder(decimal_format="number")


def header_text(text: str) -> str:
    """As the value of a header: printable ASCII on one line."""
    return "".join(one if " " <= one <= "~" else _escaped(one) for one in text[:1000])


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode()


class Stopped(Exception):
    """The gateway answers before the service is reached: ``name`` is the answer's in ``schemas/errors.json``.

    ``pointer`` leads to what was wrong in the request document, where one place was.
    """

    def __init__(self, name: str, because: str, *, pointer: str = "", **places: object) -> None:
        super().__init__(name)
        self.name = name
        self.because = because
        self.pointer = pointer
        self.places = places
