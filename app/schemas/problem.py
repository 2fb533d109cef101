"""Problem details (RFC 9457)."""

from typing import Annotated, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from app.schemas.errors import MAX_ERRORS
from app.schemas.types import MAX_HREF, ArticleId, InstantText, count, line, text

MAX_DETAIL = 100_000


class InputError(TypedDict):
    """An error of one parameter or member."""

    where: Annotated[
        str,
        line(
            "The parameter, or the path of the member such as `body.2.html`; empty for the body as a whole.",
            "limit",
            max_length=MAX_DETAIL,
        ),
    ]
    message: Annotated[str, line("What is wrong and what is allowed.", "Must be at most 200.", max_length=10_000)]
    code: NotRequired[
        Annotated[
            str,
            line("The code of the warning that `strict` made an error; present on those alone.", "content-dropped"),
        ]
    ]


class Problem(TypedDict):
    """An error, for programs (`type`, `errors`) and for people (`title`, `detail`)."""

    type: Annotated[
        str,
        line(
            "The stable code of the kind of problem, as a URL that documents it; kinds may be added.",
            "/problems/invalid-input",
            max_length=100,
            pattern="^/problems/[a-z-]+$",
        ),
    ]
    title: Annotated[str, line("The kind of problem, in words.", "Invalid request parameters or body")]
    status: Annotated[int, count("The HTTP status.", 422, ge=400, le=599)]
    detail: Annotated[str, line("This occurrence, in words.", "limit: Must be at most 200.", max_length=MAX_DETAIL)]
    instance: Annotated[str, line("The path of the request.", "/v1/timeline", max_length=MAX_HREF)]
    errors: NotRequired[
        Annotated[
            list[InputError],
            Field(description="The errors of parameters and members; present on 422.", max_length=MAX_ERRORS),
        ]
    ]
    id: NotRequired[
        Annotated[ArticleId, Field(description="The id of the withdrawn article; present on 410 of an article.")]
    ]
    embargoed_until: NotRequired[
        Annotated[InstantText, Field(description="The end of the article's embargo; present on `embargoed`.")]
    ]
    notice: NotRequired[
        Annotated[
            str | None,
            text(
                "The newsroom's public notice of a withdrawal; present on 410 of an article.", "The names were wrong."
            ),
        ]
    ]
