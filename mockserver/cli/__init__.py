"""bss-mock: the command line. Every mistake is one line that says what would be right, and exit status 2.

A module here is a command, or several that are alike.
"""

import sys

import click

from mockserver.cli.added import Group
from mockserver.cli.ca import ca
from mockserver.cli.describing import credentials, explain, openapi, operations
from mockserver.cli.run import run
from mockserver.cli.serve import serve
from mockserver.contract.files import BadSchema
from mockserver.domain.scenarios import BadScenario


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="bss-mock")
def cli() -> None:
    """An offline stand-in for Huawei Cloud's partner API (BSS)."""


for command in (serve, run, credentials, operations, explain, openapi, ca):
    cli.add_command(command)


def main() -> None:
    """The entry point: mistakes end in one line and exit status 2, never in a traceback."""
    try:
        status = cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.exceptions.NoArgsIsHelpError as bare:
        click.echo(bare.format_message())
        sys.exit(0)
    except (click.ClickException, BadScenario, BadSchema) as mistake:
        text = mistake.format_message() if isinstance(mistake, click.ClickException) else str(mistake)
        click.echo(f"bss-mock: {' '.join(text.split())}", err=True)
        sys.exit(2)
    except BrokenPipeError:
        sys.exit(0)
    sys.exit(status if isinstance(status, int) else 0)
