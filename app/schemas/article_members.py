"""Members of articles in records, beside the text itself; `domain/article_members.py` has their table."""

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from app.domain.article_members import ArticleAccess, ArticleFormat
from app.domain.body import ImageInput
from app.domain.body.values import WebUrl, whole_number
from app.domain.exact_json import MAX_EXTRA_BYTES, MAX_EXTRA_DEPTH, dump_extra
from app.schemas.record_types import Language, Line, RecordPart, Text
from app.schemas.types import Instant

MAX_URGENCY = 9


def _null_as_false(value: object) -> object:
    return False if value is None else value


def _null_as_article(value: object) -> object:
    return ArticleFormat.ARTICLE if value is None else value


def _null_if_empty(value: RecordPart | None) -> RecordPart | None:
    return None if value is not None and value == type(value)() else value


Flag = Annotated[bool, BeforeValidator(_null_as_false), Field(strict=True)]
FeaturedFilter = Annotated[
    Annotated[bool, Field(strict=True)] | None,
    Field(description="Whether they are featured; both where null.", examples=[True]),
]
SubsectionsFilter = Annotated[
    Flag, Field(description="Whether sections stand for themselves and all sections below them.", examples=[True])
]
Extra = Annotated[
    str,
    BeforeValidator(dump_extra),
    WithJsonSchema({"type": "object", "additionalProperties": True, "examples": [{"match": {"home": 2, "away": 1}}]}),
]


class SeoInput(RecordPart):
    """Texts for search engines in place of headline and lead."""

    title: Annotated[
        Line | None, Field(description="The title of the page.", examples=["Budget vote: who voted how"])
    ] = None
    description: Annotated[
        Text | None, Field(description="The description of the page.", examples=["All 45 votes on the budget."])
    ] = None
    noindex: Annotated[
        Flag, Field(description="Whether search engines are asked not to index the page.", examples=[False])
    ] = False


class SocialInput(RecordPart):
    """Texts and image for social networks in place of headline, lead and image."""

    title: Annotated[Line | None, Field(description="The title of a shared link.", examples=["23 to 22"])] = None
    description: Annotated[
        Text | None, Field(description="The description of a shared link.", examples=["One vote made the difference."])
    ] = None
    image: Annotated[ImageInput | None, Field(description="The image of a shared link.")] = None


class ArticleMembers(RecordPart):
    """Members of an article beside its text."""

    format: Annotated[
        ArticleFormat,
        BeforeValidator(_null_as_article),
        Field(description="Its main medium: text, pictures or a recording.", examples=["video"]),
    ] = ArticleFormat.ARTICLE
    kicker: Annotated[
        Line | None, Field(description="The short line above the headline.", examples=["City budget"])
    ] = None
    subheadline: Annotated[
        Line | None, Field(description="The line below the headline.", examples=["Night trams decide the vote"])
    ] = None
    short_headline: Annotated[
        Line | None, Field(description="A headline for narrow places.", examples=["Budget passes"])
    ] = None
    byline: Annotated[
        Line | None,
        Field(description="The byline as printed, beside `authors`.", examples=["By Ines Kovary and agencies"]),
    ] = None
    canonical_url: Annotated[
        WebUrl | None,
        Field(
            description="The page that the text was first published on; JSON-LD names it, sitemaps omit the article.",
            examples=["https://agency.example/budget-vote"],
        ),
    ] = None
    seo: Annotated[SeoInput | None, AfterValidator(_null_if_empty), Field(description="Texts for search engines.")] = (
        None
    )
    social: Annotated[
        SocialInput | None, AfterValidator(_null_if_empty), Field(description="Texts and image for social networks.")
    ] = None
    access: Annotated[
        ArticleAccess | None,
        Field(description="Who may read it on the front end: a label, no paywall.", examples=["free"]),
    ] = None
    featured: Annotated[Flag, Field(description="Whether front ends show it prominently.", examples=[True])] = False
    alert: Annotated[
        Flag,
        Field(
            description="Whether its publication is an `article.alert` in the change feed, once, for push messages.",
            examples=[False],
        ),
    ] = False
    urgency: Annotated[
        Annotated[int, Field(strict=True, ge=1, le=MAX_URGENCY), BeforeValidator(whole_number)] | None,
        Field(description="The editorial urgency, 1 (highest) to 9 (lowest); orders nothing.", examples=[4]),
    ] = None
    sensitive: Annotated[
        Flag, Field(description="Whether front ends show a content warning first.", examples=[False])
    ] = False
    language: Annotated[
        Language | None,
        Field(description="The language of the text, if it is not the edition's.", examples=["fr"]),
    ] = None
    editor_note: Annotated[
        Text | None,
        Field(description="A note for editors, never public.", examples=["Lawyers have read it."]),
    ] = None
    embargoed_until: Annotated[
        Instant | None,
        Field(
            description="No publication takes effect before this instant; cannot be set once the article was public.",
            examples=["2026-11-20T18:00:00+02:00"],
        ),
    ] = None
    extra: Annotated[
        Extra | None,
        Field(
            description=(
                f"Any JSON object of at most {MAX_EXTRA_BYTES // 1024} KiB and {MAX_EXTRA_DEPTH} levels; public, never "
                "searched. Its order and numbers are stored as written."
            ),
        ),
    ] = None
