"""Hypothesis strategies for whole configuration files of all generations, with harmless oddities and true mistakes.

A file is drawn as nested maps together with what it says, so that a test can tell whether it was loaded as that. Every
oddity and every mistake changes one place, and no two change the same.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st
from ruamel.yaml import YAML

from dogwatch.config.detectors import FOREIGN_TYPES

Json = dict[str, Any]
Path = tuple[str | int, ...]
TAG = "@@tag@@"
GENERATIONS = ("0.8", "0.9", "0.13", "0.15", "0.17")
VERSIONS = {"0.15": "0.15-1", "0.17": "0.17-0"}
PASSWORDS = ("hunter2", "p#ss", "p/ss", "p?s@s", "p ss", "päss", "100%", "a:b", "%23", "!x", "'q'")


@dataclass
class Camera:
    """What a file says of one camera."""

    path: str
    fps: int
    detect: bool
    track: list[str]
    record: bool
    continuous: float
    motion: float
    alerts: float
    zones: list[str] = field(default_factory=list)


@dataclass
class File:
    """A file: its content, what it says, how many oddities call for a notice, and the places of its mistakes."""

    content: Json
    cameras: dict[str, Camera]
    notices: list[str] = field(default_factory=list)
    mistakes: list[Path] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The content as YAML."""
        stream = io.StringIO()
        yaml = YAML(typ="safe", pure=True)
        yaml.default_flow_style, yaml.width, yaml.allow_unicode = False, 1000, True
        yaml.dump(self.content, stream)
        return stream.getvalue().replace(f"'{TAG}'", "!secret x")

    def place(self, path: Path) -> tuple[int, int]:
        """Return the 1-based line and column of a key or item, as another reader of YAML sees them."""
        node = YAML().load(self.text.replace("!secret x", "''"))
        for part in path[:-1]:
            node = node[part]
        line, column = node.lc.item(path[-1]) if isinstance(path[-1], int) else node.lc.key(path[-1])
        return line + 1, column + 1


days = st.integers(0, 60)
corners = st.lists(st.tuples(st.integers(5, 95), st.integers(5, 95)), min_size=3, max_size=6, unique=True)


@st.composite
def polygons(draw: st.DrawFn) -> str:
    return ",".join(f"{x / 100},{y / 100}" for x, y in draw(corners))


def _record(generation: str, enabled: bool, everything: int, moving: int, alerts: int) -> tuple[Json, Camera]:
    """Return `record` as a generation writes it, and what that says."""
    said = Camera("", 5, True, [], enabled, everything, max(everything, moving), alerts)
    if generation in ("0.8", "0.9"):
        said.motion = everything
        written: Json = {"enabled": enabled, "retain_days": everything, "events": {"retain": {"default": alerts}}}
    elif generation == "0.13":
        said.motion = everything
        written = {"enabled": enabled, "retain": {"days": everything}, "events": {"retain": {"default": alerts}}}
    elif generation == "0.15":
        said.continuous, said.motion = 0, moving
        written = {
            "enabled": enabled, "retain": {"days": moving, "mode": "motion"}, "alerts": {"retain": {"days": alerts}},
        }  # fmt: skip
    else:
        said.motion = moving
        written = {
            "enabled": enabled, "continuous": {"days": everything}, "motion": {"days": moving},
            "alerts": {"retain": {"days": alerts}},
        }  # fmt: skip
    return written, said


