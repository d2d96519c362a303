"""HLS through the whole app: every form of URL, and players that play it."""

import asyncio
import io
import json
import re
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import av
import httpx
import pytest
import uvicorn

from dogwatch.api.listener import EXTERNAL, INTERNAL, Marked
from dogwatch.bus.messages import SegmentOpened
from dogwatch.media import fragments
from dogwatch.model import Segment
from dogwatch.store import events, reviews, segments
from dogwatch.testing import recordings
from dogwatch.testing.app import Nvr, nvr
from dogwatch.testing.recordings import T0, Shape

EVENT = f"{T0 + 3}-abcdef"


def add(made: Nvr, *some: Segment) -> None:
    root = made.services.paths.media
    for one in some:
        made.services.db.write(partial(segments.add, segment=one, init=fragments.scan(root / one.path).init))


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Nvr]:
    """Give an app with 12 s of `front` from T0, and an event and a review item from 3 to 5 s."""
    with nvr(tmp_path) as made:
        add(made, *recordings.record(tmp_path, count=3))
        event: dict[str, Any] = {"id": EVENT, "camera": "front", "label": "person", "type": "object", "has_clip": True}
        times = {"start_time": T0 + 3, "end_time": T0 + 5, "data": {}}
        made.services.db.write(lambda c: events.put(c, {**event, **times, "zones": []}))
        item = {"id": EVENT, "camera": "front", "severity": "alert", "thumb_path": "x"}
        made.services.db.write(lambda c: reviews.put(c, {**item, **times}))
        yield made


async def get(made: Nvr, path: str, user: str | None = None) -> httpx.Response:
    async with made.client(EXTERNAL if user else INTERNAL, user) as client:
        return await client.get(path)


def uris(playlist: str) -> list[str]:
    found = re.findall(r'URI="([^"]+)"', playlist)
    return found + [line for line in playlist.splitlines() if line and not line.startswith("#")]


def durations(playlist: str) -> list[float]:
    return [float(value) for value in re.findall(r"#EXTINF:([\d.]+),", playlist)]


async def numbers(made: Nvr, base: str, playlist: str) -> list[int]:
    """Fetch everything a playlist (with one init section) names and decode it."""
    async with made.client() as client:
        data = b"".join([(await client.get(f"{base}/{uri}")).content for uri in uris(playlist)])
    with av.open(io.BytesIO(data), "r", format="mp4") as container:
        container.streams.video[0].thread_type = "NONE"
        decoded = container.decode(video=0)
        return [recordings.number(frame.to_ndarray(format="bgr24")) for frame in decoded]


RANGE = f"/vod/front/start/{T0:.0f}/end/{T0 + 12:.0f}"


@pytest.mark.parametrize("prefix", ["", "/api"])
@pytest.mark.parametrize(
    ("base", "first", "last"),
    [
        (RANGE, 0, 119),
        (f"/vod/front/start/{T0 + 3.5}/end/{T0 + 6.5}", 20, 69),
        (f"/vod/clip/front/start/{T0:.0f}/end/{T0 + 12:.0f}", 0, 119),
        ("/vod/2025-11/18/11/front/utc", 0, 119),
        ("/vod/2025-11/18/06/front/America,New_York", 0, 119),
        ("/vod/2025-11/18/06/front/America%2FNew_York", 0, 119),
        ("/vod/2025-11/18/{local}/front", 0, 119),
        (f"/vod/event/{EVENT}", 20, 49),
        (f"/vod/event/{EVENT}?padding=3", 0, 79),
        (f"/vod/review/{EVENT}", 20, 49),
    ],
)
async def test_every_form_plays_the_frames_of_its_span(app: Nvr, prefix: str, base: str, first: int, last: int) -> None:
    base = base.replace("{local}", f"{datetime.fromtimestamp(T0).hour:02}")  # noqa: DTZ006 - the server's own zone
    path, _, query = (prefix + base).partition("?")
    suffix = f"?{query}" if query else ""
    master = await get(app, f"{path}/master.m3u8{suffix}")
    assert master.status_code == 200, master.text
    assert master.headers["content-type"].startswith("application/vnd.apple.mpegurl")
    assert master.headers["cache-control"] == "no-store"
    assert uris(master.text) == [f"index-v1-a1.m3u8{suffix}"]
    index = await get(app, f"{path}/{uris(master.text)[0]}")
    assert index.text == (await get(app, f"{path}/index.m3u8{suffix}")).text
    assert await numbers(app, path, index.text) == list(range(first, last + 1))
    assert sum(durations(index.text)) == pytest.approx((last - first + 1) / 10)


async def test_the_master_names_codecs_and_size(app: Nvr) -> None:
    text = (await get(app, f"{RANGE}/master.m3u8")).text
    assert re.search(r'CODECS="avc1\.[0-9a-f]{6},mp4a\.40\.2"', text)
    assert f"RESOLUTION={recordings.WIDTH}x{recordings.HEIGHT}" in text
    assert int(re.findall(r"BANDWIDTH=(\d+)", text)[0]) > 0


