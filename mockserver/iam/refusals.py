"""How IAM says no: the paths below /v3 in Keystone's shape, the others with a code."""

from http import HTTPStatus
from typing import Any

from mockserver.contract.catalogue import IamError

# What the gateway's words for an authentication that fails are in IAM; anything else needs authentication.
AUTHENTICATION = {"expired_token": "IAM.0066", "bad_token": "IAM.0067", "foreign_domain": "IAM.0002"}
AUTHENTICATION |= {"foreign_project": "IAM.0002"}
NEEDS_AUTHENTICATION = "IAM.0001"


class IamRefused(Exception):
    """``code`` is one of ``schemas/errors.json``, ``because`` is for people, ``places`` fill the message."""

    def __init__(self, code: str, because: str, **places: object) -> None:
        super().__init__(code)
        self.code = code
        self.because = because
        self.places = places


def body(error: IamError, path: str, places: dict[str, object]) -> dict[str, Any]:
    message = error.message.format(**places)
    if path.startswith("/v3/"):
        return {"error": {"code": error.status, "message": message, "title": HTTPStatus(error.status).phrase}}
    return {"error_code": error.code, "error_msg": message}
