"""Running on one configuration and changing to another leaves everything as a start on the other would."""

from __future__ import annotations

import io
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from dogwatch.auth.caller import Caller
from dogwatch.auth.secret import SigningKey
from dogwatch.config import Keeper, parse
from dogwatch.config.effective import effective
from dogwatch.runtime.parts import CoreParts, PartsContext, make_parts
from dogwatch.runtime.paths import Paths
from dogwatch.runtime.specs import Wanted, all_specs, encoding_specs
from dogwatch.store.database import Database
from dogwatch.workers.analysis.spec import AnalysisSpec
from tests.unit.config.strategies import cameras, configs
from tests.unit.config.whole_files import ordinary

KEY = SigningKey(b"0123456789abcdef0123456789abcdef")
ALL = Caller("admin", "admin")
PATHS = Paths(Path("/data"), Path("/media"), Path("/run/dog"), "/dev/shm")


@st.composite
def rich(draw: st.DrawFn) -> dict[str, Any]:
    """A whole file, also with the sections that concern the core only."""
    content: dict[str, Any] = draw(st.one_of(configs, ordinary().map(lambda file: file.content)))
    named = content["cameras"]
    more: dict[str, st.SearchStrategy[Any]] = {
        "ui": st.fixed_dictionaries({"timezone": st.sampled_from(["UTC", "Europe/Berlin"])}),
        "detectors": st.just({"slow": {"type": "opencv", "num_threads": 1}, "fast": {"type": "opencv"}}),
        "auth": st.fixed_dictionaries(
            {},
            optional={
                "enabled": st.booleans(),
                "cookie_name": st.sampled_from(["one", "two"]),
                "trusted_proxies": st.just(["192.0.2.0/24"]),
                "failed_login_rate_limit": st.sampled_from(["1/second", "5/minute"]),
                "hash_iterations": st.integers(1, 10),
            },
        ),
        "proxy": st.fixed_dictionaries({"default_role": st.sampled_from(["admin", "viewer"])}),
        "networking": st.fixed_dictionaries({"listen": st.just({"internal_hosts": ["nvr.example.org"]})}),
        "camera_groups": st.just({"all": {"cameras": sorted(named)}}),
        "snapshots": st.fixed_dictionaries({"retain": st.fixed_dictionaries({"default": st.integers(0, 30)})}),
        "review": st.just({"alerts": {"labels": ["face"], "cutoff_time": 20}}),
        "go2rtc": st.just({"streams": {"extra": "rtsp://10.0.0.9/extra"}}),
        "audio": st.fixed_dictionaries(
            {"model": st.fixed_dictionaries({"path": st.sampled_from(["a.onnx", "b.onnx"])})},
            optional={"listen": st.just(["bark"]), "filters": st.just({"bark": {"threshold": 0.3}})},
        ),
        "lpr": st.fixed_dictionaries(
            {"enabled": st.booleans()}, optional={"format": st.just("[A-Z]+"), "expire_time": st.integers(0, 9)}
        ),
    }
    content |= draw(st.fixed_dictionaries({}, optional=more))
    if named and draw(st.booleans()):
        content["auth"] = content.get("auth", {}) | {"roles": {"some": sorted(named)[:1]}}
    for camera in named.values():
        camera.update(draw(st.fixed_dictionaries({}, optional={"enabled": st.booleans(), "type": st.just("lpr")})))
        if draw(st.booleans()):
            camera["ffmpeg"]["inputs"][0]["path"] = "rtsp://10.0.0.77/other"
            camera["live"] = {"streams": {"Other": "extra"}}
    return content


