"""From a scenario's name to the plan that a sandbox is made from: where the business meets the store."""

from mockserver.domain import clock, scenarios
from mockserver.domain.populate import populate
from mockserver.store.sandboxes import Plan

MAX_SEED = 2**32 - 1


def plan(name: str, seed: int | None = None) -> Plan:
    """Raises ``BadScenario``, also for a seed that is none."""
    scenario = scenarios.load(name)
    if seed is not None and not (isinstance(seed, int) and 0 <= seed <= MAX_SEED):
        raise scenarios.BadScenario(f"seed {seed!r}: a whole number from 0 to {MAX_SEED} is expected")
    chosen = scenario.seed if seed is None else seed
    return Plan(
        name=scenario.name,
        key=scenario.key,
        site=scenario.site,
        seed=chosen,
        populate=populate(scenario, chosen),
        rules=scenario.rules,
        now=clock.standing_at(clock.moment(scenario.clock)) if scenario.clock else None,
    )
