"""What is measured, each with its limit: throughput, cold start, a fresh sandbox, a call of the official SDK.

The SDK calls a server, directly or through the proxy, or it is intercepted in its own process.

The emulator and the bare view take turns, and medians are compared, because other work on a machine comes and goes.
"""

import http.client
import json
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import canned
import load
import servers
from huaweicloudsdkbss.v2 import BssClient, ListSubCustomersRequest, QuerySubCustomerListReq
from huaweicloudsdkbss.v2.region.bss_region import BssRegion
from huaweicloudsdkcore.auth.credentials import GlobalCredentials
from huaweicloudsdkcore.http.http_config import HttpConfig
from servers import HOST, THOUSAND, NoAnswer, Principal, Running
from urllib3.exceptions import InsecureRequestWarning

import mockserver
from mockserver.domain import clock
from mockserver.store.sandboxes import Sandboxes
from mockserver.worlds import plan

ROUNDS, ROUND_SECONDS = 9, 1.0
STARTS = 9
SANDBOXES = 200
SDK_CALLS = 400
PARTNER = "solution_provider"
SCENARIO = "demo-cn"
# Those that the skeleton had, before the whole contract was there.
SKELETON = (
    "check_user_identity",
    "create_sub_customer",
    "legacy_partner_account_balances",
    "list_conversions",
    "list_customers_balances_detail",
    "list_measure_units",
    "list_partner_balances",
    "list_sub_customers",
    "reclaim_to_partner_account",
    "send_verification_message_code",
    "update_customer_account_amount",
)

_ASKED = ListSubCustomersRequest(body=QuerySubCustomerListReq(offset=0, limit=10))

Step = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Row:
    """One figure with its limit. ``measured`` is what the limit speaks of: a ratio, or the emulator's own figure.

    Without a limit it is for the reader only.
    """

    what: str
    measured: float
    limit: float | None
    at_least: bool = False
    goal: float | None = None
    emulator: float | None = None
    bare: float | None = None
    unit: str = ""

    @property
    def holds(self) -> bool:
        if self.limit is None:
            return True
        return self.measured >= self.limit if self.at_least else self.measured <= self.limit


def throughput(step: Step) -> list[Row]:
    """Signed ``list_sub_customers``, ten of a thousand customers, one worker."""
    ratios, loads = [], []
    with _pair() as (emulator, bare, principal):
        request = {one.port: servers.signed_bytes(one.port, principal) for one in (emulator, bare)}
        for number in range(ROUNDS + 1):
            turn = (emulator, bare) if number % 2 else (bare, emulator)
            stood = {one.port: load.run(one.port, request[one.port], ROUND_SECONDS) for one in turn}
            step()
            if number:  # the first round warms up
                loads.append((stood[emulator.port], stood[bare.port]))
                ratios.append(stood[emulator.port].per_second / stood[bare.port].per_second)
    figures = median(one.per_second for one, _ in loads), median(one.per_second for _, one in loads)
    busy = median(one.busy for _, one in loads)
    return [
        Row("requests per second", median(ratios), 0.25, True, 0.5, *figures, "/s"),
        Row("load generator's part of the time, at the bare view", busy, 0.7),
    ]


def cold_start(step: Step) -> list[Row]:
    """From the start of the process to the first answer to a signed request.

    Compiled modules and built worlds are there from an earlier start, as for everyone but the first time; what that
    first time takes is told beside it.
    """
    principal = servers.principals()[PARTNER]
    with TemporaryDirectory() as folder:
        body = Path(folder) / "answer.json"
        with servers.emulator() as server:
            body.write_bytes(server.first_answer(principal))
        _start(servers.bare(body), principal)
        turns = [_turn(Path(folder) / str(number), body, principal, step) for number in range(STARTS)]
    ours, plain, unbuilt = (median(column) * 1000 for column in zip(*turns, strict=True))
    ratio, first = (median(turn[place] / turn[1] for turn in turns) for place in (0, 2))
    return [
        Row("cold start to the first signed answer", ratio, 2.0, False, None, ours, plain, "ms"),
        Row("the same with its worlds still to be built", first, None, False, None, unbuilt, plain, "ms"),
    ]


