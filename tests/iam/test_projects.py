"""What a client learns about itself: its account, its projects, who it is; by signature or by token."""

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from huaweicloudsdkbss.v2 import BssClient, ListSubCustomersRequest, QuerySubCustomerListReq
from huaweicloudsdkcore.auth.credentials import BasicCredentials, GlobalCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException, SdkException
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkcore.region.region import Region

from contract_tests.server import Served, Server, start
from mockserver.domain import reference

if TYPE_CHECKING:
    from tests.conftest import Stage

LogIn = Callable[..., str]
EVERY = ["/v3/auth/domains", "/v3/auth/projects", "/v3/projects", "/v5/caller-identity"]


class TestAsked:
    def test_the_account_of_who_asks(self, stage: "Stage") -> None:
        who = stage["customer"]
        answer = stage.send("customer", "GET", "/v3/auth/domains")
        (domain,) = answer.body["domains"]
        assert (domain["id"], domain["name"], domain["enabled"]) == (who.domain_id, who.domain_name, True)
        assert domain["links"]["self"].endswith(f"/v3/domains/{who.domain_id}")
        assert set(answer.body["links"]) == {"self", "previous", "next"}

    def test_it_has_a_project_in_every_region_under_its_name(self, stage: "Stage") -> None:
        rows = stage.send("customer", "GET", "/v3/projects").body["projects"]
        assert [row["name"] for row in rows] == list(reference.regions())
        assert {"cn-north-1", "ap-southeast-1"} <= {row["name"] for row in rows}
        assert {row["domain_id"] for row in rows} == {stage["customer"].domain_id}
        assert all(re.fullmatch("[0-9a-f]{32}", row["id"]) for row in rows)
        assert len({row["id"] for row in rows}) == len(rows)
        assert stage.send("customer", "GET", "/v3/auth/projects").body["projects"] == rows

    @pytest.mark.parametrize(("query", "found"), [("name=cn-north-4", 1), ("name=moon-1", 0), ("name=", 0)])
    def test_one_is_found_by_its_name(self, stage: "Stage", query: str, found: int) -> None:
        answer = stage.send("customer", "GET", "/v3/projects", query=query)
        assert (answer.status, len(answer.body["projects"])) == (200, found)

    def test_two_accounts_have_different_projects(self, stage: "Stage") -> None:
        first, second = (
            {row["id"] for row in stage.send(who, "GET", "/v3/projects").body["projects"]}
            for who in ("customer", "distributor")
        )
        assert not first & second

    def test_who_it_is(self, stage: "Stage", act_as: Callable[..., str]) -> None:
        who = stage["operator"]
        identity = stage.send("operator", "GET", "/v5/caller-identity").body
        assert set(identity) == {"account_id", "principal_urn", "principal_id"}
        assert identity["account_id"] == who.domain_id
        assert identity["principal_urn"] == f"iam::{who.domain_id}:user:{who.user_name}"
        token = act_as(stage, "solution_provider", "customer")
        identity = stage.iam("GET", "/v5/caller-identity", token=token).body
        assert identity["account_id"] == stage["customer"].domain_id
        assert "assumed-agency" in identity["principal_urn"]

    @pytest.mark.parametrize("path", EVERY)
    def test_a_token_does_as_well_as_a_signature(self, stage: "Stage", log_in: LogIn, path: str) -> None:
        signed = stage.send("distributor", "GET", path)
        by_token = stage.iam("GET", path, token=log_in(stage, "distributor"))
        assert signed.status == 200
        assert str(signed.body).replace("bss.example.com", "") == str(by_token.body).replace("bss.example.com", "")

    @pytest.mark.parametrize("path", EVERY)
    def test_nobody_is_told_nothing(self, stage: "Stage", path: str) -> None:
        answers = [stage.iam("GET", path), stage.iam("GET", path, token="x")]
        answers.append(stage.send("customer", "GET", path, headers={"X-Domain-Id": "another"}))
        assert [answer.status for answer in answers] == [401, 401, 403]
        for answer in answers:
            assert set(answer.body) == ({"error"} if path.startswith("/v3/") else {"error_code", "error_msg"})


@pytest.fixture(scope="module")
def served() -> Iterator[Server]:
    with start() as server:
        yield server


@pytest.fixture
def world(served: Server) -> Iterator[Served]:
    with served.sandbox("demo-cn") as world:
        yield world


def client(world: Served, credentials: Any) -> Any:
    """As the SDK's documentation has it, with a region: then it asks IAM who it is."""
    config = HttpConfig()
    config.retry_times = 0
    builder = BssClient.new_builder().with_http_config(config).with_credentials(credentials)
    made = builder.with_region(Region("cn-north-1", world.url)).build()
    made.get_http_client()._session.trust_env = False
    return made


def listed(made: Any) -> int:
    return int(made.list_sub_customers(ListSubCustomersRequest(body=QuerySubCustomerListReq(limit=1))).count)


class TestTheOfficialSdk:
    def test_it_learns_its_account_from_iam(self, world: Served) -> None:
        who = world.solution_provider
        credentials = GlobalCredentials(who.ak, who.sk).with_iam_endpoint(world.url)
        made = client(world, credentials)
        assert listed(made) > 1
        assert made.get_credentials().domain_id == who.domain_id
        assert [entry["operation"] for entry in world.journal] == ["keystone_list_auth_domains", "list_sub_customers"]

    def test_it_learns_its_project_from_iam(self, world: Served) -> None:
        who = world.solution_provider
        http = client(world, GlobalCredentials(who.ak, who.sk, who.domain_id)).get_http_client()
        credentials = BasicCredentials(who.ak, who.sk).with_iam_endpoint(world.url)
        credentials.process_auth_params(http, "cn-north-4")
        assert re.fullmatch("[0-9a-f]{32}", credentials.project_id)
        lost = BasicCredentials(who.ak, who.sk).with_iam_endpoint(world.url)
        with pytest.raises(SdkException, match="Failed to get project id"):
            lost.process_auth_params(http, "moon-1")

    def test_it_acts_with_temporary_keys(self, world: Served) -> None:
        used = world.solution_provider.temporary_keys()
        credentials = GlobalCredentials(used.ak, used.sk).with_security_token(used.security_token)
        assert listed(client(world, credentials.with_iam_endpoint(world.url))) > 1

    def test_it_reads_a_refusal_of_iam(self, world: Served) -> None:
        who = world.solution_provider
        credentials = GlobalCredentials(who.ak, "x" * 40).with_iam_endpoint(world.url)
        with pytest.raises((ClientRequestException, SdkException), match="requires authentication"):
            client(world, credentials)
