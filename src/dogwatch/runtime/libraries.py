"""Loads the core's libraries without what it does not need of them: while a core starts, nobody is served.

None of this changes what they do. With a version of them that takes no notice, the core starts later.
"""

from __future__ import annotations

import os
import sys


def prepare() -> None:
    """Keep pydantic from looking for plugins in the metadata of all installed packages: 30 to 60 ms.

    Call it before pydantic is loaded.
    """
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")


def load_fastapi() -> None:
    """Load FastAPI without the models of OpenAPI and without pydantic 1: 0.1 s and 3 MiB.

    Those models are built when somebody first asks for the OpenAPI document. FastAPI loads pydantic 1 when the
    first route is made, only to refuse models of it, and does without if it is not there.
    """
    from pydantic import BaseModel

    if "fastapi" in sys.modules:
        return
    BaseModel.model_config["defer_build"] = True
    try:
        import fastapi  # noqa: F401 - for its effect
    finally:
        del BaseModel.model_config["defer_build"]
    sys.modules.setdefault("pydantic.v1", None)  # type: ignore[arg-type]
