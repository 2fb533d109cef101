"""schema.org structured data (JSON-LD) for the page of an article."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

import orjson

from app.domain.article_members import ArticleAccess, ArticleFormat
from app.domain.catalogue_entry import TagType, code_uri
from app.domain.html.inline_html import is_web_url
from app.domain.revision import NoteType
from app.domain.url import ascii_url
from app.schemas.article import Article, Translation
from app.schemas.body import ImageAsset, Source
from app.syndication.feed_document import (
    Creator,
    Publication,
    author_page,
    author_pages,
    changed_at,
    creators,
    language_of,
    urn_for,
)

MEDIA_TYPE: Final = "application/ld+json"

TYPES: Final = {
    "advertisement": "AdvertiserContentArticle",
    "advertorial": "AdvertiserContentArticle",
    "analysis": "AnalysisNewsArticle",
    "background": "BackgroundNewsArticle",
    "column": "OpinionNewsArticle",
    "editorial": "OpinionNewsArticle",
    "explainer": "BackgroundNewsArticle",
    "opinion": "OpinionNewsArticle",
    "reportage": "ReportageNewsArticle",
    "review": "ReviewNewsArticle",
    "satire": "SatiricalArticle",
    "sponsored": "AdvertiserContentArticle",
}
"""schema.org type of an article by its label's genre; the default is NewsArticle."""

THINGS: Final = {
    TagType.PERSON: "Person",
    TagType.PLACE: "Place",
    TagType.ORGANISATION: "Organization",
    TagType.EVENT: "Event",
}
"""schema.org type of a subject by the type of its tag."""

_ESCAPES: Final = ((b"<", b"\\u003c"), (b">", b"\\u003e"), (b"&", b"\\u0026"))


def render(article: Article, *, publication: Publication) -> bytes:
    """Render the structured data of an article: of its body (as blocks) the recordings alone.

    The result contains no `<`, `>` or `&`, so it can be inserted into a script element unchanged. `datePublished` is
    the first public time, `dateModified` the last change or bump. A text that another site published first has the
    page there as its main page.
    """
    publisher, is_page = _publisher(publication), article["format"] == ArticleFormat.PAGE
    url, image, label = ascii_url(article["url"]), article["image"], article["label"]
    filed = [] if is_page else [section["name"] for section in article["sections"]]
    members = {
        "@context": "https://schema.org",
        "@type": _type(article),
        "mainEntityOfPage": {"@type": "WebPage", "@id": article["canonical_url"] or url},
        "url": url,
        "identifier": urn_for(article["id"]),
        "headline": article["headline"],
        "alternativeHeadline": list(filter(None, (article["subheadline"], article["short_headline"]))),
        "description": article["lead"],
        "datePublished": article["first_published_at"],
        "dateModified": changed_at(article),
        "expires": article["expires_at"],
        "author": _authors(article, publisher),
        "creditText": article["byline"],
        "publisher": publisher,
        "image": _image(image) if image else None,
        "video": _recordings(article, "video"),
        "audio": _recordings(article, "audio"),
        "articleSection": filed[0] if len(filed) == 1 else filed,
        "keywords": [tag["name"] for tag in article["tags"]],
        "about": _about(article),
        "genre": label["text"] if label else None,
        "inLanguage": language_of(article, publication),
        "workTranslation": [_translation(each) for each in article["translations"]],
        "isPartOf": {"@type": "WebSite", "name": publication.name, "url": ascii_url(publication.home)},
        "isBasedOn": _work(article["source"]) if article["source"] else None,
        "correction": _corrections(article),
        "version": article["version"],
        "isAccessibleForFree": _is_free(article),
        "isFamilyFriendly": False if article["sensitive"] else None,
        "wordCount": None if is_page else article["word_count"],
        "timeRequired": f"PT{article['reading_minutes']}M",
        **_rights(article),
    }
    written = orjson.dumps(_drop_empty(members))
    for character, escape in _ESCAPES:
        written = written.replace(character, escape)
    return written


def _translation(translation: Translation) -> dict[str, str]:
    return {
        "@type": "NewsArticle",
        "url": ascii_url(translation["url"]),
        "identifier": urn_for(translation["id"]),
        "headline": translation["headline"],
        "inLanguage": translation["language"],
    }


def _type(article: Article) -> str:
    if article["format"] == ArticleFormat.PAGE:
        return "WebPage"
    label = article["label"]
    genre = label["genre"] if label else None
    return TYPES.get((genre or "").lower(), "NewsArticle")


