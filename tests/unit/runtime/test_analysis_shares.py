"""Cameras keep their analysis process, whatever is added and removed beside them."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dogwatch.config import Keeper, parse
from dogwatch.runtime.analysis_shares import CAMERAS_PER_PROCESS, share_out
from dogwatch.runtime.paths import Paths
from dogwatch.runtime.recording import wanted_by
from dogwatch.runtime.specs import all_specs
from tests.unit.runtime.stage import Stage, texts

PATHS = Paths(Path("/data"), Path("/media"), Path("/run/dog"), "/dev/shm")
CHANGES = st.lists(st.lists(st.sampled_from([f"c{n}" for n in range(30)]), unique=True), min_size=1, max_size=8)


def places(shares: dict[str, tuple[str, ...]]) -> dict[str, str]:
    return {camera: process for process, cameras in shares.items() for camera in cameras}


@given(CHANGES, st.integers(1, 8))
def test_no_camera_moves_while_it_is_wanted(changes: list[list[str]], most: int) -> None:
    before: dict[str, str] = {}
    running = 0
    for cameras in changes:
        shares = share_out(cameras, before, most)
        after = places(shares)
        assert sorted(camera for share in shares.values() for camera in share) == sorted(cameras)
        assert all(after[camera] == before[camera] for camera in cameras if camera in before)
        enough = min(most, math.ceil(len(cameras) / CAMERAS_PER_PROCESS))
        assert len(shares) <= max(running, enough)
        joined = {after[camera] for camera in cameras if camera not in before}
        assert len(shares) == most or all(len(shares[process]) <= CAMERAS_PER_PROCESS for process in joined)
        before, running = after, len(shares)


@given(st.integers(0, 70), st.integers(1, 16))
def test_a_start_shares_out_evenly(count: int, most: int) -> None:
    cameras = [f"c{n}" for n in range(count)]
    sizes = [len(share) for share in share_out(cameras, {}, most).values()]
    assert len(sizes) == min(most, math.ceil(count / CAMERAS_PER_PROCESS))
    assert max(sizes, default=0) - min(sizes, default=0) <= 1


@pytest.mark.parametrize(
    ("assigned", "cameras", "found"),
    [
        ({"a": "0", "b": "0", "c": "0", "d": "0"}, "abcde", {"0": "abcd", "1": "e"}),
        ({"a": "0", "b": "0", "c": "0", "d": "0", "e": "1"}, "abcdef", {"0": "abcd", "1": "ef"}),
        ({"a": "0", "b": "0", "c": "0", "d": "0", "e": "1"}, "bcde", {"0": "bcd", "1": "e"}),
        ({"a": "0", "b": "0", "e": "3"}, "xea", {"0": "xa", "3": "e"}),
        ({"a": "1"}, "", {}),
    ],
)
def test_who_goes_where(assigned: dict[str, str], cameras: str, found: dict[str, str]) -> None:
    shares = share_out(list(cameras), assigned, 8)
    assert {process: "".join(share) for process, share in shares.items()} == found


def file(count: int) -> str:
    lines = [f"  c{n}: {{ffmpeg: {{inputs: [{{path: 'rtsp://x/{n}'}}]}}}}" for n in range(count)]
    return "cameras:\n" + "\n".join(lines)


@pytest.fixture(autouse=True)
def cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 8)


async def test_a_camera_more_or_less_leaves_the_others_alone(stage: Stage) -> None:
    keeper = Keeper(parse(file(4), env={}))
    stage.take_over(texts(wanted_by(keeper, PATHS, stage.workers)))
    assert stage.change(wanted_by(keeper, PATHS, stage.workers)) == []
    keeper.change(parse(file(5), env={}))
    more = wanted_by(keeper, PATHS, stage.workers)
    assert [one.name for one in more if one.kind == "analysis"] == ["0", "1"]
    assert stage.change(more) == []
    assert stage.reconfigured() == []
    keeper.change(parse(file(4), env={}))
    fewer = wanted_by(keeper, PATHS, stage.workers)
    assert [one.name for one in fewer if one.kind == "analysis"] == ["0"]
    assert stage.change(fewer) == []
    assert stage.reconfigured() == []


async def test_a_new_core_leaves_each_camera_where_it_runs(stage: Stage) -> None:
    """The core before it added the fifth camera, so a start would share them out otherwise."""
    keeper = Keeper(parse(file(5), env={}))
    assigned = {f"c{n}": "0" for n in range(4)} | {"c4": "1"}
    running = texts(wanted_by(keeper, PATHS, stage.workers))
    assert [text.count('"camera"') for (kind, _), text in running.items() if kind == "analysis"] == [3, 2]
    stage.take_over(texts(all_specs(keeper.config, PATHS, assigned=assigned)))
    assert stage.change(wanted_by(keeper, PATHS, stage.workers)) == []
    assert stage.reconfigured() == []