def text_of(content: dict[str, Any]) -> str:
    yaml, stream = YAML(typ="safe", pure=True), io.StringIO()
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]  # zones have colours by their order
    yaml.dump(content, stream)
    return stream.getvalue()


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database, which is copied: making one takes longer than a whole example."""
    path = tmp_path_factory.mktemp("empty") / "dogwatch.db"
    db = Database(f"sqlite:///{path}")
    db.migrate()
    db.close()
    return path


@contextmanager
def running(text: str, empty: Path) -> Iterator[tuple[Keeper, CoreParts]]:
    """Make all parts of `text`, as a core does at its start."""
    with tempfile.TemporaryDirectory() as directory:
        place = Path(directory)
        shutil.copy(empty, place / "dogwatch.db")
        db = Database(f"sqlite:///{place / 'dogwatch.db'}")
        keeper = Keeper(parse(text, env={}))
        context = PartsContext(
            db=db, data=place, media=place, run=place, shm=str(place), version="1", key=KEY,
            tell_ingest=lambda _camera, _message: None, restart=lambda: None,
        )  # fmt: skip
        parts = make_parts(keeper, context)
        parts.switches.publish_all()
        parts.profiles.publish()
        parts.events.announce()
        parts.status.tick()
        try:
            yield keeper, parts
        finally:
            parts.jobs.close()
            db.close()


def comparable(specs: list[Wanted]) -> list[tuple[str, str, Any]]:
    """Return what every worker is told; of analysis for each camera, whichever process it shares with others.

    That is all in which a change may differ from a start: a camera stays in its process, where its objects are.
    """
    found: list[tuple[str, str, Any]] = []
    for one in specs:
        if isinstance(one.spec, AnalysisSpec):
            alike = msgspec.structs.replace(one.spec, name="", cameras=())
            found += [(one.kind, settings.camera, (alike, settings)) for settings in one.spec.cameras]
        else:
            found.append((one.kind, one.name, one.spec))
    return sorted(found, key=lambda each: each[:2])


def places(specs: list[Wanted]) -> dict[str, str]:
    """Return the analysis process of each camera."""
    return {each.camera: one.name for one in specs if isinstance(one.spec, AnalysisSpec) for each in one.spec.cameras}


@pytest.fixture(scope="module", autouse=True)
def one_camera_a_process() -> Iterator[None]:
    """Let few cameras need many processes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dogwatch.runtime.analysis_shares.CAMERAS_PER_PROCESS", 1)
        patch.setattr("os.cpu_count", lambda: 2)
        yield


def view(keeper: Keeper, parts: CoreParts, assigned: dict[str, str] | None = None) -> dict[str, Any]:
    """Return what each part has taken from the configuration, in a form that can be compared."""
    config = keeper.config
    events, status, pictures, streams = parts.events, parts.status, parts.pictures, parts.streams
    authority, accounts = parts.authority, parts.authority.accounts
    stats = parts.stats.snapshot()
    return {
        "specs": comparable(
            all_specs(config, PATHS, assigned=assigned) + encoding_specs(config, PATHS, streams._names.encoded)
        ),
        "config": effective(config, keeper.file, admin=True, sizes={}),
        "shown": [effective(config, keeper.file, cameras=frozenset({name}), sizes={}) for name in config.cameras],
        "switches": {name: parts.switches.of(name) for name in config.cameras},
        "events": {name: (one.rules, one.labels.wanted) for name, one in events.watches.items()},
        "counts": events._counts._told,
        "stats": {key: list(stats[key]) for key in ("cameras", "detectors")},
        "activity": parts.activity.snapshot(),
        "status": (dict(status._roles), status._online, status._told),
        "pictures": {name: one.settings for name, one in pictures._cameras.items()},
        "streams": (streams._names, {name: streams.find(name, ALL) for name in streams.names(ALL)}),
        "birdseye": parts.birdseye._settings,
        "plates": (parts.plates._settings, parts.plate_cameras._settings),
        "retention": parts.retention._cameras,
        "floor": parts.space._floor,
        "expiry": (parts.expiry._cameras, parts.expiry._default),
        "exports": (parts.export_kind.workers, parts.export_kind._floor, parts.export_kind._chapters),
        "timezone": str(parts.exports.zone),
        "auth": (authority._auth, authority._proxy, authority._trusted, authority._forgiving, authority._limits),
        "accounts": (accounts.roles, accounts._iterations, accounts._nobody),
        "retained": {one.topic: one.payload for one in parts.broadcast.retained()},
    }


