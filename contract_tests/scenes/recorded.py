"""Traffic that somebody else made, as under ``bss-mock run --check``: nobody plays it or knows what was meant."""

from contract_tests.scenes.registry import SCENES, Scene

SCENE = "recorded"
SCENES[SCENE] = Scene(SCENE, applies=lambda *_: False)
