"""The configuration in force, complete and without secrets: the answer to `GET /api/config` (docs/api/config.md)."""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterable, Mapping
from operator import attrgetter
from typing import Any, TypeAlias

from pydantic import BaseModel

from dogwatch import polygon
from dogwatch.config import absent, inputs, keys, labels, polygons
from dogwatch.config.auth import BUILT_IN_ROLES
from dogwatch.config.camera import CameraConfig
from dogwatch.config.detectors import BUILT_IN, DetectorConfig
from dogwatch.config.geometry import ASSUMED, NOWHERE
from dogwatch.config.record import RecordConfig
from dogwatch.config.root import Config
from dogwatch.redact import MASK, is_secret, redact_text, redact_url

Json: TypeAlias = dict[str, Any]
CREDENTIAL = "__FRIGATE_SAVED_CREDENTIAL__"
"""Stands for a secret; means *unchanged* when a client writes it back."""
VERSION = "0.16-0"
"""The version of the configuration's form that clients switch features by."""

IN_CONFIG = (
    (),
    ("detect",),
    ("motion",),
    ("record",),
    ("snapshots",),
    ("audio",),
    ("review", "alerts"),
    ("review", "detections"),
    ("notifications",),
    ("onvif", "autotracking"),
)
"""The parts of a camera that show what the file said as `enabled_in_config`."""


def effective(
    config: Config,
    file: Config | None = None,
    *,
    cameras: Collection[str] | None = None,
    admin: bool = True,
    sizes: Mapping[str, tuple[int, int]] | None = None,
    mistaken: bool = False,
    profile: str | None = None,
) -> Json:
    """Return the configuration in force.

    Args:
        config: The configuration in force.
        file: What the file says with the active profile, without what is switched; the same if not given.
        cameras: The cameras that the caller may see; None for all.
        mistaken: Whether the file has mistakes, so that the last one that worked is in force.
        admin: Whether the caller is an administrator, who also sees `environment_vars` and `edge`.
        sizes: Width and height of the streams that detection uses, where known; they show as the detect frame of
            cameras for which the file gives none.
        profile: The active profile.
    """
    shown = [name for name in config.cameras if cameras is None or name in cameras]
    answer = _dump(config, exclude={"cameras", "genai", "profiles", "go2rtc", "detectors", "model"})
    answer["version"] = VERSION
    answer["cameras"] = {
        name: camera(
            config.cameras[name],
            config,
            (file or config).cameras[name],
            (sizes or {}).get(name, ASSUMED),
        )
        for name in shown
    }
    answer["model"] = model(config)
    answer["detectors"] = {name: _detector(detector, answer["model"]) for name, detector in config.detectors.items()}
    answer["go2rtc"] = _go2rtc(config, None if cameras is None else shown)
    answer["record"] = _record(config.record, config.record)
    answer |= copy.deepcopy(absent.SECTIONS)
    answer["review"]["genai"] = dict(absent.REVIEW_SUMMARIES)
    answer["profiles"] = {name: {"friendly_name": one.friendly_name or name} for name, one in config.profiles.items()}
    if profile is not None:
        answer["active_profile"] = profile
    answer["plus"] = {"enabled": bool(config.plus.key)}
    answer["safe_mode"] = mistaken
    answer["notifications"]["enabled_in_config"] = config.notifications.enabled
    answer["environment_vars"] = _by_name(answer["environment_vars"])
    if not admin:
        del answer["environment_vars"]
        del answer["notifications"]["channels"], answer["notifications"]["private_hosts"]
    if not admin or config.edge.camera is None:
        del answer["edge"]
    if cameras is not None:
        _narrow(answer, frozenset(shown))
    _flatten_masks({name: part for name, part in answer.items() if name != "cameras"}, ASSUMED)
    return answer


