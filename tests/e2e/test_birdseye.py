"""All cameras in one picture, and jsmpeg: seen by a decoder, from cameras whose pictures show their frame numbers."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import psutil
import pytest
from numpy.typing import NDArray
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from dogwatch.media import picture
from dogwatch.media.street import read_frame_number
from dogwatch.testing.encoding import decoded
from dogwatch.testing.numbered import Codec, Variant, make, number_of
from tests.e2e.program import Program

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CONFIG = """
detectors: {instant: {type: fixed, boxes: "person,0.9,110,60,210,280"}}
birdseye: {mode: continuous, restream: true, quality: 2}
live: {quality: 2}
cameras:
  street: {ffmpeg: {inputs: [{path: "synthetic://street?seed=1&fps=8&size=640x360"}]}, record: {enabled: false}}
  lane: {ffmpeg: {inputs: [{path: "synthetic://street?seed=2&fps=8&size=640x360"}]}, record: {enabled: false}}
  yard:
    ffmpeg: {inputs: [{path: "synthetic://street?seed=3&fps=8&size=640x360"}]}
    record: {enabled: false}
    birdseye: {mode: objects}
  other:
    ffmpeg: {inputs: [{path: "FILM"}]}
    record: {enabled: false}
    birdseye: {enabled: false}
