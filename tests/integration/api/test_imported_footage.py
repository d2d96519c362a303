"""Imported recordings, which are plain MP4 files, play over every route that plays recordings."""

import io
from functools import partial
from pathlib import Path

import av
import pytest

from dogwatch.model import Segment
from dogwatch.store import segments
from dogwatch.testing import recordings
from dogwatch.testing.app import Nvr, nvr
from dogwatch.testing.recordings import T0, Shape
from tests import plain_recordings
from tests.integration.api.test_vod import get, numbers

RANGE = f"/vod/front/start/{T0:.0f}/end/{T0 + 12:.0f}"


def add(made: Nvr, found: list[Segment]) -> None:
    root = made.services.paths.media
    for one in found:
        made.services.db.write(partial(segments.add, segment=one, init=plain_recordings.init(root, one)))


@pytest.mark.parametrize("shape", [pytest.param(Shape(), id="plain"), pytest.param(Shape(b_frames=2), id="b-frames")])
async def test_hls(tmp_path: Path, shape: Shape) -> None:
    with nvr(tmp_path) as made:
        add(made, plain_recordings.record(tmp_path, shape))
        playlist = (await get(made, f"{RANGE}/index.m3u8")).text
        assert playlist.count("#EXT-X-MAP") == 1
        assert "DISCONTINUITY" not in playlist
        assert await numbers(made, RANGE, playlist) == list(range(120))
        assert "avc1.4" in (await get(made, f"{RANGE}/master.m3u8")).text


async def test_a_part(tmp_path: Path) -> None:
    with nvr(tmp_path) as made:
        add(made, plain_recordings.record(tmp_path))
        base = f"/vod/front/start/{T0 + 2:.0f}/end/{T0 + 8:.0f}"
        playlist = (await get(made, f"{base}/index.m3u8")).text
        assert await numbers(made, base, playlist) == list(range(20, 80))


async def test_own_recordings_go_on_behind_them(tmp_path: Path) -> None:
    with nvr(tmp_path) as made:
        add(made, plain_recordings.record(tmp_path, count=2))
        add(made, [recordings.write(tmp_path, "front", T0 + 8, 8, 4)])
        playlist = (await get(made, f"{RANGE}/index.m3u8")).text
        assert playlist.count("#EXTINF") == 3
        clip = (await get(made, f"/api/front/start/{T0:.0f}/end/{T0 + 12:.0f}/clip.mp4")).content
        with av.open(io.BytesIO(clip), "r") as container:
            container.streams.video[0].thread_type = "NONE"
            shown = [recordings.number(f.to_ndarray(format="bgr24")) for f in container.decode(video=0)]
        assert shown == list(range(120))


async def test_stills_and_mappings(tmp_path: Path) -> None:
    with nvr(tmp_path) as made:
        add(made, plain_recordings.record(tmp_path))
        still = (await get(made, f"/api/front/recordings/{T0 + 5.35}/snapshot.png")).content
        with av.open(io.BytesIO(still), "r") as picture:
            assert recordings.number(next(picture.decode(video=0)).to_ndarray(format="bgr24")) == 53
        mapping = (await get(made, f"/api{RANGE}")).json()
        assert sum(mapping["durations"]) == pytest.approx(12_000, abs=5)


async def test_a_file_that_is_gone(tmp_path: Path) -> None:
    with nvr(tmp_path) as made:
        found = plain_recordings.record(tmp_path)
        add(made, found)
        name = f"seg-{round(found[0].start_time * 1000)}-v1-a1.m4s"
        assert (await get(made, f"{RANGE}/{name}")).status_code == 200
        (tmp_path / found[0].path).write_bytes(b"changed")
        assert (await get(made, f"{RANGE}/{name}")).status_code == 404
        (tmp_path / found[0].path).unlink()
        assert (await get(made, f"{RANGE}/{name}")).status_code == 404
