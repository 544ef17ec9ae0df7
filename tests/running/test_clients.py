"""Clients that nobody here wrote, unchanged under ``bss-mock run``: they call the cloud and meet the emulator."""

import json
import os
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from huaweicloudsdkbss.v2.region.bss_region import BssRegion
from huaweicloudsdkbssintl.v2.region.bssintl_region import BssintlRegion

if TYPE_CHECKING:
    from tests.conftest import Ran, Stage

    Run = Callable[..., Ran]

ROOT = Path(__file__).parents[2]

# A program as the SDK's own documentation has it. It names no address, and keys only where the SDK wants them.
PROGRAM = """
import json, os
from huaweicloudsdkcore.auth.credentials import GlobalCredentials
from {package}.v2 import {client}, {asynchronous}, ListSubCustomersRequest, QuerySubCustomerListReq
from {package}.v2.region.{module} import {region}

keys = GlobalCredentials(
    os.environ["HUAWEICLOUD_SDK_AK"], os.environ["HUAWEICLOUD_SDK_SK"], os.environ["HUAWEICLOUD_SDK_DOMAIN_ID"]
)
request = ListSubCustomersRequest(body=QuerySubCustomerListReq(limit=1))
found = {{}}
for name in {constants}:
    client = {client}.new_builder().with_credentials(keys).with_region(getattr({region}, name)).build()
    found[name] = client.list_sub_customers(request).count
for name in {regions}:
    region = {region}.value_of(name)
    client = {client}.new_builder().with_credentials(keys).with_region(region).build()
    found[name] = [client.list_sub_customers(request).count, *region.endpoints]
# Without credentials it takes those of the environment.
client = {client}.new_builder().with_region({region}.{first}).build()
found["of the environment"] = client.list_sub_customers(request).count
# Without the account's ID it asks IAM for it, at the address of the environment.
del os.environ["HUAWEICLOUD_SDK_DOMAIN_ID"]
client = {client}.new_builder().with_region({region}.{first}).build()
found["without the account's ID"] = client.list_sub_customers(request).count
client = {asynchronous}.new_builder().with_credentials(keys).with_region({region}.{first}).build()
found["asynchronous"] = client.list_sub_customers_async(request).result().count
print(json.dumps([os.environ["BSS_MOCK_URL"], found]))
"""
CN = {
    "package": "huaweicloudsdkbss",
    "client": "BssClient",
    "asynchronous": "BssAsyncClient",
    "module": "bss_region",
    "region": "BssRegion",
    "constants": ["CN_NORTH_1"],
    "regions": sorted(BssRegion.static_fields),
    "first": "CN_NORTH_1",
}
INTL = {
    "package": "huaweicloudsdkbssintl",
    "client": "BssintlClient",
    "asynchronous": "BssintlAsyncClient",
    "module": "bssintl_region",
    "region": "BssintlRegion",
    "constants": ["AP_SOUTHEAST_1", "EU_WEST_101"],
    "regions": sorted(BssintlRegion.static_fields),
    "first": "AP_SOUTHEAST_1",
}


def counted(open_world: "Callable[..., Stage]", site: str) -> int:
    """How many customers the partner of a demo world has."""
    answered = open_world(f"demo-{site}").call("solution_provider", "list_sub_customers", limit=1)
    return int(answered.body["count"])


@pytest.mark.parametrize(("site", "sdk"), [("cn", CN), ("intl", INTL)])
def test_the_official_sdk_is_answered_on_every_way_it_has(
    run_under_mock: "Run", open_world: "Callable[..., Stage]", site: str, sdk: dict[str, object]
) -> None:
    """Through the proxy (regions as they are), through the environment (``value_of``), and asynchronously."""
    ran = run_under_mock(sys.executable, "-c", PROGRAM.format(**sdk), options=["--site", site])
    assert ran.status == 0, ran.err
    url, found = json.loads(ran.out)
    constants, regions = sdk["constants"], sdk["regions"]
    assert isinstance(constants, list)
    assert isinstance(regions, list)
    count = counted(open_world, site)
    assert found == {
        **dict.fromkeys(constants, count),
        **{name: [count, url] for name in regions},
        "of the environment": count,
        "without the account's ID": count,
        "asynchronous": count,
    }
    assert {(entry["principal"], entry["site"]) for entry in ran.called("list_sub_customers")} == {
        ("solution_provider", site)
    }
    assert len(ran.called("list_sub_customers")) == len(found)


needs_curl = pytest.mark.skipif(
    not all(map(shutil.which, ("bash", "curl", "openssl"))) and "CI" not in os.environ,
    reason="bash, curl and openssl are needed",
)


@needs_curl
def test_curl_signs_with_openssl_and_calls_the_cloud(run_under_mock: "Run", open_world: "Callable[..., Stage]") -> None:
    """With the function of the README, at the cloud's own address."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", (ROOT / "README.md").read_text("utf-8"), re.DOTALL | re.MULTILINE)
    function = next(block for block in blocks if "bss()" in block).split("\nexport")[0]
    calls = "BSS_MOCK_URL=https://bss.myhuaweicloud.com\nbss GET '/v2/bases/conversions?measure_type=1'\n"
    calls += """bss POST /v2/partners/sub-customers/query '{"limit": 1}'\n"""
    ran = run_under_mock("bash", "-c", f"set -eu\n{function}\n{calls}")
    assert (ran.status, ran.out.count("HTTP/1.1 200 OK")) == (0, 2), ran.out + ran.err
    assert f'"count":{counted(open_world, "cn")}' in ran.out
    assert len(ran.called("list_sub_customers")) == 1


@needs_curl
def test_curl_is_told_whom_it_may_not_call(run_under_mock: "Run") -> None:
    ran = run_under_mock("curl", "-sS", "https://example.com/")
    assert ran.status == 56
    assert "403" in ran.err
    assert ran.report["proxy"] == [
        "example.com is not a host of the emulated cloud: --allow-host example.com lets it through"
    ]
