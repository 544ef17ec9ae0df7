"""bss-mock ca: whom to trust, so that the emulator is the cloud for a client."""

from pathlib import Path

import click

from mockserver.cli.options import write


@click.command()
@click.option("--output", type=click.Path(path_type=Path), metavar="FILE", help="Written to; default: printed.")
def ca(output: Path | None) -> None:
    """The certificate authority of serve --tls and --proxy-port, as PEM."""
    from mockserver.cli.serve import kept_authority

    write(kept_authority().cert_pem.bytes(), output)
