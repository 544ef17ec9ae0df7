"""Any sequence of a partner's calls, and of hours and months between them, beside a model of the rules.

The rules of an area are a class of their own in ``machine``; here they become one machine for each site.
"""

from collections import Counter
from pathlib import Path

import pytest
import yaml
from hypothesis import settings
from hypothesis.stateful import RULE_MARKER, run_state_machine_as_test

from contract_tests.profile import EACH_OPERATION
from contract_tests.suite.machine.base import SCENARIO, Base
from contract_tests.suite.machine.budgeting import Budgeting
from contract_tests.suite.machine.couponing import Couponing
from contract_tests.suite.machine.freezing import Freezing
from contract_tests.suite.machine.funding import Funding
from contract_tests.suite.machine.registering import Registering
from contract_tests.suite.machine.telling import Telling
from contract_tests.suite.machine.verifying import Tagging, Verifying
from contract_tests.worlds import Emulator

STEPS = 50
CHINA = (Registering, Verifying, Tagging, Funding, Telling, Couponing)
INTERNATIONAL = (Registering, Verifying, Freezing, Budgeting)
# Quotas and coupons of partners are the China site's.
ONLY_IN_CHINA = ("coupon_quotas", "coupons")


def test_the_partners_business_in_china_stays_as_a_model_says(bss_mock: Emulator) -> None:
    class China(*CHINA):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__(bss_mock)

    run_state_machine_as_test(China, settings=settings(EACH_OPERATION, stateful_step_count=STEPS))


def test_the_partners_business_abroad_stays_as_a_model_says(bss_mock: Emulator, tmp_path: Path) -> None:
    world = yaml.safe_load(SCENARIO.read_text(encoding="utf-8"))
    scenario = tmp_path / "partners.yaml"
    abroad = {name: said for name, said in world.items() if name not in ONLY_IN_CHINA} | {"site": "intl"}
    scenario.write_text(yaml.safe_dump(abroad, sort_keys=False), encoding="utf-8")

    class International(*INTERNATIONAL):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__(bss_mock, scenario)

    run_state_machine_as_test(International, settings=settings(EACH_OPERATION, stateful_step_count=STEPS))


@pytest.mark.parametrize(("areas", "least"), [(CHINA, 30), (INTERNATIONAL, 20)])
def test_no_rule_hides_another(areas: tuple[type[Base], ...], least: int) -> None:
    """Rules of one name would be one rule in the machine."""
    members = [(name, one) for area in areas for name, one in vars(area).items()]
    counts = Counter(name for name, one in members if hasattr(one, RULE_MARKER))
    assert {name for name, count in counts.items() if count > 1} == set()
    assert len(counts) >= least
