"""Section 5: live pictures over HTTP; 15: streams."""

from __future__ import annotations

import pytest

from tests.integration.contract import shapes
from tests.integration.contract.conftest import Contract, done, fails, rows
from tests.integration.contract.pictures import KINDS, is_black, picture, video

endpoint = pytest.mark.endpoint


@endpoint("GET /api/{camera}")
def test_5_1_motion_jpeg(contract: Contract) -> None:
    with contract.viewer.stream("GET", "/api/front?fps=5&h=90&bbox=1&timestamp=1&zones=1&mask=1") as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "multipart/x-mixed-replace;boundary=frame"
        content = b""
        for chunk in answer.iter_raw():
            content += chunk
            if content.count(b"--frame") >= 2:
                break
    assert b"Content-Type: image/jpeg" in content
    assert b"\xff\xd8" in content
    fails(contract.viewer.get("/api/nobody"), 404)
    fails(contract.limited.get("/api/back"), 403)
    assert contract.viewer.get("/api/front?h=x").status_code == 400


@endpoint("GET /api/{camera}/latest.{extension}", "GET /api/camera/{camera}/latest.{extension}")
def test_5_2_latest(contract: Contract) -> None:
    for prefix in ("/api/front", "/api/camera/front"):
        for extension, kind in KINDS.items():
            answer = contract.viewer.get(f"{prefix}/latest.{extension}?bbox=1&regions=1&paths=1&motion=1")
            assert picture(answer, kind) == (320, 180)
            assert answer.headers["cache-control"] == "no-store"
            assert "x-frigate-offline" not in answer.headers
        for name in ("h", "height"):
            assert picture(contract.viewer.get(f"{prefix}/latest.jpg?{name}=90"), "image/jpeg") == (160, 90)
            for wrong in ("0", "-4", "x"):
                bad = contract.viewer.get(f"{prefix}/latest.jpg?{name}={wrong}")
                assert (bad.status_code, type(bad.json())) == (400, str)
        kept = contract.viewer.get(f"{prefix}/latest.webp?store=1&quality=20")
        assert kept.headers["cache-control"] == "private, max-age=60"
        fails(contract.viewer.get(f"{prefix}/latest.tiff"), 404)
    away = contract.viewer.get("/api/back/latest.jpg")  # from its previews
    assert away.headers["x-frigate-offline"] == "true"
    picture(away, "image/jpeg")
    fails(contract.viewer.get("/api/nobody/latest.jpg"), 404)
    fails(contract.limited.get("/api/back/latest.jpg"), 403)
    for path in ("/api/birdseye/latest.jpg", "/api/camera/birdseye/latest.jpg"):
        fails(contract.viewer.get(path), 404)  # without `birdseye.restream`
        fails(contract.limited.get(path), 403)
        fails(contract.stranger.get(path), 401)


@endpoint(
    "GET /api/{camera}/{label}/thumbnail.jpg", "GET /api/{camera}/{label}/best.jpg", "GET /api/camera/{camera}/best.jpg"
)
def test_5_3_best_thumbnail(contract: Contract) -> None:
    for path in ("front/person/thumbnail.jpg", "front/person/best.jpg", "front/any/best.jpg", "camera/back/best.jpg"):
        answer = contract.viewer.get(f"/api/{path}")
        assert picture(answer, "image/jpeg")[1] <= 180
        assert "max-age=60" in answer.headers["cache-control"]
    none = contract.viewer.get("/api/front/giraffe/thumbnail.jpg")
    assert picture(none, "image/jpeg") == (175, 175)
    assert is_black(none)
    assert not is_black(contract.viewer.get("/api/front/person/thumbnail.jpg"))
    fails(contract.viewer.get("/api/nobody/person/best.jpg"), 404)
    for path in ("back/person/thumbnail.jpg", "back/any/best.jpg", "camera/back/best.jpg"):
        fails(contract.limited.get(f"/api/{path}"), 403)


