"""Texts as they may be logged: in one line, without control characters, secrets, query strings or content."""

import re

MAX_LINE_CHARACTERS = 16_384
REDACTED = "…"

_CONTROLS = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # C0, DEL and C1, U+0085 (next line) among them
    "\u2028\u2029"  # line and paragraph separator
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks, embeddings, overrides and isolates of writing direction
    "\ud800-\udfff]"  # halves of surrogate pairs, which no output takes
)
_SHORT = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}
_SECRETS = (
    (re.compile(r"(/previews/)[^\s/?#\"']+"), rf"\1{REDACTED}"),
    (re.compile(r"\b(dl_[A-Za-z0-9]{10})[A-Za-z0-9]+"), rf"\1{REDACTED}"),
    (re.compile(r"\b(whsec_)[A-Za-z0-9+/=_-]+"), rf"\1{REDACTED}"),
    (re.compile(r"(?i)\b(bearer )\S+"), rf"\1{REDACTED}"),
    (re.compile(r"(?i)\b((?:[a-z_]*token|password|passwd|secret|api_?key|signature)=)[^&\s\"']+"), rf"\1{REDACTED}"),
    (re.compile(r"([a-z][a-z0-9+.-]*://[^\s/:@]*:)[^\s@]*@"), rf"\1{REDACTED}@"),
    (re.compile(r"(/[^\s?#\"']*\?)[^\s\"']+"), rf"\1{REDACTED}"),
)
"""Patterns of what is never logged: preview tokens, API keys without their prefix, secrets, passwords, queries."""

_SAFE_ERRORS = (
    *(OSError, RuntimeError, TypeError, AttributeError, NameError, ImportError, AssertionError, MemoryError),
    *(SyntaxError, EOFError, ArithmeticError, Warning),
)
"""Exceptions whose messages name parts of the program or the system. Those of others may quote the text that they are
about: a headline in a ValueError, a whole body in one of pydantic."""


def escape_controls(text: str) -> str:
    """Return the text in one line: each control character is replaced by its escape sequence."""
    return _CONTROLS.sub(_escape, text)


def redact_secrets(text: str) -> str:
    """Return the text without the secrets and query strings that addresses and messages of libraries may hold."""
    for pattern, replacement in _SECRETS:
        text = pattern.sub(replacement, text)
    return text


def printable(text: str) -> str:
    """Return the text as it is logged: bounded, in one line and without secrets."""
    if len(text) > MAX_LINE_CHARACTERS:
        text = f"{text[:MAX_LINE_CHARACTERS]}… ({len(text) - MAX_LINE_CHARACTERS} more characters)"
    return redact_secrets(escape_controls(text))


def error_message(error: BaseException) -> str:
    """Return the message of an exception, or `…` where it may quote content; empty where there is none."""
    message = str(error)
    return message if not message or is_safe(error) else REDACTED


def is_safe(error: BaseException) -> bool:
    """Return whether the message of an exception of this type never quotes content."""
    return isinstance(error, _SAFE_ERRORS) and not isinstance(error, UnicodeError)


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    code = ord(character)
    return _SHORT.get(character) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")  # noqa: PLR2004 - a byte