@st.composite
def ordinary(draw: st.DrawFn) -> File:
    """A file with nothing wrong or odd in it."""
    generation = draw(st.sampled_from(GENERATIONS))
    content: Json = {"mqtt": {"enabled": False}, "cameras": {}}
    if generation in VERSIONS:
        content["version"] = VERSIONS[generation]
    said: dict[str, Camera] = {}
    for number in range(draw(st.integers(1, 3))):
        written, camera = _record(generation, draw(st.booleans()), draw(days), draw(days), draw(days))
        camera.path = f"rtsp://10.0.0.{number + 2}/main"
        camera.fps, camera.detect = draw(st.integers(1, 30)), draw(st.booleans())
        camera.track = draw(st.lists(st.sampled_from(["person", "face"]), min_size=1, unique=True))
        own: Json = {
            "ffmpeg": {"inputs": [{"path": camera.path, "roles": ["detect", "record"]}]},
            "detect": {"enabled": camera.detect, "width": 640, "height": 360, "fps": camera.fps},
            "record": written,
            "objects": {"track": list(camera.track)},
        }
        if generation == "0.8":
            del written["events"]
            own |= {name: own["detect"].pop(name) for name in ("width", "height", "fps")}
            own["clips"] = {"enabled": camera.record, "retain": {"default": int(camera.alerts)}}
            own["ffmpeg"]["inputs"][0]["roles"] = ["detect", "clips"]
        camera.zones = draw(st.lists(polygons(), max_size=2))
        if camera.zones:
            own["zones"] = {f"zone_{index}": {"coordinates": zone} for index, zone in enumerate(camera.zones)}
        content["cameras"][f"cam_{number}"] = own
        said[f"cam_{number}"] = camera
    return File(content, said)


Change = Callable[[File, st.DataObject], None]


def first(file: File) -> tuple[Json, Camera]:
    """Return a camera, and what is said of it."""
    return file.content["cameras"]["cam_0"], file.cameras["cam_0"]


def put(file: File, path: Path, value: Any) -> None:
    """Set a place of the file; maps on the way to it are made."""
    node: Any = file.content
    for part in path[:-1]:
        node = node.setdefault(part, {}) if isinstance(node, dict) else node[part]
    node[path[-1]] = value


def _told(path: Path, *values: Any, word: str = "") -> Change:
    """Return an oddity of which the user is told: one of `values` at `path`."""

    def change(file: File, data: st.DataObject) -> None:
        put(file, path, data.draw(st.sampled_from(values)))
        file.notices.append(word or str(path[-1]))

    return change


def _silent(path: Path, *values: Any) -> Change:
    def change(file: File, data: st.DataObject) -> None:
        put(file, path, data.draw(st.sampled_from(values)))

    return change


def _password(file: File, data: st.DataObject) -> None:
    camera, said = first(file)
    said.path = f"rtsp://admin:{data.draw(st.sampled_from(PASSWORDS))}@10.0.0.2/main"
    camera["ffmpeg"]["inputs"][0]["path"] = said.path


def _outside(file: File, data: st.DataObject) -> None:
    camera, said = first(file)
    if said.zones:
        edge = data.draw(st.sampled_from(["-0.002", "-0.5", "-3"]))
        camera["zones"]["zone_0"]["coordinates"] = f"{edge},0.1,0.9,0.1,0.9,0.9,{edge},0.9"
        said.zones[0] = "0,0.1,0.9,0.1,0.9,0.9,0,0.9"
        file.notices.append("cut off at the edge")


ODDITIES: dict[str, Change] = {
    "detector": _told(("detectors", "one", "type"), *FOREIGN_TYPES, "ROCm", "Apple Silicon", word="is used"),
    "weights": _told(("cameras", "cam_0", "onvif"), {"host": "h", "autotracking": {"movement_weights": "1,-2.5,3e4"}}),
    "nothing": _told(("snapshots", "height"), "None", word="'None' is taken"),
    "module": _told(("go2rtc", "ngrok"), {"command": "x"}),
    "rtmp": _told(("rtmp",), {"enabled": True}),
    "live mode": _told(("ui", "live_mode"), "mse", "jsmpeg"),
    "search": _told(("semantic_search",), {"enabled": True, "model": "jinav1"}),
    "birdseye": _silent(("birdseye", "mode"), "continuous", "motion"),
    "arguments": _told(("ffmpeg", "hwaccel_args"), "preset-vaapi", ["-hwaccel", "vaapi"]),
    "label": _told(("review", "genai"), {"enabled": True}, word="genai"),
    "text for a number": _silent(("best",), 1),
    "outside": _outside,
    "password": _password,
    "empty section": _silent(("motion",), None),
    "level": _silent(("logger", "default"), "INFO", "warning"),
    "quoted": _silent(("networking", "listen", "internal"), "5000", "127.0.0.1:5000"),
}
del ODDITIES["text for a number"]


