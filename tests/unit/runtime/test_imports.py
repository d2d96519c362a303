"""What the core does not load at its start, since nobody is served meanwhile."""

import json
import subprocess
import sys

import pytest

from dogwatch.api.late_route import LateRoute
from tests.routes import all_routes

CODE = """
import importlib, json, pkgutil, sys, time
from dogwatch.cli import core
from dogwatch.runtime import libraries
libraries.prepare()
import dogwatch.config.load, dogwatch.runtime.recording
libraries.load_fastapi()
import dogwatch.runtime.core
from dogwatch.api import nvr
for module in pkgutil.iter_modules(nvr.__path__, nvr.__name__ + "."):
    importlib.import_module(module.name)
from fastapi.openapi.models import OpenAPI
built = [type_.__name__ for type_ in (OpenAPI, dogwatch.config.Config) if type_.__pydantic_complete__]
print(json.dumps({"loaded": [name for name, module in sys.modules.items() if module], "built": built}))
"""


@pytest.fixture(scope="module")
def core() -> dict[str, list[str]]:
    """What a core has loaded, and which pydantic models it has built."""
    found = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    told: dict[str, list[str]] = json.loads(found.stdout)
    return told


def test_the_core_starts_without_pyav_opencv_and_numpy(core: dict[str, list[str]]) -> None:
    """10 to 16 MiB each, needed only once somebody asks for media."""
    assert not {"av", "cv2", "numpy"} & set(core["loaded"])


def test_the_core_starts_without_what_it_seldom_needs(core: dict[str, list[str]]) -> None:
    assert not {"aiomqtt", "alembic", "cryptography", "httpx", "joserfc", "prometheus_client", "pydantic.v1"} & set(
        core["loaded"]
    )
    assert "sqlalchemy.dialects.postgresql" not in core["loaded"]  # 2.7 MiB
    assert core["built"] == ["Config"]


def test_no_route_is_analysed_before_it_is_used() -> None:
    """FastAPI would take 0.3 s for all of them."""
    http = [route for route in all_routes() if hasattr(route, "methods")]
    assert len(http) > 100
    assert {type(route) for route in http} == {LateRoute}