def _is_free(article: Article) -> bool | None:
    """Return whether everybody can read it; None if `access` is not set."""
    return None if article["access"] is None else article["access"] == ArticleAccess.FREE


def _authors(article: Article, publisher: dict[str, Any]) -> Any:
    """Return the authors of the article, else its agency or paper, else the publisher."""
    signatures = creators(article)  # no byline, which may name a person, several or a desk; `creditText` has it
    if len(signatures) == 1 and signatures[0].author is None:
        is_own = signatures[0].name.casefold() == publisher["name"].casefold()
        return publisher if is_own else {"@type": "Organization", "name": signatures[0].name}
    return [_signature(creator) for creator in signatures] or publisher


def _publisher(publication: Publication) -> dict[str, Any]:
    members = {"@type": "Organization", "name": publication.name, "url": ascii_url(publication.home)}
    return members | ({} if publication.logo is None else {"logo": _image(publication.logo)})


def _signature(creator: Creator) -> dict[str, Any]:
    author = creator.author
    if author is None:
        return {"@type": "Organization", "name": creator.name}
    kind = {"@type": "Organization"} if creator.is_organisation else {"@type": "Person"}
    image = author["image"]
    members = {
        **kind,
        "name": author["name"],
        "jobTitle": None if creator.is_organisation else author["role"],
        "description": author["bio"],
        "url": author_page(author),
        ("logo" if creator.is_organisation else "image"): _image(image) if image else None,
        "email": author["email"],
        "sameAs": author_pages(author),
    }
    return _drop_empty(members)


def _about(article: Article) -> list[dict[str, Any]]:
    """Return the subjects that structured data can identify: tags with a type of thing, or a code that has a URI."""
    found = []
    for tag in article["tags"]:
        uris = [uri for each in tag["codes"] if (uri := code_uri(each["scheme"], each["code"])) is not None]
        thing = THINGS.get(tag["tag_type"])
        if thing is not None or uris:
            found.append(_drop_empty({"@type": thing or "Thing", "name": tag["name"], "sameAs": uris}))
    return found


def _image(image: ImageAsset) -> dict[str, Any]:
    return _drop_empty(
        {
            "@type": "ImageObject",
            "url": ascii_url(image["url"]),
            "description": image["alt"],
            "caption": image["caption"],
            "creditText": image["credit"],
            "width": image["width"],
            "height": image["height"],
            "license": _licence(image["licence"]) if image["licence"] else None,
            "identifier": image["asset_id"],
        }
    )


def _recordings(article: Article, kind: str) -> list[dict[str, Any]]:
    """Return the recordings of the body of this kind, those in quotes excluded, which belong to another work."""
    body: Any = article.get("body")
    blocks = body if isinstance(body, list) else []
    return [_recording(article, block) for block in blocks if block["type"] == kind]


def _recording(article: Article, block: Mapping[str, Any]) -> dict[str, Any]:
    is_video, poster = block["type"] == "video", block.get("poster")
    return _drop_empty(
        {
            "@type": "VideoObject" if is_video else "AudioObject",
            "name": block["caption"] or article["headline"],
            "contentUrl": ascii_url(block["url"]),
            "encodingFormat": block["media_type"],
            "duration": None if block["duration"] is None else f"PT{Decimal(str(block['duration'])):f}S",
            "thumbnailUrl": ascii_url(poster) if poster else None,
            "uploadDate": article["first_published_at"],
            "creditText": block["credit"],
        }
    )


def _licence(licence: str) -> Any:
    """Return the URL of a licence, or the licence by its name."""
    return ascii_url(licence) if is_web_url(licence) else {"@type": "CreativeWork", "name": licence}


def _work(source: Source) -> dict[str, Any]:
    url = ascii_url(source["url"]) if source["url"] else None
    return _drop_empty({"@type": "CreativeWork", "name": source["name"], "url": url})


def _corrections(article: Article) -> list[dict[str, str]]:
    return [
        {"@type": "CorrectionComment", "text": note["text"], "datePublished": note["at"]}
        for note in article["notes"]
        if note["type"] == NoteType.CORRECTION
    ]


def _rights(article: Article) -> dict[str, Any]:
    rights = article["rights"]
    if rights is None:
        return {}
    return {
        "license": ascii_url(rights["licence_url"]) if rights["licence_url"] else None,
        "copyrightHolder": {"@type": "Organization", "name": rights["holder"]} if rights["holder"] else None,
        "copyrightNotice": rights["notice"],
    }


def _drop_empty(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value not in (None, "", [])}
