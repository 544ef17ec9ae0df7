"""A request is read as the contract says: by type, by what is said of empty and null, with defaults, exactly."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import Headers

from mockserver.contract.operations import Contract, Operation
from mockserver.contract.reading import Reading, read

GOOD = {"rejecting": "x"}
TIME = "2019-05-06T08:05:01Z"


def reading(
    operation: Operation, body: Any = GOOD, query: list[tuple[str, str]] | None = None, **headers: str
) -> Reading:
    sent = Headers({name.replace("_", "-"): value for name, value in headers.items()})
    return read(operation, path={"thing_id": "t1"}, query=query or [], headers=sent, body=body)


def broken(read: Reading) -> list[tuple[str, str, str]]:
    return [(problem.pointer, problem.rule, problem.code) for problem in read.problems]


def test_arguments_of_all_places_are_one_list_with_the_defaults_of_those_that_are_absent(made_up: Operation) -> None:
    read = reading(made_up)
    assert read.arguments == {
        "thing_id": "t1",
        "X-Language": "zh_CN",
        "rejecting": "x",
        "number": 10,
        "flag": False,
        "count": 10,
    }
    assert read.document == {"path": {"thing_id": "t1"}, "query": {}, "headers": {}, "body": GOOD}
    assert (read.problems, read.unknown) == ([], [])


class TestQuery:
    """`?x=`, `?x=""` and `?x=null` are three different things."""

    @pytest.mark.parametrize("text", ["", '""', "null"])
    def test_an_ignored_one_is_as_if_it_had_not_been_sent(self, made_up: Operation, text: str) -> None:
        read = reading(made_up, query=[("ignoring_text", text)])
        assert (read.document["query"], read.problems, read.unknown) == ({}, [], [])
        assert "ignoring_text" not in read.arguments

    @pytest.mark.parametrize(("text", "rule"), [("", "x-empty-value"), ('""', "x-empty"), ("null", "x-null")])
    def test_a_rejected_one_is_a_parameter_error(self, made_up: Operation, text: str, rule: str) -> None:
        assert broken(reading(made_up, query=[("rejecting_text", text)])) == [
            ("/query/rejecting_text", rule, "CBC.0100")
        ]

    @pytest.mark.parametrize(("text", "value"), [("", ""), ('""', ""), ("null", "null")])
    def test_a_filter_is_a_value(self, made_up: Operation, text: str, value: str) -> None:
        assert reading(made_up, query=[("filtering_text", text)]).arguments["filtering_text"] == value

    def test_the_three_have_their_own_rules(self, made_up: Operation) -> None:
        assert "mixed" not in reading(made_up, query=[("mixed", "")]).arguments
        assert reading(made_up, query=[("mixed", '""')]).arguments["mixed"] == ""
        assert broken(reading(made_up, query=[("mixed", "null")])) == [("/query/mixed", "x-null", "CBC.0100")]

    @pytest.mark.parametrize("text", ["", "null"])
    def test_an_ignored_one_gets_its_default(self, made_up: Operation, text: str) -> None:
        assert reading(made_up, query=[("number", text)]).document["query"] == {}
        assert reading(made_up, query=[("number", text)]).arguments["number"] == 10

    @pytest.mark.parametrize("text", ["nul", "Null", '"', "''", " ", '"null"', "None"])
    def test_what_only_looks_like_empty_or_null_is_text(self, made_up: Operation, text: str) -> None:
        for name in ("ignoring_text", "rejecting_text", "filtering_text"):
            assert reading(made_up, query=[(name, text)]).arguments[name] == text

    @pytest.mark.parametrize(
        ("name", "text", "value"),
        [
            ("number", "7", 7),
            ("number", "+7", 7),
            ("number", "007", 7),
            ("cost", "10", Decimal(10)),
            ("cost", "-0.10", Decimal("-0.10")),
            ("switch", "true", True),
            ("switch", "false", False),
        ],
    )
    def test_text_is_read_by_its_documented_type(self, made_up: Operation, name: str, text: str, value: Any) -> None:
        found = reading(made_up, query=[(name, text)]).document["query"][name]
        assert (found, type(found)) == (value, type(value))

    @pytest.mark.parametrize(
        ("name", "text"),
        [
            ("number", "x"),
            ("number", "1.5"),
            ("number", "1e2"),
            ("number", "0x10"),
            ("number", " 1"),
            ("number", "１"),
            ("number", "9" * 5000),
            ("cost", "1,5"),
            ("cost", "1e2"),
            ("cost", "NaN"),
            ("cost", "Infinity"),
            ("cost", ".5"),
            ("switch", "True"),
            ("switch", "1"),
        ],
    )
    def test_text_of_another_type_is_a_parameter_error(self, made_up: Operation, name: str, text: str) -> None:
        assert broken(reading(made_up, query=[(name, text)])) == [(f"/query/{name}", "type", "CBC.0100")]

    def test_a_repeated_name_is_a_list_where_the_contract_says_so(self, made_up: Operation) -> None:
        query = [("numbers", "3"), ("number", "4"), ("numbers", "1"), ("number", "5")]
        document = reading(made_up, query=query).document["query"]
        assert document == {"numbers": [3, 1], "number": 4}
        assert broken(reading(made_up, query=[("numbers", str(n)) for n in range(4)])) == [
            ("/query/numbers", "maxItems", "CBC.0100")
        ]
        assert broken(reading(made_up, query=[("numbers", "1"), ("numbers", "x")])) == [
            ("/query/numbers/1", "type", "CBC.0100")
        ]

    def test_an_empty_repeated_name_follows_the_rule_of_the_list(self, made_up: Operation) -> None:
        assert broken(reading(made_up, query=[("numbers", "")])) == []


class TestBody:
    """A JSON body: the rules hold at any depth."""

    @pytest.mark.parametrize("value", ["", None])
    def test_an_ignored_one_is_as_if_it_had_not_been_sent(self, made_up: Operation, value: Any) -> None:
        read = reading(made_up, GOOD | {"ignoring": value, "flag": value, "name": value})
        assert (read.document["body"], read.problems) == (GOOD, [])
        assert read.arguments["flag"] is False

    @pytest.mark.parametrize(("value", "rule"), [("", "x-empty"), (None, "x-null")])
    def test_a_rejected_one_gives_its_own_code(self, made_up: Operation, value: Any, rule: str) -> None:
        assert broken(reading(made_up, {"rejecting": value})) == [("/body/rejecting", rule, "CBC.5017")]

    def test_an_empty_filter_is_a_value(self, made_up: Operation) -> None:
        assert reading(made_up, GOOD | {"filtering": ""}).arguments["filtering"] == ""

    def test_an_empty_string_for_a_number_is_of_the_wrong_type(self, made_up: Operation) -> None:
        assert broken(reading(made_up, GOOD | {"count": ""})) == [("/body/count", "type", "CBC.0100")]

    def test_the_rules_hold_inside_objects_and_lists(self, made_up: Operation) -> None:
        read = reading(
            made_up, {**GOOD, "nested": {"inner": "", "other": ""}, "rows": [{"id": "1"}, {"id": ""}, {"id": None}]}
        )
        assert broken(read) == [
            ("/body/nested/inner", "x-empty", "CBC.0100"),
            ("/body/rows/1/id", "x-empty", "CBC.0100"),
            ("/body/rows/2/id", "x-null", "CBC.0100"),
        ]
        assert reading(made_up, GOOD | {"nested": {"other": ""}}).document["body"]["nested"] == {}

    @pytest.mark.parametrize("sent", [Decimal("10.0"), Decimal("1E+1"), Decimal("10.000"), 10])
    def test_a_whole_number_is_an_integer_however_it_is_written(self, made_up: Operation, sent: Any) -> None:
        count = reading(made_up, GOOD | {"count": sent}).arguments["count"]
        assert (count, type(count)) == (10, int)

    @pytest.mark.parametrize("sent", [Decimal("10.5"), Decimal("1E-1"), True, "10"])
    def test_what_is_no_whole_number_is_no_integer(self, made_up: Operation, sent: Any) -> None:
        assert broken(reading(made_up, GOOD | {"count": sent})) == [("/body/count", "type", "CBC.0100")]

    @given(cents=st.integers(1, 214748364700), zeros=st.integers(0, 4))
    def test_an_amount_keeps_its_value_to_the_last_digit(self, made_up: Operation, cents: int, zeros: int) -> None:
        amount = Decimal(cents) / 100
        sent = Decimal(f"{amount:.2f}" + "0" * zeros)
        read = reading(made_up, {**GOOD, "price": sent, "nested": {"amount": sent}, "rows": [{"id": "1", "amount": 7}]})
        assert (read.problems, read.arguments["price"]) == ([], amount)
        amounts = [read.arguments["price"], read.arguments["nested"]["amount"], read.arguments["rows"][0]["amount"]]
        assert [type(amount) for amount in amounts] == [Decimal] * 3

    @given(cents=st.integers(1, 214748364699), part=st.integers(1, 10**12 - 1))
    def test_a_part_of_a_cent_is_refused_however_small(self, made_up: Operation, cents: int, part: int) -> None:
        sent = Decimal(cents) / 100 + Decimal(part) / 10**14
        assert broken(reading(made_up, GOOD | {"price": sent})) == [("/body/price", "multipleOf", "CBC.0100")]

    @pytest.mark.parametrize(
        ("sent", "rule"),
        [(0, "minimum"), (Decimal("0.00"), "minimum"), (Decimal("2147483647.01"), "maximum"), (2**31, "maximum")],
    )
    def test_an_amount_has_its_limits(self, made_up: Operation, sent: Any, rule: str) -> None:
        assert broken(reading(made_up, GOOD | {"price": sent})) == [("/body/price", rule, "CBC.0100")]
        for good in (Decimal("0.01"), Decimal("2147483647.00"), 2**31 - 1):
            assert reading(made_up, GOOD | {"price": good}).problems == []

    @pytest.mark.parametrize(
        "time",
        ["2019-05-06 08:05:01", "2019-05-06T08:05:01", "2019-05-06T08:05:01+00:00", "2019-13-06T08:05:01Z", "2019-5-6"],
    )
    def test_a_time_has_the_documented_form_and_exists(self, made_up: Operation, time: str) -> None:
        assert reading(made_up, GOOD | {"when": TIME}).problems == []
        found = broken(reading(made_up, GOOD | {"when": time}))
        assert {rule for _, rule, _ in found} <= {"pattern", "format", "maxLength"}
        assert {pointer for pointer, _, _ in found} == {"/body/when"}

    def test_lengths_count_characters_not_bytes(self, made_up: Operation, contract: Contract) -> None:
        operation = contract.get("cn", "list_sub_customers")
        assert operation is not None
        for text, good in (("云" * 64, True), ("云" * 65, False), ("😀" * 64, True), ("😀" * 65, False)):
            read_ = read(operation, path={}, query=[], headers=Headers(), body={"customer": text})
            assert (not read_.problems) == good

    def test_a_required_member_must_be_there(self, made_up: Operation) -> None:
        for body in ({}, None):
            assert broken(reading(made_up, body)) == [("/body/rejecting", "required", "CBC.5017")]

    def test_a_condition_on_a_value_is_held_to(self, made_up: Operation) -> None:
        assert broken(reading(made_up, GOOD | {"kind": "2"})) == [("/body/name", "required", "CBC.0100")]
        assert broken(reading(made_up, GOOD | {"kind": "1"})) == []
        assert broken(reading(made_up, GOOD | {"kind": "2", "name": "ab"})) == []


class TestRequires:
    """A member that was given needs those beside it."""

    @pytest.mark.parametrize("missing", [{}, {"code": ""}, {"code": None}])
    def test_the_other_is_needed_with_its_own_code(self, made_up: Operation, missing: dict[str, Any]) -> None:
        assert broken(reading(made_up, GOOD | {"phone": "1"} | missing)) == [("/body/code", "x-requires", "CBC.5017")]

    @pytest.mark.parametrize("phone", [{}, {"phone": ""}, {"phone": None}])
    def test_an_empty_one_needs_nothing(self, made_up: Operation, phone: dict[str, Any]) -> None:
        assert broken(reading(made_up, GOOD | phone)) == []

    def test_both_together_are_good(self, made_up: Operation) -> None:
        assert broken(reading(made_up, GOOD | {"phone": "1", "code": "2"})) == []
        assert broken(reading(made_up, GOOD | {"code": "2"})) == []

    def test_it_holds_inside_objects(self, made_up: Operation) -> None:
        assert broken(reading(made_up, GOOD | {"nested": {"inner": "x"}})) == [
            ("/body/nested/other", "x-requires", "CBC.0100")
        ]

    @pytest.mark.documents("create_sub_customer", 7)
    def test_a_mobile_number_needs_a_verification_code(self, contract: Contract) -> None:
        operation = contract.get("cn", "create_sub_customer")
        assert operation is not None
        body = {"xaccount_id": "x", "xaccount_type": "T", "mobile_phone": "13912345678"}
        found = read(operation, path={}, query=[], headers=Headers(), body=body)
        assert broken(found) == [("/body/verification_code", "x-requires", "CBC.0100")]


class TestUnknown:
    """What the contract does not have is taken, noted, and named after what it looks like."""

    def test_each_place_notes_its_own(self, made_up: Operation) -> None:
        read = reading(
            made_up,
            {**GOOD, "pric": 1, "zzz": {"deep": 1}, "nested": {"iner": 1}, "rows": [{"id": "1", "a/b~c": 1}]},
            query=[("numer", "1"), ("", "1")],
            X_Languag="en_US",
        )
        assert [(problem.pointer, problem.message) for problem in read.unknown] == [
            ("/query/numer", "no such member in the contract, did you mean number?"),
            ("/query/", "no such member in the contract"),
            ("/body/pric", "no such member in the contract, did you mean price?"),
            ("/body/zzz", "no such member in the contract"),
            ("/body/nested/iner", "no such member in the contract, did you mean inner?"),
            ("/body/rows/0/a~1b~0c", "no such member in the contract"),
        ]
        assert read.problems == []
        assert "pric" not in read.arguments

    def test_names_differ_by_case_in_a_body_but_not_in_headers(self, made_up: Operation) -> None:
        read = reading(made_up, GOOD | {"Price": 1}, x_language="en_US")
        assert [problem.pointer for problem in read.unknown] == ["/body/Price"]
        assert read.arguments["X-Language"] == "en_US"


class TestPath:
    """Parameters in the path are checked like any other."""

    def test_a_long_one_is_refused(self, made_up: Operation) -> None:
        found = read(made_up, path={"thing_id": "x" * 9}, query=[], headers=Headers(), body=GOOD)
        assert broken(found) == [("/path/thing_id", "maxLength", "CBC.0100")]

    @pytest.mark.parametrize("text", ["null", '""'])
    def test_a_path_knows_neither_null_nor_empty(self, made_up: Operation, text: str) -> None:
        found = read(made_up, path={"thing_id": text}, query=[], headers=Headers(), body=GOOD)
        assert (found.problems, found.arguments["thing_id"]) == ([], text)


class TestHeaders:
    """Documented headers are parameters too."""

    def test_an_unknown_value_is_refused(self, made_up: Operation) -> None:
        assert broken(reading(made_up, X_Language="fr_FR")) == [("/headers/X-Language", "enum", "CBC.0100")]

    def test_an_empty_one_is_ignored_where_the_contract_says_so(self, made_up: Operation) -> None:
        assert reading(made_up, X_Language="").arguments["X-Language"] == "zh_CN"
