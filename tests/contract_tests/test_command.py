"""``command:`` with programs that do what programs do: one clear line about it, and the next call starts afresh."""

import os
import select
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from contract_tests.clients.adapter import Crash, Endpoint, Error, Outcome, Result
from contract_tests.clients.command import HANGS, Command
from contract_tests.clients.loading import BadClient, load
from contract_tests.clients.process import BadProgram
from contract_tests.driving.stage import guarded
from mockserver.store.sandboxes import Principal

# What a program does with a call stands in ACT; it is told which one by the operation's query.
PROGRAM = """
import json, os, sys, time

def say(text):
    sys.stdout.write(text + "\\n")
    sys.stdout.flush()

for line in sys.stdin:
    message = json.loads(line)
    if "hello" in message:
        say('{"offer": {"protocol": 1, "name": "tiny", "version": "7", "features": ["all_pages"]}}')
    elif "call" in message:
        number, act = message["id"], message["call"]["arguments"]["query"]["act"]
        good = '{"id": %d, "result": {"pid": %d}}' % (number, os.getpid())
        exec(act)
"""
GOOD = "say(good)"
Act = Callable[[str], Outcome]


@pytest.fixture
def tiny(tmp_path: Path) -> str:
    (tmp_path / "tiny.py").write_text(PROGRAM)
    return shlex.join([sys.executable, str(tmp_path / "tiny.py")])


@pytest.fixture
def command(tiny: str) -> Iterator[Command]:
    opened = Command(tiny, patience=20)
    yield opened
    opened.close()


@pytest.fixture
def act(command: Command) -> Act:
    return acting(command)


def acting(command: Command) -> Act:
    """Has the program do something when it is called."""
    principal = Principal("customer", "customer", "ak", "sk", "d", "dn", "un", "pw")
    endpoint = Endpoint("cn", "http://127.0.0.1:1", "http://127.0.0.1:1")
    return lambda what: guarded(
        lambda: command.call("list_sub_customers", {"query": {"act": what}}, principal, endpoint)
    )


def pid(outcome: Outcome) -> int:
    assert isinstance(outcome, Result), outcome
    number: int = outcome.value["pid"]
    return number


def test_it_offers_what_it_says(command: Command) -> None:
    offer = command.offer()
    assert (offer.name, offer.version, offer.operations, offer.features) == ("tiny", "7", None, {"all_pages"})


def test_one_program_answers_all_calls_with_all_digits(act: Act) -> None:
    first = pid(act(GOOD))
    assert pid(act(GOOD)) == first
    said = act(
        """say('{"id": %d, "result": [9007199254740993, 0.10000000000000000555, null], "status": 200}' % number)"""
    )
    assert said == Result([9007199254740993, Decimal("0.10000000000000000555"), None], 200)
    error = '{"id": %d, "error": {"message": "no", "status": 400, "code": "CBC.0100", "request_id": "r"}}'
    assert act(f"say('{error}' % number)") == Error("no", 400, "CBC.0100", "r")


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("sys.exit(3)", "ended with status 3 and was still needed"),
        ("os.kill(os.getpid(), 9)", "was ended by SIGKILL and was still needed"),
        ("say('Traceback (most recent call last)')", "a line that is no JSON"),
        ("sys.stdout.buffer.write(bytes([255, 254, 10])); sys.stdout.flush()", "a line that is no JSON"),
        ("say('[' * 100000)", "a line that is no JSON"),
        ("""say('{"id": %d, "result": NaN}' % number)""", "NaN is no number"),
        ("""say('{"id": %d, "result": 1e99999999999999999999}' % number)""", "too large a number"),
        ("""say('{"id": %d, "result": "%s"}' % (number, chr(92) + "ud800"))""", "surrogates not allowed"),
        ("say('')", "a line that is no JSON"),
        ("say('[]')", "not as protocol.schema.json has it"),
        ("""say('{"id": 1, "result": {}, "error": {"message": "both"}}')""", "not as protocol.schema.json has it"),
        ("""say('{"id": 999, "result": {}}')""", "was to be answered, it said"),
        ("say(good + chr(10) + good)", "more than one line was said"),
    ],
)
def test_what_a_broken_program_did_is_told_and_the_next_call_is_answered(act: Act, what: str, told: str) -> None:
    before = pid(act(GOOD))
    outcome = act(what)
    assert isinstance(outcome, Crash)
    assert told in outcome.words
    assert len(outcome.words.splitlines()) == 1
    assert pid(act(GOOD)) != before