@endpoint("GET /api/{camera}/{label}/snapshot.jpg", "GET /api/{camera}/{label}/clip.mp4")
def test_5_3_best_snapshot_and_clip(contract: Contract) -> None:
    assert picture(contract.viewer.get("/api/front/person/snapshot.jpg?height=90"), "image/jpeg")[1] == 90
    none = contract.viewer.get("/api/front/giraffe/snapshot.jpg")
    assert picture(none, "image/jpeg") == (1280, 720)
    assert is_black(none)
    assert video(contract.viewer.get("/api/front/person/clip.mp4")) > 3
    fails(contract.viewer.get("/api/front/giraffe/clip.mp4"), 404)
    for name in ("snapshot.jpg", "clip.mp4"):
        fails(contract.viewer.get(f"/api/nobody/person/{name}"), 404)
        fails(contract.limited.get(f"/api/back/person/{name}"), 403)


@endpoint("GET /api/go2rtc/streams", "GET /api/go2rtc/streams/{stream}", "GET /api/go2rtc/api/streams")
def test_15_1_streams(contract: Contract) -> None:
    streams = rows(contract.viewer.get("/api/go2rtc/streams"), dict[str, shapes.Stream])
    assert {"front", "front_sub", "back"} <= streams.keys()
    assert streams["front"].producers[0].url == "rtsp://*:*@192.0.2.1/main"
    assert any(media.startswith("video, recvonly") for media in streams["front"].producers[0].medias)
    assert "back" not in rows(contract.limited.get("/api/go2rtc/streams"), dict[str, shapes.Stream])
    for path in ("streams/front", "api/streams?src=front&video=all&audio=all&microphone"):
        assert rows(contract.viewer.get(f"/api/go2rtc/{path}"), shapes.Stream) == streams["front"]
    assert [one["format_name"] for one in contract.viewer.get("/api/go2rtc/streams/front").json()["consumers"]] == []
    fails(contract.viewer.get("/api/go2rtc/streams/nobody"), 404)
    fails(contract.limited.get("/api/go2rtc/streams/back"), 403)
    fails(contract.limited.get("/api/go2rtc/api/streams?src=back"), 403)


@endpoint("PUT /api/go2rtc/streams/{stream}", "DELETE /api/go2rtc/streams/{stream}")
def test_15_1_streams_change_at_run_time(contract: Contract) -> None:
    path = "/api/go2rtc/streams/garden"
    done(contract.admin.put(path, params={"src": "rtsp://u:p@192.0.2.9/a"}))
    garden = rows(contract.viewer.get(path), shapes.Stream)
    assert [one.url for one in garden.producers] == ["rtsp://*:*@192.0.2.9/a"]
    assert "garden" in contract.viewer.get("/api/go2rtc/streams").json()
    fails(contract.limited.get(path), 403)
    assert "garden" not in contract.limited.get("/api/go2rtc/streams").json()
    done(contract.admin.put(path, params={"src": ["ffmpeg:http://192.0.2.9/b#video=copy", "rtsp://192.0.2.9/c"]}))
    assert len(rows(contract.viewer.get(path), shapes.Stream).producers) == 2
    for wrong in ({}, {"src": "exec:true"}, {"src": "/etc/passwd"}, {"src": "gopher://192.0.2.9/"}):
        fails(contract.admin.put(path, params=wrong), 400)
    fails(contract.admin.put("/api/go2rtc/streams/front", params={"src": "rtsp://192.0.2.9/a"}), 400)
    for client in (contract.viewer, contract.limited):
        fails(client.put(path, params={"src": "rtsp://192.0.2.9/a"}), 403)
        fails(client.delete(path), 403)
    done(contract.admin.delete(path))
    fails(contract.viewer.get(path), 404)
    fails(contract.admin.delete(path), 404)
    fails(contract.admin.delete("/api/go2rtc/streams/front"), 400)