def camera(config: CameraConfig, root: Config, file: CameraConfig, size: tuple[int, int] = ASSUMED) -> Json:
    """Return one camera in force (docs/api/config.md); `file` is what the file says, `size` that of its stream."""
    answer = _dump(config, exclude={"profiles", "genai"})
    answer["detect"].setdefault("width", size[0])
    answer["detect"].setdefault("height", size[1])
    for path in IN_CONFIG:
        _at(answer, path)["enabled_in_config"] = attrgetter(".".join((*path, "enabled")))(file)
    answer["record"] = _record(config.record, file.record)
    for source in answer["ffmpeg"]["inputs"]:
        source["path"] = redact_url(source["path"])
    answer["ffmpeg_cmds"] = commands(config, root)
    streams = config.live.streams or {config.name: config.name}
    answer["live"] |= {"streams": streams, "stream_name": next(iter(streams.values()))}
    for index, zone in enumerate(answer["zones"].values()):
        zone["color"] = labels.color(index)
    if "webui_url" in answer:
        answer["webui_url"] = redact_url(answer["webui_url"])
    answer |= copy.deepcopy(absent.OF_CAMERA)
    answer["review"]["genai"] = dict(absent.REVIEW_SUMMARIES)
    frame = answer["detect"]["width"], answer["detect"]["height"]
    for zone in answer["zones"].values():
        if not (shown := _fitted(zone["coordinates"], frame)):
            zone["enabled"] = False
        zone["coordinates"] = shown or NOWHERE
    _flatten_masks(answer, frame)
    answer["profiles"] = {
        name: _given(profile.given, camera(profile, root, profile, size)) for name, profile in config.profiles.items()
    }
    return answer


def _given(given: Any, answer: Any) -> Any:
    """Return of `answer` what is `given`."""
    if not (isinstance(given, Mapping) and isinstance(answer, dict)):
        return answer
    return {name: _given(entry, answer[name]) for name, entry in given.items() if name in answer}


def model(config: Config) -> Json:
    """Return the `model` block with labels, attributes and colours."""
    known = labels.known_labels(config)
    attributes = labels.attributes_map(config.model)
    every = labels.all_attributes(config.model)
    runtime = next((detector.type for detector in config.detectors.values() if detector.type != BUILT_IN), "")
    return _dump(config.model) | {
        "model_type": labels.model_type(config.model, runtime) or "ssd",
        "labelmap": {str(index): label for index, label in known.items()},
        "attributes_map": attributes,
        "all_attributes": every,
        "non_logo_attributes": [label for label in every if label in labels.NOT_LOGOS],
        "colormap": labels.colormap({**known, **dict(enumerate(every, max(known, default=0) + 1))}),
    }


def _detector(config: DetectorConfig, shared: Json) -> Json:
    """Return a detector; anything in it that looks like a secret is masked, whatever its type calls it."""
    return {**_by_name(_dump(config, exclude={"model"})), "model": shared}


