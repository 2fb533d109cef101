"""JSON Feed 1.1 as far as this API writes it; `app/syndication/json_feed.py` renders it."""

from typing import Annotated, Any, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from app.schemas.types import ArticleId, Code, InstantText, LanguageTag, Url, Urn, Version, line, text

MAX_NAMES = 400


MAX_ITEMS = 50
Markup = Annotated[str, Field(json_schema_extra={"contentMediaType": "text/html"})]


def _many(description: str, *, most: int = MAX_NAMES) -> Any:
    return Field(description=description, max_length=most)


class JsonFeedAuthor(TypedDict):
    """An author in JSON Feed."""

    name: Annotated[str, line("The name.", "Dario Fenn")]
    url: NotRequired[Annotated[Url, Field(description="The author's page.", examples=["https://meridian.example/a"])]]
    avatar: NotRequired[Annotated[Url, Field(description="The portrait.", examples=["https://media.example/fenn.jpg"])]]


class JsonFeedHub(TypedDict):
    """A hub that pushes the feed to subscribers."""

    type: Annotated[str, line("The protocol.", "WebSub")]
    url: Annotated[Url, Field(description="The hub.", examples=["https://hub.example/"])]


class JsonFeedTranslation(TypedDict):
    """A translation of an article."""

    language: LanguageTag
    url: Annotated[Url, Field(description="The translation on its front end.")]


class JsonFeedLabel(TypedDict):
    """The label of an article."""

    code: Annotated[Code, Field(description="The code of the label.")]
    disclaimer: Annotated[str | None, text("Its disclaimer.", "Columns speak for their authors.")]
    disclaimer_language: Annotated[LanguageTag | None, Field(description="The language of it.", examples=["en"])]


class JsonFeedImage(TypedDict):
    """The texts of an article's image."""

    alt: Annotated[str, text("The text alternative.", "A line of swimmers in red caps")]
    caption: Annotated[str | None, text("The caption.", "Last year's start.")]
    credit: Annotated[str | None, text("Whom to credit.", "Aino Sember")]


class JsonFeedSource(TypedDict):
    """The source of an article."""

    name: Annotated[str, line("The name of the source.", "Kestrava City Council")]
    url: Annotated[Url | None, Field(description="The source on the web.")]


class JsonFeedItemExtension(TypedDict):
    """Members of an article for which JSON Feed has none."""

    id: ArticleId
    version: Version
    direction: Annotated[str, line("The direction of the text, `ltr` or `rtl`.", "ltr")]
    image: Annotated[JsonFeedImage | None, Field(description="The texts of its image.")]
    source: Annotated[JsonFeedSource | None, Field(description="Its source.")]
    section: Annotated[Code | None, Field(description="The slug of its first section.", examples=["sport"])]
    sections: Annotated[list[Code], Field(description="The slugs of its sections.", max_length=MAX_NAMES)]
    kicker: Annotated[str | None, line("The line above the headline.", "Analysis")]
    access: Annotated[str | None, line("Access on the front end: `free`, `registered` or `paid`.", "free")]
    translations: Annotated[list[JsonFeedTranslation], _many("Its translations.")]
    label: Annotated[JsonFeedLabel | None, Field(description="Its label.")]


class JsonFeedItem(TypedDict):
    """An article in JSON Feed; members without a value are left out."""

    id: Urn
    url: Annotated[Url, Field(description="The article on the front end.")]
    external_url: NotRequired[Annotated[Url, Field(description="The URL at which another site published it first.")]]
    title: Annotated[str, line("The headline.", "Winter swimmers move their start line")]
    content_html: NotRequired[Annotated[Markup, Field(description="The whole text.", examples=["<p>The swim …</p>"])]]
    content_text: NotRequired[
        Annotated[str, text("The lead, else the headline, where the feed has no whole text.", "…")]
    ]
    summary: NotRequired[Annotated[str | None, text("The lead.", "The swim sets out further south.")]]
    image: NotRequired[Annotated[Url, Field(description="The file of its image.")]]
    date_published: Annotated[InstantText, Field(description="The public time.")]
    date_modified: Annotated[InstantText, Field(description="The last change.")]
    authors: NotRequired[Annotated[list[JsonFeedAuthor], _many("The authors, else the byline.")]]
    tags: NotRequired[
        Annotated[list[Annotated[str, line("A name.", "Wildlife")]], _many("Names of its sections and tags.")]
    ]
    language: NotRequired[LanguageTag]
    _dayline: JsonFeedItemExtension


class JsonFeedExtension(TypedDict):
    """Members of a feed for which JSON Feed has none."""

    direction: Annotated[str, line("The direction of the language, `ltr` or `rtl`.", "ltr")]


class JsonFeed(TypedDict):
    """A page of a feed in JSON Feed 1.1 (jsonfeed.org); members without a value are left out."""

    version: Annotated[Url, Field(description="The version.", examples=["https://jsonfeed.org/version/1.1"])]
    title: Annotated[str, line("The name of the edition, with those of the filters.", "The Kestrava Meridian")]
    description: NotRequired[Annotated[str, text("What the edition publishes.", "News from Kestrava.")]]
    home_page_url: Annotated[Url, Field(description="The front end.")]
    feed_url: Annotated[Url, Field(description="The URL of this page of the feed.")]
    next_url: NotRequired[Annotated[Url, Field(description="The URL of the page of older articles.")]]
    icon: NotRequired[Annotated[Url, Field(description="The logo.")]]
    favicon: NotRequired[Annotated[Url, Field(description="The square icon.")]]
    language: LanguageTag
    authors: Annotated[list[JsonFeedAuthor], _many("The publication.", most=1)]
    hubs: NotRequired[Annotated[list[JsonFeedHub], _many("The hub, if the installation has one.", most=1)]]
    _dayline: JsonFeedExtension
    items: Annotated[list[JsonFeedItem], _many("The articles, newest first.", most=MAX_ITEMS)]