@endpoint("POST /api/go2rtc/webrtc")
def test_15_1_webrtc(contract: Contract) -> None:
    """What is answered is in tests/integration/live; here there is no camera."""
    path = "/api/go2rtc/webrtc?src="
    bodies: tuple[object, ...] = ({"type": "offer", "sdp": "v=0"}, {"type": "offer"}, {}, [])
    for body in bodies:
        fails(contract.viewer.post(f"{path}front", json=body), 400)
    fails(contract.viewer.post(f"{path}front", content="v=0", headers={"Content-Type": "application/sdp"}), 400)
    fails(contract.viewer.post(f"{path}front", content="x" * 1_000_000), 400)
    fails(contract.limited.post(f"{path}back", json={}), 403)
    fails(contract.limited.post("/api/go2rtc/webrtc", json={}), 403)
    fails(contract.stranger.post(f"{path}front", json={}), 401)


@endpoint("GET /live/webrtc/webrtc.html", "GET /live/webrtc/player.js")
def test_15_2_player_page(contract: Contract) -> None:
    page = contract.viewer.get("/live/webrtc/webrtc.html?src=front")
    assert page.headers["content-type"].startswith("text/html")
    assert 'src="player.js"' in page.text
    assert contract.stranger.get("/live/webrtc/player.js").headers["content-type"].startswith("text/javascript")
    fails(contract.limited.get("/live/webrtc/webrtc.html?src=back"), 403)
    fails(contract.limited.get("/live/webrtc/webrtc.html"), 403)


@endpoint("GET /api/birdseye", "GET /api/zones", "GET /api/zones/{camera}")
def test_15_3_birdseye_and_zones(contract: Contract) -> None:
    birdseye = contract.viewer.get("/api/birdseye").json()
    assert birdseye == contract.viewer.get("/api/config").json()["birdseye"]
    assert {"enabled", "restream", "mode", "width", "height", "quality", "inactivity_threshold"} <= birdseye.keys()
    zones = contract.viewer.get("/api/zones").json()
    assert zones.keys() == {"front", "back"}
    assert {"coordinates", "objects", "filters", "inertia", "loitering_time", "color"} <= zones["front"]["porch"].keys()
    assert contract.viewer.get("/api/zones/front").json() == zones["front"]
    assert contract.limited.get("/api/zones").json().keys() == {"front"}
    fails(contract.viewer.get("/api/zones/nobody"), 404)
    fails(contract.limited.get("/api/zones/back"), 403)


@endpoint("GET /api/{camera}/grid.jpg", "DELETE /api/{camera}/region_grid")
def test_5_4_region_grid(contract: Contract) -> None:
    for query in ("", "?color=red&font_scale=1.5", "?color=unknown", "?color=black", "?color=white", "?color=blue"):
        assert picture(contract.viewer.get(f"/api/front/grid.jpg{query}"), "image/jpeg") == (320, 180)
    fails(contract.viewer.get("/api/nobody/grid.jpg"), 404)
    fails(contract.limited.get("/api/back/grid.jpg"), 403)
    fails(contract.viewer.delete("/api/front/region_grid"), 403)
    answer = contract.admin.delete("/api/front/region_grid")
    assert (answer.status_code, answer.text) == (200, "OK")
    fails(contract.admin.delete("/api/nobody/region_grid"), 404)


@endpoint("GET /api/{camera}/false_places", "GET /api/{camera}/false_places.jpg", "DELETE /api/{camera}/false_places")
def test_own_false_places(contract: Contract) -> None:
    for query in ("", "?label=person", "?label=unknown"):
        answer = contract.viewer.get(f"/api/front/false_places{query}")
        assert (answer.status_code, answer.json()["camera"], answer.json()["places"]) == (200, "front", [])
        assert picture(contract.viewer.get(f"/api/front/false_places.jpg{query}"), "image/jpeg") == (320, 180)
    for path in ("false_places", "false_places.jpg"):
        fails(contract.viewer.get(f"/api/nobody/{path}"), 404)
        fails(contract.limited.get(f"/api/back/{path}"), 403)
    fails(contract.viewer.delete("/api/front/false_places"), 403)
    answer = contract.admin.delete("/api/front/false_places?label=person")
    assert (answer.status_code, answer.text) == (200, "OK")
    fails(contract.admin.delete("/api/nobody/false_places"), 404)
