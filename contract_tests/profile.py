"""How thoroughly the properties are tried: one Hypothesis profile for the whole kit.

The same examples in every run, so that a red build is red for everybody. ``BSS_MOCK_EXAMPLES`` in the environment says
how many there are of each property, when there is time to look for what nobody thought of.
"""

import os

from hypothesis import HealthCheck, Phase, settings

NAME = "bss-mock"
VARIABLE = "BSS_MOCK_EXAMPLES"
USUAL = 25
# Of a property that is tried for every operation: there are hundreds, so these are thousands.
USUAL_EACH = 12

_asked = os.environ.get(VARIABLE)

settings.register_profile(
    NAME,
    max_examples=int(_asked or USUAL),
    derandomize=True,
    deadline=None,
    print_blob=False,
    # Shrinking finds the smallest case; the explaining of it takes longer and lists our own lines.
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.target, Phase.shrink],
    # A world serves all examples of one test: what it holds does not decide what a property says.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

# Decorates a property; the second one a property that is tried for every operation.
PROPERTY = settings.get_profile(NAME)
EACH_OPERATION = settings(PROPERTY, max_examples=int(_asked or USUAL_EACH))
# The simplest example only.
ONCE = settings(PROPERTY, max_examples=1, phases=[Phase.generate])
