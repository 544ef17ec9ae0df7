"""How thoroughly the properties are tried: one Hypothesis profile for the whole kit.

The same examples in every run, so that a red build is red for everybody; more of them with the environment variable
``BSS_MOCK_EXAMPLES`` (a number for each operation and property), when there is time to look for what nobody thought of.
"""

import os

from hypothesis import HealthCheck, Phase, settings

NAME = "bss-mock"
VARIABLE = "BSS_MOCK_EXAMPLES"
USUAL = 25

settings.register_profile(
    NAME,
    max_examples=int(os.environ.get(VARIABLE, USUAL)),
    derandomize=True,
    deadline=None,
    print_blob=False,
    # Shrinking finds the smallest case; the explaining of it takes longer and lists our own lines.
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.target, Phase.shrink],
    # A world serves all examples of one test: what it holds does not decide what a property says.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

# Decorates a property.
PROPERTY = settings.get_profile(NAME)
# The simplest example only.
ONCE = settings(PROPERTY, max_examples=1, phases=[Phase.generate])
