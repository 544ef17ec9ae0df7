"""``mockserver.intercept()``: programs that call the cloud by its name are answered here, and nothing else is."""

import asyncio
import inspect
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests
from huaweicloudsdkbss.v2 import (
    BssAsyncClient,
    BssClient,
    ListConversionsRequest,
    ListSubCustomersRequest,
    QuerySubCustomerListReq,
)
from huaweicloudsdkbss.v2.region.bss_region import BssRegion
from huaweicloudsdkbssintl.v2 import BssintlClient
from huaweicloudsdkbssintl.v2 import ListSubCustomersRequest as IntlRequest
from huaweicloudsdkbssintl.v2 import QuerySubCustomerListReq as IntlQuery
from huaweicloudsdkbssintl.v2.region.bssintl_region import BssintlRegion
from huaweicloudsdkcore.auth import endpoint
from huaweicloudsdkcore.auth.credentials import GlobalCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from huaweicloudsdkcore.http.http_config import HttpConfig
from requests.adapters import HTTPAdapter

import mockserver
from contract_tests.clients.signed import authorization, now
from contract_tests.server import Server
from contract_tests.worlds import World
from mockserver.cloud import is_cloud
from mockserver.domain.scenarios import BadScenario
from mockserver.opened import Principal
from mockserver.opened import World as Opened

pytest_plugins = "pytester"

CLOUD = "https://bss.myhuaweicloud.com"
PATH = "/v2/bases/conversions"
TEN = ListSubCustomersRequest(body=QuerySubCustomerListReq(limit=10))


def client(who: Principal, class_: Any = BssClient, region: Any = BssRegion.CN_NORTH_1) -> Any:
    """As a program has it that was written for the cloud."""
    credentials = GlobalCredentials(who.ak, who.sk, who.domain_id)
    return class_.new_builder().with_credentials(credentials).with_region(region).build()


def signed(who: Principal, method: str, path: str, query: list[tuple[str, str]], body: bytes = b"") -> dict[str, str]:
    headers = {"Host": "bss.myhuaweicloud.com", "X-Sdk-Date": now(), "Content-Type": "application/json"}
    return headers | {"Authorization": authorization(who, method, path, query, headers, body)}


