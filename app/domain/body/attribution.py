"""Source and rights of an article."""

from typing import Annotated

from pydantic import Field

from app.domain.body.values import Line, Lines, Name, Part, WebUrl


class RightsInput(Part):
    """Rights holder of an article and its terms of use."""

    holder: Annotated[
        Line | None, Field(description="The holder of the rights.", examples=["The Kestrava Meridian"])
    ] = None
    notice: Annotated[
        Lines | None, Field(description="The copyright notice.", examples=["© 2026 The Kestrava Meridian"])
    ] = None
    usage: Annotated[
        Lines | None, Field(description="The terms of use.", examples=["Not for use after 31 December 2026."])
    ] = None
    licence_url: Annotated[
        WebUrl | None,
        Field(description="The URL of the licence.", examples=["https://creativecommons.org/licenses/by/4.0/"]),
    ] = None


class SourceInput(Part):
    """Source of an article."""

    name: Annotated[Name, Field(description="The name of the source.", examples=["Kestrava City Council"])]
    url: Annotated[WebUrl | None, Field(description="Its page.", examples=["https://council.example/sittings/41"])] = (
        None
    )
