"""Detection models: an addition to the contract (docs/api/models.md)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from dogwatch.api.shapes import exports as job_shapes
from dogwatch.api.shapes import setup
from dogwatch.config import parse
from dogwatch.detectors.known_models import KNOWN_MODELS
from tests.integration.contract.conftest import Contract, done, fails, rows

endpoint = pytest.mark.endpoint
ROUTES = (
    ("GET", "/api/models"),
    ("POST", "/api/models"),
    ("POST", "/api/models/{name}/use"),
    ("DELETE", "/api/models/{name}"),
)


@pytest.fixture
def model(contract: Contract) -> Iterator[Path]:
    """A model as an installation leaves it, and the configuration as it was afterwards."""
    services = contract.app.services
    folder = services.paths.data.absolute() / "models"
    folder.mkdir(exist_ok=True)
    path, before = folder / "yolox-nano.onnx", services.loaded.path.read_text()
    path.write_bytes(b"model")
    (folder / "yolox-nano.labels.txt").write_text("0 person\n1 car\n")
    how = {"width": 416, "height": 416, "model_type": "yolox", "input_pixel_format": "bgr"}
    (folder / "yolox-nano.json").write_text(json.dumps(how))
    yield path
    services.loaded.path.write_text(before)
    contract.admin.post("/api/config/apply").raise_for_status()
    for one in folder.iterdir():
        one.unlink()


@endpoint(*(" ".join(key) for key in ROUTES))
def test_own_models_are_for_administrators(contract: Contract) -> None:
    for method, template in ROUTES:
        path = template.format(name="none")
        for client in (contract.viewer, contract.limited):
            fails(client.request(method, path, json={"name": "none"}), 403)
        fails(contract.stranger.request(method, path, json={"name": "none"}), 401)
        answer = contract.admin.request(method, path, json={"name": "none"})
        assert answer.status_code == (200 if method == "GET" else 404)


@endpoint("GET /api/models", "POST /api/models/{name}/use", "DELETE /api/models/{name}")
def test_own_models(contract: Contract, model: Path) -> None:
    admin, services = contract.admin, contract.app.services
    (model.parent / ".yolox-tiny.new.onnx").write_bytes(b"on its way")
    (model.parent / "copied.onnx").write_bytes(b"x")
    found = rows(admin.get("/api/models"), setup.ModelsAnswer)
    assert [one.name for one in found.known] == list(KNOWN_MODELS)
    assert [one.name for one in found.known if one.installed] == ["yolox-nano"]
    copied, nano = found.installed
    assert nano == setup.InstalledModelAnswer(
        "yolox-nano", 5, hashlib.sha256(b"model").hexdigest(), "yolox", 2, in_use=False
    )
    assert (copied.name, copied.type, copied.labels) == ("copied", None, None)
    fails(admin.post("/api/models/copied/use"), 409)
    used = rows(admin.post("/api/models/yolox-nano/use"), setup.ModelUsedAnswer)
    assert {"detectors changed", "model changed"} <= set(used.changes)
    config = services.config
    assert config.model.path == str(model)
    assert (config.model.width, config.model.model_type) == (416, "yolox")
    assert {one.type for one in config.detectors.values()} == {"onnx"}
    assert rows(admin.get("/api/models"), setup.ModelsAnswer).in_use == ["yolox-nano"]
    fails(admin.delete("/api/models/yolox-nano"), 409)
    done(admin.delete("/api/models/copied"))
    fails(admin.delete("/api/models/copied"), 404)
    assert sorted(path.name for path in model.parent.glob("yolox-nano*")) == [
        "yolox-nano.json", "yolox-nano.labels.txt", "yolox-nano.onnx",
    ]  # fmt: skip


@endpoint("DELETE /api/models/{name}")
def test_own_models_are_deleted_with_what_belongs_to_them(contract: Contract, model: Path) -> None:
    for name in ("..%2Fconfig", ".yolox-nano.new", "*", "yolox-nano.onnx"):
        assert contract.admin.delete(f"/api/models/{name}").status_code in (403, 404)
    done(contract.admin.delete("/api/models/yolox-nano"))
    assert list(model.parent.iterdir()) == []


@endpoint("GET /api/models", "DELETE /api/models/{name}")
def test_own_models_in_use_stay_however_they_are_named(contract: Contract, model: Path, tmp_path: Path) -> None:
    services = contract.app.services
    (tmp_path / "link").symlink_to(model.parent)
    (model.parent / "gone.onnx").symlink_to(tmp_path / "nowhere")
    (model.parent / "folder.onnx").symlink_to(tmp_path)
    detects = f"model: {{path: {tmp_path}/link/yolox-nano.onnx}}\ndetectors: {{one: {{type: onnx}}}}\n"
    hears = f"audio: {{model: {{path: {model.parent}/../models/yolox-nano.onnx}}}}\n"
    before = services.loaded
    for used in (detects, hears):
        services.keeper.change(parse(before.text + used, path=before.path))
        try:
            found = rows(contract.admin.get("/api/models"), setup.ModelsAnswer)
            assert found.in_use == [one.name for one in found.installed if one.in_use] == ["yolox-nano"], used
            fails(contract.admin.delete("/api/models/yolox-nano"), 409)
        finally:
            services.keeper.change(before)
    assert model.exists()


@endpoint("POST /api/models", "DELETE /api/jobs/{job_id}")
def test_own_installation(contract: Contract) -> None:
    answer = contract.admin.post("/api/models", json={"name": "yolox-tiny"})
    assert answer.status_code == 202
    job = answer.json()["job"]
    assert job_shapes.JobAnswer(**job).job_type == "model"
    assert (job["name"], job["status"]) == ("yolox-tiny", "queued")
    fails(contract.admin.post("/api/models", json={"name": "yolox-s"}), 409)
    done(contract.admin.delete(f"/api/jobs/{job['id']}"))
    fails(contract.admin.post("/api/models", json={"name": "no-such"}), 404)
    fails(contract.admin.post("/api/models", json={"name": "x" * 101}), 422)
    fails(contract.admin.post("/api/models", json={}), 422)
