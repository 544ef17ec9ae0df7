"""What the command finds in its environment: whom to be, where the cloud is, and whose certificates to trust.

A client that asks for an address is given the emulator's own. One that knows only the cloud's host names is led there
by the proxy. Whatever else an SDK would read from the environment (tokens, other regions) is taken out: it belongs to
the real cloud.
"""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mockserver import cloud
from mockserver.proxy.certificates import STORE_PASSWORD
from mockserver.store.sandboxes import Principal

_OF_THE_CLOUD = "HUAWEICLOUD_"
# Some programs look for the one, some for the other.
_PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")
_NO_PROXIES = ("NO_PROXY", "no_proxy")
# Another proxy for everything would be one for what we refuse.
_DROPPED = ("ALL_PROXY", "all_proxy")
# Instead of anybody's exceptions: one for the cloud's hosts would lead to the cloud.
_HERE = "localhost,127.0.0.1,::1"
_BUNDLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")


@dataclass(frozen=True, slots=True)
class Trust:
    """Whom to trust: the emulator's ``authority`` (PEM), and the files with all certificates, as PEM and for Java."""

    authority: bytes
    bundle: Path
    java: Path


def variables(
    before: Mapping[str, str], principal: Principal, addresses: Mapping[str, str], trust: Trust
) -> dict[str, str]:
    """The environment of a command that is ``principal``; ``before`` is that of ours."""
    kept = {name: value for name, value in before.items() if not _replaced(name)}
    java = " ".join(filter(None, [before.get("JAVA_TOOL_OPTIONS"), _java(addresses["proxy"], trust.java)]))
    return {
        **kept,
        **_sdk(principal, addresses["url"]),
        "BSS_MOCK_URL": addresses["url"],
        **dict.fromkeys(_PROXIES, addresses["proxy"]),
        **dict.fromkeys(_NO_PROXIES, _HERE),
        **dict.fromkeys(_BUNDLES, str(trust.bundle)),
        # Node.js 24 and later: its own HTTP functions look at HTTPS_PROXY only with it.
        "NODE_USE_ENV_PROXY": "1",
        "JAVA_TOOL_OPTIONS": java,
    }


def _replaced(name: str) -> bool:
    return name.startswith(_OF_THE_CLOUD) or name in _DROPPED


def _sdk(principal: Principal, url: str) -> dict[str, str]:
    """As the official SDKs read them."""
    regions = {
        f"HUAWEICLOUD_SDK_REGION_{service}_{region.replace('-', '_').upper()}": url
        for service in cloud.SERVICES
        for region in cloud.endpoints()[service]
    }
    return {
        "HUAWEICLOUD_SDK_AK": principal.ak,
        "HUAWEICLOUD_SDK_SK": principal.sk,
        "HUAWEICLOUD_SDK_DOMAIN_ID": principal.domain_id,
        "HUAWEICLOUD_SDK_IAM_ENDPOINT": url,
        "HUAWEICLOUD_SDK_STS_ENDPOINT": url,
        **regions,
    }


def _java(proxy: str, store: Path) -> str:
    host, _, port = proxy.rpartition("/")[2].rpartition(":")
    options = {
        "javax.net.ssl.trustStore": str(store),
        "javax.net.ssl.trustStoreType": "PKCS12",
        "javax.net.ssl.trustStorePassword": STORE_PASSWORD,
        "https.proxyHost": host,
        "https.proxyPort": port,
        "http.proxyHost": host,
        "http.proxyPort": port,
        "http.nonProxyHosts": "localhost|127.*|[::1]",
    }
    return " ".join(_quoted(f"-D{name}={value}") for name, value in options.items())


def _quoted(option: str) -> str:
    """A JVM splits at spaces, and knows quotes."""
    return shlex.quote(option) if " " in option else option
