"""`dayline conformance`: checks of a deployment against the contract, proxies and caches in front included."""

import click

from app.cli.command import Command, Example, setting_option
from app.cli.output import json_option, print_json
from app.conformance.check import Verdict
from app.conformance.exchange import InvalidTargetError, NoResponseError
from app.conformance.report import build_document, format_result, summarize
from app.conformance.run import MAX_REQUESTS, MAX_SECONDS, Options, run_checks
from app.errors import ConfigurationError
from app.settings import read_settings

FAILED_STATUS = 1


@click.command(
    "conformance",
    cls=Command,
    settings=("key",),
    examples=[
        Example("dayline conformance http://127.0.0.1:8000", "Check a server on this machine"),
        Example("dayline conformance https://www.news.example/api --quick", "Check one behind a proxy, below a path"),
        Example(
            "DAYLINE_KEY_FILE=staging.token dayline conformance https://staging.news.example --write",
            "Check publishing, too",
        ),
        Example(
            "dayline conformance https://api.news.example --json | jq '.items[] | select(.outcome == \"fail\")'",
            "Print the failed checks",
        ),
    ],
)
@click.argument("url", metavar="URL")
@setting_option("key", metavar="TOKEN")
@click.option("--write", is_flag=True, help="Publish and withdraw articles in an edition 'conformance'.")
@click.option("--edition", metavar="SLUG", help="Edition to read; without it, the default one or one with news.")
@click.option("--quick", is_flag=True, help="Skip the heartbeat of the stream, which takes up to 25 seconds.")
@click.option(
    "--max-requests",
    default=MAX_REQUESTS,
    show_default=True,
    type=click.IntRange(1, 10_000),
    help="Skip the remaining checks after this many requests.",
)
@click.option(
    "--timeout",
    metavar="SECONDS",
    default=MAX_SECONDS,
    show_default=True,
    type=click.FloatRange(1, 3_600),
    help="Skip the remaining checks after this time.",
)
@json_option
def check_conformance(
    url: str,
    *,
    key: str | None,
    write: bool,
    edition: str | None,
    quick: bool,
    max_requests: int,
    timeout: float,
    as_json: bool,
) -> int:
    """Check the installation at URL against the contract.

    URL is the part before /v1. Each check is ok, failed or skipped; a failed check is shown with a curl command that
    repeats its request. The exit status is 1 if a check failed.

    The key is sent for writing, and where reading takes a key. Nothing is written without --write. With --write, the
    command publishes articles in an edition 'conformance' and withdraws them afterwards; that edition remains.
    """
    token = key or read_settings().key
    if write and token is None:
        raise ConfigurationError("--write needs an API key: give one with --key or DAYLINE_KEY.")
    options = Options(
        url,
        key=token,
        edition=edition,
        may_write=write,
        is_quick=quick,
        max_requests=max_requests,
        max_seconds=timeout,
    )
    results = []
    try:
        for result in run_checks(options):
            results.append(result)
            if not as_json:
                click.echo(format_result(result))
    except (InvalidTargetError, NoResponseError) as error:
        raise ConfigurationError(f"{error}.") from error
    if as_json:
        print_json(build_document(url, results))
    else:
        click.echo(f"\n{summarize(results)}")
    return FAILED_STATUS if any(result.outcome is Verdict.FAIL for result in results) else 0
