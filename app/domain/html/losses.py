"""Losses of sanitising an HTML text: elements, attributes, links, comments, words."""

import html as entities
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.domain.control_characters import find_repaired_references
from app.domain.html.allowed_elements import ALLOWED_TAGS, REMOVED_WITH_CONTENT, SEPARATING, allowed_attribute
from app.domain.html.tokens import RAW_TEXT_ELEMENTS, Token, TokenKind, iterate_tokens

MAX_SHOWN_CHARACTERS: Final = 120
MAX_SHOWN_WORDS: Final = 5

_IGNORED_BY_PARSERS: Final = frozenset({"head", "frameset"})  # inside a fragment; their content remains
_WRAPPERS: Final = frozenset({"p", "div", "li", "h2", "h3", "h4", "span"})


class LossCode(StrEnum):
    """The kinds of loss; clients may rely on the codes."""

    ELEMENT = "element-dropped"
    CONTENT = "content-dropped"
    ATTRIBUTE = "attribute-dropped"
    LINK = "link-dropped"
    COMMENT = "comment-dropped"
    TEXT = "text-changed"
    REPAIRED = "characters-repaired"
    STRUCTURE = "structure-changed"
    HIDDEN = "hidden-dropped"
    SHORTCODE = "shortcode-dropped"
    URL = "url-unresolved"


@dataclass(frozen=True, slots=True)
class Loss:
    """A kind of loss in one text, with a sentence on the content lost and its number of occurrences."""

    code: LossCode
    detail: str


@dataclass(frozen=True, slots=True)
class LostPart:
    """One dropped part: `subject` groups equal parts, `sentence` describes the loss."""

    code: LossCode
    subject: str
    sentence: str
    example: str


def find_losses(given: str, sanitised: str) -> list[Loss]:
    """Find what sanitising `given` to `sanitised` dropped; one loss for each kind and subject, in order of appearance.

    An element without attributes that encloses the whole text, a `span` without attributes, and the window of a link
    (`target`) are no loss.
    """
    if given == sanitised or ("<" not in given and "&#" not in given and given.isprintable()):
        return []
    tokens = [token for token, _ in _visible(list(iterate_tokens(given)))]
    return group_losses(
        (*_parts(tokens), *_lost_links(tokens, sanitised), *_lost_words(tokens, sanitised), *find_repairs(given))
    )


def group_losses(parts: Iterable[LostPart]) -> list[Loss]:
    """Return one loss for each kind and subject, in order of appearance."""
    grouped: dict[tuple[LossCode, str], list[LostPart]] = {}
    for part in parts:
        grouped.setdefault((part.code, part.subject), []).append(part)
    return [_loss(equal) for equal in grouped.values()]


def _loss(parts: Sequence[LostPart]) -> Loss:
    first = parts[0]
    times = f" ({len(parts)} times)" if len(parts) > 1 else ""
    example = f": {_shown(first.example)}" if first.example else "."
    return Loss(first.code, f"{_shown(first.sentence)}{times}{example}")


def _visible(tokens: Sequence[Token]) -> Iterator[tuple[Token, int]]:
    """Return the tokens without those inside elements that are removed with their content, each with its place."""
    place = 0
    while place < len(tokens):
        token = tokens[place]
        yield token, place
        is_removed = token.kind is TokenKind.START and token.name in REMOVED_WITH_CONTENT - _IGNORED_BY_PARSERS
        place = _end_of(tokens, place) if is_removed and token.name not in RAW_TEXT_ELEMENTS else place + 1


def _end_of(tokens: Sequence[Token], start: int) -> int:
    """Return the place behind an element's end tag; that behind its start tag where it has no end."""
    depth = 0
    for place in range(start, len(tokens)):
        token = tokens[place]
        if token.name == tokens[start].name:
            depth += {TokenKind.START: 1, TokenKind.END: -1}.get(token.kind, 0)
        if depth == 0:
            return place + 1
    return start + 1


def _parts(tokens: Sequence[Token]) -> Iterator[LostPart]:
    wrapper = _wrapper(tokens)
    for token in tokens:
        if token.kind is TokenKind.COMMENT:
            yield LostPart(LossCode.COMMENT, "", "A comment was dropped", token.source)
        elif token.kind is TokenKind.UNFINISHED:
            yield LostPart(LossCode.CONTENT, "unfinished", "A tag that does not end was dropped", token.source)
        elif token.kind is TokenKind.START and token is not wrapper:
            yield from _parts_of_tag(token)


