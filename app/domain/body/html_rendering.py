"""Rendering of stored blocks as HTML; its URLs are written by RFC 3986."""

import html as entities
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from app.domain.url import ascii_url

Stored = Mapping[str, Any]


def render_html(blocks_json: Iterable[Stored]) -> str:
    """Render canonical blocks as one HTML fragment, one line each; an unknown type is omitted."""
    rendered = (_RENDERERS[block["type"]](block) for block in blocks_json if block["type"] in _RENDERERS)
    return "\n".join(piece for piece in rendered if piece)


def _lines(text: str | None) -> str:
    return entities.escape(text).replace("\n", "<br>") if text else ""


def _attribute(value: object) -> str:
    return entities.escape(str(value))


def _figure(kind: str, content: str, *caption: str) -> str:
    text = " ".join(filter(None, caption))
    return f'<figure class="{kind}">{content}{f"<figcaption>{text}</figcaption>" if text else ""}</figure>'


def _small(text: str | None) -> str:
    return f"<small>{_lines(text)}</small>" if text else ""


def _link(url: str, html: str) -> str:
    return f'<a href="{_attribute(ascii_url(url))}">{html}</a>'


def _heading(block: Stored) -> str:
    return f"<h{block['level']}>{block['html']}</h{block['level']}>"


def _pull_quote(block: Stored) -> str:
    # The HTML Standard excludes the attribution from the blockquote, which contains the quotation alone.
    quotation = f"<blockquote><p>{_lines(block['text'])}</p></blockquote>"
    return _figure("pull-quote", quotation, _lines(block["attribution"]))


def _quote(block: Stored) -> str:
    quotation = f"<blockquote>{render_html(block['blocks'])}</blockquote>"
    return _figure("quote", quotation, _lines(block["attribution"]))


def _list(block: Stored) -> str:
    tag = "ol" if block["ordered"] else "ul"
    return f"<{tag}>{''.join(map(_item, block['items']))}</{tag}>"


def _item(item: str | Stored) -> str:
    return f"<li>{item}</li>" if isinstance(item, str) else f"<li>{item['html']}{_list(item['list'])}</li>"


def _table(block: Stored) -> str:
    caption = f"<caption>{_lines(block['caption'])}</caption>" if block["caption"] else ""
    head = "".join(f'<th scope="col">{cell}</th>' for cell in block["head"])
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in block["rows"])
    parts = (caption, f"<thead><tr>{head}</tr></thead>" if head else "", f"<tbody>{rows}</tbody>" if rows else "")
    return f"<table>{''.join(parts)}</table>"


def _code(block: Stored) -> str:
    language = f' class="language-{_attribute(block["language"])}"' if block["language"] else ""
    return f"<pre><code{language}>{entities.escape(block['text'])}</code></pre>"


def _image(image: Stored) -> str:
    attributes = {
        "src": ascii_url(image["url"]),
        "alt": image["alt"],
        "width": image["width"],
        "height": image["height"],
    }
    if candidates := _candidates(image):
        attributes |= {"srcset": candidates, "sizes": "100vw"}
    pairs = (f' {name}="{_attribute(value)}"' for name, value in attributes.items() if value is not None)
    return _figure("image", f"<img{''.join(pairs)}>", _lines(image["caption"]), _small(image["credit"]))


def _candidates(image: Stored) -> str:
    """Return the value of `srcset`, narrowest first, one file for each width; empty for fewer than two files."""
    by_width = {rendition["width"]: ascii_url(rendition["url"]) for rendition in reversed(image["renditions"])}
    if by_width and image["width"] is not None:
        by_width[image["width"]] = ascii_url(image["url"])
    # A comma at its end would be parsed as the end of the candidate.
    safe = {width: re.sub(",+$", lambda commas: "%2C" * len(commas[0]), url) for width, url in by_width.items()}
    return ", ".join(f"{url} {width}w" for width, url in sorted(safe.items()))


def _gallery(block: Stored) -> str:
    return _figure("gallery", "".join(map(_image, block["images"])))


def _recording(block: Stored) -> str:
    tag, url = block["type"], ascii_url(block["url"])
    poster = f' poster="{_attribute(ascii_url(block["poster"]))}"' if block.get("poster") else ""
    # Feed readers that remove the player show the link inside it.
    player = f'<{tag} src="{_attribute(url)}"{poster} controls preload="none">{_link(url, _lines(url))}</{tag}>'
    transcript = block["transcript_url"]
    written = _link(transcript, _lines(ascii_url(transcript))) if transcript else ""
    return _figure(tag, player, _lines(block["caption"]), _small(block["credit"]), written)


def _embed(block: Stored) -> str:
    fallback = f"<p>{block['html']}</p>" if block["html"] else ""
    name, title = block["provider"] or block["url"], block.get("title")
    picture = ""
    if thumbnail := block.get("thumbnail"):
        source = f'src="{_attribute(ascii_url(thumbnail))}" alt="{_attribute(title or name)}"'
        picture = _link(block["url"], f"<img {source}>")
    # A title is the text of the link, and the provider follows it.
    link, provider = _link(block["url"], _lines(title or name)), _small(name) if title else ""
    return _figure("embed", picture + fallback, _lines(block.get("caption")), link, provider)


_RENDERERS: Final[Mapping[str, Callable[[Stored], str]]] = {
    "paragraph": lambda block: f"<p>{block['html']}</p>",
    "heading": _heading,
    "pull_quote": _pull_quote,
    "list": _list,
    "image": lambda block: _image(block["image"]),
    "embed": _embed,
    "quote": _quote,
    "table": _table,
    "code": _code,
    "divider": lambda _: "<hr>",
    "gallery": _gallery,
    "video": _recording,
    "audio": _recording,
}