async def test_the_query_comes_back_on_every_uri(app: Nvr) -> None:
    text = (await get(app, f"{RANGE}/index.m3u8?authSig=ab.c%20d&x=1")).text
    assert all(uri.endswith("?authSig=ab.c%20d&x=1") for uri in uris(text))
    assert len(uris(text)) == 4


async def test_segments_are_the_files_own_bytes(app: Nvr, tmp_path: Path) -> None:
    names = uris((await get(app, f"{RANGE}/index.m3u8")).text)
    assert names == ["init-v1-a1.mp4", *(f"seg-{T0 * 1000 + n * 4000:.0f}-v1-a1.m4s" for n in range(3))]
    path = tmp_path / recordings.path_of("front", T0)
    index = fragments.scan(path)
    init, first = [await get(app, f"{RANGE}/{name}") for name in names[:2]]
    assert init.content == index.init
    assert first.content == path.read_bytes()[len(index.init) : index.valid_bytes]
    assert first.headers["content-type"] == "video/mp4"
    assert first.headers["accept-ranges"] == "bytes"


async def test_gaps_and_changes_of_parameters(app: Nvr, tmp_path: Path) -> None:
    add(app, recordings.write(tmp_path, "front", T0 + 20, 0, 4))
    add(app, recordings.write(tmp_path, "front", T0 + 24, 0, 4, Shape(audio=False)))
    base = f"/vod/front/start/{T0:.0f}/end/{T0 + 30:.0f}"
    text = (await get(app, f"{base}/index.m3u8")).text
    assert text.count("#EXT-X-DISCONTINUITY") == 2
    names = uris(text)
    assert len([name for name in names if name.startswith("init-")]) == 2
    other = await get(app, f"{base}/{names[1]}")
    assert other.content == fragments.scan(tmp_path / recordings.path_of("front", T0 + 24)).init
    assert (await get(app, f"{base}/init-{'0' * 16}-v1.mp4")).status_code == 404
    clip = f"/vod/clip/front/start/{T0:.0f}/end/{T0 + 30:.0f}/index.m3u8"
    assert (await get(app, clip)).text.count("#EXT-X-DISCONTINUITY") == 4


async def test_what_is_being_written_plays_up_to_its_last_fragment_and_keeps_its_names(
    app: Nvr, tmp_path: Path
) -> None:
    one = recordings.write(tmp_path, "front", T0 + 12, 12, 4)
    path = tmp_path / one.path
    whole = path.read_bytes()
    path.write_bytes(whole[: one.fragments[2].offset + 10])
    app.services.catalogue.on_segment_opened(SegmentOpened("front", one.path, T0 + 12))
    base = f"/vod/front/start/{T0:.0f}/end/{T0 + 99:.0f}"
    text = (await get(app, f"{base}/index.m3u8")).text
    assert sum(durations(text)) == 14
    before = (await get(app, f"{base}/{uris(text)[-1]}")).content
    path.write_bytes(whole)
    add(app, one)
    after = (await get(app, f"{base}/{uris(text)[-1]}")).content
    assert after == before == whole[one.fragments[0].offset : one.fragments[2].offset]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/vod/front/start/{T0 + 50}/end/{T0 + 60}/index.m3u8", 404),
        (f"/vod/front/start/{T0 + 50}/end/{T0 + 60}/master.m3u8", 404),
        (f"/vod/front/start/{T0 + 50}/end/{T0 + 60}/init-v1-a1.mp4", 404),
        (f"/vod/front/start/{T0 + 6}/end/{T0 + 5}/index.m3u8", 404),
        (f"{RANGE}/seg-{T0 * 1000 + 17:.0f}-v1-a1.m4s", 404),
        (f"{RANGE}/seg-{T0 * 1000:.0f}-5-v1-a1.m4s", 404),
        (f"{RANGE}/nonsense.m3u8", 404),
        ("/vod/none/start/1/end/2/index.m3u8", 404),
        ("/vod/event/1-none/index.m3u8", 404),
        ("/vod/review/1-none/index.m3u8", 404),
        (f"/vod/front/start/0/end/{T0}/index.m3u8", 400),
        ("/vod/2025-13/18/11/front/utc/index.m3u8", 400),
        ("/vod/2025-11/18/25/front/utc/index.m3u8", 400),
        ("/vod/9999-12/31/23/front/utc/index.m3u8", 400),
        ("/vod/2025-11/18/11/front/Mars,Base/index.m3u8", 400),
        ("/vod/2025-11/18/12/front/utc/index.m3u8", 404),
        ("/vod/front/start/x/end/2/index.m3u8", 422),
        ("/vod/front/start/nan/end/2/index.m3u8", 422),
        ("/api/vod/front/start/1/end/2", 404),
    ],
)
async def test_what_cannot_be_played(app: Nvr, path: str, status: int) -> None:
    got = await get(app, path)
    assert got.status_code == status, got.text