def _parts_of_tag(token: Token) -> Iterator[LostPart]:
    name = token.name
    if name in REMOVED_WITH_CONTENT - _IGNORED_BY_PARSERS:
        yield LostPart(LossCode.CONTENT, name, f"<{name}> was dropped with its content", _example(token))
    elif name not in ALLOWED_TAGS:
        text = "" if name in {"img", "hr", "input", "source", "link", "meta"} else "; its text stays"
        yield LostPart(LossCode.ELEMENT, name, f"<{name}> was dropped{text}", _example(token))
    else:
        for attribute, value in token.attributes:
            yield from _parts_of_attribute(name, attribute, value)


def _parts_of_attribute(tag: str, name: str, value: str) -> Iterator[LostPart]:
    if name == "target":  # the window of a link is no content
        return
    allowed = allowed_attribute(tag, name, value)
    example = f'{name}="{value}"'
    if allowed is None and name == "href" and tag == "a":
        yield LostPart(LossCode.LINK, "", "The address of a link was dropped; its text stays", example)
    elif allowed is None:
        yield LostPart(LossCode.ATTRIBUTE, f"{tag} {name}", f"The attribute {name} of <{tag}> was dropped", example)
    elif name == "rel" and (lost := [each for each in value.lower().split() if each not in allowed.split()]):
        sentence = "A link type (rel) of <a> was dropped"
        yield LostPart(LossCode.ATTRIBUTE, "a rel", sentence, f'rel="{" ".join(lost)}"')


def _lost_links(tokens: Iterable[Token], sanitised: str) -> Iterator[LostPart]:
    """Return links whose address the policy allows and the URL parser refused, and second attributes of one name."""
    written = Counter(
        (token.name, name) for token in iterate_tokens(sanitised) if token.name for name, _ in token.attributes
    )
    for token in tokens:
        if token.kind is not TokenKind.START or token.name not in ALLOWED_TAGS:
            continue
        for name, value in token.attributes:
            if allowed_attribute(token.name, name, value) is None:
                continue
            written[token.name, name] -= 1
            if written[token.name, name] < 0:
                code = LossCode.LINK if name == "href" else LossCode.ATTRIBUTE
                sentence = f"The attribute {name} of <{token.name}> was dropped"
                yield LostPart(code, f"{token.name} {name}", sentence, f'{name}="{value}"')


def _lost_words(tokens: Iterable[Token], sanitised: str) -> Iterator[LostPart]:
    """Return the words that are not in the result as they were, such as those with control characters."""
    lost = Counter(words_of(tokens)) - Counter(words_of(iterate_tokens(sanitised)))
    if lost:
        sentence = "Words were changed, by characters that cannot be stored or by misplaced tags"
        yield LostPart(LossCode.TEXT, "", sentence, " ".join(list(lost)[:MAX_SHOWN_WORDS]))


def find_repairs(given: str) -> Iterator[LostPart]:
    """Return the references to C1 characters, which parsers read as those of Windows-1252."""
    for source, code, character in find_repaired_references(given):
        sentence = f"A reference to the control character {code} became {character} of Windows-1252"
        yield LostPart(LossCode.REPAIRED, code, sentence, source)


def words_of(tokens: Iterable[Token]) -> list[str]:
    """Return the words of a text as a reader sees them, in order."""
    pieces: list[str] = []
    for token in tokens:
        if token.kind is TokenKind.TEXT:
            pieces.append(entities.unescape(token.source))
        elif token.name == "br" or token.name in SEPARATING:
            pieces.append(" ")
    return "".join(pieces).split()


def _wrapper(tokens: Sequence[Token]) -> Token | None:
    """Return the start tag of an element that only encloses the whole text."""
    visible = [token for token in tokens if token.kind is not TokenKind.TEXT or token.source.strip()]
    if not visible or visible[0].kind is not TokenKind.START or visible[0].name not in _WRAPPERS:
        return None
    first, last = visible[0], visible[-1]
    inner = [token for token in visible[1:] if token.name == first.name and token is not last]
    closes = last.kind is TokenKind.END and last.name == first.name
    return first if not first.attributes and closes and not inner else None


def _example(token: Token) -> str:
    return token.source if token.attributes else ""


def _shown(source: str) -> str:
    text = " ".join("".join(each if each.isprintable() else " " for each in source).split())
    return text if len(text) <= MAX_SHOWN_CHARACTERS else f"{text[:MAX_SHOWN_CHARACTERS]}…"