def _turn(empty: Path, body: Path, principal: Principal, step: Step) -> tuple[float, float, float]:
    ours, plain = _start(servers.emulator(), principal), _start(servers.bare(body), principal)
    unbuilt = _start(servers.emulator(BSS_MOCK_CACHE=str(empty)), principal)
    step()
    return ours, plain, unbuilt


def files(step: Step) -> list[Row]:
    """A cold start with the schema files of the whole contract, against one with those of eleven operations."""
    principal = servers.principals()[PARTNER]
    with TemporaryDirectory() as folder:
        whole, eleven = (
            servers.copied(Path(folder) / name, only) for name, only in (("whole", ()), ("eleven", SKELETON))
        )
        turns = []
        for number in range(STARTS + 1):
            turn = (whole, eleven) if number % 2 else (eleven, whole)
            taken = {where: _start(servers.emulator_in(where), principal) for where in turn}
            step()
            if number:  # the first turn compiles the modules and builds the worlds
                turns.append((taken[whole], taken[eleven]))
    ratio = median(one / other for one, other in turns)
    figures = (median(column) * 1000 for column in zip(*turns, strict=True))
    return [Row("cold start with all files, against eleven operations", ratio, 1.3, False, None, *figures, "ms")]


def sandbox(step: Step) -> list[Row]:
    """A fresh world of a scenario that was used before: over HTTP, and in the same process."""
    with servers.emulator() as emulator:
        emulator.first_answer(servers.principals()[PARTNER])
        over_http = _fresh_over_http(emulator.port, step)
    in_process = _fresh_in_process(step)
    return [
        Row("fresh sandbox over HTTP", over_http, 5.0, emulator=over_http, unit="ms"),
        Row("fresh sandbox in the process", in_process, 5.0, emulator=in_process, unit="ms"),
    ]


def sdk(step: Step) -> list[Row]:
    """A call of the official SDK, from its arguments to its model of the answer."""
    with _pair() as (emulator, bare, principal):
        pairs = _in_turns(_client(emulator, principal), _client(bare, principal), time.perf_counter, step)
    figures = _medians(pairs)
    return [Row("list_sub_customers with the SDK", figures[0] / figures[1], 1.3, False, None, *figures, "ms")]


def proxy(step: Step) -> list[Row]:
    """What a call of the official SDK to the cloud's host name takes longer, through the proxy, than to our address."""
    principal = servers.principals()[PARTNER]
    with servers.proxied() as (server, port):
        server.first_answer(principal)
        through = _region_client(principal, HttpConfig("http", HOST, port, ignore_ssl_verification=True))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", InsecureRequestWarning)
            pairs = _in_turns(through, _client(server, principal), time.perf_counter, step)
    return [Row("SDK call through the proxy, dearer by ms", _dearer(pairs), None, False, None, *_medians(pairs), "ms")]


def intercept(step: Step) -> list[Row]:
    """What a call of the official SDK takes longer than the SDK itself, when it is answered in the process.

    Half a millisecond is less than what other work on a machine adds. So this process's own time is taken, as nothing
    in a call waits.
    """
    with mockserver.intercept(SCENARIO) as bss:
        principal = bss.solution_provider.row()
        intercepted, bare = _region_client(principal), _region_client(principal)
        answer = intercepted.list_sub_customers(_ASKED).raw_content
        canned.answer(bare.get_http_client()._session, answer)
        pairs = _in_turns(intercepted, bare, time.process_time, step)
    return [
        Row(
            "intercepted SDK call, dearer than a canned one by ms",
            _dearer(pairs),
            0.6,
            False,
            None,
            *_medians(pairs),
            "ms",
        )
    ]


