"""What other packages add to the command line, found by entry points so that the emulator need not know them.

In the group ``bss_mock.commands`` a name is a command; ``bss_mock.judges`` has what ``bss-mock run --check`` asks.
"""

from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Any, cast

import click

if TYPE_CHECKING:
    from mockserver.running.recording import Judge

COMMANDS = "bss_mock.commands"
JUDGES = "bss_mock.judges"


class Group(click.Group):
    """Commands of its own first; to look for others takes as long as many a command."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *(one.name for one in entry_points(group=COMMANDS))])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        own = super().get_command(ctx, cmd_name)
        if own is not None:
            return own
        (found,) = entry_points(group=COMMANDS, name=cmd_name) or (None,)
        return None if found is None else cast(click.Command, loaded(found, cmd_name))


def judge() -> "Judge":
    """Who judges what a command did. Raises ``click.UsageError`` where nobody can."""
    found = next(iter(entry_points(group=JUDGES)), None)
    if found is None:
        raise click.UsageError("--check: the kit is not installed beside the emulator: pip install 'bss-mock[test]'")
    return cast("Judge", loaded(found, "--check"))


def loaded(found: EntryPoint, asked: str) -> Any:
    """What an entry point leads to. One that needs more than there is, is a mistake for people."""
    try:
        return found.load()
    except ModuleNotFoundError as missing:
        raise click.UsageError(
            f"{missing.name} is not installed: pip install 'bss-mock[test]' installs what {asked} needs"
        ) from None
