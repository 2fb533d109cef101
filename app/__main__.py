"""`python -m app` and the `dayline` command."""

import sys


def main() -> None:
    """Run the command line and exit with its status."""
    from app.cli.main import run  # noqa: PLC0415 - `import app` must not load the whole program

    sys.exit(run())


if __name__ == "__main__":
    main()