"""
TALK_S = 30


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    folder = tmp_path_factory.mktemp("birdseye")
    film = make(folder, Codec.HEVC, Variant.CONSTANT).path
    made = Program.run(folder / "data", CONFIG.replace("FILM", film.as_uri()))
    try:
        made.wait(lambda: all(one["camera_fps"] for one in made.json("/api/stats")["cameras"].values()), 60, "frames")
        yield made
    finally:
        made.stop()


def websocket(program: Program, path: str) -> ClientConnection:
    return connect(f"{program.address.replace('http', 'ws')}{path}", max_size=None)


def played(program: Program, camera: str, messages: int) -> list[NDArray[np.uint8]]:
    """Return the pictures (BGR) of so many messages."""
    data = b""
    with websocket(program, f"/live/jsmpeg/{camera}") as socket:
        for _ in range(messages):
            piece = socket.recv(timeout=TALK_S)
            assert isinstance(piece, bytes)
            data += piece
    return [np.ascontiguousarray(one[..., ::-1]) for one in decoded(data, "mpegts")]


def encoders(program: Program) -> set[str]:
    return {name for name in program.json("/api/stats")["processes"] if name.startswith("encoding:")}


def cell(pixels: NDArray[np.uint8], place: dict[str, int]) -> NDArray[np.uint8]:
    """Cut a camera out, at the size that it has itself."""
    x, y, width, height = place["x"], place["y"], place["width"], place["height"]
    return picture.resize(np.ascontiguousarray(pixels[y : y + height, x : x + width]), 640, 360)


def test_a_camera_over_jsmpeg(program: Program) -> None:
    pictures = played(program, "street", 12)
    numbers = [read_frame_number(one) for one in pictures]
    assert pictures[0].shape == (360, 640, 3)
    assert numbers == sorted(numbers)
    assert len(set(numbers)) >= 8
    assert encoders(program) == {"encoding:encoded:street/pictures"}
    program.wait(lambda: not encoders(program), 40, "end of the encoding process")


def test_jsmpeg_itself_plays_it(program: Program, browser: Browser, jsmpeg_js: Path) -> None:
    """The player that clients use, in a browser: the numbers that it draws rise."""
    page = browser.new_page()
    page.goto(f"{program.address}/api/version")
    page.evaluate("(text) => { (0, eval)(text); }", jsmpeg_js.read_text())
    page.evaluate(
        """(url) => {
            const canvas = document.body.appendChild(document.createElement("canvas"));
            const options = {canvas, audio: false, disableGl: true, preserveDrawingBuffer: true};
            window.player = new JSMpeg.Player(url, options);
            window.canvas = canvas;
        }""",
        f"{program.address.replace('http', 'ws')}/live/jsmpeg/street",
    )
    drawn: set[int] = set()

    def several() -> bool:
        found = page.evaluate("canvas.width > 300 ? canvas.toDataURL('image/png').split(',')[1] : ''")
        if found:
            drawn.add(read_frame_number(picture.decode(base64.b64decode(found))))
        return len(drawn) >= 4

    program.wait(several, 40, "pictures in jsmpeg")
    page.close()
    assert max(drawn) > min(drawn) > 0


def test_all_cameras_in_one_picture(program: Program) -> None:
    with websocket(program, "/ws") as news:
        pictures = played(program, "birdseye", 6)
        while (message := json.loads(news.recv(timeout=TALK_S)))["topic"] != "birdseye_layout":
            pass
    layout = json.loads(message["payload"])
    assert {"lane", "street"} <= layout.keys()
    shown = [{name: read_frame_number(cell(pictures[n], layout[name])) for name in ("lane", "street")} for n in (0, -1)]
    assert all(shown[1][name] > shown[0][name] for name in shown[0])


def test_a_still_of_all_cameras(program: Program) -> None:
    status, body, headers = program.get("/api/birdseye/latest.png")
    assert (status, headers["content-type"]) == (200, "image/png")
    with websocket(program, "/ws") as news:
        news.send(json.dumps({"topic": "birdseyeLayout"}))
        while (message := json.loads(news.recv(timeout=TALK_S)))["topic"] != "birdseye_layout":
            pass
    layout = json.loads(message["payload"])
    still = picture.decode(body)
    assert still.shape == (720, 1280, 3)
    assert all(read_frame_number(cell(still, layout[name])) > 0 for name in ("lane", "street"))
    assert picture.decode(program.get("/api/birdseye/latest.jpg?h=180")[1]).shape == (180, 320, 3)


def test_switches_have_their_effect_at_once(program: Program) -> None:
    with websocket(program, "/live/jsmpeg/birdseye"), websocket(program, "/ws") as news:

        def layout(*, shows: bool) -> dict[str, dict[str, int]]:
            while True:
                message = json.loads(news.recv(timeout=TALK_S))
                if message["topic"] == "birdseye_layout":
                    found: dict[str, dict[str, int]] = json.loads(message["payload"])
                    if ("lane" in found) == shows:
                        return found

        news.send(json.dumps({"topic": "birdseyeLayout"}))
        layout(shows=True)
        news.send(json.dumps({"topic": "lane/birdseye/set", "payload": "OFF"}))
        layout(shows=False)
        news.send(json.dumps({"topic": "lane/birdseye/set", "payload": "ON"}))
        layout(shows=True)


def read_to_the_end(socket: ClientConnection) -> None:
    while True:
        socket.recv(timeout=TALK_S)


def test_a_process_that_dies_comes_back_and_the_player_goes_on(program: Program) -> None:
    with websocket(program, "/live/jsmpeg/birdseye") as socket:
        socket.recv(timeout=TALK_S)
        program.wait(lambda: program.json("/api/stats")["processes"]["encoding:birdseye"]["pid"], 20, "process")
        psutil.Process(program.json("/api/stats")["processes"]["encoding:birdseye"]["pid"]).kill()
        with pytest.raises(ConnectionClosed) as closed:
            read_to_the_end(socket)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1012
    assert played(program, "birdseye", 3)


def over_mse(program: Program, stream: str, codecs: str, messages: int = 12) -> tuple[str, list[NDArray[np.uint8]]]:
    """Return what a player that takes `codecs` is told, and the pictures (RGB) of so many messages."""
    with websocket(program, f"/live/mse/api/ws?src={stream}") as socket:
        socket.send(json.dumps({"type": "mse", "value": codecs}))
        mime, data = "", b""
        while messages:
            piece = socket.recv(timeout=TALK_S)
            if isinstance(piece, str):
                mime = json.loads(piece)["value"]
            else:
                data, messages = data + piece, messages - 1
    return mime, decoded(data, "mp4")


def test_birdseye_is_a_stream(program: Program) -> None:
    """H.264 over MSE's socket; its still, the same picture, is above."""
    mime, pictures = over_mse(program, "birdseye", "avc1.640029")
    assert mime.startswith('video/mp4; codecs="avc1.42')
    assert pictures[-1].shape == (720, 1280, 3)
    assert "birdseye" in program.json("/api/go2rtc/streams")


def test_h265_is_encoded_for_players_that_do_not_take_it(program: Program) -> None:
    mime, pictures = over_mse(program, "other", "avc1.640029,hvc1.1.6.L153.B0")
    assert "hvc1" in mime
    assert not [name for name in encoders(program) if "other" in name]
    mime, pictures = over_mse(program, "other", "avc1.640029,mp4a.40.2")
    assert mime.startswith('video/mp4; codecs="avc1.42')
    numbers = [number_of(one) for one in pictures]
    assert len(numbers) >= 10
    assert all((after - before) % 75 in (0, 1, 2) for before, after in pairwise(numbers))
    assert "encoding:encoded:other/0" in encoders(program)


def test_a_core_that_is_killed_leaves_no_encoder(program: Program) -> None:
    with websocket(program, "/live/jsmpeg/lane") as socket:
        socket.recv(timeout=TALK_S)
        program.wait(lambda: encoders(program), 20, "process")
        before = program.json("/api/stats")["processes"]["encoding:encoded:lane/pictures"]["pid"]
        program.core().kill()
    program.follow(2, 60)
    program.wait(lambda: not psutil.pid_exists(before), 30, "end of the encoding process")
    assert played(program, "lane", 2)
