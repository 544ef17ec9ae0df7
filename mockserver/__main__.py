"""``bss-mock`` and ``python -m mockserver``."""

import gc


def main() -> None:
    # A start makes a hundred thousand objects, none of them garbage; to look for it takes a tenth of the start.
    # ``serving`` turns it on again; the other commands are over before there is any.
    gc.disable()
    from mockserver.cli import main as run

    run()


if __name__ == "__main__":
    main()
