"""What failed inside a call that succeeded: entries of a list, each with its own code and words."""

from functools import cache

from mockserver.contract.catalogue import Catalogue
from mockserver.operations.call import Body, Call


def failure(call: Call, code: str, **about: str) -> Body:
    """One entry; ``about`` says under the page's name what it is that failed."""
    return _catalogue().documented(code).body(call.language) | about


@cache
def _catalogue() -> Catalogue:
    return Catalogue()