@pytest.fixture
def methods() -> Iterator[None]:
    """After the test, the libraries send as they did before."""
    replaced = [(HTTPAdapter, "send"), (httpx.HTTPTransport, "handle_request")]
    replaced.append((httpx.AsyncHTTPTransport, "handle_async_request"))
    before = [getattr(*one) for one in replaced]
    yield
    assert [getattr(*one) for one in replaced] == before


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[str]:
    """A server that is not the cloud."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"elsewhere")

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class TestTheHosts:
    def test_every_endpoint_that_the_sdks_know(self) -> None:
        regions = [*BssRegion.static_fields.values(), *BssintlRegion.static_fields.values()]
        known = [one for region in regions for one in region.endpoints]
        for name, value in vars(endpoint).items():
            if name.endswith("_ENDPOINT_DICT"):
                known += value.values()
        assert len(known) > 40
        assert [one for one in known if not is_cloud(one.removeprefix("https://"))] == []

    @pytest.mark.parametrize(
        "name",
        [
            "",
            "myhuaweicloud.com",
            "obs.cn-north-4.myhuaweicloud.com",
            "bss.myhuaweicloud.com.example.org",
            "xbss.myhuaweicloud.com",
            "bssxmyhuaweicloud.com",
            "iam.example.myhuaweicloud.com",
        ],
    )
    def test_other_names_are_not_the_clouds(self, name: str) -> None:
        assert not is_cloud(name)


@pytest.mark.usefixtures("methods")
class TestClients:
    def test_the_sdk_with_its_region(self) -> None:
        with mockserver.intercept() as bss:
            assert client(bss.solution_provider).list_sub_customers(TEN).count == 66
            with pytest.raises(ClientRequestException) as refused:
                client(bss.customer).list_sub_customers(TEN)
            assert (refused.value.status_code, refused.value.error_code) == (403, "CBC.0151")
            assert [(one.principal, one.status) for one in bss.journal] == [
                ("solution_provider", 200),
                ("customer", 403),
            ]

    def test_the_async_client_of_the_sdk(self) -> None:
        with mockserver.intercept() as bss:
            asked = client(bss.solution_provider, BssAsyncClient).list_sub_customers_async(TEN)
            assert asked.result().count == 66

    def test_the_sdk_of_the_international_site(self) -> None:
        with mockserver.intercept(site="intl") as bss:
            for region in (BssintlRegion.AP_SOUTHEAST_1, BssintlRegion.EU_WEST_101):
                made = client(bss.solution_provider, BssintlClient, region)
                assert made.list_sub_customers(IntlRequest(body=IntlQuery(limit=1))).count is not None
            assert len(bss.journal) == 2

    @pytest.mark.parametrize("library", [requests, httpx], ids=["requests", "httpx"])
    def test_a_signed_request_with_strange_text(self, library: Any) -> None:
        query = [("customer_name", "华为 云+&=~*/%"), ("customer_name", ""), ("z", "1")]
        with mockserver.intercept() as bss:
            headers = signed(bss.customer, "GET", "/v2/orders/customer-orders", query)
            # httpx writes a space as "+", which the cloud reads as a space as well.
            answer = library.get(f"{CLOUD}/v2/orders/customer-orders", params=query, headers=headers)
            assert answer.status_code == 200, answer.text
            assert answer.headers["X-Request-Id"] == bss.journal[-1].request_id
            assert bss.journal[-1].request["query"] == {"customer_name": ["华为 云+&=~*/%", ""], "z": "1"}

    def test_httpx_clients_sync_and_async(self) -> None:
        body = '{"limit": 3, "customer": "张三"}'.encode()

        async def asynchronously(headers: dict[str, str]) -> httpx.Response:
            async with httpx.AsyncClient(base_url=CLOUD) as made:
                return await made.post("/v2/partners/sub-customers/query", content=body, headers=headers)

        with mockserver.intercept() as bss, httpx.Client(base_url=CLOUD, http2=False) as made:
            headers = signed(bss.distributor, "POST", "/v2/partners/sub-customers/query", [], body)
            answers = [
                made.post("/v2/partners/sub-customers/query", content=body, headers=headers),
                made.post("/v2/partners/sub-customers/query", content=iter([body[:9], body[9:]]), headers=headers),
                asyncio.run(asynchronously(headers)),
            ]
            assert [one.status_code for one in answers] == [200, 200, 200]
            assert answers[0].json() == answers[2].json()
            assert [one.request["body"]["customer"] for one in bss.journal] == ["张三"] * 3

    def test_proxies_and_certificates_of_the_machine_do_not_matter(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HTTPS_PROXY", "http://proxy.invalid:3128")
        with mockserver.intercept() as bss:
            headers = signed(bss.customer, "GET", PATH, [])
            assert requests.get(f"{CLOUD}{PATH}", headers=headers).status_code == 200
            assert httpx.get(f"{CLOUD}{PATH}", headers=headers).status_code == 200

    @pytest.mark.parametrize("address", ["https://BSS.myhuaweicloud.com:443", "http://bss.myhuaweicloud.com:8080"])
    def test_however_the_name_is_written(self, address: str) -> None:
        with mockserver.intercept():
            for library in (requests, httpx):
                assert library.get(f"{address}{PATH}").json()["error_code"] == "APIGW.0301"

    def test_other_hosts_are_not_touched(self, elsewhere: str) -> None:
        async def asynchronously() -> str:
            async with httpx.AsyncClient() as made:
                return (await made.get(elsewhere)).text

        with mockserver.intercept() as bss:
            told = [requests.get(elsewhere).text, httpx.get(elsewhere).text, asyncio.run(asynchronously())]
            assert told == ["elsewhere"] * 3
            assert bss.journal == []


def failing(world: Opened, **action: Any) -> None:
    """The world's next answer fails."""
    answer = requests.post(f"{CLOUD}/_mock/sandboxes/{world.id}/faults", json={"action": action})
    assert answer.status_code == 201, answer.text


