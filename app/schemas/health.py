"""What operators ask."""

from typing import Literal

from typing_extensions import TypedDict


class Health(TypedDict):
    """How the process is."""

    status: Literal["live", "ready"]