def _in_turns(one: BssClient, other: BssClient, clock: Callable[[], float], step: Step) -> list[tuple[float, float]]:
    """The milliseconds that each of two clients takes for a call, pair by pair."""
    pairs = []
    for number in range(SDK_CALLS):
        taken = {}
        # Who is second finds the caches warm.
        for client in (one, other) if number % 2 else (other, one):
            start = clock()
            client.list_sub_customers(_ASKED)
            taken[client] = (clock() - start) * 1000
        pairs.append((taken[one], taken[other]))
        if number % 100 == 0:
            step()
    return pairs


def _medians(pairs: list[tuple[float, float]]) -> tuple[float, float]:
    return median(one for one, _ in pairs), median(other for _, other in pairs)


def _dearer(pairs: list[tuple[float, float]]) -> float:
    return median(one - other for one, other in pairs)


@contextmanager
def _pair() -> Iterator[tuple[Running, Running, Principal]]:
    """The emulator with a thousand customers, and the bare view with the emulator's answer."""
    principal = servers.principals(THOUSAND)[PARTNER]
    with TemporaryDirectory() as folder, servers.emulator(THOUSAND) as emulator:
        body = Path(folder) / "answer.json"
        body.write_bytes(_ten_of_a_thousand(emulator.first_answer(principal)))
        with servers.bare(body) as bare:
            bare.first_answer(principal)
            yield emulator, bare, principal


def _ten_of_a_thousand(answer: bytes) -> bytes:
    told = json.loads(answer)
    if told["count"] != 1000 or len(told["customer_infos"]) != 10:
        raise NoAnswer(f"{THOUSAND} should give 10 of 1000 customers: {answer[:200]!r}")
    return answer


def _start(server: AbstractContextManager[Running], principal: Principal) -> float:
    with server as running:
        running.first_answer(principal)
        return time.perf_counter() - running.started


def _fresh_over_http(port: int, step: Step) -> float:
    taken = []
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    for _ in range(SANDBOXES):
        start = time.perf_counter()
        made = json.loads(_ask(connection, "POST", "/_mock/sandboxes", json.dumps({"scenario": SCENARIO})))
        taken.append(time.perf_counter() - start)
        _ask(connection, "DELETE", f"/_mock/sandboxes/{made['id']}")
    connection.close()
    step()
    return median(taken) * 1000


def _ask(connection: http.client.HTTPConnection, method: str, path: str, body: str | None = None) -> bytes:
    connection.request(method, path, body)
    answer = connection.getresponse()
    content = answer.read()
    if answer.status >= http.client.BAD_REQUEST:
        raise NoAnswer(f"{method} {path}: {answer.status}: {content.decode()}")
    return content


def _fresh_in_process(step: Step) -> float:
    sandboxes, taken = Sandboxes(clock.wall), []
    for _ in range(SANDBOXES):
        start = time.perf_counter()
        made = sandboxes.create(plan(SCENARIO))
        taken.append(time.perf_counter() - start)
        sandboxes.delete(made.id)
    step()
    return median(taken) * 1000


def _client(server: Running, principal: Principal) -> BssClient:
    return BssClient.new_builder().with_credentials(_credentials(principal)).with_endpoint(server.url).build()


def _region_client(principal: Principal, config: HttpConfig | None = None) -> BssClient:
    """As it is written for the cloud."""
    made = BssClient.new_builder().with_credentials(_credentials(principal)).with_region(BssRegion.CN_NORTH_1)
    return made.with_http_config(config or HttpConfig()).build()


def _credentials(principal: Principal) -> GlobalCredentials:
    return GlobalCredentials(principal["ak"], principal["sk"], principal["domain_id"])


# By name: what to run, and in how many steps it tells of its progress.
MEASURES: dict[str, tuple[Callable[[Step], list[Row]], int]] = {
    "throughput": (throughput, ROUNDS + 1),
    "cold-start": (cold_start, STARTS),
    "files": (files, STARTS + 1),
    "sandbox": (sandbox, 2),
    "sdk": (sdk, SDK_CALLS // 100),
    "proxy": (proxy, SDK_CALLS // 100),
    "intercept": (intercept, SDK_CALLS // 100),
}
