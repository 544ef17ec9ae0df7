"""What a user of the pytest plugin relies on: worlds of one's own, no sockets, and the official SDK as it always is."""

import socket
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
import requests
from huaweicloudsdkbss.v2 import (
    AdjustAccountReq,
    BssClient,
    CreateCustomerV2Req,
    CreateSubCustomerRequest,
    ListPartnerBalancesRequest,
    ListSubCustomersRequest,
    QuerySubCustomerListReq,
    UpdateCustomerAccountAmountRequest,
)
from huaweicloudsdkbssintl.v2 import BssintlClient
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException

from contract_tests import sdk, server
from contract_tests.worlds import Emulator, Principal, World

pytest_plugins = "pytester"

Sdk = Callable[[str], Any]
STRANGE = "张三 + 李四%2B/&=?#~.txt"


def customers(client: Any, **filters: Any) -> Any:
    return client.list_sub_customers(ListSubCustomersRequest(body=QuerySubCustomerListReq(**filters)))


def pay(partner: Principal, customer: str, amount: str) -> Any:
    body = AdjustAccountReq(customer_id=customer, amount=Decimal(amount))
    return partner.sdk.update_customer_account_amount(UpdateCustomerAccountAmountRequest(body=body))


def balances(client: Any, indirect_partner_id: str | None = None) -> Any:
    return client.list_partner_balances(ListPartnerBalancesRequest(indirect_partner_id=indirect_partner_id))


class TestAWorldOfOnesOwn:
    @pytest.mark.parametrize("time", ["first", "second"])
    def test_every_test_starts_from_the_beginning(self, bss_sandbox: World, time: str) -> None:
        provider, customer = bss_sandbox.solution_provider, bss_sandbox.customer
        assert bss_sandbox.journal == []
        pay(provider, customer.domain_id, "12.34")
        assert provider.balance() == Decimal("499987.66") == provider.balance_at_start - Decimal("12.34")
        assert customer.balance() == Decimal("1012.34")

    def test_two_worlds_share_no_key(self, bss_mock: Emulator, bss_sandbox: World) -> None:
        with bss_mock.sandbox() as other:
            keys = [one.ak for world in (bss_sandbox, other) for one in world.principals.values()]
        assert len(set(keys)) == len(keys) == 2 * len(bss_sandbox.principals)

    def test_a_customer_of_one_is_not_in_the_other(self, bss_mock: Emulator, bss_sandbox: World) -> None:
        body = CreateCustomerV2Req(xaccount_id="x-1", xaccount_type="TEST_IDP", domain_name="only_here")
        with bss_mock.sandbox() as other:
            before = other.fingerprint()
            bss_sandbox.solution_provider.sdk.create_sub_customer(CreateSubCustomerRequest(body=body))
            found = {
                world: [one.account_name for one in world.solution_provider.customers()]
                for world in (bss_sandbox, other)
            }
            assert customers(bss_sandbox.solution_provider.sdk, account_name="only_here").count == 1
            assert customers(other.solution_provider.sdk, account_name="only_here").count == 0
            assert other.fingerprint() == before
        assert ["only_here" in names for names in found.values()] == [True, False]

    def test_a_key_acts_in_its_own_world_wherever_it_is_sent(self, bss_mock: Emulator, bss_sandbox: World) -> None:
        with bss_mock.sandbox() as other:
            client = sdk.client(other.site, other.url, bss_sandbox.solution_provider)
            other.mount(sdk.session_of(client))
            customers(client)
            assert (len(bss_sandbox.journal), len(other.journal)) == (1, 0)

    def test_the_keys_of_a_closed_world_are_unknown(self, bss_mock: Emulator, bss_sandbox: World) -> None:
        with bss_mock.sandbox() as other:
            key = other.solution_provider
        client = sdk.client(bss_sandbox.site, bss_sandbox.url, key)
        bss_sandbox.mount(sdk.session_of(client))
        with pytest.raises(ClientRequestException) as refused:
            customers(client)
        assert (refused.value.status_code, refused.value.error_code) == (401, "APIGW.0301")

    def test_reset_forgets_everything_but_the_keys(self, bss_sandbox: World) -> None:
        fresh, key = bss_sandbox.fingerprint(), bss_sandbox.solution_provider.ak
        pay(bss_sandbox.solution_provider, bss_sandbox.customer.domain_id, "1.00")
        assert bss_sandbox.fingerprint() != fresh
        bss_sandbox.reset()
        assert (bss_sandbox.fingerprint(), bss_sandbox.journal) == (fresh, [])
        assert customers(bss_sandbox.solution_provider.sdk).count == 66
        assert bss_sandbox.solution_provider.ak == key

    def test_the_same_seed_gives_the_same_bytes(self, bss_mock: Emulator) -> None:
        pages = []
        for seed in (7, 7, 8):
            with bss_mock.sandbox(seed=seed) as world:
                pages.append(customers(world.solution_provider.sdk, limit=100).raw_content)
        assert pages[0] == pages[1] != pages[2]


