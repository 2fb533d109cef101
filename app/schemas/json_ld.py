"""JSON-LD (schema.org) as far as this API writes it; `app/syndication/json_ld.py` renders it."""

from typing import Annotated, Any, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from app.schemas.types import MAX_TEXT, InstantText, LanguageTag, Url, Urn, Version, count, line, text

MAX_NAMES = 400


def _many(description: str, *, most: int = MAX_NAMES) -> Any:
    return Field(description=description, max_length=most)


def _name(description: str, example: str) -> Any:
    return line(description, example, max_length=MAX_TEXT)


LicenceUrl = Annotated[str, _name("Its URL.", "https://creativecommons.org/licenses/by/4.0/")]
SectionName = Annotated[str, _name("The name of a section.", "Politics")]
JsonLdThing = TypedDict(
    "JsonLdThing",
    {
        "@type": Annotated[str, line("The type, such as `Person`, `Organization` or `ImageObject`.", "Person")],
        "@id": NotRequired[Annotated[Url, Field(description="The identifier of a page.")]],
        "name": NotRequired[Annotated[str, _name("The name.", "Ines Kovary")]],
        "url": NotRequired[Annotated[Url, Field(description="The page or file.")]],
        "headline": NotRequired[Annotated[str, _name("The headline of a translation.", "Бюджет ухвалено")]],
        "identifier": NotRequired[Annotated[str, _name("The identifier of a translation or an image.", "dam:88121")]],
        "inLanguage": NotRequired[LanguageTag],
        "jobTitle": NotRequired[Annotated[str, _name("The role of an author.", "political editor")]],
        "description": NotRequired[Annotated[str, text("The biography, or the text alternative.", "She reports.")]],
        "caption": NotRequired[Annotated[str, text("The caption of an image.", "Jonas Merrit, standing.")]],
        "creditText": NotRequired[Annotated[str, _name("Whom to credit.", "Luka Orme")]],
        "email": NotRequired[Annotated[str, _name("The address of an author.", "kovary@meridian.example")]],
        "sameAs": NotRequired[
            Annotated[list[Annotated[str, _name("A URL.", "https://social.example/@kovary")]], _many("Other pages.")]
        ],
        "logo": NotRequired[Annotated["JsonLdThing", Field(description="The logo of an organisation.")]],
        "image": NotRequired[Annotated["JsonLdThing", Field(description="The portrait of a person.")]],
        "width": NotRequired[Annotated[int, count("Width in pixels.", 2400, ge=1)]],
        "height": NotRequired[Annotated[int, count("Height in pixels.", 1600, ge=1)]],
        "license": NotRequired[Annotated["JsonLdThing | LicenceUrl", Field(description="The licence.")]],
        "contentUrl": NotRequired[Annotated[Url, Field(description="The file of a recording.")]],
        "encodingFormat": NotRequired[Annotated[str, _name("Its media type.", "video/mp4")]],
        "duration": NotRequired[Annotated[str, _name("Its duration (ISO 8601).", "PT93S")]],
        "thumbnailUrl": NotRequired[Annotated[Url, Field(description="The image to show before it plays.")]],
        "uploadDate": NotRequired[Annotated[InstantText, Field(description="When it was first public.")]],
        "text": NotRequired[Annotated[str, text("The text of a correction.", "The tram leaves at 00:35.")]],
        "datePublished": NotRequired[Annotated[InstantText, Field(description="When a correction was made.")]],
    },
)
JsonLdThing.__doc__ = "A `Thing` of schema.org; its `@type` determines its members."

Things = list[JsonLdThing]
JsonLd = TypedDict(
    "JsonLd",
    {
        "@context": Annotated[Url, Field(description="The vocabulary.", examples=["https://schema.org"])],
        "@type": Annotated[
            str, line("`NewsArticle`, a narrower type by the genre of its label, or `WebPage`.", "NewsArticle")
        ],
        "mainEntityOfPage": Annotated[JsonLdThing, Field(description="The page whose main content it is.")],
        "url": Annotated[Url, Field(description="The article on the front end.")],
        "identifier": Urn,
        "headline": Annotated[str, _name("The headline.", "Council passes the budget by a single vote")],
        "alternativeHeadline": NotRequired[
            Annotated[
                list[Annotated[str, _name("One.", "One vote")]], _many("The subheadline and short headline.", most=2)
            ]
        ],
        "description": NotRequired[Annotated[str, text("The lead.", "With nine minutes left on the clock …")]],
        "datePublished": NotRequired[Annotated[InstantText, Field(description="The first public time.")]],
        "dateModified": Annotated[InstantText, Field(description="The last change or bump.")],
        "expires": NotRequired[Annotated[InstantText, Field(description="When it is withdrawn.")]],
        "author": Annotated[
            Annotated[Things, _many("Several.")] | JsonLdThing,
            Field(description="The authors, else the agency or the publisher."),
        ],
        "creditText": NotRequired[Annotated[str, text("The byline.", "By our reporters")]],
        "publisher": Annotated[JsonLdThing, Field(description="The publication.")],
        "image": NotRequired[Annotated[JsonLdThing, Field(description="The image.")]],
        "video": NotRequired[Annotated[Things, _many("The videos in its text.", most=1_000)]],
        "audio": NotRequired[Annotated[Things, _many("The audio recordings in its text.", most=1_000)]],
        "articleSection": NotRequired[
            Annotated[
                SectionName | Annotated[list[SectionName], _many("Several.")],
                Field(description="The name of its section, or the names of several."),
            ]
        ],
        "keywords": NotRequired[
            Annotated[list[Annotated[str, _name("A name.", "Trams")]], _many("The names of its tags.")]
        ],
        "about": NotRequired[Annotated[Things, _many("People, places, organisations and events among its tags.")]],
        "genre": NotRequired[Annotated[str, _name("The text of its label.", "Updated")]],
        "inLanguage": LanguageTag,
        "workTranslation": NotRequired[Annotated[Things, _many("Its translations.")]],
        "isPartOf": Annotated[JsonLdThing, Field(description="The front end.")],
        "isBasedOn": NotRequired[Annotated[JsonLdThing, Field(description="The source.")]],
        "correction": NotRequired[Annotated[Things, _many("Its corrections.", most=10_000)]],
        "version": Version,
        "isAccessibleForFree": NotRequired[Annotated[bool, Field(description="Whether everyone can read it.")]],
        "isFamilyFriendly": NotRequired[Annotated[bool, Field(description="False where it is `sensitive`.")]],
        "wordCount": NotRequired[Annotated[int, count("The number of its words.", 296)]],
        "timeRequired": Annotated[str, _name("The time to read it (ISO 8601).", "PT2M")],
        "license": NotRequired[Annotated[Url, Field(description="The licence.")]],
        "copyrightHolder": NotRequired[Annotated[JsonLdThing, Field(description="The holder of the rights.")]],
        "copyrightNotice": NotRequired[Annotated[str, text("The copyright notice.", "© 2026")]],
    },
)
JsonLd.__doc__ = "An article in JSON-LD, for a `script` element of its page; members without a value are left out."