async def test_hours_when_clocks_change(app: Nvr, tmp_path: Path) -> None:
    twice = datetime(2025, 10, 26, 0, 0, tzinfo=UTC).timestamp()
    add(app, recordings.write(tmp_path, "back", twice, 0, 4), recordings.write(tmp_path, "back", twice + 3600, 4, 4))
    text = (await get(app, "/vod/2025-10/26/02/back/Europe,Berlin/index.m3u8")).text
    assert len(durations(text)) == 2  # 02:00 to 03:00 happened twice
    never = await get(app, "/vod/2025-03/30/02/back/Europe,Berlin/index.m3u8")
    assert never.status_code == 404


async def test_only_those_who_may_see_the_camera(app: Nvr, tmp_path: Path) -> None:
    add(app, *recordings.record(tmp_path, "back", T0, 1))
    base = f"/vod/back/start/{T0:.0f}/end/{T0 + 4:.0f}"
    for path in (
        f"{base}/index.m3u8",
        f"{base}/seg-{T0 * 1000:.0f}-v1-a1.m4s",
        "/vod/2025-11/18/11/back/utc/index.m3u8",
    ):
        assert (await get(app, path, "frida")).status_code == 403
        assert (await get(app, path, "vera")).status_code == 200
    assert (await get(app, f"/vod/event/{EVENT}/index.m3u8", "frida")).status_code == 200


@pytest.mark.parametrize(
    "base",
    [
        "/api/vod/2025-11/18/11/front/utc",
        "/api/vod/2025-11/18/06/front/America%2FNew_York",
        f"/api{RANGE}",
        f"/api/vod/event/{EVENT}",
    ],
)
async def test_the_mapping(app: Nvr, tmp_path: Path, base: str) -> None:
    found = (await get(app, base)).json()
    clips = found["sequences"][0]["clips"]
    assert found["cache"] is (time.time() - 3600 > T0)
    assert found["discontinuity"] is False
    assert found["consistentSequenceMediaInfo"] is True
    if "event" in base:
        assert found["durations"] == [2000, 1000]
        assert clips[0]["clipFrom"] == 2000
        assert clips[0]["keyFrameDurations"] == [2000]
    else:
        assert found["durations"] == [4000] * 3
        assert clips[0] == {
            "type": "source",
            "path": "/media/frigate/" + recordings.path_of("front", T0),
            "keyFrameDurations": [2000, 2000],
        }
    assert found["segment_duration"] == max(found["durations"])
    assert str(tmp_path) not in json.dumps(found)


@contextmanager
def served(made: Nvr) -> Iterator[str]:
    """Serve the app on a loopback port from a thread."""
    config = uvicorn.Config(
        Marked(made.app, INTERNAL), host="127.0.0.1", port=0, log_level="error", ws="none", lifespan="off"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.mark.skipif(shutil.which("ffprobe") is None, reason="ffprobe is not installed")
@pytest.mark.parametrize("shape", [Shape(), Shape(audio=False), Shape(codec="libx265"), Shape(b_frames=2)])
async def test_ffprobe_plays_playlists_and_clips_over_http(app: Nvr, tmp_path: Path, shape: Shape) -> None:
    start = T0 + 100
    add(app, *recordings.record(tmp_path, "back", start, 3, shape=shape))
    with served(app) as url:
        for path in (
            f"vod/back/start/{start}/end/{start + 12}/master.m3u8",
            f"api/back/start/{start}/end/{start + 12}/clip.mp4",
        ):
            options = ["-v", "warning", "-of", "json", "-count_frames", "-show_entries"]
            process = await asyncio.create_subprocess_exec(
                "ffprobe",
                *options,
                "stream=codec_type,nb_read_frames:format=duration",
                f"{url}/{path}",
                stdout=-1,
                stderr=-1,
            )
            out, err = await asyncio.wait_for(process.communicate(), 60)
            found = json.loads(out)
            assert {one["codec_type"]: int(one["nb_read_frames"]) for one in found["streams"]}["video"] == 120, err
            assert len(found["streams"]) == 1 + shape.audio
            assert float(found["format"]["duration"]) == pytest.approx(12, abs=0.2)
            assert err == b""


async def test_a_day_is_listed_quickly(app: Nvr) -> None:
    from sqlalchemy import insert

    from dogwatch.store.tables import segments as table

    with app.services.db.read() as connection:
        (one,) = segments.spans(connection, "front", T0, T0 + 1)
    begin = T0 - 200_000
    common = {**one._asdict(), "fragments": b"", "camera": "back", "deleting": False}
    rows = [
        {**common, "id": str(n), "path": f"x/{n}", "start_time": begin + n * 10, "end_time": begin + n * 10 + 10}
        for n in range(8640)
    ]
    app.services.db.write(lambda c: c.execute(insert(table), rows) and None)
    path = f"/vod/back/start/{begin:.0f}/end/{begin + 86400:.0f}/index.m3u8"
    await get(app, path)
    began = time.process_time()
    got = await get(app, path)
    assert len(durations(got.text)) == 8640
    assert time.process_time() - began < 0.5