class TestPrincipals:
    def test_they_are_attributes_that_an_editor_can_offer(self, bss_sandbox: World) -> None:
        assert set(bss_sandbox.principals) <= set(dir(bss_sandbox))
        assert bss_sandbox.reseller is bss_sandbox.principals["reseller"]
        assert bss_sandbox.reseller.kind == "reseller"

    def test_an_unknown_one_names_those_that_exist(self, bss_sandbox: World) -> None:
        with pytest.raises(AttributeError, match=r"no principal 'reseler' .* did you mean 'reseller'.*distributor, "):
            bss_sandbox.reseler  # noqa: B018
        with pytest.raises(AttributeError, match="there are: distributor, solution_provider, reseller, customer, "):
            bss_sandbox.nobody  # noqa: B018

    def test_customers_are_the_partners_own(self, bss_sandbox: World) -> None:
        listed = customers(bss_sandbox.solution_provider.sdk, limit=100).customer_infos
        mine = bss_sandbox.solution_provider.customers()
        assert [one.customer_id for one in listed] == [one.id for one in mine]
        assert {one.association for one in mine} == {"resale", "referral"}
        assert not {one.id for one in mine} & {one.id for one in bss_sandbox.reseller.customers()}

    def test_a_balance_is_what_the_api_says(self, bss_sandbox: World) -> None:
        shown = balances(bss_sandbox.distributor.sdk).account_balances
        assert [one.amount for one in shown if one.account_type == 1] == [bss_sandbox.distributor.balance()]
        assert bss_sandbox.enterprise_master.balance() == 0


