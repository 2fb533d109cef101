"""The report of a run: lines for people, one document for programs."""

from collections import Counter
from collections.abc import Sequence

from app.conformance.check import Verdict
from app.conformance.run import Result

NAME_WIDTH = 26
_INDENT = " " * 9


def format_result(result: Result) -> str:
    """Return the lines of one check; what failed has what was expected and received, and a command that repeats it."""
    head = f"{result.outcome:<8} {result.check.name:<{NAME_WIDTH}} {result.check.promise}"
    if result.outcome is Verdict.SKIPPED:
        return f"{head}\n{_INDENT}because {result.reason}"
    if result.outcome is Verdict.OK:
        return head
    lines = [head, f"{_INDENT}expected  {result.expected}", f"{_INDENT}received  {result.found}"]
    return "\n".join([*lines, f"{_INDENT}repeat    {result.curl}"] if result.curl else lines)


def count_verdicts(results: Sequence[Result]) -> dict[str, int]:
    """Return the number of checks by outcome."""
    counts = Counter(result.outcome for result in results)
    return {outcome.value: counts[outcome] for outcome in Verdict}


def summarize(results: Sequence[Result]) -> str:
    """Return the last line of the report."""
    counts = count_verdicts(results)
    return f"{len(results)} checks: {counts['ok']} ok, {counts['fail']} failed, {counts['skipped']} skipped."


def build_document(url: str, results: Sequence[Result]) -> dict[str, object]:
    """Return the report as one JSON document."""
    items = [
        {
            "check": result.check.name,
            "promise": result.check.promise,
            "outcome": result.outcome,
            "reason": result.reason,
            "expected": result.expected,
            "received": result.found,
            "repeat": result.curl,
        }
        for result in results
    ]
    return {"url": url, "counts": count_verdicts(results), "items": items}
