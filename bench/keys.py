"""API key for writing, created as an operator does."""

import subprocess

from bench.servers import dayline_command
from bench.serving import environment


def create_key(address: str, *scopes: str) -> str:
    """Create a key with these scopes and return its token."""
    chosen = [word for scope in scopes for word in ("--scope", scope)]
    done = subprocess.run(  # noqa: S603 - our own command
        dayline_command("keys", "create", "--name", "bench", *chosen),
        env=environment({"DAYLINE_DATABASE_URL": address}),
        capture_output=True,
        check=True,
        timeout=60,
    )
    return done.stdout.decode().strip()
