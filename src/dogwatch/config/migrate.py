"""Older forms of the file to the present one, in memory only (docs/configuration.md).

Values keep the mark of where the user wrote them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dogwatch.config.detectors import BUILT_IN, FOREIGN_TYPES, RENAMED_TYPES, family_name, installed
from dogwatch.config.migrate_clips import migrate_clips, migrate_roles
from dogwatch.config.migrate_record import migrate_record
from dogwatch.config.problems import Report
from dogwatch.config.tree import Items, Map, Value

OLDEST = (0, 13)
DETECT_OFF_SINCE = (0, 16)
OLD_SNAPSHOT_QUALITY = 70
FOREIGN_DATABASE = "frigate.db"
"""A database with other tables, which Dogwatch neither reads nor changes."""


def era(version: Value) -> tuple[int, int]:
    """Return the major and minor number of a file's `version`; a file without one is of the oldest era.

    Raises:
        ValueError: This is no version.
    """
    if version is None:
        return OLDEST
    match = re.match(r"(\d+)\.(\d+)", str(version))
    if not match:
        raise ValueError("expected a version such as '0.16-0'")
    return int(match[1]), int(match[2])


def migrate(root: Map, report: Report) -> None:
    """Bring `root` to the present form."""
    try:
        age = era(root.get("version"))
    except ValueError as error:
        report.error(root.marks.get("version"), str(error))
        age = OLDEST
    if age < DETECT_OFF_SINCE:
        _old_defaults(root)
    _detectors(root, report)
    _drop(root.get("ui"), ("use_experimental", "live_mode"), "ui", report)
    database = root.get("database")
    if isinstance(database, Map) and str(database.get("path", "")).endswith(FOREIGN_DATABASE):
        _drop(database, ("path",), "database", report)
    _drop(root, ("safe_mode",), "", report)
    migrate_clips(root, report)
    inherited = migrate_record(root, {}, report)
    _part(root, report)
    for camera in sections(root.get("cameras")):
        own = _camera(camera, inherited, report)
        for profile in sections(camera.get("profiles")):
            _camera(profile, own, report)


def _camera(camera: Map, inherited: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """Migrate a camera, or a profile's part of one; return what of its `record.retain` its profiles inherit."""
    migrate_clips(camera, report)
    retain = migrate_record(camera, inherited, report)
    _part(camera, report)
    ffmpeg = camera.get("ffmpeg")
    if isinstance(ffmpeg, Map) and isinstance(ffmpeg.get("inputs"), Items):
        migrate_roles(ffmpeg["inputs"])
        _roles(ffmpeg["inputs"], report)
    return retain


def sections(value: Value) -> Iterator[Map]:
    """Yield the maps in a map of maps; nothing if it is none."""
    if isinstance(value, Map):
        yield from (entry for entry in value.values() if isinstance(entry, Map))


def _old_defaults(root: Map) -> None:
    detect = root.get("detect")
    if detect is None or (isinstance(detect, Map) and "enabled" not in detect):
        root.inner("detect").put("enabled", True, None)
    snapshots = root.get("snapshots")
    if snapshots is None or (isinstance(snapshots, Map) and "quality" not in snapshots):
        root.inner("snapshots").put("quality", OLD_SNAPSHOT_QUALITY, None)


def _detectors(root: Map, report: Report) -> None:
    """Put a detector that Dogwatch has in the place of one that it lacks."""
    detectors = root.get("detectors")
    if not isinstance(detectors, Map):
        return
    for name, detector in detectors.items():
        kind = detector.get("type") if isinstance(detector, Map) else None
        if not isinstance(kind, str):
            continue
        kind = detector["type"] = family_name(kind)
        if kind in RENAMED_TYPES:
            detector["type"] = RENAMED_TYPES[kind]
        elif lack := _lack(kind, _model_path(root, detector)):
            mark = detector.marks.get("type")
            stand_in = "onnx" if _model_path(root, detector).endswith(".onnx") else BUILT_IN
            report.notice(mark, f"{lack}; '{stand_in}' is used")
            own = Map()
            own.put("type", stand_in, mark)
            if stand_in == "onnx":
                for key in ("model", "model_path", "num_threads"):
                    if key in detector:
                        own.put(key, detector[key], detector.marks.get(key))
            detectors[name] = own


def _lack(kind: str, model: str) -> str:
    """Return why a detector of this family's type `kind` cannot run here; empty if it can, or is no such type."""
    if kind in FOREIGN_TYPES:
        return f"Dogwatch has no '{kind}' detector"
    if kind in ("openvino", "litert"):
        if not model:
            return f"'{kind}' needs a model (model.path)"
        if not Path(model).is_file():
            return f"there is no model file {model} for '{kind}'"
        if not installed(kind):
            return f"'{kind}' needs its runtime (pip install 'dogwatch[{kind}]')"
    return ""


def _model_path(root: Map, detector: Map) -> str:
    models = (detector.get("model"), root.get("model"))
    paths = [detector.get("model_path"), *(model.get("path") for model in models if isinstance(model, Map))]
    return next((str(path) for path in paths if path), "")


def _part(part: Map, report: Report) -> None:
    """Migrate what a camera and the top level have in common."""
    _drop(part, ("rtmp",), "", report)
    _stationary(part.get("detect"))
    live = part.get("live")
    if isinstance(live, Map) and "stream_name" in live:
        name, mark = live.take("stream_name")
        if "streams" not in live and name:
            live.inner("streams", mark).put(str(name), name, mark)


def _stationary(detect: Value) -> None:
    """Bring the first forms of `detect.stationary` to the present one."""
    if not isinstance(detect, Map):
        return
    for name in ("interval", "threshold"):
        if f"stationary_{name}" in detect:
            value, mark = detect.take(f"stationary_{name}")
            stationary = detect.inner("stationary", mark)
            if name not in stationary:
                stationary.put(name, value, mark)
    given = detect.get("stationary")
    if isinstance(given, Map) and isinstance(given.get("max_frames"), int):
        frames, mark = given.take("max_frames")
        given.inner("max_frames", mark).put("default", frames, mark)


def _drop(part: Value, names: tuple[str, ...], where: str, report: Report) -> None:
    if not isinstance(part, Map):
        return
    for name in names:
        if name in part:
            value, mark = part.take(name)
            off = isinstance(value, Map) and value.get("enabled") is False
            if mark and not off:
                report.unused(where, name, mark)


def _roles(inputs: Items, report: Report) -> None:
    """Drop the role rtmp, and give a single input the roles record and detect."""
    for source in inputs:
        if not isinstance(source, Map):
            continue
        roles = source.get("roles")
        given = [roles] if isinstance(roles, str) else list(roles) if isinstance(roles, Items) else None
        if given is None and not (roles is None and len(inputs) == 1):
            continue
        if not all(isinstance(role, str) for role in given or []):
            continue
        given = given or []
        mark = source.marks.get("roles")
        if "rtmp" in given and mark:
            report.unused("ffmpeg.inputs", "role rtmp", mark)
        implied = ["record", "detect"] if len(inputs) == 1 else []
        kept = [role for role in given if role != "rtmp"]
        kept += [role for role in implied if role not in kept]
        source.put("roles", Items(list(dict.fromkeys(kept)), []), mark)
