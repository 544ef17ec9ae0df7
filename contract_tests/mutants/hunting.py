"""Whether the check that has to find a mutant does, with as many examples as everybody gets."""

from dataclasses import dataclass

from contract_tests.checks.registry import CHECKS
from contract_tests.driving.choosing import SEED, USUAL
from contract_tests.driving.playing import Told, play
from contract_tests.driving.stage import Stage
from contract_tests.mutants.registry import Mutant
from contract_tests.scenes.registry import SCENES
from contract_tests.server import Server


@dataclass(frozen=True, slots=True)
class Hunt:
    """``told``: what the check found, None where it found nothing; ``exchanges``: how many calls were looked at."""

    mutant: Mutant
    told: Told | None
    exchanges: int


def hunt(server: Server, mutant: Mutant, *, seed: int = SEED) -> Hunt:
    """Play the scene of the mutant's check with one of its operations after the other, until the check finds it."""
    check = CHECKS[mutant.check]
    scene = SCENES[check.scene]
    exchanges = 0
    with Stage(server, mutant.make()) as stage:
        for operation in mutant.operations:
            if not scene.applies(stage, operation):
                continue
            played = play(stage, scene, operation, examples=USUAL, seed_=seed, checks=[check], smallest=False)
            exchanges += played.exchanges
            if played.found:
                return Hunt(mutant, played.found[check.name], exchanges)
    return Hunt(mutant, None, exchanges)