class TestTrouble:
    """What a client sees of an answer that is late, cut or lost is what it sees over a socket."""

    ACTIONS = ({"drop": "before"}, {"drop": "after"}, {"truncate": 3}, {"delay_seconds": 0.2}, {"corrupt": True})

    def seen(self, get: Any, address: str, timeout: float) -> str:
        try:
            return str(get(address, timeout=timeout).status_code)
        except (requests.RequestException, httpx.TransportError) as error:
            return type(error).__name__

    @pytest.mark.parametrize("action", ACTIONS, ids=lambda action: "-".join(map(str, action.values())))
    @pytest.mark.parametrize("library", [requests, httpx], ids=["requests", "httpx"])
    def test_it_is_the_same_as_over_http(self, library: Any, action: dict[str, Any], bss_server: Server) -> None:
        path, told = "/v2/bases/conversions", []
        with mockserver.intercept() as bss, bss_server.sandbox() as served:
            for address, world in ((CLOUD, bss), (served.url, served)):
                set_at = CLOUD if world is bss else served.url
                made = requests.post(f"{set_at}/_mock/sandboxes/{world.id}/faults", json={"action": action})
                assert made.status_code == 201, made.text
                headers = {"Host": address.split("://")[1], "X-Sdk-Date": now()}
                headers["Authorization"] = authorization(world.customer, "GET", path, [], headers, b"")
                get = partial(library.get, headers=headers)
                told.append(self.seen(get, f"{address}{path}", timeout=0.1 if "delay_seconds" in action else 10))
        assert told[0] == told[1]
        assert told[0] in {"ConnectionError", "RemoteProtocolError", "ChunkedEncodingError", "ReadTimeout", "200"}
        assert (told[0] == "200") == ("corrupt" in action)

    def test_an_async_client_sees_it_too(self) -> None:
        async def get(world: Opened) -> None:
            async with httpx.AsyncClient() as made:
                await made.get(f"{CLOUD}{PATH}", headers=signed(world.customer, "GET", PATH, []))

        for action, words in (({"truncate": 3}, "received 3 bytes"), ({"drop": "after"}, "without sending a response")):
            with mockserver.intercept() as bss:
                failing(bss, **action)
                with pytest.raises(httpx.RemoteProtocolError, match=words):
                    asyncio.run(get(bss))

    def test_the_sdk_tries_again_as_often_as_it_is_told(self) -> None:
        config = HttpConfig()
        config.retry_times = 2
        with mockserver.intercept() as bss:
            credentials = GlobalCredentials(bss.customer.ak, bss.customer.sk, bss.customer.domain_id)
            builder = BssClient.new_builder().with_http_config(config).with_credentials(credentials)
            made = builder.with_region(BssRegion.CN_NORTH_1).build()
            failing(bss, drop="before")
            failing(bss, drop="before")
            assert made.list_conversions(ListConversionsRequest()).conversions
            assert len(bss.journal) == 3


