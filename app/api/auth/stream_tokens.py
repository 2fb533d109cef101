"""The token in the query string of a stream, which nothing may log."""

from urllib.parse import unquote_plus

from starlette.types import Scope

STREAM_PATH = "/v1/stream"
HIDDEN = b"token=..."

_PARAMETER = "token"
_STATE_KEY = "stream_tokens"


def hide_stream_tokens(scope: Scope) -> None:
    """Move the token out of the query string: the scope is what the server's access log shows, and tracebacks.

    The parameter remains, with dots as its value.
    """
    if scope["path"] != STREAM_PATH or not scope["query_string"]:
        return
    pairs, tokens = scope["query_string"].split(b"&"), list[str]()
    for place, pair in enumerate(pairs):
        name, _, value = pair.decode("latin-1").partition("=")
        if unquote_plus(name) == _PARAMETER:
            tokens.append(unquote_plus(value))
            pairs[place] = HIDDEN
    if tokens:
        scope["query_string"] = b"&".join(pairs)
        scope.setdefault("state", {})[_STATE_KEY] = tokens


def get_stream_tokens(scope: Scope) -> list[str]:
    """Return the values of the token that was hidden, in their order."""
    tokens: list[str] = scope.get("state", {}).get(_STATE_KEY, [])
    return tokens
