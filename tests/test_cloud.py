"""The table of the cloud's host names has every one that the official SDKs know."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from huaweicloudsdkbss.v2.region.bss_region import BssRegion
from huaweicloudsdkbssintl.v2.region.bssintl_region import BssintlRegion
from huaweicloudsdkcore.auth import endpoint
from huaweicloudsdkcore.auth.internal import IamHelper, StsHelper

from mockserver import cloud


def host(url: str) -> str:
    return urlsplit(url).netloc


@pytest.mark.parametrize(("service", "sdk"), [("BSS", BssRegion), ("BSSINTL", BssintlRegion)])
def test_every_region_of_a_service_is_that_of_its_sdk(service: str, sdk: Any) -> None:
    known = {name: host(url) for name, region in sdk.static_fields.items() for url in region.endpoints}
    assert cloud.endpoints()[service] == known


@pytest.mark.parametrize("service", ["IAM", "STS"])
def test_every_region_of_iam_and_sts_is_there(service: str) -> None:
    known = {name: host(url) for name, url in vars(endpoint)[f"__{service}_ENDPOINT_DICT"].items()}
    assert len(known) > 10
    assert known.items() <= cloud.endpoints()[service].items()


def test_the_addresses_that_the_sdk_falls_back_to_are_there() -> None:
    assert {host(IamHelper.DEFAULT_ENDPOINT), host(StsHelper.DEFAULT_STS_ENDPOINT)} <= cloud.hosts()


@pytest.mark.parametrize("name", ["bss.myhuaweicloud.com", "BSS.MyHuaweiCloud.com", "bss.myhuaweicloud.eu."])
def test_a_host_is_known_in_any_case_and_with_its_last_dot(name: str) -> None:
    assert cloud.is_cloud(name)


@pytest.mark.parametrize("name", ["myhuaweicloud.com", "ecs.cn-north-1.myhuaweicloud.com", "bss.myhuaweicloud.com.x"])
def test_what_is_not_emulated_is_not_the_cloud(name: str) -> None:
    assert not cloud.is_cloud(name)
