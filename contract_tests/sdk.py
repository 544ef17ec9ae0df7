"""The official SDK's clients, ready to call: the reference for how a client signs, sends and reads.

The SDKs are an extra (``bss-mock[test]``) and are imported only when a client is asked for.
"""

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

from mockserver.store.sandboxes import Principal

if TYPE_CHECKING:
    from requests import Session

_CLIENTS = {"cn": ("huaweicloudsdkbss", "Bss"), "intl": ("huaweicloudsdkbssintl", "Bssintl")}


class SdkMissing(ImportError):
    """The official SDK of a site, or something it needs, is not installed: one line for people."""


def of_site(site: str, *, asynchronous: bool = False) -> Any:
    """The client class of a site. Raises ``SdkMissing``."""
    package, name = _CLIENTS[site]
    try:
        return getattr(import_module(f"{package}.v2"), f"{name}AsyncClient" if asynchronous else f"{name}Client")
    except ModuleNotFoundError as missing:
        raise SdkMissing(f"the official SDK {package} cannot be used ({missing}): pip install bss-mock[test]") from None


def client(site: str, endpoint: str, principal: Principal, *, asynchronous: bool = False) -> Any:
    """A client that acts as ``principal`` and sends every request once.

    Proxies and password files of this machine are not for an emulator, so the environment is not asked.
    """
    class_ = of_site(site, asynchronous=asynchronous)
    from huaweicloudsdkcore.auth.credentials import GlobalCredentials
    from huaweicloudsdkcore.http.http_config import HttpConfig

    config = HttpConfig()
    config.retry_times = 0
    credentials = GlobalCredentials(principal.ak, principal.sk, principal.domain_id)
    made = class_.new_builder().with_http_config(config).with_credentials(credentials).with_endpoint(endpoint).build()
    session_of(made).trust_env = False
    return made


def session_of(made: Any) -> "Session":
    """The ``requests`` session of a client.

    The SDK has no public place for another transport: ``HttpConfig`` knows proxies and timeouts, an ``HttpHandler``
    only watches, and the builder makes the HTTP client itself. Its session is one private name away, and everything
    before and after it (signing, errors, models) stays the SDK's own.
    """
    session: Session = made.get_http_client()._session
    return session


class Clients:
    """The clients of one world, each made when it is first asked for. ``prepare`` is given each new one's session."""

    def __init__(
        self,
        site: str,
        endpoint: str,
        prepare: "Callable[[Session], None] | None" = None,
        *,
        asynchronous: bool = False,
    ) -> None:
        self._site = site
        self._endpoint = endpoint
        self._prepare = prepare
        self._asynchronous = asynchronous
        self._made: dict[str, Any] = {}

    def of(self, principal: Principal) -> Any:
        """Raises ``SdkMissing``."""
        if principal.name not in self._made:
            made = self._made[principal.name] = client(
                self._site, self._endpoint, principal, asynchronous=self._asynchronous
            )
            if self._prepare is not None:
                self._prepare(session_of(made))
        return self._made[principal.name]

    def close(self) -> None:
        for made in self._made.values():
            made.close()
            # The client's own close forgets the threads that sign.
            made.get_http_client().executor.shutdown(wait=False)
        self._made.clear()
