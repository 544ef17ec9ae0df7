"""The least that a transport can do: the same bytes for every request, without a look at it."""

from io import BytesIO
from types import MethodType

from requests import PreparedRequest, Response, Session
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

HEADERS = {"Content-Type": "application/json;charset=UTF-8", "X-Request-Id": "0" * 32}

# The library's own, from before anything is intercepted.
_SETTINGS = Session.merge_environment_settings


def answer(session: Session, content: bytes) -> None:
    """Answer every request of ``session`` with ``content``; an interception around it changes nothing for it."""
    session.mount("https://", Canned(content))
    session.merge_environment_settings = MethodType(_SETTINGS, session)  # type: ignore[method-assign]


class Canned(HTTPAdapter):
    """Answers every request of a session with ``content``."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self._content = content

    def send(self, request: PreparedRequest, *_: object, **__: object) -> Response:
        raw = HTTPResponse(body=BytesIO(self._content), headers=HEADERS, status=200, reason="OK", preload_content=False)
        return self.build_response(request, raw)
