"""Loading the framework without what only documents need."""

from pydantic import BaseModel


def load_framework() -> None:
    """Import FastAPI, whose models of an OpenAPI document are built when a document is first made.

    To build them at import takes a tenth of the time from a process's start to its first answer.
    """
    BaseModel.model_config["defer_build"] = True
    import fastapi  # noqa: F401, PLC0415 - to be imported between these two lines

    del BaseModel.model_config["defer_build"]
