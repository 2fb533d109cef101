"""Checks of errors: problem details with stable codes, and no page of a proxy in their place."""

from app.conformance.check import Check, Context, SkippedError, expect, expect_status
from app.conformance.exchange import Received

MEMBERS = ("type", "title", "status", "detail", "instance")


def expect_problem(received: Received, status: int, code: str) -> None:
    """Raise FailedError unless the response is this problem, with every member."""
    expect_status(received, status)
    expect(received.media_type == "application/problem+json", received, "application/problem+json", received.media_type)
    problem = received.json()
    expect(isinstance(problem, dict), received, "a JSON object", received.raw[:80].decode(errors="replace"))
    missing = [name for name in MEMBERS if name not in problem]
    expect(not missing, received, f"members {', '.join(MEMBERS)}", f"without {', '.join(missing)}")
    expect(problem["type"].endswith(f"/problems/{code}"), received, f"problem {code}", problem["type"])
    expect(problem["status"] == status, received, f"status {status} in the body", problem["status"])


def _unknown_url(context: Context) -> str:
    return context.exchange.url("/v1/conformance-no-such-address")


def check_not_found(context: Context) -> None:
    """Check that an unknown address is a problem."""
    expect_problem(context.get(_unknown_url(context)), 404, "not-found")


def check_article_not_found(context: Context) -> None:
    """Check that an unknown article is a problem."""
    expect_problem(context.get(context.url("/v1/articles/conformance-no-such-article")), 404, "not-found")


def check_method(context: Context) -> None:
    """Check that a method that an address does not have is 405 with Allow."""
    received = context.exchange.request(context.url("/v1/timeline"), method="DELETE")
    expect_problem(received, 405, "method-not-allowed")
    allowed = received.fields.get("allow", "")
    expect("GET" in allowed and "HEAD" in allowed, received, "Allow: GET, HEAD", allowed or "no Allow")


def check_unknown_parameter(context: Context) -> None:
    """Check that an unknown parameter is refused and named."""
    received = context.get(context.url("/v1/timeline", colour="red"))
    expect_problem(received, 422, "invalid-input")
    found = [error["where"] for error in received.json().get("errors", [])]
    expect(found == ["colour"], received, "errors that name colour", found)


def check_bound(context: Context) -> None:
    """Check that a limit beyond 200 is refused, not reduced."""
    received = context.get(context.url("/v1/timeline", limit=201))
    expect_problem(received, 422, "invalid-input")
    found = [error["where"] for error in received.json().get("errors", [])]
    expect(found == ["limit"], received, "errors that name limit", found)


def check_type_page(context: Context) -> None:
    """Check that `type` leads to a page that documents the problem."""
    problem = context.get(_unknown_url(context))
    document = problem.json()
    if not isinstance(document, dict) or "type" not in document:
        raise SkippedError("it needs a problem")
    received = context.get(problem.follow(document["type"]))
    expect_status(received, 200)


def check_not_cached(context: Context) -> None:
    """Check that a problem is not used from a cache without asking."""
    received = context.get(_unknown_url(context))
    found = received.fields.get("cache-control", "")
    expect("no-cache" in found or "no-store" in found, received, "Cache-Control: no-cache", found or "none")


CHECKS = (
    Check("problems.not-found", "an unknown address is 404 not-found", check_not_found),
    Check("problems.article", "an unknown article is 404 not-found", check_article_not_found),
    Check("problems.method", "another method is 405 with Allow", check_method),
    Check("problems.unknown-parameter", "an unknown parameter is 422 and named", check_unknown_parameter),
    Check("problems.bound", "a limit beyond 200 is 422", check_bound),
    Check("problems.type-page", "type leads to documentation", check_type_page),
    Check("problems.not-cached", "problems are not cached", check_not_cached),
)