class TestTheSdk:
    def test_no_socket_is_opened(self, bss_sdk: Sdk, monkeypatch: pytest.MonkeyPatch) -> None:
        def forbidden(*_: object) -> None:
            raise AssertionError("a socket was opened")

        for name in ("connect", "connect_ex", "bind", "sendto"):
            monkeypatch.setattr(socket.socket, name, forbidden)
        monkeypatch.setattr(socket, "getaddrinfo", forbidden)
        assert customers(bss_sdk("solution_provider")).count == 66

    def test_proxies_of_the_machine_are_not_asked(self, bss_sdk: Sdk, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HTTP_PROXY", "http://proxy.invalid:3128")
        assert customers(bss_sdk("solution_provider")).count == 66

    def test_it_is_the_client_of_the_worlds_site(self, bss_sandbox: World, bss_sdk: Sdk, bss_mock: Emulator) -> None:
        assert isinstance(bss_sdk("reseller"), BssClient)
        assert bss_sdk("reseller") is bss_sandbox.reseller.sdk
        with bss_mock.sandbox("demo-intl") as world:
            assert isinstance(world.reseller.sdk, BssintlClient)

    def test_a_refusal_carries_status_code_and_request_id(self, bss_sandbox: World, bss_sdk: Sdk) -> None:
        with pytest.raises(ClientRequestException) as refused:
            customers(bss_sdk("solution_provider"), limit=101)
        entry = bss_sandbox.journal[-1]
        assert (refused.value.status_code, refused.value.error_code) == (400, "CBC.0100")
        assert refused.value.error_msg
        assert refused.value.request_id == entry.request_id
        assert entry.reason is not None
        assert entry.reason["pointer"] == "/body/limit"

    def test_the_partner_only_rule(self, bss_sdk: Sdk) -> None:
        with pytest.raises(ClientRequestException) as refused:
            customers(bss_sdk("customer"))
        assert (refused.value.status_code, refused.value.error_code) == (403, "CBC.0151")

    def test_strange_text_in_the_query_arrives_as_it_was(self, bss_sandbox: World, bss_sdk: Sdk) -> None:
        with pytest.raises(ClientRequestException) as refused:
            balances(bss_sdk("distributor"), indirect_partner_id=STRANGE)
        assert refused.value.error_code == "CBC.99000037"
        assert bss_sandbox.journal[-1].request["query"] == {"indirect_partner_id": STRANGE}

    def test_strange_text_in_the_body_arrives_as_it_was(self, bss_sandbox: World, bss_sdk: Sdk) -> None:
        body = CreateCustomerV2Req(xaccount_id=STRANGE, xaccount_type="TEST_IDP")
        bss_sdk("solution_provider").create_sub_customer(CreateSubCustomerRequest(body=body))
        assert bss_sandbox.journal[-1].request["body"] == {"xaccount_id": STRANGE, "xaccount_type": "TEST_IDP"}
        assert customers(bss_sdk("solution_provider"), customer="示例科技").count == 1

    def test_strange_text_in_the_path_arrives_as_it_was(self, bss_sandbox: World, bss_sdk: Sdk) -> None:
        path, strange = "/v1.0/{partner_id}/partner/account-mgr/balances", STRANGE.replace("/", "")
        bss_sdk("solution_provider").do_http_request(
            "GET", path, path_params={"partner_id": strange}, response_type="ListPartnerBalancesResponse"
        )
        assert bss_sandbox.journal[-1].path == path.format(partner_id=strange)

    @pytest.mark.bss(strict=True)
    def test_over_quota_it_gives_up_at_once(self, bss_sandbox: World, bss_sdk: Sdk) -> None:
        for _ in range(10):
            balances(bss_sdk("solution_provider"))
        with pytest.raises(ClientRequestException) as refused:
            balances(bss_sdk("solution_provider"))
        # What the SDK makes of a 429 on GET: its HTTP layer counts it as a failed attempt and drops the body.
        assert (refused.value.status_code, refused.value.error_code) == (429, "429")
        assert [entry.status for entry in bss_sandbox.journal].count(429) == 1


class TestAClientOfOnesOwn:
    def test_it_reaches_the_world_at_the_clouds_address(self, bss_sandbox: World) -> None:
        cloud = "https://bss.myhuaweicloud.com"
        session = requests.Session()
        bss_sandbox.mount(session, cloud)
        for address in (cloud, bss_sandbox.url):
            answer = session.get(f"{address}/v2/bases/measurements")
            assert (answer.status_code, answer.json()["error_code"]) == (401, "APIGW.0301")
            assert answer.headers["X-Mock-Reason"]

    @pytest.mark.parametrize("body", [b'{"seed": 5}', '{"seed": 5}', iter([b'{"se', b'ed": 5}'])], ids=type)
    def test_a_body_arrives_however_it_is_given(self, bss_sandbox: World, body: Any) -> None:
        session = requests.Session()
        bss_sandbox.mount(session)
        made = session.post(f"{bss_sandbox.url}/_mock/sandboxes", data=body)
        assert (made.status_code, made.json()["seed"]) == (201, 5)
        assert session.delete(f"{bss_sandbox.url}/_mock/sandboxes/{made.json()['id']}").status_code == 204


class TestWhichWorld:
    SHOWS = (
        "def test_it(bss_sandbox):\n    print(f'<{bss_sandbox.scenario} {bss_sandbox.seed} {bss_sandbox.strict}>')\n"
    )

    def shown(self, pytester: pytest.Pytester, *options: str) -> str:
        result = pytester.runpytest_inprocess("-s", "-p", "no:cacheprovider", "--strict-markers", *options)
        return "".join(line for line in result.outlines if "<demo" in line).split("<")[1].split(">")[0]

    def test_demo_cn_where_nothing_is_said(self, pytester: pytest.Pytester) -> None:
        pytester.makepyfile(self.SHOWS)
        assert self.shown(pytester) == "demo-cn 20260101 False"

    def test_the_mark_wins_over_the_option_and_the_option_over_the_ini_file(self, pytester: pytest.Pytester) -> None:
        pytester.makeini("[pytest]\nbss_scenario = demo-intl\n")
        pytester.makepyfile(self.SHOWS)
        assert self.shown(pytester).startswith("demo-intl")
        assert self.shown(pytester, "--bss-scenario", "demo-cn").startswith("demo-cn")
        pytester.makepyfile("import pytest\n@pytest.mark.bss(scenario='demo-intl', seed=7)\n" + self.SHOWS)
        assert self.shown(pytester, "--bss-scenario", "demo-cn") == "demo-intl 7 False"

    def test_the_nearest_mark_wins_member_by_member(self, pytester: pytest.Pytester) -> None:
        pytester.makepyfile(
            "import pytest\npytestmark = pytest.mark.bss(scenario='demo-intl', strict=True, seed=1)\n"
            "@pytest.mark.bss(seed=7)\n" + self.SHOWS
        )
        assert self.shown(pytester) == "demo-intl 7 True"

    @pytest.mark.parametrize(
        ("mark", "words"),
        [
            ("scenario='demo-zn'", "unknown scenario 'demo-zn': did you mean demo-cn?"),
            ("sceanrio='demo-cn'", "the mark bss takes scenario=, seed=, strict=, quotas=, not sceanrio"),
            ("'demo-cn'", "the mark bss takes scenario=, seed=, strict=, quotas=, not 'demo-cn'"),
        ],
    )
    def test_a_mistake_is_one_line(self, pytester: pytest.Pytester, mark: str, words: str) -> None:
        pytester.makepyfile(f"import pytest\n@pytest.mark.bss({mark})\n" + self.SHOWS)
        result = pytester.runpytest_inprocess("-p", "no:cacheprovider")
        result.assert_outcomes(errors=1)
        result.stdout.fnmatch_lines([words.replace("[", "[[]")])
        result.stdout.no_fnmatch_line("*Traceback*")
        result.stdout.no_fnmatch_line("*During handling*")


class TestWithoutTheExtra:
    """Where only bss-mock itself and pytest are installed; a subprocess, so that imports start from nothing."""

    RUN = """
import sys, pytest

class Hidden:
    def find_spec(self, name, *_):
        if name.startswith(("huaweicloudsdk", "hypothesis", "requests", "urllib3")):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Hidden())
sys.exit(pytest.main(["-p", "no:hypothesispytest", "-p", "no:schemathesis", "-p", "no:cacheprovider"]))
"""

    def test_the_plugin_loads_nothing_of_weight(self) -> None:
        heavy = ("mockserver", "flask", "sqlalchemy", "requests", "hypothesis", "huaweicloudsdkcore", "werkzeug")
        code = f"import sys, contract_tests.plugin; print([name for name in {heavy} if name in sys.modules])"
        assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"

    def test_worlds_work_and_the_sdk_says_what_to_install(self, pytester: pytest.Pytester) -> None:
        pytester.makepyfile(
            "def test_world(bss_sandbox):\n    assert bss_sandbox.reseller.balance() > 0\n"
            "def test_emulator(bss_mock):\n    assert bss_mock.app\n"
            "def test_sdk(bss_sdk): pass\n"
        )
        result = pytester.run(sys.executable, "-c", self.RUN)
        result.assert_outcomes(passed=2, errors=1)
        result.stdout.fnmatch_lines(
            ["the official SDK huaweicloudsdkbss cannot be used (*): pip install bss-mock[[]test]"]
        )


class TestTheServer:
    def test_an_sdk_call_over_http(self, bss_server: server.Server) -> None:
        with bss_server.sandbox("demo-intl", seed=3) as world:
            assert world.sdk("reseller").__class__ is BssintlClient
            with pytest.raises(ClientRequestException) as refused:
                world.sdk("reseller").do_http_request("GET", f"/v2/{STRANGE.replace('/', '')}")
            assert refused.value.status_code == 404
            assert (world.site, world.journal) == ("intl", [])

    def test_the_demo_worlds_have_their_fixed_keys(self, bss_server: server.Server) -> None:
        assert bss_server.sandboxes["cn"].solution_provider.ak == "CNSOLUTIONPROVIDE001"
        assert set(bss_server.sandboxes) == {"cn", "intl"}

    def test_two_worlds_on_one_server(self, bss_server: server.Server) -> None:
        with bss_server.sandbox() as one, bss_server.sandbox() as other:
            assert customers(one.sdk("solution_provider")).count == 66
            assert [entry["operation"] for entry in one.journal] == ["list_sub_customers"]
            assert other.journal == []
            one.reset()
            assert one.journal == []

    def test_in_process_and_over_http_the_sdk_tells_the_same(
        self, bss_server: server.Server, bss_mock: Emulator
    ) -> None:
        def refused(client: Any, call: Callable[[Any], Any], times: int) -> tuple[int, str, str]:
            with pytest.raises(ClientRequestException) as refused:
                [call(client) for _ in range(times)]
            words = refused.value.error_msg
            # The rest of an exhausted retry's message is the address.
            return refused.value.status_code, refused.value.error_code, words.partition("Max retries")[2] or words

        def told(client: Any) -> list[object]:
            return [
                customers(client, limit=3).raw_content,
                refused(client, lambda client: customers(client, limit=0), 1),
                refused(client, balances, 30),
            ]

        with bss_server.sandbox(seed=3, strict=True) as served, bss_mock.sandbox(seed=3, strict=True) as world:
            assert told(served.sdk("solution_provider")) == told(world.solution_provider.sdk)

    def test_what_the_server_said_when_it_died(self) -> None:
        with pytest.raises(server.ServerDied, match="ended with status 2:\nbss-mock: unknown scenario 'nope'"):
            server.start("nope")

    def test_a_mistake_in_the_servers_words(self, bss_server: server.Server) -> None:
        with pytest.raises(ValueError, match="unknown scenario 'nope'"):
            bss_server.sandbox("nope")
