"""A key for writing, as an operator makes one."""

import subprocess

from bench.servers import dayline_command
from bench.serving import environment


def create_key(address: str, *scopes: str) -> str:
    """The token of a new key with these scopes."""
    chosen = [word for scope in scopes for word in ("--scope", scope)]
    done = subprocess.run(  # noqa: S603 - our own command
        dayline_command("keys", "create", "--name", "bench", *chosen),
        env=environment({"DAYLINE_DATABASE_URL": address}),
        capture_output=True,
        check=True,
        timeout=60,
    )
    return done.stdout.decode().strip()
