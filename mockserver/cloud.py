"""The cloud's host names: what a client calls when nobody has told it of an emulator.

The table is ``fixtures/reference/endpoints.json``: the regions that the official SDKs know for both BSS services, IAM
and STS. IAM and STS of the European region stand in no SDK; their names follow from the others (assumed).
"""

import json
from collections.abc import Mapping
from functools import cache

from mockserver.shipped import fixtures

# The services whose region endpoints an SDK reads from the environment.
SERVICES = ("BSS", "BSSINTL")


@cache
def endpoints() -> Mapping[str, Mapping[str, str]]:
    """Host names by service and region; a region without a name is the whole cloud."""
    table: Mapping[str, Mapping[str, str]] = json.loads((fixtures() / "reference" / "endpoints.json").read_bytes())
    return table


@cache
def hosts() -> frozenset[str]:
    """Every host name that the emulator stands in for."""
    return frozenset(host for regions in endpoints().values() for host in regions.values())


def is_cloud(host: str) -> bool:
    """Whether a host name, in any case and with or without its last dot, is one of them."""
    return host.lower().removesuffix(".") in hosts()
