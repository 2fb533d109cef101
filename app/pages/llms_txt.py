"""`/llms.txt` (https://llmstxt.org): the index of the documentation in Markdown, for language models."""

from app.net.base_path import href_of
from app.pages.guide_index import SECTION, GuideIndex, GuideLink

_SUMMARY = (
    "Dayline is a headless news API. Articles are read as JSON, grouped by the local day, and as feeds (RSS, Atom, "
    "JSON Feed, ninjs, sitemaps), Server-Sent Events, webhooks and JSON Lines; programs publish through an editorial "
    "API with API keys."
)
_ABOUT = (
    "Every list has `next.href`, which leads to its next page; cursors are opaque. Errors are problem details (RFC "
    "9457). Unknown query parameters are refused."
)


def render_llms_txt(index: GuideIndex, *, origin: str = "") -> str:
    """Return the file; links are absolute where the `origin` of the installation is known."""
    lines = ["# Dayline", "", f"> {_SUMMARY}", "", _ABOUT, "", "## Reference", ""]
    reference = {
        "/openapi.md": ("Operations", "every operation with its parameters, scopes and statuses, in Markdown"),
        "/openapi.json": ("OpenAPI document", "the same with schemas and examples, in JSON"),
        "/v1": ("Service document", "the editions of this installation, and the URLs to start from"),
        "/problems": ("Problem types", "the code of every error, and what to do about it"),
    }
    lines += [f"- [{name}]({origin}{href_of(path)}): {note}" for path, (name, note) in reference.items()]
    for group in index.groups:
        lines += ["", f"## {group.name}", ""]
        for task in group.tasks:
            lines += [_line(each, task.task, origin) for each in task.guides if each.is_guide]
    lines += ["", "## Optional", ""]
    lines += [_line(each, "a decision on the design", origin) for each in index.decisions]
    return "\n".join(lines) + "\n"


def _line(link: GuideLink, note: str, origin: str) -> str:
    return f"- [{link.title}]({origin}{href_of(f'{SECTION}/{link.target}')}): {note}"
