"""Guard of keys that are bound to editions: in the editorial API they can access only articles of these editions."""

from fastapi import Request

from app.api.auth.scopes import get_principal
from app.api.dependencies import get_database
from app.api.http.route import Guard
from app.errors import EditionForbiddenError
from app.queries.editorial.edition_access import find_edition_of_request


class RequireEdition(Guard):
    """Dependency that refuses a bound key if the article or the requested edition is outside of its editions.

    `spans_editions` marks responses about all editions. The body of a new article is checked by the action.
    """

    def __init__(self, *, spans_editions: bool = False) -> None:
        self._spans_editions = spans_editions

    async def check(self, request: Request) -> None:
        """Raise EditionForbiddenError for another edition; execute no statement for a key that is not bound."""
        allowed = get_principal(request).editions
        if allowed is None:
            return
        if self._spans_editions:
            raise EditionForbiddenError
        names = request.path_params
        edition = names.get("edition", request.query_params.get("edition"))
        is_creation = request.method == "POST" and not names
        if not is_creation:
            found = await get_database(request).read(find_edition_of_request, names.get("article_id"), edition)
            if found is not None and found not in allowed:
                raise EditionForbiddenError