def _by_name(value: Any) -> Any:
    """Return free-form values with what looks like a secret by its name masked, and credentials in addresses."""
    if isinstance(value, dict):
        return {name: CREDENTIAL if entry and is_secret(name) else _by_name(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [_by_name(entry) for entry in value]
    return redact_text(redact_url(value)) if isinstance(value, str) else value


def commands(config: CameraConfig, root: Config) -> list[Json]:
    """Describe each input as the command line that an ffmpeg program would take; Dogwatch runs none."""
    rows: list[Json] = []
    for source in config.ffmpeg.inputs:
        path = inputs.resolved(source.path, root.go2rtc.streams)
        found = inputs.input_options(path, source.input_args or config.ffmpeg.input_args)
        form = ["-f", found.format] if found.format else []
        options = [
            word
            for name, value in found.options.items()
            for word in (f"-{name}", MASK if is_secret(name) else redact_text(value))
        ]
        words = ["ffmpeg", *form, *options, "-i", redact_url(path)]
        rows.append({"roles": list(source.roles), "cmd": " ".join(words)})
    return rows


def _dump(part: BaseModel, exclude: set[str] | None = None) -> Json:
    answer: Json = part.model_dump(mode="json", exclude_none=True, exclude=exclude)
    _hide(part, answer)
    return answer


def _hide(part: BaseModel, answer: Json) -> None:
    """Put the stand-in in the place of secrets, and mask arguments, in what was made of `part`."""
    for name, field in type(part).model_fields.items():
        if not answer.get(name):
            continue
        value = getattr(part, name)
        if keys.is_secret(field):
            answer[name] = CREDENTIAL
        elif name.endswith("_args") and isinstance(value, str):
            answer[name] = inputs.redacted(value)
        elif isinstance(value, BaseModel):
            _hide(value, answer[name])
        elif isinstance(value, dict):
            _hide_all(value.items(), answer[name])
        elif isinstance(value, list):
            _hide_all(enumerate(value), answer[name])


def _hide_all(entries: Iterable[tuple[Any, Any]], answer: Any) -> None:
    for place, entry in entries:
        if isinstance(entry, BaseModel):
            _hide(entry, answer[place])


def _at(answer: Json, path: tuple[str, ...]) -> Json:
    for name in path:
        answer = answer[name]
    return answer


def _record(config: RecordConfig, file: RecordConfig) -> Json:
    """Return `record` with the older `retain` beside the present keys."""
    everything = config.continuous.days > 0
    retain = {
        "days": config.continuous.days if everything else config.motion.days,
        "mode": "all" if everything else "motion",
    }
    return {**_dump(config), "retain": retain, "enabled_in_config": file.enabled}


def _go2rtc(config: Config, shown: list[str] | None) -> Json:
    """Return the streams with masked addresses; with `shown`, those that the named cameras use.

    Of these, only the sources that are inputs of these cameras: other cameras may have lent theirs. A camera that no
    stream is named after has one all the same, of its recorded input: clients look there for what they can play.
    """
    named = {name: [_recorded_path(camera)] for name, camera in config.cameras.items()}
    streams = {**named, **config.go2rtc.streams}
    if shown is not None:
        cameras = [config.cameras[name] for name in shown]
        allowed = {*shown, *(stream for camera in cameras for stream in camera.live.streams.values())}
        used = {source.path for camera in cameras for source in camera.ffmpeg.inputs}
        played = {inputs.restream_name(path) for path in used}
        streams = {
            name: [entry for entry in entries if name in played or entry in used]
            for name, entries in streams.items()
            if name in allowed
        }
    answer: Json = {
        "streams": {name: [inputs.redacted_source(entry) for entry in entries] for name, entries in streams.items()}
    }
    if config.go2rtc.webrtc.candidates:
        answer["webrtc"] = {"candidates": list(config.go2rtc.webrtc.candidates)}
    return answer


def _recorded_path(camera: CameraConfig) -> str:
    found = camera.ffmpeg.inputs
    return next((one.path for one in found if "record" in one.roles), found[0].path)


def _narrow(answer: Json, shown: frozenset[str]) -> None:
    """Take out what names cameras that the caller may not see, or is named after them."""
    answer["camera_groups"] = {
        name: {**group, "cameras": [one for one in group["cameras"] if one in shown or one == "birdseye"]}
        for name, group in answer["camera_groups"].items()
        if shown.intersection(group["cameras"])
    }
    roles = answer["auth"]["roles"]
    answer["auth"]["roles"] = {role: names for role, names in roles.items() if shown.issuperset(names)}
    answer["proxy"]["header_map"].pop("role_map", None)
    for name in ("role_map", "default_role"):
        answer["auth"]["oidc"].pop(name, None)
    known = {*BUILT_IN_ROLES, *answer["auth"]["roles"]}
    for name in ("roles", "blur_roles"):
        answer["sharing"][name] = [role for role in answer["sharing"][name] if role in known]
    answer["files"]["watch"] = [one for one in answer["files"]["watch"] if one["camera"] in shown]
    answer["logger"]["logs"] = {}


def _flatten_masks(part: Any, frame: tuple[int, int]) -> None:
    """Show masks in the form of this version's clients: a list of polygons in fractions, those in force only."""
    if not isinstance(part, dict):
        return
    for name, value in part.items():
        if name in ("mask", "privacy_masks") and isinstance(value, list):
            part[name] = [shown for mask in value if mask["enabled"] and (shown := _fitted(mask["coordinates"], frame))]
        elif isinstance(value, dict):
            _flatten_masks(value, frame)


def _fitted(coordinates: str, frame: tuple[int, int]) -> str:
    """Return a polygon in fractions; empty if it was in pixels and none of it lies in the frame."""
    points = polygons.points(coordinates)
    return polygons.write(polygon.fitted(points, *frame)) if polygon.in_pixels(points) else coordinates
