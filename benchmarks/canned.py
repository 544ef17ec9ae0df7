"""The least that a transport can do: the same bytes for every request, without a look at it."""

from io import BytesIO

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

HEADERS = {"Content-Type": "application/json;charset=UTF-8", "X-Request-Id": "0" * 32}


class Canned(HTTPAdapter):
    """Answers every request of a session with ``content``."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self._content = content

    def send(self, request: PreparedRequest, *_: object, **__: object) -> Response:
        raw = HTTPResponse(body=BytesIO(self._content), headers=HEADERS, status=200, reason="OK", preload_content=False)
        return self.build_response(request, raw)
