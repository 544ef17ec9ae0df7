"""Any sequence of issues, reclaims and days through the official SDK, beside a model of the rules."""

from pathlib import Path

from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from contract_tests.clients.official import OfficialClient
from contract_tests.profile import PROPERTY
from contract_tests.suite.coupon_rules import CouponRules
from contract_tests.worlds import Emulator

STEPS = 30
SCENARIO = Path(__file__).with_name("coupons.yaml")


def test_coupons_and_quotas_stay_as_a_model_says(bss_mock: Emulator) -> None:
    class Machine(CouponMachine):
        def __init__(self) -> None:
            super().__init__(bss_mock)

    run_state_machine_as_test(Machine, settings=settings(PROPERTY, stateful_step_count=STEPS))


class CouponMachine(CouponRules, RuleBasedStateMachine):
    """The rules about coupons in a world of their own."""

    def __init__(self, emulator: Emulator) -> None:
        super().__init__()
        self.world = emulator.sandbox(str(SCENARIO))
        self._clients = {
            name: OfficialClient(self.world.principals[name].sdk) for name in ("solution_provider", "distributor")
        }
        self.begin_coupons()

    def client(self, who: str) -> OfficialClient:
        return self._clients[who]

    def teardown(self) -> None:
        self.world.close()
