"""Loading the framework without what only documents and old models need."""

import sys

from pydantic import BaseModel

OLD_MODELS = "pydantic.v1"


def load_framework() -> None:
    """Import FastAPI, whose models of an OpenAPI document are built when a document is first made.

    To build them at import takes a tenth of the time from a process's start to its first answer. Nor is the first
    pydantic loaded, a twentieth, only to tell that none of ours are its models: FastAPI heeds that it may be absent.
    """
    sys.modules.setdefault(OLD_MODELS, None)  # type: ignore[arg-type]  # how Python is told that there is none
    BaseModel.model_config["defer_build"] = True
    import fastapi  # noqa: F401, PLC0415 - to be imported between these two lines

    del BaseModel.model_config["defer_build"]
