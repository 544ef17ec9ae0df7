"""What the command line shows to people: tables, and words to copy."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from mockserver.contract.operations import Operation

SDK = {"cn": ("huaweicloudsdkbss", "BssClient"), "intl": ("huaweicloudsdkbssintl", "BssintlClient")}

_FIRST_CALL = """\
from huaweicloudsdkcore.auth.credentials import GlobalCredentials
from {sdk}.v2 import {client}, ListSubCustomersRequest, QuerySubCustomerListReq

client = (
    {client}.new_builder()
    .with_credentials(GlobalCredentials("{ak}", "{sk}", "{domain_id}"))
    .with_endpoint("{url}")
    .build()
)
print(client.list_sub_customers(ListSubCustomersRequest(body=QuerySubCustomerListReq(limit=3))))"""


def environment(url: str, principal: Mapping[str, str]) -> list[str]:
    """Shell lines that make the official SDKs use a principal; the endpoint still goes to ``with_endpoint``."""
    return [
        f"export BSS_MOCK_URL={url}",
        f"export HUAWEICLOUD_SDK_AK={principal['ak']}",
        f"export HUAWEICLOUD_SDK_SK={principal['sk']}",
        f"export HUAWEICLOUD_SDK_DOMAIN_ID={principal['domain_id']}",
    ]


def principals(sandboxes: Mapping[str, Any]) -> Table:
    table = Table("sandbox", "name", "kind", "AK", "SK", "domain_id", title="Principals", title_justify="left")
    for name, sandbox in sandboxes.items():
        for who, one in sandbox["principals"].items():
            table.add_row(name, who, one["kind"], one["ak"], one["sk"], one["domain_id"])
        table.add_section()
    return table


def welcome(addresses: Mapping[str, str], sandboxes: Mapping[str, Any]) -> None:
    """What ``bss-mock serve`` says when it is ready."""
    out = console()
    url = addresses["url"]
    out.print(principals(sandboxes))
    site, sandbox = next(iter(sandboxes.items()))
    name, one = _partner(sandbox["principals"])
    sdk, client = SDK[sandbox["site"]]
    lines = {
        f"\nServing on {url}. Ctrl+C ends it.": (),
        f"\nA first call with the official SDK as {name} on {site}:\n": (
            _FIRST_CALL.format(sdk=sdk, client=client, url=url, **one).splitlines()
        ),
        "\nThe same principal for a shell:\n": environment(url, one),
        **_trusted(addresses),
        "\nWhat was received and why it was refused:\n": (f"curl {url}/_mock/sandboxes/{sandbox['id']}/journal",),
    }
    for heading, text in lines.items():
        out.print(heading, markup=False, highlight=False)
        for line in text:
            out.out("  " + line, highlight=False)


def _trusted(addresses: Mapping[str, str]) -> dict[str, list[str]]:
    """For clients that speak TLS to us, and for those that know only the cloud's host names."""
    if "proxy" not in addresses and not addresses["url"].startswith("https"):
        return {}
    trust = [
        "bss-mock ca --output ca.pem",
        "export SSL_CERT_FILE=$PWD/ca.pem REQUESTS_CA_BUNDLE=$PWD/ca.pem CURL_CA_BUNDLE=$PWD/ca.pem",
    ]
    if "proxy" not in addresses:
        return {"\nSo that a client trusts it:\n": trust}
    proxy = addresses["proxy"]
    return {"\nFor clients that know only the cloud's host names:\n": [f"export HTTPS_PROXY={proxy}", *trust]}


def operations(rows: Iterable[Mapping[str, Any]]) -> None:
    table = Table("operation", "site", "area", "method", "path", "callers", "quota", "fidelity")
    for row in rows:
        table.add_row(*(", ".join(cell) if isinstance(cell, list) else str(cell) for cell in row.values()))
    console().print(table)


def operation(op: Operation, fidelity: str) -> None:
    """What it takes, who may call, errors, page."""
    out = console()
    out.out(f"{op.name} on {op.site}: {op.title}", highlight=False)
    out.out(f"  {op.method} {op.path}", highlight=False)
    out.out(f"  page       {op.page}" + ("   (retired)" if op.retired else ""), highlight=False)
    out.out(f"  callers    {', '.join(op.callers)}", highlight=False)
    out.out(f"  quota      {op.quota}   success {op.success}   fidelity {fidelity}", highlight=False)
    table = Table("member", "type", "needed", "rules", "what it is", box=None, padding=(0, 2, 0, 2), pad_edge=False)
    for place, schema in op.request["properties"].items():
        for row in _members(schema, f"/{place}"):
            table.add_row(*map(escape, row))
    out.print(table if table.row_count else "  It takes no parameters.")
    errors = Table("status", "code", "message", box=None, padding=(0, 2, 0, 2), pad_edge=False)
    for error in op.errors.values():
        errors.add_row(str(error.status), error.code, error.messages["en"])
    out.print(errors)


def _members(schema: Mapping[str, Any], pointer: str) -> Iterable[tuple[str, str, str, str, str]]:
    for name, member in schema.get("properties", {}).items():
        needed = "yes" if name in schema.get("required", ()) else ""
        yield f"{pointer}/{name}", str(member.get("type", "")), needed, _rules(member), member.get("description", "")
        yield from _members(member, f"{pointer}/{name}")
        yield from _members(member.get("items", {}), f"{pointer}/{name}/0")


def _rules(member: Mapping[str, Any]) -> str:
    told = ("type", "description", "properties", "items", "required", "x-source", "allOf", "not")
    return ", ".join(f"{keyword} {value}" for keyword, value in member.items() if keyword not in told)


def _partner(known: Mapping[str, Any]) -> tuple[str, Mapping[str, str]]:
    for name, one in known.items():
        if one["kind"] == "solution_provider":
            return name, one
    return next(iter(known.items()))


def console() -> Console:
    """As wide as the terminal; keys must stay whole where the output is a pipe or a log."""
    terminal = Console()
    return terminal if terminal.is_terminal else Console(width=200)
