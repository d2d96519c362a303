"""What running workers can follow, and what needs another process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from msgspec import structs

from dogwatch.analysis import AnalysisSettings
from dogwatch.bus.spec import Spec, changed, digest
from dogwatch.detectors.spec import DetectorSpec
from dogwatch.workers.analysis import spec as analysis
from dogwatch.workers.detection import spec as detection
from dogwatch.workers.ingest import spec as ingest

INPUT = ingest.InputSpec(url="rtsp://192.0.2.1/", roles=("record", "detect"))
INGEST = ingest.IngestSpec(
    link="/run/core", run_dir="/run", camera="front", inputs=(INPUT,), media_root="/media", volume="a", ring_dir="/shm"
)
ANALYSIS = analysis.AnalysisSpec(
    link="/run/core", run_dir="/run", name="0", cameras=(), detectors=("cpu",), ring_dir="/shm"
)
DETECTION = detection.DetectionSpec(
    link="/run/core", run_dir="/run", detector=DetectorSpec(name="cpu", type="opencv"), ring_dir="/shm"
)
STAYS: list[tuple[Spec, Callable[[Any, Any], bool], set[str]]] = [
    (INGEST, ingest.hot, {"camera", "inputs", "media_root", "volume", "ring_dir", "ring_slots", "run_dir", "link"}),
    (ANALYSIS, analysis.hot, {"name", "run_dir", "ring_dir", "link"}),
    (DETECTION, detection.hot, {"detector", "run_dir", "ring_dir", "link"}),
]
OTHER: dict[str, Any] = {
    "inputs": (structs.replace(INPUT, options={"rtsp_transport": "udp"}),),
    "cameras": (AnalysisSettings(camera="front"),),
    "detectors": ("cpu", "gpu"),
    "detector": DetectorSpec(name="cpu", type="opencv", batch=1),
}


def other(value: Any) -> Any:
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
    return f"{value}x"


@pytest.mark.parametrize(("spec", "hot", "fixed"), STAYS, ids=["ingest", "analysis", "detection"])
def test_each_key_is_followed_or_calls_for_another_process(
    spec: Spec, hot: Callable[[Any, Any], bool], fixed: set[str]
) -> None:
    assert hot(spec, spec)
    cold = set()
    for name in spec.__struct_fields__:
        value = OTHER[name] if name in OTHER else other(getattr(spec, name))
        if not hot(spec, structs.replace(spec, **{name: value})):
            cold.add(name)
    assert cold == fixed


def test_a_digest_tells_texts_apart_and_is_the_same_on_both_sides() -> None:
    text = msgspec.json.encode(INGEST)
    assert digest(text + b"\n") == digest(text.decode())
    assert digest(text) != digest(msgspec.json.encode(structs.replace(INGEST, audio=True)))


def test_what_is_no_spec_or_calls_for_another_process_is_not_followed(caplog: pytest.LogCaptureFixture) -> None:
    other_disk = msgspec.json.encode(structs.replace(INGEST, media_root="/elsewhere")).decode()
    louder = structs.replace(INGEST, log_level="debug")
    assert changed(INGEST, msgspec.json.encode(louder).decode(), ingest.hot) == louder
    assert changed(INGEST, other_disk, ingest.hot) is None
    assert changed(INGEST, '{"camera": 1}', ingest.hot) is None
    assert [record.levelname for record in caplog.records] == ["ERROR", "ERROR"]
