"""ninjs 3.1 (IPTC) as far as this API writes it; `app/syndication/ninjs.py` renders it."""

from typing import Annotated, Any, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from app.schemas.types import InstantText, LanguageTag, Url, count, line, text

MAX_NAMES = 400


MAX_FILES = 50


def _many(description: str, *, most: int = MAX_NAMES) -> Any:
    return Field(description=description, max_length=most)


class NinjsStandard(TypedDict):
    """The standard and version of a ninjs object."""

    name: Annotated[str, line("The standard.", "ninjs")]
    version: Annotated[str, line("Its version.", "3.1")]
    schema: Annotated[Url, Field(description="Its JSON Schema.")]


class NinjsText(TypedDict):
    """A text in a role."""

    role: Annotated[str, line("What the text is, such as `main`, `summary` or `caption`.", "main")]
    contentType: Annotated[str, line("Its media type.", "text/plain")]
    value: Annotated[
        str,
        Field(
            description="The text.",
            examples=["Council passes the budget"],
            json_schema_extra={"contentMediaType": "text/html"},
        ),
    ]


class NinjsConcept(TypedDict):
    """A person, organisation, place, event, subject, genre or source."""

    name: Annotated[str, line("The name.", "City budget")]
    rel: NotRequired[Annotated[str, line("Its relation to the article: `author`, `section` or `about`.", "about")]]
    literal: NotRequired[Annotated[str, line("The slug or code in this API.", "budget")]]
    uri: NotRequired[Annotated[str, line("Its identifier in another system.", "http://www.wikidata.org/entity/Q41263")]]


class NinjsRendition(TypedDict):
    """A file or page of an object."""

    name: Annotated[str, line("The name, such as `web`, `main` or `600w`.", "web")]
    href: Annotated[Url, Field(description="Its URL.")]
    contentType: NotRequired[Annotated[str, line("Its media type.", "text/html")]]
    width: NotRequired[Annotated[int, count("Width in pixels.", 600, ge=1)]]
    height: NotRequired[Annotated[int, count("Height in pixels.", 400, ge=1)]]


class NinjsIdentifier(TypedDict):
    """Another identifier of an object."""

    role: Annotated[str, line("The kind of identifier: `id` in this API, or `asset`.", "id")]
    value: Annotated[str, line("The identifier.", "0s9et2dg0bgsr")]


class NinjsRights(TypedDict):
    """The licence under which an object is published."""

    linkedRights: Annotated[Url, Field(description="The licence.")]


Texts = list[NinjsText]
Concepts = list[NinjsConcept]


class NinjsObject(TypedDict):
    """A ninjs 3.1 object (iptc.org): an article, an image, or a page of a feed; members without a value are left out.

    A withdrawn or erased article has its identifiers, `pubStatus` `canceled`, and its notice as `edNote`.
    """

    standard: NotRequired[Annotated[NinjsStandard, Field(description="The standard; of the outermost object alone.")]]
    uri: Annotated[
        str,
        line(
            "The identifier: of an article a `urn:uuid:`, of an image its URL.",
            "urn:uuid:a0914d73-…",
            max_length=30_000,
        ),
    ]
    type: Annotated[str, line("`text`, `picture`, or `composite` for a page of a feed.", "text")]
    name: NotRequired[Annotated[str, text("The name of an associated object.", "Harbour levy")]]
    rel: NotRequired[
        Annotated[str, line("What an associated object is: `item`, `image`, `related` or `translation`.", "image")]
    ]
    representationType: NotRequired[Annotated[str, line("`full` with the whole text, else `partial`.", "full")]]
    version: NotRequired[Annotated[str, line("The public version.", "1")]]
    firstCreated: NotRequired[Annotated[InstantText, Field(description="The first public time.")]]
    versionCreated: NotRequired[Annotated[InstantText, Field(description="The last change.")]]
    pubStatus: NotRequired[Annotated[str, line("`usable`, or `canceled` if copies must be deleted.", "usable")]]
    urgency: NotRequired[Annotated[int, count("The urgency, 1 for the highest.", 3, ge=1, le=9)]]
    copyrightHolder: NotRequired[Annotated[str, line("The holder of the rights.", "The Kestrava Meridian")]]
    copyrightNotice: NotRequired[Annotated[str, line("The copyright notice.", "© 2026 The Kestrava Meridian")]]
    usageTerms: NotRequired[Annotated[str, text("The terms of use.", "Not for resale.")]]
    rightsInfo: NotRequired[Annotated[NinjsRights, Field(description="The licence.")]]
    language: NotRequired[LanguageTag]
    title: NotRequired[Annotated[str, line("The title of a feed.", "The Kestrava Meridian")]]
    headlines: NotRequired[Annotated[Texts, _many("The headline, kicker, subheadline and short headline.", most=4)]]
    descriptions: NotRequired[Annotated[Texts, _many("The lead, caption, text alternative or disclaimer.", most=4)]]
    bodies: NotRequired[Annotated[Texts, _many("The whole text as HTML.", most=1)]]
    people: NotRequired[Annotated[Concepts, _many("Its authors, and the people that it is about.")]]
    organisations: NotRequired[Annotated[Concepts, _many("The organisations that wrote it or that it is about.")]]
    places: NotRequired[Annotated[Concepts, _many("Places that it is about.")]]
    events: NotRequired[Annotated[Concepts, _many("Events that it is about.")]]
    subjects: NotRequired[Annotated[Concepts, _many("Its sections and other tags.")]]
    genres: NotRequired[Annotated[Concepts, _many("Its label.", most=1)]]
    infoSources: NotRequired[Annotated[Concepts, _many("Its source.", most=1)]]
    by: NotRequired[Annotated[str, text("The byline, else the names of its authors.", "Ines Kovary")]]
    slugline: NotRequired[Annotated[str, line("The slug.", "budget-passes-by-one-vote")]]
    located: NotRequired[Annotated[str, line("The dateline.", "PORT VELA, Nov 20")]]
    edNote: NotRequired[Annotated[str, text("The public notice of a withdrawal.", "The figures were wrong.")]]
    renditions: NotRequired[Annotated[list[NinjsRendition], _many("Pages or files of it.", most=MAX_FILES)]]
    associations: NotRequired[
        Annotated[list["NinjsObject"], _many("Its image, related articles and translations; of a feed its articles.")]
    ]
    altIds: NotRequired[Annotated[list[NinjsIdentifier], _many("Other identifiers.", most=2)]]
