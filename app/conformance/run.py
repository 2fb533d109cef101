"""A run: the checks in order, each with its outcome."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus

import httpx

from app.conformance.check import Check, Context, FailedError, SkippedError, Verdict
from app.conformance.exchange import (
    REQUEST_TIMEOUT_S,
    Exchange,
    InvalidTargetError,
    LimitError,
    NoResponseError,
    check_key,
    parse_base_url,
)
from app.conformance.registry import CHECKS

MAX_EDITIONS_SHOWN = 10
MAX_REQUESTS = 400
MAX_SECONDS = 180.0
USER_AGENT = "dayline-conformance"


@dataclass(frozen=True, slots=True)
class Options:
    """Options of a run; without an `edition` it reads the default one, or the first that has news."""

    url: str
    key: str | None = None
    edition: str | None = None
    may_write: bool = False
    is_quick: bool = False
    max_requests: int = MAX_REQUESTS
    max_seconds: float = MAX_SECONDS


@dataclass(frozen=True, slots=True)
class Result:
    """Verdict of one check: the reason why it was skipped, or what failed and how to repeat it."""

    check: Check
    outcome: Verdict
    reason: str | None = None
    curl: str | None = None
    expected: str | None = None
    found: str | None = None


def run_checks(
    options: Options, *, transport: httpx.BaseTransport | None = None, checks: Sequence[Check] = CHECKS
) -> Iterator[Result]:
    """Yield the result of each check, as it is known; NoResponseError if there is no installation at the URL.

    InvalidTargetError for a URL, a key or an edition that cannot be used. A check that fails is repeated once, since an
    editor may have published between two of its requests.
    """
    base = parse_base_url(options.url)
    check_key(options.key)
    with httpx.Client(transport=transport, timeout=REQUEST_TIMEOUT_S, headers={"User-Agent": USER_AGENT}) as client:
        exchange = Exchange(base, client, options.max_requests, options.max_seconds, key=options.key)
        context = Context(exchange, options.edition, may_write=options.may_write, is_quick=options.is_quick)
        try:
            _begin(context)
        except LimitError as limit:
            raise NoResponseError(f"{exchange.base}: {limit} before the first check") from limit
        for check in checks:
            result = _run(check, context)
            if result.outcome is Verdict.FAIL:
                context.responses.clear()
                result = _run(check, context)
            yield result


def _begin(context: Context) -> None:
    """Read the service document, with the key if reading takes one, and choose an edition that has news."""
    exchange = context.exchange
    url = exchange.url("/v1")
    received = exchange.request(url)
    if received.status == HTTPStatus.UNAUTHORIZED and exchange.key is None:
        raise NoResponseError(f"{url} takes an API key: give one with --key or DAYLINE_KEY")
    if received.status == HTTPStatus.UNAUTHORIZED:
        exchange.reads_with_key = True
        received = exchange.request(url)
    service = received.json()
    if received.status != HTTPStatus.OK or not _has_editions(service):
        raise NoResponseError(f"{url} is not the service document of Dayline (status {received.status})")
    if not service["editions"]:
        raise InvalidTargetError(f"{exchange.base} has no edition to read; create one, or load the sample")
    context.responses[url] = received
    if context.edition is None:
        context.edition = _find_edition(context, service["editions"])
    elif context.edition not in (slugs := [edition["slug"] for edition in service["editions"]]):
        found = ", ".join(map(str, slugs[:MAX_EDITIONS_SHOWN]))
        raise InvalidTargetError(f"{exchange.base} has no edition '{context.edition}'; its editions: {found}")


def _has_editions(service: object) -> bool:
    """Return whether a document has editions with slugs, as the service document does."""
    editions = service.get("editions") if isinstance(service, dict) else None
    return isinstance(editions, list) and all(isinstance(each, dict) and "slug" in each for each in editions)


def _find_edition(context: Context, editions: list[dict[str, object]]) -> str:
    """Return the first edition with news, the default one first; the default one if none has any."""
    ordered = sorted(editions, key=lambda edition: not edition.get("default"))
    for edition in ordered[:5]:
        page = context.get(context.exchange.url("/v1/timeline", edition=edition["slug"], limit=1)).json()
        if isinstance(page, dict) and page.get("days"):
            return str(edition["slug"])
    return str(ordered[0]["slug"])


def _run(check: Check, context: Context) -> Result:
    try:
        check.run(context)
    except FailedError as failed:
        return Result(check, Verdict.FAIL, curl=failed.curl, expected=failed.expected, found=failed.found)
    except SkippedError as skipped:
        return Result(check, Verdict.SKIPPED, reason=str(skipped))
    except LimitError as limit:
        return Result(check, Verdict.SKIPPED, reason=str(limit))
    except NoResponseError as error:
        return Result(check, Verdict.FAIL, expected="a response", found=str(error))
    except (KeyError, TypeError, IndexError, AttributeError, ValueError) as error:
        return Result(check, Verdict.FAIL, expected="members as documented", found=f"{type(error).__name__}: {error}")
    return Result(check, Verdict.OK)