@pytest.mark.usefixtures("methods")
class TestWorlds:
    def test_what_is_asked_for_is_opened(self) -> None:
        with mockserver.intercept("demo-intl", seed=7, strict=True) as bss:
            assert isinstance(bss, Opened)
            assert (bss.site, bss.scenario, bss.seed, bss.strict) == ("intl", "demo-intl", 7, True)

    def test_each_has_its_own_keys_and_state(self) -> None:
        with mockserver.intercept() as one, mockserver.intercept() as other, mockserver.intercept(site="intl") as third:
            assert client(one.solution_provider).list_sub_customers(TEN).count == 66
            assert client(other.solution_provider).list_sub_customers(TEN).count == 66
            assert client(third.solution_provider, BssintlClient, BssintlRegion.AP_SOUTHEAST_1)
            assert [len(world.journal) for world in (one, other, third)] == [1, 1, 0]

    def test_the_outer_one_goes_on_when_the_inner_one_ends(self) -> None:
        with mockserver.intercept() as outer:
            with mockserver.intercept() as inner:
                key = inner.solution_provider
            assert client(outer.solution_provider).list_sub_customers(TEN).count == 66
            with pytest.raises(ClientRequestException) as refused:
                client(key).list_sub_customers(TEN)
            assert refused.value.status_code == 401

    def test_threads_have_worlds_of_their_own(self) -> None:
        def work(_: int) -> int:
            with mockserver.intercept() as bss:
                for _ in range(3):
                    client(bss.solution_provider).list_sub_customers(TEN)
                return len(bss.journal)

        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(work, range(16))) == [3] * 16

    def test_an_exception_ends_it(self) -> None:
        def failing() -> None:
            with mockserver.intercept():
                raise LookupError("of the test's own")

        with pytest.raises(LookupError, match="own"):
            failing()

    def test_a_library_that_replaced_the_method_meanwhile_keeps_its_own(
        self, elsewhere: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        interception = mockserver.intercept()
        interception.__enter__()
        ours = HTTPAdapter.send
        with monkeypatch.context() as patched:
            patched.setattr(HTTPAdapter, "send", lambda *_, **__: pytest.fail("nobody asked"))
            theirs = HTTPAdapter.send
            interception.__exit__(None, None, None)
            assert HTTPAdapter.send is theirs
        # It put back what it had found, which sends as the library does.
        assert HTTPAdapter.send is ours
        assert requests.get(elsewhere).text == "elsewhere"
        HTTPAdapter.send = ours.__wrapped__  # type: ignore[attr-defined, method-assign]

    @pytest.mark.parametrize(
        ("asked", "words"),
        [
            ({"scenario": "demo-zn"}, "unknown scenario 'demo-zn': did you mean demo-cn?"),
            ({"site": "eu"}, "site 'eu': cn or intl is expected"),
            ({"scenario": "demo-cn", "site": "intl"}, "demo-cn is a world of the site cn, not intl"),
            ({"seed": -1}, "seed -1: a whole number"),
        ],
    )
    def test_a_mistake_is_one_line(self, asked: dict[str, Any], words: str) -> None:
        with pytest.raises(BadScenario, match=words.replace("?", r"\?")), mockserver.intercept(**asked):
            pytest.fail("it was opened")

    def test_one_that_is_in_use_is_not_entered_again(self) -> None:
        interception = mockserver.intercept()
        for _ in range(2):
            with interception as bss, pytest.raises(RuntimeError, match="call intercept"), interception:
                pytest.fail(f"{bss} was opened twice")


@pytest.mark.usefixtures("methods")
class TestDecorated:
    def test_a_function_gets_the_world(self) -> None:
        @mockserver.intercept(seed=5)
        def partner(first: int, *, bss: Opened) -> tuple[int, int, str]:
            client(bss.solution_provider).list_sub_customers(TEN)
            return first, bss.seed, bss.id

        first, second = partner(1), partner(2)
        assert (first[:2], second[:2]) == ((1, 5), (2, 5))
        assert first[2] != second[2]

    def test_without_parentheses_and_without_the_argument(self) -> None:
        @mockserver.intercept
        def status() -> int:
            return requests.get(f"{CLOUD}{PATH}").status_code

        assert status() == 401

    def test_a_coroutine_is_answered_until_it_ends(self) -> None:
        @mockserver.intercept()
        async def status(bss: Opened) -> int:
            async with httpx.AsyncClient() as made:
                await asyncio.sleep(0)
                return (await made.get(f"{CLOUD}{PATH}", headers=signed(bss.customer, "GET", PATH, []))).status_code

        assert asyncio.run(status()) == 200

    def test_pytest_does_not_look_for_a_fixture(self, pytester: pytest.Pytester) -> None:
        pytester.makepyfile(
            "import mockserver, pytest, unittest\n\n"
            "@mockserver.intercept()\ndef test_a_function(tmp_path, bss):\n    assert tmp_path and bss.reseller\n\n"
            "class TestMethods(unittest.TestCase):\n"
            "    @mockserver.intercept\n    def test_a_method(self, bss):\n        self.assertTrue(bss.customer)\n"
        )
        pytester.runpytest_inprocess("-p", "no:cacheprovider").assert_outcomes(passed=2)

    def test_what_cannot_be_decorated_says_so(self) -> None:
        def generator() -> Iterator[None]:
            yield

        for wrong in (generator, TestClients):
            with pytest.raises(TypeError, match=f"in .*{wrong.__name__} use 'with'"):
                mockserver.intercept()(wrong)


class TestTheFixture:
    def test_the_world_of_the_test_answers_for_the_cloud(self, bss_intercept: World, bss_sandbox: World) -> None:
        assert bss_intercept is bss_sandbox
        assert client(bss_intercept.solution_provider).list_sub_customers(TEN).count == 66
        assert len(bss_sandbox.journal) == 1

    def test_it_lives_beside_intercept(self, bss_intercept: World) -> None:
        with mockserver.intercept() as inner:
            for world in (inner, bss_intercept):
                client(world.solution_provider).list_sub_customers(TEN)
                assert len(world.journal) == 1


def test_the_package_is_light_until_it_is_used() -> None:
    heavy = ("mockserver.app", "flask", "sqlalchemy", "requests", "httpx", "yaml", "werkzeug")
    code = f"import sys, mockserver; print([name for name in {heavy} if name in sys.modules], mockserver.intercept)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).startswith("[] <function intercept")


def test_an_attribute_that_there_is_not() -> None:
    with pytest.raises(AttributeError, match="no attribute 'intercpt'"):
        mockserver.intercpt  # type: ignore[attr-defined]  # noqa: B018


PAGE = (Path(__file__).parent.parent / "docs" / "intercept.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES, ids=re.compile(r"def (test_\w+)").findall(PAGE))
def test_an_example_of_the_page_passes(example: str, pytester: pytest.Pytester) -> None:
    pytester.makepyfile(example)
    pytester.runpytest_inprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)


def test_every_argument_is_on_the_page() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)
    assert rows == list(inspect.signature(mockserver.intercept).parameters)
