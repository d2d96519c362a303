"""Sections 8, 9 and 16: recordings, HLS, previews and files."""

from __future__ import annotations

import re

import pytest

from dogwatch.testing.recordings import T0
from dogwatch.testing.stocked import EVENT, OTHER, REVIEW
from tests.integration.contract import footage, shapes
from tests.integration.contract.conftest import BACK_REVIEW, DAY, UNKNOWN, Contract, fails, rows, wait_for
from tests.integration.contract.pictures import KINDS, picture, video

endpoint = pytest.mark.endpoint
SPAN = f"after={T0 - 60}&before={T0 + 60}"
RANGE = f"start/{T0:.0f}/end/{T0 + 8:.0f}"
EMPTY = f"start/{T0 - 90000:.0f}/end/{T0 - 89990:.0f}"
HOUR = "2025-11/18/11"
MANIFEST = "application/vnd.apple.mpegurl"


@endpoint("GET /api/{camera}/recordings")
def test_8_1_segments(contract: Contract) -> None:
    found = rows(contract.viewer.get(f"/api/front/recordings?{SPAN}"), list[footage.Segment])
    starts = [row.start_time for row in found]
    assert starts == sorted(starts) == pytest.approx([T0, T0 + 4, T0 + 8])
    for row in found:
        assert row.duration == pytest.approx(row.end_time - row.start_time)
        assert row.motion == 9
        assert re.fullmatch(r"\d+(\.\d+)?-[A-Za-z0-9]{6}", row.id)
    later = rows(contract.viewer.get(f"/api/front/recordings?after={T0 + 5}&before={T0 + 7}"), list[footage.Segment])
    assert [row.start_time for row in later] == pytest.approx([T0 + 4])
    assert rows(contract.viewer.get("/api/front/recordings"), list[footage.Segment]) == []  # of the last hour
    fails(contract.viewer.get("/api/front/recordings?after=x"), 422)
    fails(contract.viewer.get("/api/nobody/recordings"), 404)
    fails(contract.limited.get("/api/back/recordings"), 403)


@endpoint("GET /api/{camera}/recordings/summary", "GET /api/recordings/summary")
def test_8_2_summary(contract: Contract) -> None:
    (day,) = rows(contract.viewer.get("/api/front/recordings/summary"), list[footage.RecordedDay])
    assert (day.day, [hour.hour for hour in day.hours]) == (DAY, ["11"])
    assert day.hours[0].duration == 12
    assert day.events == day.hours[0].events == 3  # those with a clip
    (east,) = rows(
        contract.viewer.get("/api/front/recordings/summary?timezone=Pacific,Auckland"), list[footage.RecordedDay]
    )
    assert (east.day, east.hours[0].hour) == ("2025-11-19", "00")
    assert rows(contract.viewer.get("/api/recordings/summary"), dict[str, bool]) == {DAY: True}
    assert rows(contract.limited.get("/api/recordings/summary?cameras=back"), dict[str, bool]) == {}
    for path in ("/api/recordings/summary", "/api/front/recordings/summary"):
        fails(contract.viewer.get(f"{path}?timezone=Mars"), 400)
    fails(contract.viewer.get("/api/nobody/recordings/summary"), 404)
    fails(contract.limited.get("/api/back/recordings/summary"), 403)


@endpoint("GET /api/recordings/unavailable", "GET /api/recordings/storage")
def test_8_2_gaps_and_space(contract: Contract) -> None:
    gaps = rows(contract.viewer.get(f"/api/recordings/unavailable?{SPAN}"), list[footage.Hole])
    assert [(hole.start_time, hole.end_time) for hole in gaps] == [(T0 - 60, T0), (T0 + 12, T0 + 60)]
    assert rows(contract.viewer.get(f"/api/recordings/unavailable?{SPAN}&scale=600"), list[footage.Hole]) == []
    fails(contract.viewer.get("/api/recordings/unavailable?scale=0"), 422)
    space = rows(contract.admin.get("/api/recordings/storage"), dict[str, footage.Storage])
    assert space.keys() == {"front", "back"}
    fails(contract.viewer.get("/api/recordings/storage"), 403)


