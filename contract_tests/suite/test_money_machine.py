"""Any sequence of registrations, movements, settings and questions, beside a model of the rules.

The rules of an area are a class of their own in ``machine``; here they become one machine for each site.
"""

from pathlib import Path

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from contract_tests.profile import EACH_OPERATION, PROPERTY
from contract_tests.suite.machine.base import SCENARIO
from contract_tests.suite.machine.budgeting import Budgeting
from contract_tests.suite.machine.funding import Funding
from contract_tests.suite.machine.registering import Registering
from contract_tests.suite.machine.telling import Telling
from contract_tests.worlds import Emulator

STEPS = 30


def test_money_and_customers_stay_as_a_model_says(bss_mock: Emulator) -> None:
    class China(Registering, Funding, Telling):
        def __init__(self) -> None:
            super().__init__(bss_mock)

    run_state_machine_as_test(China, settings=settings(PROPERTY, stateful_step_count=STEPS))


def test_what_may_be_spent_stays_as_a_model_says(bss_mock: Emulator, tmp_path: Path) -> None:
    scenario = tmp_path / "money.yaml"
    scenario.write_text(SCENARIO.read_text(encoding="utf-8").replace("site: cn", "site: intl"), encoding="utf-8")

    class International(Budgeting):
        def __init__(self) -> None:
            super().__init__(bss_mock, scenario)

    run_state_machine_as_test(International, settings=settings(EACH_OPERATION, stateful_step_count=STEPS))
