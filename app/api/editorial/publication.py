"""Transitions of an article as resources: its publication, its bump, its withdrawal."""

from collections.abc import Callable, Collection, Sequence
from typing import Annotated, Any

from fastapi import Body

from app import clock
from app.actions.articles import publication
from app.api.dependencies import ServicesDep
from app.api.editorial.dependencies import (
    ARTICLE_ERRORS,
    EDITION_GUARDS,
    PUBLISH_SCOPES,
    ActorDep,
    ArticleLocator,
    IfMatch,
    apply_article_change,
    by_id,
)
from app.api.editorial.path_params import ArticleId, DraftId, ScheduledId, WithdrawnId
from app.api.http.private_responses import EDITORIAL
from app.api.http.responses import TypedResponse
from app.api.http.route import TextRepairsDep
from app.api.openapi.document import documented
from app.api.router import ordinary_router
from app.db.database import Connection
from app.domain.actor import Actor
from app.domain.control_characters import TextRepair
from app.schemas.editorial import SavedArticle
from app.schemas.examples import editorial as examples
from app.schemas.examples import saved_articles
from app.schemas.transition_requests import BumpRequest, PublicationRequest, WithdrawalRequest
from app.schemas.write_warning import WriteWarning, repair_warnings, truncate
from app.services import Services

router = ordinary_router("Newsroom", prefix=EDITORIAL, scopes=PUBLISH_SCOPES, guards=EDITION_GUARDS)

Publication = Annotated[PublicationRequest, Body(examples=[examples.PUBLICATION])]
Bump = Annotated[BumpRequest, Body(examples=[examples.BUMP])]
Withdrawal = Annotated[WithdrawalRequest, Body(examples=[examples.WITHDRAWAL])]


@router.put(
    "/articles/{article_id}/publication",
    summary="Publish or schedule an article",
    **documented(saved_articles.SCHEDULED, errors=ARTICLE_ERRORS),
)
async def publish_article(
    services: ServicesDep, key: DraftId, expected: IfMatch, body: Publication, editor: ActorDep
) -> TypedResponse[SavedArticle]:
    """Publish an article: now with `{}` or no body, on schedule with a future `at`, back-dated with a past one.

    The server's clock decides, without tolerance. Another `at` moves a schedule, and `{}` publishes a scheduled article
    now. `{}` or the present `at` for a public article changes nothing, so the request may be repeated (another `at`,
    past or future, is 409); with the `If-Match` of before, the repeat is 412. The first publication sets
    `first_published_at` to the public time; nothing changes it later. A `published_at` that the draft has does not
    count: send it as `at`.
    """
    return await apply_transition(services, by_id(key), publication.publish_article, expected, editor, at=body.at)


@router.delete(
    "/articles/{article_id}/publication",
    summary="Unschedule an article",
    **documented(saved_articles.UNSCHEDULED, errors=ARTICLE_ERRORS),
)
async def unschedule_article(
    services: ServicesDep, key: ScheduledId, expected: IfMatch, editor: ActorDep
) -> TypedResponse[SavedArticle]:
    """Make a scheduled article a draft again, without a date; a draft stays as it is."""
    return await apply_transition(services, by_id(key), publication.unschedule_article, expected, editor)


@router.put(
    "/articles/{article_id}/bump",
    summary="Bump (re-date) an article",
    **documented(saved_articles.BUMPED, errors=ARTICLE_ERRORS),
)
async def bump_article(
    *,
    services: ServicesDep,
    key: ArticleId,
    expected: IfMatch,
    body: Bump,
    repairs: TextRepairsDep,
    editor: ActorDep,
) -> TypedResponse[SavedArticle]:
    """Move the public time of a published article to now, or to `at` in the past (a future one is 422).

    `first_published_at` stays. A `note` alone, with the present `at`, is a public change too.
    """
    return await apply_transition(
        services, by_id(key), publication.bump_article, expected, editor, repairs=repairs, at=body.at, note=body.note
    )


@router.put(
    "/articles/{article_id}/withdrawal",
    summary="Withdraw an article",
    **documented(saved_articles.WITHDRAWN, errors=ARTICLE_ERRORS),
)
async def withdraw_article(
    *,
    services: ServicesDep,
    key: ArticleId,
    expected: IfMatch,
    body: Withdrawal,
    repairs: TextRepairsDep,
    editor: ActorDep,
) -> TypedResponse[SavedArticle]:
    """Withdraw a published article: no response has it from now on, and its URL is 410 with the public `notice`.

    A scheduled article becomes a draft without a date, which is never published by itself. Repeating the request
    replaces reason and notice.
    """
    reasons = {"reason": body.reason, "notice": body.notice}
    action = publication.withdraw_article
    return await apply_transition(services, by_id(key), action, expected, editor, repairs=repairs, **reasons)


@router.delete(
    "/articles/{article_id}/withdrawal",
    summary="Restore an article",
    **documented(saved_articles.RESTORED, errors=ARTICLE_ERRORS),
)
async def restore_article(
    services: ServicesDep, key: WithdrawnId, expected: IfMatch, editor: ActorDep
) -> TypedResponse[SavedArticle]:
    """Publish a withdrawn article again, with the public time that it had; a published one stays as it is."""
    return await apply_transition(services, by_id(key), publication.restore_article, expected, editor)


async def apply_transition(
    services: Services,
    locate: ArticleLocator,
    action: Callable[..., None],
    expected: Collection[int] | None,
    editor: Actor,
    *,
    repairs: Sequence[TextRepair] = (),
    **options: Any,
) -> TypedResponse[SavedArticle]:
    """Run one of the actions in `actions/articles/publication.py`."""

    def run(connection: Connection, article_id: int) -> list[WriteWarning]:
        action(connection, article_id, expected=expected, now=clock.now(), editor=editor, **options)
        return truncate(repair_warnings(repairs))

    return await apply_article_change(services, locate, run)
