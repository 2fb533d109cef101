"""Operations that write: they need an API key with the scopes of the editorial API."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import uuid4

from dayline_client.exchange import Exchange
from dayline_client.flow import Flow
from dayline_client.params import encode_path
from dayline_client.schemas import EditorialArticle, SavedArticle
from dayline_client.shapes import ENTITY

ARTICLES = "/v1/editorial/articles"


class Editorial:
    """Articles as editors write them.

    A record has the members of an article record (docs/interchange.md); its instants are texts or `datetime`s.
    """

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def request(
        self,
        method: str,
        path: str,
        *,
        json: object = None,
        params: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Flow[Any]:
        """Send any request and return the content of its response; None where it has none."""
        return self._exchange.write(method, path, params, headers=headers, json_body=json)

    def create_article(
        self, record: Mapping[str, object], *, idempotency_key: str | None = None, strict: bool = False
    ) -> Flow[SavedArticle]:
        """Create an article: a draft, scheduled or public, by its `status` and `published_at`.

        The Idempotency-Key, generated where absent, is the same in every repetition, so that one article is created.
        """
        headers = {"Idempotency-Key": idempotency_key or uuid4().hex}
        return self._exchange.write(
            "POST", ARTICLES, _strict(strict), headers=headers, json_body=dict(record), shape=ENTITY
        )

    def publish(
        self, record: Mapping[str, object], *, idempotency_key: str | None = None, strict: bool = False
    ) -> Flow[SavedArticle]:
        """Create an article that is public at once; with a `published_at`, under that time or at it."""
        state = {} if record.get("published_at") else {"status": "published"}
        return self.create_article({**state, **record}, idempotency_key=idempotency_key, strict=strict)

    def upsert_article(
        self, edition: str, source_id: str, record: Mapping[str, object], *, strict: bool = False
    ) -> Flow[SavedArticle]:
        """Create or replace the article that has this identifier in another system."""
        path = encode_path("editorial", "editions", edition, "articles", source_id)
        return self._exchange.write("PUT", path, _strict(strict), json_body=dict(record), shape=ENTITY)

    def editorial_article(self, article_id: str) -> Flow[EditorialArticle]:
        """Return an article of any status."""
        return self._exchange.get(_path(article_id), shape=ENTITY)

    def update_article(
        self,
        article_id: str,
        patch: Mapping[str, object],
        *,
        revision: int | Literal["*"],
        strict: bool = False,
    ) -> Flow[SavedArticle]:
        """Change the members in the patch, null empties; PreconditionFailedError unless `revision` is the present one.

        "*" accepts any revision, and may overwrite another client's edit.
        """
        headers = _if_match(revision)
        return self._exchange.write(
            "PATCH", _path(article_id), _strict(strict), headers=headers, json_body=dict(patch), shape=ENTITY
        )

    def publish_article(
        self, article_id: str, *, at: str | datetime | None = None, revision: int | None = None
    ) -> Flow[SavedArticle]:
        """Publish a draft: now, under the public time `at` in the past, or on schedule at one in the future."""
        body = {} if at is None else {"at": at}
        return self._exchange.write(
            "PUT", _path(article_id, "publication"), headers=_if_match(revision), json_body=body, shape=ENTITY
        )

    def withdraw_article(
        self, article_id: str, *, reason: str | None = None, notice: str | None = None, revision: int | None = None
    ) -> Flow[SavedArticle]:
        """Withdraw an article: its address is 410 with the public `notice` from then on; `reason` is for editors."""
        body = {"reason": reason, "notice": notice}
        return self._exchange.write(
            "PUT", _path(article_id, "withdrawal"), headers=_if_match(revision), json_body=body, shape=ENTITY
        )

    def restore_article(self, article_id: str, *, revision: int | None = None) -> Flow[SavedArticle]:
        """Publish a withdrawn article again, under the public time that it had."""
        return self._exchange.write(
            "DELETE", _path(article_id, "withdrawal"), headers=_if_match(revision), shape=ENTITY
        )


def _path(*segments: str) -> str:
    return encode_path("editorial", "articles", *segments)


def _if_match(revision: int | str | None) -> dict[str, str]:
    if revision is None:
        return {}
    return {"If-Match": "*" if revision == "*" else f'"{revision}"'}


def _strict(strict: bool) -> dict[str, object]:  # noqa: FBT001 - the value of a parameter
    return {"strict": True} if strict else {}