@endpoint("DELETE /api/recordings/start/{start}/end/{end}")
def test_8_2_deletion(contract: Contract) -> None:
    path = f"/api/recordings/{RANGE}"
    kept = rows(contract.admin.delete(f"{path}?keep=motion,object,audio&cameras=front"), footage.RangeDeletion)
    assert (kept.success, kept.deleted, kept.kept) == (True, 0, 2)
    assert len(contract.viewer.get(f"/api/front/recordings?{SPAN}").json()) == 3
    fails(contract.admin.delete(f"{path}?keep=cats"), 400)
    fails(contract.admin.delete(f"/api/recordings/start/{T0 + 8}/end/{T0}"), 400)
    fails(contract.admin.delete(f"{path}?cameras=nobody"), 404)
    fails(contract.admin.delete("/api/recordings/start/x/end/5"), 422)
    fails(contract.viewer.delete(path), 403)


@endpoint("GET /api/{camera}/start/{start}/end/{end}/clip.mp4")
def test_8_3_range_clip(contract: Contract) -> None:
    assert video(contract.viewer.get(f"/api/front/{RANGE}/clip.mp4")) == pytest.approx(8, abs=2.1)
    assert video(contract.viewer.get(f"/api/front/start/{T0 + 0.25}/end/{T0 + 80000}/clip.mp4")) > 9
    for wrong in (EMPTY, f"start/{T0 + 8}/end/{T0}"):
        fails(contract.viewer.get(f"/api/front/{wrong}/clip.mp4"), 400)
    fails(contract.viewer.get("/api/front/start/x/end/5/clip.mp4"), 422)
    fails(contract.viewer.get(f"/api/nobody/{RANGE}/clip.mp4"), 404)
    fails(contract.limited.get(f"/api/back/{RANGE}/clip.mp4"), 403)


@endpoint("GET /api/{camera}/recordings/{frame_time}/snapshot.{extension}")
def test_8_3_stills(contract: Contract) -> None:
    for extension in ("png", "jpg"):
        path = f"/api/front/recordings/{T0 + 1.5}/snapshot.{extension}"
        width, height = picture(contract.viewer.get(path), KINDS[extension])
        assert picture(contract.viewer.get(f"{path}?height={height // 2}"), KINDS[extension]) == (
            width // 2,
            height // 2,
        )
    fails(contract.viewer.get(f"/api/front/recordings/{T0 - 500}/snapshot.jpg"), 404)
    fails(contract.viewer.get("/api/front/recordings/x/snapshot.jpg"), 422)
    fails(contract.viewer.get(f"/api/nobody/recordings/{T0}/snapshot.jpg"), 404)
    fails(contract.limited.get(f"/api/back/recordings/{T0}/snapshot.jpg"), 403)


@endpoint(
    "POST /api/{camera}/search/motion",
    "GET /api/{camera}/search/motion/{job_id}",
    "POST /api/{camera}/search/motion/{job_id}/cancel",
)
def test_8_3_motion_search(contract: Contract) -> None:
    path, square = "/api/front/search/motion", [[0, 0], [1, 0], [1, 1], [0, 1]]
    body = {"start_time": T0, "end_time": T0 + 60, "polygon_points": square, "threshold": 30, "min_area": 5}
    body |= {"parallel": False, "max_results": 25}
    started = rows(contract.viewer.post(path, json=body), footage.SearchStarted)
    found = rows(contract.viewer.get(f"{path}/{started.job_id}"), footage.MotionSearch)
    assert (found.success, found.job_id, found.camera) == (True, started.job_id, "front")
    again = rows(contract.viewer.post(path, json=body), footage.SearchStarted)
    contract.viewer.post(f"{path}/{again.job_id}/cancel")
    wait_for(lambda: contract.viewer.get(f"{path}/{again.job_id}").json()["status"] not in ("queued", "running"))
    fails(contract.viewer.post(f"{path}/{again.job_id}/cancel"), 400)  # it has ended
    fails(contract.viewer.post(path, json=body | {"end_time": T0}), 400)
    fails(contract.viewer.post(path, json=body | {"polygon_points": square[:2]}), 422)
    fails(contract.viewer.get(f"{path}/nobody"), 404)
    fails(contract.viewer.post(f"{path}/nobody/cancel"), 404)
    fails(contract.viewer.get(f"/api/back/search/motion/{started.job_id}"), 404)
    fails(contract.viewer.post("/api/nobody/search/motion", json=body), 404)
    fails(contract.limited.post("/api/back/search/motion", json=body), 403)


