"""What a command finds in its environment."""

import json
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from huaweicloudsdkbss.v2.region.bss_region import BssRegion
from huaweicloudsdkbssintl.v2.region.bssintl_region import BssintlRegion
from huaweicloudsdkcore.auth import provider
from huaweicloudsdkcore.auth.internal import IamHelper, StsHelper

from mockserver.proxy import certificates
from mockserver.running.environment import Trust, variables

if TYPE_CHECKING:
    from tests.conftest import Ran, Stage

    Run = Callable[..., Ran]

ADDRESSES = {"url": "http://127.0.0.1:1", "proxy": "http://127.0.0.1:2"}
BEFORE = {
    "PATH": "/bin",
    "NO_PROXY": ".myhuaweicloud.com",
    "no_proxy": "*",
    "ALL_PROXY": "socks5://proxy.corp:1080",
    "https_proxy": "http://proxy.corp:8080",
    "HUAWEICLOUD_SDK_SECURITY_TOKEN": "of the real cloud",
    "HUAWEICLOUD_SDK_REGION_BSS_CN_SOUTH_1": "https://bss.myhuaweicloud.com",
    "HUAWEICLOUD_OIDC_PROVIDER_URN": "of the real cloud",
    "JAVA_TOOL_OPTIONS": "-Dmine=1",
}


@pytest.fixture
def found(stage: "Stage", tmp_path: Path) -> dict[str, str]:
    trust = Trust(b"", tmp_path / "a folder" / "all.pem", tmp_path / "a folder" / "all.p12")
    return variables(BEFORE, stage["solution_provider"], ADDRESSES, trust)


def test_the_names_are_those_that_the_sdk_reads(found: dict[str, str], stage: "Stage") -> None:
    names, who = provider.EnvCredentialProvider, stage["solution_provider"]
    assert (found[names._AK_ENV_NAME], found[names._SK_ENV_NAME]) == (who.ak, who.sk)
    assert found[names._DOMAIN_ID_ENV_NAME] == who.domain_id
    assert found[IamHelper.IAM_ENDPOINT_ENV_NAME] == ADDRESSES["url"]
    assert found[StsHelper.STS_ENDPOINT_ENV_NAME] == ADDRESSES["url"]
    for service, regions in {"BSS": BssRegion, "BSSINTL": BssintlRegion}.items():
        for name in regions.static_fields:
            assert found[f"HUAWEICLOUD_SDK_REGION_{service}_{name.replace('-', '_').upper()}"] == ADDRESSES["url"]


def test_whatever_belongs_to_the_real_cloud_is_taken_out(found: dict[str, str]) -> None:
    assert "real" not in " ".join(found.values())
    assert {"ALL_PROXY", "HUAWEICLOUD_SDK_REGION_BSS_CN_SOUTH_1"}.isdisjoint(found)
    assert found["PATH"] == "/bin"


def test_the_proxy_is_for_everything_but_this_machine(found: dict[str, str]) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        assert found[name] == ADDRESSES["proxy"]
    assert {found["NO_PROXY"], found["no_proxy"]} == {"localhost,127.0.0.1,::1"}


def test_java_gets_options_that_it_can_take_apart(found: dict[str, str]) -> None:
    options = shlex.split(found["JAVA_TOOL_OPTIONS"])
    assert options[0] == "-Dmine=1"
    assert {"-Dhttps.proxyHost=127.0.0.1", "-Dhttps.proxyPort=2", "-Dhttp.nonProxyHosts=localhost|127.*|[::1]"} < {
        *options
    }
    (store,) = [one for one in options if one.startswith("-Djavax.net.ssl.trustStore=")]
    assert store.endswith("/a folder/all.p12")


SHOWS = """
import json, os, ssl
files = {name: open(os.environ[name]).read() for name in (
    "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")}
print(json.dumps({"files": files, "proxy": os.environ["HTTPS_PROXY"], "url": os.environ["BSS_MOCK_URL"]}))
"""


@pytest.mark.parametrize("allowed", [(), ("--allow-host", "example.com")])
def test_real_certificates_are_trusted_only_where_real_hosts_are_let_through(
    run_under_mock: "Run", tmp_path: Path, allowed: tuple[str, ...]
) -> None:
    mine = tmp_path / "mine.pem"
    mine.write_bytes(certificates.thrown_away().cert_pem.bytes())
    ran = run_under_mock(sys.executable, "-c", SHOWS, options=allowed, environment={"SSL_CERT_FILE": str(mine)})
    shown = json.loads(ran.out)
    (bundle,) = set(shown["files"].values())
    assert bundle.count("BEGIN CERTIFICATE") == 1 + len(allowed[1:])
    assert (mine.read_text() in bundle) == bool(allowed)
    assert {urlsplit(shown[name]).hostname for name in ("proxy", "url")} == {"127.0.0.1"}
