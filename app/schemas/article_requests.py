"""Requests that write articles: the parameters of all, and the body of an update."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, create_model

from app.schemas.body_html import BodyHtmlInput
from app.schemas.interchange import BesideContent, Content, Note
from app.schemas.merge_patches import patch_members
from app.schemas.param_types import StrictBool
from app.schemas.record_types import ArticleSlug


class ArticleWriteParams(BaseModel):
    """Query parameters of writes of articles."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    strict: Annotated[
        bool,
        StrictBool,
        Field(
            description="Whether a loss of content makes the request invalid; else it is a warning.", examples=[False]
        ),
    ] = False


ArticleUpdate: type[BaseModel] = create_model(
    "ArticleUpdate",
    __config__=ConfigDict(extra="forbid", defer_build=True),
    __doc__="A merge patch (RFC 7396) of the content of an article; omitted members are unchanged, null empties.",
    slug=(
        ArticleSlug | None,
        Field(
            default=None,
            description=(
                "The new slug; one of another article is 422. Without one, a made slug follows the headline until the "
                "article is public."
            ),
            examples=["budget-passes-by-one-vote"],
        ),
    ),
    **patch_members(Content, without={"slug"}),
    **patch_members(BodyHtmlInput),
    **patch_members(BesideContent),
    note=(Note | None, Field(default=None, description="A public note about the change.")),
)
"""The body of a PATCH in the document; the patch itself is validated once it is merged."""
