"""Transitions of an article that an external system addresses by its own identifier.

Their routes precede that of the article itself, whose identifier may contain slashes.
"""

from fastapi import APIRouter

from app.actions.articles import publication
from app.actions.articles.editing import locate_article
from app.api.dependencies import ServicesDep
from app.api.editorial.dependencies import (
    ARTICLE_ERRORS,
    EDITION_GUARDS,
    PUBLISH_SCOPES,
    ActorDep,
    ArticleLocator,
    IfMatch,
)
from app.api.editorial.path_params import DraftSource, ScheduledSource, SourceEdition, SourceIdPath, WithdrawnSource
from app.api.editorial.publication import Bump, Publication, Withdrawal, apply_transition
from app.api.http.private_responses import EDITORIAL
from app.api.http.responses import TypedResponse
from app.api.http.route import TextRepairsDep
from app.api.openapi.document import documented
from app.api.router import ordinary_router
from app.schemas.editorial import SavedArticle
from app.schemas.examples import saved_articles

ARTICLE = "/editions/{edition}/articles/{source_id:path}"

router: APIRouter = ordinary_router("Newsroom", prefix=EDITORIAL, scopes=PUBLISH_SCOPES, guards=EDITION_GUARDS)


def by_source(edition: str, source_id: str) -> ArticleLocator:
    """Return the locator of an article by the identifier of an external system."""
    return lambda connection: locate_article(connection, edition, source_id)


@router.put(
    f"{ARTICLE}/publication",
    summary="Publish or schedule an article by source_id",
    **documented(saved_articles.SCHEDULED, errors=ARTICLE_ERRORS),
)
async def publish_source_article(
    *,
    services: ServicesDep,
    edition: SourceEdition,
    source_id: DraftSource,
    expected: IfMatch,
    body: Publication,
    editor: ActorDep,
) -> TypedResponse[SavedArticle]:
    """Publish or schedule an article as `publish_article` does."""
    where = by_source(edition, source_id)
    return await apply_transition(services, where, publication.publish_article, expected, editor, at=body.at)


@router.delete(
    f"{ARTICLE}/publication",
    summary="Unschedule an article by source_id",
    **documented(saved_articles.UNSCHEDULED, errors=ARTICLE_ERRORS),
)
async def unschedule_source_article(
    services: ServicesDep, edition: SourceEdition, source_id: ScheduledSource, expected: IfMatch, editor: ActorDep
) -> TypedResponse[SavedArticle]:
    """Make a scheduled article a draft again, as `unschedule_article` does."""
    where = by_source(edition, source_id)
    return await apply_transition(services, where, publication.unschedule_article, expected, editor)


@router.put(
    f"{ARTICLE}/bump",
    summary="Bump (re-date) an article by source_id",
    **documented(saved_articles.SOURCE_BUMPED, errors=ARTICLE_ERRORS),
)
async def bump_source_article(
    *,
    services: ServicesDep,
    edition: SourceEdition,
    source_id: SourceIdPath,
    expected: IfMatch,
    body: Bump,
    repairs: TextRepairsDep,
    editor: ActorDep,
) -> TypedResponse[SavedArticle]:
    """Move the public time of a published article, as `bump_article` does."""
    where = by_source(edition, source_id)
    action = publication.bump_article
    return await apply_transition(
        services, where, action, expected, editor, repairs=repairs, at=body.at, note=body.note
    )


@router.put(
    f"{ARTICLE}/withdrawal",
    summary="Withdraw an article by source_id",
    **documented(saved_articles.SOURCE_WITHDRAWN, errors=ARTICLE_ERRORS),
)
async def withdraw_source_article(
    *,
    services: ServicesDep,
    edition: SourceEdition,
    source_id: SourceIdPath,
    expected: IfMatch,
    body: Withdrawal,
    repairs: TextRepairsDep,
    editor: ActorDep,
) -> TypedResponse[SavedArticle]:
    """Withdraw a published article, as `withdraw_article` does."""
    where = by_source(edition, source_id)
    reasons = {"reason": body.reason, "notice": body.notice}
    action = publication.withdraw_article
    return await apply_transition(services, where, action, expected, editor, repairs=repairs, **reasons)


@router.delete(
    f"{ARTICLE}/withdrawal",
    summary="Restore an article by source_id",
    **documented(saved_articles.RESTORED, errors=ARTICLE_ERRORS),
)
async def restore_source_article(
    services: ServicesDep, edition: SourceEdition, source_id: WithdrawnSource, expected: IfMatch, editor: ActorDep
) -> TypedResponse[SavedArticle]:
    """Publish a withdrawn article again, as `restore_article` does."""
    where = by_source(edition, source_id)
    return await apply_transition(services, where, publication.restore_article, expected, editor)