def compare(found: dict[str, Any], expected: dict[str, Any]) -> None:
    for part in expected:
        assert found[part] == expected[part], part


PROFILES = ("away", "night")


@st.composite
def profiled(draw: st.DrawFn) -> dict[str, Any]:
    """A whole file with profiles, each of which gives some cameras what another camera could have."""
    content: dict[str, Any] = draw(rich())
    content["profiles"] = {name: {"friendly_name": name.title()} for name in PROFILES}
    for camera in content["cameras"].values():
        for name in draw(st.sets(st.sampled_from(PROFILES))):
            part = draw(cameras()) | draw(st.fixed_dictionaries({}, optional={"enabled": st.booleans()}))
            kept = draw(st.sets(st.sampled_from(sorted(part))))
            if "snapshots" in kept:  # its zones must be there
                kept.add("zones")
            camera.setdefault("profiles", {})[name] = {key: part[key] for key in sorted(kept)}
    return content


def with_profile_written(content: dict[str, Any], profile: str) -> dict[str, Any]:
    """Return a file whose cameras say themselves what the profile gives."""

    def laid(under: Any, over: Any) -> Any:
        if not isinstance(over, dict):
            return over
        base = under if isinstance(under, dict) else {}
        return {**base, **{key: laid(base.get(key), value) for key, value in over.items()}}

    found = {
        name: laid(camera, camera.get("profiles", {}).get(profile, {})) for name, camera in content["cameras"].items()
    }
    return {**content, "cameras": found}


@settings(max_examples=30)
@given(content=profiled(), first=st.sampled_from(PROFILES), second=st.sampled_from((*PROFILES, None)))
def test_a_profile_leaves_what_a_start_with_its_settings_in_the_cameras_would(
    empty: Path, content: dict[str, Any], first: str, second: str | None
) -> None:
    plain = text_of(content)
    with running(text_of(with_profile_written(content, second)) if second else plain, empty) as fresh:
        expected = view(*fresh)
    with running(plain, empty) as (keeper, parts):
        assigned = places(all_specs(keeper.config, PATHS))
        parts.profiles.activate(first)
        parts.profiles.activate(second)
        parts.status.tick()
        found = view(keeper, parts, assigned)
    assert found["retained"].pop("profile/state") == (second or "none")
    assert expected["retained"].pop("profile/state") == "none"
    for one in (found, expected):  # where a section merges its profile into itself, the profiles look different
        for shown in (one["config"], *one["shown"]):
            for camera in shown["cameras"].values():
                camera["profiles"] = None
    compare(found, expected)


@settings(max_examples=20)
@given(first=profiled(), second=profiled(), profile=st.sampled_from(PROFILES))
def test_a_changed_file_under_a_profile_leaves_what_a_start_under_it_would(
    empty: Path, first: dict[str, Any], second: dict[str, Any], profile: str
) -> None:
    with running(text_of(second), empty) as (keeper, parts):
        parts.profiles.activate(profile)
        parts.status.tick()
        expected = view(keeper, parts)
    with running(text_of(first), empty) as (keeper, parts):
        parts.profiles.activate(profile)
        assigned = places(all_specs(keeper.config, PATHS))
        keeper.change(parse(text_of(second), env={}))
        parts.status.tick()
        compare(view(keeper, parts, assigned), expected)


@settings(max_examples=60)
@given(first=rich(), second=rich())
def test_a_change_leaves_what_a_start_would(empty: Path, first: dict[str, Any], second: dict[str, Any]) -> None:
    one, other = text_of(first), text_of(second)
    with running(other, empty) as fresh:
        expected = view(*fresh)
    with running(one, empty) as (keeper, parts):
        assigned = places(all_specs(keeper.config, PATHS))
        keeper.change(parse(other, env={}))
        parts.status.tick()
        compare(view(keeper, parts, assigned), expected)
        after = places(all_specs(keeper.config, PATHS, assigned=assigned))
        assert {name: after[name] for name in after.keys() & assigned} == {
            name: assigned[name] for name in after.keys() & assigned
        }
