"""The error catalogue: what status and what words a code stands for.

The catalogue has each code once (``schemas/errors.json``); a page that differs says so in its operation's ``errors``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.contract import files
from mockserver.shipped import schemas

LANGUAGE_HEADER = "X-Language"
SITE_LANGUAGE = {"cn": "zh", "intl": "en"}
_LANGUAGES = {"zh_cn": "zh", "en_us": "en"}


def language_of(text: str | None) -> str | None:
    """The language (``zh``, ``en``) that a value of ``X-Language`` asks for, in any case; None where we know none."""
    return _LANGUAGES.get(text.lower()) if text else None


@dataclass(frozen=True, slots=True)
class DocumentedError:
    """One row of an error table. ``messages`` by language (``zh``, ``en``)."""

    code: str
    status: int
    messages: Mapping[str, str]

    def body(self, language: str) -> dict[str, Any]:
        return {"error_code": self.code, "error_msg": self.messages[language]}


@dataclass(frozen=True, slots=True)
class GatewayError:
    """An answer of the gateway in front of the service; ``message`` may have ``{places}`` to fill."""

    code: str
    status: int
    message: str

    def body(self, request_id: str, **places: object) -> dict[str, Any]:
        return {"error_msg": self.message.format(**places), "error_code": self.code, "request_id": request_id}


@dataclass(frozen=True, slots=True)
class IamError:
    """An answer of IAM; ``message`` may have ``{places}`` to fill."""

    code: str
    status: int
    message: str


class Catalogue:
    """All codes of ``schemas/errors.json``."""

    def __init__(self) -> None:
        document = files.read(schemas() / "errors.json")
        self._codes: Mapping[str, Mapping[str, Any]] = document["codes"]
        self._gateway: Mapping[str, Mapping[str, Any]] = document["gateway"]
        self._iam: Mapping[str, Mapping[str, Any]] = document["iam"]

    def __contains__(self, code: str) -> bool:
        return code in self._codes

    def documented(self, code: str, page: Mapping[str, Any] | None = None) -> DocumentedError:
        """The catalogue's row for ``code``, with what one operation's page says differently."""
        row = {**self._codes[code], **(page or {})}
        return DocumentedError(code, row["status"], {"zh": row["zh"], "en": row["en"]})

    def gateway(self, name: str) -> GatewayError:
        row = self._gateway[name]
        return GatewayError(row["code"], row["status"], row["message"])

    def iam(self, code: str) -> IamError:
        row = self._iam[code]
        return IamError(code, row["status"], row["message"])

    def gateway_named(self, name: str, status: int | None = None) -> GatewayError | None:
        """The gateway's answer of that name (``throttled``), or the first with that code (and status)."""
        if name in self._gateway:
            return self.gateway(name)
        with_code = [one for one in map(self.gateway, self._gateway) if one.code == name]
        return next((one for one in with_code if one.status == status), next(iter(with_code), None))