def test_a_line_too_many_that_comes_late_is_told_too(act: Act) -> None:
    # Whichever call finds it, as that depends on how long it took.
    outcomes = [act("say(good); time.sleep(0.05); say('late')"), act(GOOD), act(GOOD)]
    assert ["late" in one.words for one in outcomes if isinstance(one, Crash)] == [True]
    assert isinstance(act(GOOD), Result)


def test_a_program_that_hangs_is_not_waited_for_for_ever(tiny: str) -> None:
    command = Command(tiny, patience=2)
    act = acting(command)
    outcome = act("time.sleep(3600)")
    assert isinstance(outcome, Crash)
    assert outcome.words.endswith("no answer to call 1 within 2 s")
    assert isinstance(act(GOOD), Result)
    told = [act("os.close(0) or time.sleep(3600)") for _ in range(HANGS)] + [act(GOOD), act(GOOD)]
    given_up = [one for one in told if isinstance(one, Crash) and f"did not answer {HANGS} times in a row" in one.words]
    assert given_up == told[HANGS:]
    command.close()


def test_a_program_that_does_not_read_is_not_waited_for_either(tmp_path: Path) -> None:
    (tmp_path / "deaf.py").write_text(
        """print('{"offer": {"protocol": 1, "name": "deaf"}}', flush=True)\nimport time\ntime.sleep(3600)"""
    )
    command = Command(shlex.join([sys.executable, str(tmp_path / "deaf.py")]), patience=2)
    outcome = acting(command)("x" * (1 << 20))
    assert isinstance(outcome, Crash)
    assert "no answer" in outcome.words
    command.close()


def test_what_the_program_started_ends_with_it(tmp_path: Path, tiny: str) -> None:
    (tmp_path / "wrapper.sh").write_text(f"{tiny}\nexit $?\n")
    command = Command(f"sh {tmp_path}/wrapper.sh", patience=20)
    inner = pid(acting(command)(GOOD))
    with os.fdopen(os.pidfd_open(inner)) as ended:
        acting(command)("say('garbage')")
        assert select.select([ended], [], [], 20)[0]
    command.close()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("", "cannot be started: no command"),
        ("no-such-program --x", "cannot be started: .*no-such-program"),
        ("echo 'unclosed", "cannot be started: No closing quotation"),
        ("false", "hello: the program ended with status 1"),
        ("echo hi", "hello: a line that is no JSON"),
        ("""echo '{"id": 1, "result": 2}'""", "an offer was expected first"),
        ("""echo '{"offer": {"protocol": 2, "name": "x"}}'""", "not as protocol.schema.json has it"),
    ],
)
def test_what_cannot_be_used_is_one_line_before_anything_is_played(words: str, told: str) -> None:
    with pytest.raises(BadClient, match=told) as refused:
        load(f"command:{words}")
    assert len(str(refused.value).splitlines()) == 1


def test_a_program_that_does_not_greet_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadProgram, match=r"sleep 3600: no answer to hello within 0\.5 s"):
        Command("sleep 3600", patience=0.5)


def test_what_it_says_to_people_is_passed_through(tiny: str) -> None:
    code = (
        "from contract_tests.clients.command import Command\n"
        f"Command({shlex.join(['sh', '-c', 'echo look here >&2; exec ' + tiny])!r}).close()"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert ran.stderr == "look here\n"