PLAYED = {
    f"/vod/front/{RANGE}": "/vod/{camera}/start/{start}/end/{end}",
    f"/vod/clip/front/{RANGE}": "/vod/clip/{camera}/start/{start}/end/{end}",
    f"/vod/{HOUR}/front": "/vod/{year_month}/{day}/{hour}/{camera}",
    f"/vod/{HOUR}/front/utc": "/vod/{year_month}/{day}/{hour}/{camera}/{tz_name}",
    "/vod/2025-11/18/12/front/Europe,Paris": "/vod/{year_month}/{day}/{hour}/{camera}/{tz_name}",
    "/vod/2025-11/18/12/front/Europe%2FParis": "/vod/{year_month}/{day}/{hour}/{camera}/{tz_area}/{tz_city}",
    f"/vod/event/{EVENT}": "/vod/event/{event_id}",
    f"/vod/review/{REVIEW}": "/vod/review/{review_id}",
}


@endpoint(*(f"GET {prefix}{template}/{{name}}" for template in PLAYED.values() for prefix in ("", "/api")))
def test_8_4_vod(contract: Contract, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    for base in PLAYED:
        for prefix in ("", "/api"):
            play(contract, f"{prefix}{base}")
    for base in (f"/vod/front/{EMPTY}", f"/vod/event/{UNKNOWN}", f"/vod/review/{UNKNOWN}", f"/vod/nobody/{RANGE}"):
        fails(contract.viewer.get(f"{base}/index.m3u8"), 404)
    for base in (f"/vod/back/{RANGE}", f"/vod/event/{OTHER}", f"/vod/review/{BACK_REVIEW}", f"/vod/{HOUR}/back/utc"):
        fails(contract.limited.get(f"{base}/master.m3u8"), 403)
    fails(contract.viewer.get(f"/vod/front/{RANGE}/nothing.m3u8"), 404)
    fails(contract.viewer.get("/vod/2025-13/18/11/front/utc/index.m3u8"), 400)


def play(contract: Contract, base: str) -> None:
    """Play as a player does: the master playlist, its variant, the init section, a part; with a signature."""
    sign = "authSig=abc"
    master = contract.viewer.get(f"{base}/master.m3u8?{sign}")
    assert (master.status_code, master.headers["content-type"]) == (200, MANIFEST), (base, master.text)
    assert master.headers["cache-control"] == "no-store"
    head, variant = master.text.split("#EXT-X-STREAM-INF:")[1].splitlines()[:2]
    assert {"BANDWIDTH", "CODECS", "RESOLUTION"} <= set(re.findall(r"([A-Z-]+)=", head))
    assert re.fullmatch(rf"index-v1(-a1)?\.m3u8\?{sign}", variant)
    index = contract.viewer.get(f"{base}/index.m3u8?{sign}")
    assert index.text == contract.viewer.get(f"{base}/{variant}").text
    assert "#EXT-X-PLAYLIST-TYPE:VOD" in index.text
    assert index.text.rstrip().endswith("#EXT-X-ENDLIST")
    longest = int(re.findall(r"#EXT-X-TARGETDURATION:(\d+)", index.text)[0])
    assert max(map(float, re.findall(r"#EXTINF:([\d.]+)", index.text))) <= longest + 0.5
    init = re.findall(r'#EXT-X-MAP:URI="([^"]+)"', index.text)[0]
    parts = [line for line in index.text.splitlines() if line and not line.startswith("#")]
    for uri in (init, *parts[:1]):
        assert uri.endswith(sign)
        assert "/" not in uri.partition("?")[0]
        got = contract.viewer.get(f"{base}/{uri}")
        assert (got.status_code, got.headers["content-type"]) == (200, "video/mp4")
        piece = contract.viewer.get(f"{base}/{uri}", headers={"Range": "bytes=0-7"})
        assert (piece.status_code, piece.content) == (206, got.content[:8])
    assert ("#EXT-X-DISCONTINUITY" in index.text) == ("/clip/" in base)


@endpoint(*(f"GET /api{template}" for template in PLAYED.values() if "{tz_area}" not in template))
def test_8_4_mapping(contract: Contract) -> None:
    for base, template in PLAYED.items():
        if "{tz_area}" not in template:
            found = rows(contract.viewer.get(f"/api{base}"), footage.Mapping)
            assert len(found.durations) == len(found.sequences[0].clips)
            assert max(found.durations) == found.segment_duration
    answer = contract.viewer.get(f"/api/vod/front/{EMPTY}")
    assert fails(answer, 404) == "No recordings found."
    fails(contract.limited.get(f"/api/vod/back/{RANGE}"), 403)


@endpoint(
    "GET /api/preview/{camera}/start/{start}/end/{end}", "GET /api/preview/ts/{camera}/start/{start}/end/{end}",
    "GET /api/preview/all/start/{start}/end/{end}", "GET /api/preview/{year_month}/{day}/{hour}/all/{tz_name}",
    "GET /api/preview/{year_month}/{day}/{hour}/{camera}/{tz_name}",
    "GET /api/preview/{year_month}/{day}/{hour}/{camera}/{tz_area}/{tz_city}",
)  # fmt: skip
def test_9_previews(contract: Contract) -> None:
    span = f"start/{T0 - 3600:.0f}/end/{T0:.0f}"
    expected = footage.Preview(
        "front", f"/clips/previews/front/{T0 - 3600:.3f}-{T0:.3f}.mp4", "video/mp4", T0 - 3600, T0
    )
    hour = "2025-11/18/10" if T0 % 3600 < 1800 else HOUR
    for path in (
        f"front/{span}", f"ts/front/{span}", f"{HOUR}/front/utc", "2025-11/18/12/front/Europe,Paris",
        "2025-11/18/12/front/Europe%2FParis",
    ):  # fmt: skip
        assert rows(contract.viewer.get(f"/api/preview/{path}"), list[footage.Preview]) == [expected], path
    for path in (f"all/{span}", f"{HOUR}/all/utc"):
        found = rows(contract.viewer.get(f"/api/preview/{path}"), list[footage.Preview])
        assert {row.camera for row in found} == {"front", "back"}, hour
        assert rows(contract.limited.get(f"/api/preview/{path}"), list[footage.Preview]) == [expected]
    assert fails(contract.viewer.get(f"/api/preview/front/{EMPTY}"), 404)
    fails(contract.viewer.get(f"/api/preview/{HOUR}/front/Mars"), 400)
    fails(contract.viewer.get("/api/preview/front/start/x/end/1"), 422)
    for path in (f"back/{span}", f"{HOUR}/back/utc"):
        fails(contract.limited.get(f"/api/preview/{path}"), 403)


@endpoint(
    "GET /api/preview/{camera}/start/{start}/end/{end}/frames", "GET /api/preview/{file}/thumbnail.jpg",
    "GET /api/preview/{file}/thumbnail.webp",
)  # fmt: skip
def test_9_frames(contract: Contract) -> None:
    found = rows(contract.viewer.get(f"/api/preview/front/{RANGE}/frames"), list[str])
    assert found == sorted(found)
    assert len(found) == 8
    assert all(re.fullmatch(r"preview_front-\d+\.\d+\.webp", name) for name in found)
    for extension in ("jpg", "webp"):
        answer = contract.viewer.get(f"/api/preview/{found[0]}/thumbnail.{extension}")
        picture(answer, "image/webp")
        assert "max-age=31536000" in answer.headers["cache-control"]
        fails(contract.viewer.get(f"/api/preview/other.webp/thumbnail.{extension}"), 400)
        fails(contract.viewer.get(f"/api/preview/preview_front-1.5.webp/thumbnail.{extension}"), 404)
        fails(contract.limited.get(f"/api/preview/{found[0].replace('front', 'back')}/thumbnail.{extension}"), 403)
    assert rows(contract.viewer.get(f"/api/preview/front/{EMPTY}/frames"), list[str]) == []


@endpoint(
    *(f"GET {prefix}/{{camera}}/start/{{start}}/end/{{end}}/preview{end}" for prefix in ("", "/api")
      for end in ("", ".gif", ".mp4", ".webp"))
)  # fmt: skip
def test_9_previews_of_ranges(contract: Contract) -> None:
    for prefix in ("", "/api"):
        base = f"{prefix}/front/{RANGE}/preview"
        gif = contract.viewer.get(f"{base}.gif?max_cache_age=9")
        assert picture(gif, "image/gif")[1] == 180
        assert gif.headers["cache-control"] == "private, max-age=9"
        assert picture(contract.viewer.get(base), "image/gif")[1] == 180
        assert picture(contract.viewer.get(f"{base}.webp"), "image/webp")[1] == 180
        for path in (f"{base}.mp4", f"{base}?format=mp4"):
            assert video(contract.viewer.get(path)) < 3
        fails(contract.viewer.get(f"{base}?format=avi"), 422)
        for end in ("", ".gif", ".mp4", ".webp"):
            fails(contract.viewer.get(f"{prefix}/front/{EMPTY}/preview{end}"), 404)
            fails(contract.limited.get(f"{prefix}/back/{RANGE}/preview{end}"), 403)


@endpoint("GET /clips/{path:path}", "GET /recordings/{path:path}", "GET /exports/{path:path}")
def test_16_files(contract: Contract) -> None:
    viewer, limited = contract.viewer, contract.limited
    thumb = viewer.get(f"/clips/thumbs/front/{EVENT}.webp")
    picture(thumb, "image/webp")
    assert thumb.headers["cache-control"] == "private, max-age=604800"
    assert {"etag", "last-modified"} <= set(thumb.headers)
    again = viewer.get(f"/clips/thumbs/front/{EVENT}.webp", headers={"If-None-Match": thumb.headers["etag"]})
    assert again.status_code == 304
    picture(viewer.get(f"/clips/front-{EVENT}.jpg"), "image/jpeg")
    picture(viewer.get(f"/clips/front-{EVENT}-clean.webp"), "image/webp")
    picture(viewer.get(f"/clips/front-{EVENT}-clean.png"), "image/png")
    assert picture(viewer.get(f"/clips/review/thumb-front-{REVIEW}.webp"), "image/webp")[1] == 180
    video(viewer.get(f"/clips/previews/front/{T0 - 3600:.3f}-{T0:.3f}.mp4"))
    assert viewer.get("/clips/").headers["content-type"].startswith("text/html")
    for path, kind in (("", "directory"), (f"{DAY}/", "directory"), (f"{DAY}/11/front/", "file")):
        found = rows(viewer.get(f"/recordings/{path}"), list[shapes.Entry])
        assert {row.type for row in found} == {kind}
    name = f"/recordings/{DAY}/11/front/{found[0].name}"
    video(viewer.get(name))
    part = viewer.get(name, headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.content) == (206, b"ftyp")
    assert part.headers["content-range"] == f"bytes 4-7/{found[0].size}"
    assert viewer.head(name).headers["content-length"] == str(found[0].size)
    (listed, _) = rows(viewer.get("/exports/"), list[shapes.Entry])
    assert viewer.get(f"/exports/{listed.name}").status_code == 200
    for path in ("/clips/none.jpg", f"/recordings/{DAY}/11/front/none.mp4", "/exports/none.mp4"):
        fails(viewer.get(path), 404)
    for path in (
        f"/clips/thumbs/back/{OTHER}.webp", f"/clips/back-{OTHER}.jpg", f"/recordings/{DAY}/11/",
        f"/recordings/{DAY}/11/back/",
        "/exports/", "/clips/", "/clips/faces/x/y.webp",
        f"/clips/review/thumb-back-{BACK_REVIEW}.webp",
    ):  # fmt: skip
        fails(limited.get(path), 403)
    for path in ("/clips/%2e%2e/dogwatch.db", "/recordings/x/..%2fy", "/exports/./a"):
        assert viewer.get(path).status_code in (403, 404)