def _wrong(path: Path, *values: Any) -> Change:
    """Return a mistake: one of `values` at `path`."""

    def change(file: File, data: st.DataObject) -> None:
        put(file, path, data.draw(st.sampled_from(values)))
        file.mistakes.append(path)

    return change


CAMERA: Path = ("cameras", "cam_0")
MISTAKES: dict[str, Change] = {
    "unknown key": _wrong(("detekt",), {}, 1),
    "unknown key of a camera": _wrong((*CAMERA, "recrod"), {"enabled": True}),
    "unknown key of a section": _wrong((*CAMERA, "detect", "fsp"), 5),
    "no number": _wrong((*CAMERA, "detect", "max_disappeared"), "many", [1], -1),
    "too large": _wrong((*CAMERA, "motion", "threshold"), 999, 256, "1000"),
    "no truth": _wrong((*CAMERA, "snapshots", "enabled"), "perhaps", 7, []),
    "no choice": _wrong(("timestamp_style", "position"), "middle", 3),
    "no section": _wrong((*CAMERA, "audio"), "on", 5, [1]),
    "tag": _wrong(("proxy", "auth_secret"), TAG),
    "tag of a setting": _wrong(("database", "path"), TAG),
    "odd numbers": _wrong((*CAMERA, "objects", "mask"), "0.1,0.1,0.5,0.1,0.5", "0.1,0.1,0.5,x,0.5,0.5", "0,0,1,1"),
    "mixture": _wrong((*CAMERA, "objects", "filters"), None),
    "zone": _wrong((*CAMERA, "review", "alerts", "required_zones"), ["nowhere"]),
    "name": _wrong((*CAMERA, "webui_url"), [1], {"a": 1}),
    "detector": _wrong(("detectors", "two", "type"), "onxx", "gpu", 5),
    "listener": _wrong(("networking", "listen", "external"), "everywhere", 70000),
    "version": _wrong(("version",), "new", "x"),
    "time zone": _wrong(("ui", "timezone"), "Europe/Atlantis"),
    "role": _wrong(("auth", "roles", "guest"), ["nobody"]),
    "days": _wrong(("snapshots", "retain", "default"), "long", -3),
}

BETWEEN_KEYS: frozenset[Path] = frozenset(
    {
        (*CAMERA, "review", "alerts", "required_zones"),
        ("detectors", "two", "type"),
        ("auth", "roles", "guest"),
    }
)
"""The mistakes that are none by themselves, but together with other parts of the file."""


def _mixture(file: File, data: st.DataObject) -> None:
    path = (*CAMERA, "objects", "filters", "person", "mask")
    put(file, path, data.draw(st.sampled_from(["0.4,0.6,800,600,0.1,900", "0.5,0.5,640,0.5,640,480"])))
    file.mistakes.append(path)


def _unknown_name(file: File, _: st.DataObject) -> None:
    put(file, (*CAMERA, "ffmpeg", "inputs", 0, "path"), "rtsp://{FRIGATE_NOT_SET}@10.0.0.2/main")
    file.mistakes.append((*CAMERA, "ffmpeg", "inputs", 0, "path"))


MISTAKES["mixture"] = _mixture
MISTAKES["name in braces"] = _unknown_name


@st.composite
def odd(draw: st.DrawFn) -> File:
    """A file with some harmless oddities."""
    file, data = draw(ordinary()), draw(st.data())
    for name in draw(st.lists(st.sampled_from(sorted(ODDITIES)), max_size=5, unique=True)):
        ODDITIES[name](file, data)
    return file


@st.composite
def wrong(draw: st.DrawFn) -> File:
    """A file with one to four mistakes among its oddities."""
    file, data = draw(odd()), draw(st.data())
    for name in draw(st.lists(st.sampled_from(sorted(MISTAKES)), min_size=1, max_size=4, unique=True)):
        MISTAKES[name](file, data)
    return file
