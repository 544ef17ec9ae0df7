"""From the word after ``--client`` to an adapter."""

import sys
from collections.abc import Callable
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path

from contract_tests.clients.adapter import Adapter, offer_of

COMMAND = "command:"


class BadClient(Exception):
    """A client that cannot be used: one line for people."""


def _python_sdk() -> Adapter:
    from contract_tests.clients.python_sdk import PythonSdk

    return PythonSdk()


def _python_sdk_async() -> Adapter:
    from contract_tests.clients.python_sdk import PythonSdkAsync

    return PythonSdkAsync()


def _plain() -> Adapter:
    from contract_tests.clients.plain import PlainClient

    return PlainClient()


def _token() -> Adapter:
    from contract_tests.clients.token import TokenClient

    return TokenClient()


SHIPPED: dict[str, Callable[[], Adapter]] = {
    "python-sdk": _python_sdk,
    "python-sdk-async": _python_sdk_async,
    "requests": _plain,
    "requests-token": _token,
}


def load(word: str) -> Adapter:
    """``python-sdk``, ``my_package:MyAdapter`` or ``command:node adapter.js``. Raises ``BadClient``."""
    from contract_tests.clients.command import Command
    from contract_tests.clients.process import BadProgram
    from contract_tests.sdk import SdkMissing

    try:
        adapter = Command(word.removeprefix(COMMAND)) if word.startswith(COMMAND) else _made(word)
        offer_of(adapter)
    except (BadProgram, SdkMissing) as problem:
        raise BadClient(str(problem)) from None
    return adapter


def _made(word: str) -> Adapter:
    if word in SHIPPED:
        return SHIPPED[word]()
    if ":" not in word:
        near = get_close_matches(word, SHIPPED, 1)
        hint = f"did you mean {near[0]}?" if near else f"shipped are {', '.join(SHIPPED)}"
        raise BadClient(f"--client {word}: {hint}; or my_package:MyAdapter, or 'command:node adapter.js'")
    module, _, name = word.partition(":")
    # As python -m has it: what lies in the current folder can be imported.
    sys.path.insert(0, str(Path.cwd()))
    try:
        made: Adapter = getattr(import_module(module), name)()
    except ImportError as problem:
        raise BadClient(f"--client {word}: {problem}") from None
    except AttributeError:
        raise BadClient(f"--client {word}: {module} has no {name}") from None
    finally:
        sys.path.pop(0)
    if not callable(getattr(made, "call", None)):
        raise BadClient(f"--client {word}: an adapter has a method call(operation, arguments, principal, endpoint)")
    return made
