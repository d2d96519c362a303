"""Video files on the whole program: `curl` uploads and asks for ranges, Chromium plays, the core is killed."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from dogwatch.testing.numbered import Codec, NumberedFilm, Variant, make, number_of
from tests.e2e.program import Program
from tests.e2e.test_browser import CLIP_PAGE, until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.timeout(150)
FRAMES = 150
# The whole picture as it is shown, in the order red, green, blue, opacity.
SHOWN = """() => {
  const video = document.querySelector("video");
  const size = { width: video.videoWidth, height: video.videoHeight };
  const canvas = Object.assign(document.createElement("canvas"), size);
  const context = canvas.getContext("2d");
  context.drawImage(video, 0, 0);
  return [...context.getImageData(0, 0, canvas.width, canvas.height).data];
}"""
SEEK = """time => new Promise((seen) => {
  const video = document.querySelector("video");
  video.requestVideoFrameCallback(() => seen());
  video.currentTime = time;
})"""


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> NumberedFilm:
    return make(tmp_path_factory.mktemp("film"), Codec.H264, Variant.SOUND, FRAMES)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    running = Program.run(tmp_path_factory.mktemp("files") / "data", "cameras: {}\n")
    try:
        yield running
    finally:
        running.stop()


def curl(*arguments: str) -> bytes:
    return subprocess.run(["curl", "--silent", "--show-error", *arguments], check=True, capture_output=True).stdout


def head_and_body(*arguments: str) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body of the last answer."""
    found = curl("--include", *arguments)
    head, _, body = found.partition(b"\r\n\r\n")
    while head.startswith(b"HTTP/1.1 100"):
        head, _, body = body.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return int(first.split(" ")[1]), headers, body


@pytest.fixture(scope="module")
def file(program: Program, film: NumberedFilm) -> dict[str, Any]:
    answer = json.loads(curl("-F", f"file=@{film.path}", f"{program.address}/api/v1/files"))
    return looked_at(program, answer["file"]["file_uuid"])


def looked_at(program: Program, uuid: str) -> dict[str, Any]:
    """Return a file when it is not `probing` any more, which it is at first on a busy machine."""

    def probe() -> dict[str, Any] | None:
        shown: dict[str, Any] = program.json(f"/api/v1/file/{uuid}")["file"]
        return None if shown["status"] == "probing" else shown

    return program.wait(probe, 30, "facts of the file")


def test_what_a_worker_finds(file: dict[str, Any], film: NumberedFilm) -> None:
    assert file["status"] == "ready"
    assert (file["total_frames"], file["vfr"], file["rotation"]) == (FRAMES, False, 0)
    assert file["video"]["codec"] == "h264"
    assert file["audio"]["codec"] == "aac"
    assert file["size_bytes"] == film.path.stat().st_size


def test_the_rest_of_the_core_has_no_decoder(program: Program, file: dict[str, Any]) -> None:
    """What is foreign is decoded in a process of its own, without a network."""
    maps = Path(f"/proc/{program.core().pid}/maps").read_text()
    assert file["status"] == "ready"
    assert "libavcodec" not in maps


def test_ranges_with_curl(program: Program, file: dict[str, Any], film: NumberedFilm) -> None:
    url, content = f"{program.address}/api/v1/file/{file['file_uuid']}/video", film.path.read_bytes()
    size = len(content)
    assert curl(url) == content
    for asked, span in (
        ("0-0", (0, 1)), ("10-19", (10, 20)), ("100-", (100, size)), ("-7", (size - 7, size)),
        (f"5-{size * 2}", (5, size)), (f"-{size * 2}", (0, size)),
    ):  # fmt: skip
        status, headers, body = head_and_body("-r", asked, url)
        assert (status, body) == (206, content[slice(*span)]), asked
        assert headers["content-range"] == f"bytes {span[0]}-{span[1] - 1}/{size}"
    for asked, expected in ((f"{size}-", 416), ("-0", 416), ("9-5", 200), ("x", 200), ("1-2,x", 200)):
        assert head_and_body("-H", f"Range: bytes={asked}", url)[0] == expected, asked
    status, headers, body = head_and_body("-H", "Range: bytes=0-9,50-59,-3", url)
    assert (status, headers["content-length"]) == (206, str(len(body)))
    form = message_from_bytes(b"Content-Type: " + headers["content-type"].encode() + b"\r\n\r\n" + body)
    parts = form.get_payload()
    assert isinstance(parts, list)
    ranges = [part["content-range"] for part in parts]  # type: ignore[index]
    assert ranges == [f"bytes 0-9/{size}", f"bytes 50-59/{size}", f"bytes {size - 3}-{size - 1}/{size}"]
    for span in ((0, 10), (50, 60), (size - 3, size)):
        assert content[slice(*span)] in body
    tag = headers["etag"]
    assert head_and_body("-H", f"If-None-Match: {tag}", url)[0] == 304
    assert head_and_body("-H", f"If-Range: {tag}", "-r", "0-0", url)[0] == 206
    assert head_and_body("-H", 'If-Range: "x"', "-r", "0-0", url)[0] == 200
    resumed = film.path.parent / "part.mp4"
    resumed.write_bytes(content[:1000])
    curl("-C", "-", "-o", str(resumed), url)
    assert resumed.read_bytes() == content


def test_chromium_plays_and_seeks(browser: Browser, program: Program, file: dict[str, Any], film: NumberedFilm) -> None:
    _plays(browser, program, file, film, "")


@pytest.mark.parametrize("query", ["?mode=debug", "?audio=off"])
def test_chromium_plays_what_was_made_of_a_file(
    browser: Browser, program: Program, file: dict[str, Any], film: NumberedFilm, query: str
) -> None:
    whole = curl(f"{program.address}/api/v1/file/{file['file_uuid']}/video{query}")  # while it is made
    assert whole[4:8] == b"ftyp"
    _plays(browser, program, file, film, query)


def _plays(browser: Browser, program: Program, file: dict[str, Any], film: NumberedFilm, query: str) -> None:
    """Play a film of the file with the video element, by byte ranges, and see that it shows the frames sought."""
    page: Page = browser.new_page()
    statuses: list[int] = []
    page.on("response", lambda answer: statuses.append(answer.status) if "/video" in answer.url else None)
    page.route("**/player.html", lambda route: route.fulfill(body=CLIP_PAGE, content_type="text/html"))
    page.goto(f"{program.address}/player.html")
    url = f"/api/v1/file/{file['file_uuid']}/video{query}"
    page.evaluate("url => { document.querySelector('video').src = url; }", url)
    until(page, "document.querySelector('video').readyState >= 2")
    state = page.evaluate(
        "() => [document.querySelector('video').videoWidth, document.querySelector('video').videoHeight]"
    )
    assert state == [file["width"], file["height"]]
    half = (film.times[1] - film.times[0]) / 2
    for number in (FRAMES - 10, 3, FRAMES // 2):
        page.evaluate(SEEK, float(film.times[number] + half))
        until(page, "!document.querySelector('video').seeking")
        pixels = np.array(page.evaluate(SHOWN), np.uint8).reshape(file["height"], file["width"], 4)
        assert number_of(pixels[..., :3]) == number
    page.evaluate(
        "() => { document.querySelector('video').playbackRate = 4; return document.querySelector('video').play(); }"
    )
    until(page, "document.querySelector('video').ended")
    assert set(statuses) == {206}
    page.close()


def test_a_killed_core_costs_nothing_of_an_upload(program: Program, film: NumberedFilm, tmp_path: Path) -> None:
    content = film.path.read_bytes() + b"\0\0\0\x08free"  # another file than that which is there already
    tus = ("-H", "Tus-Resumable: 1.0.0")
    uploads = f"{program.address}/api/v1/uploads"
    status, headers, _ = head_and_body(*tus, "-H", f"Upload-Length: {len(content)}", "-X", "POST", uploads)
    assert status == 201
    place = program.address + headers["location"]
    (tmp_path / "first").write_bytes(content[:5000])
    sending = (*tus, "-H", "Content-Type: application/offset+octet-stream", "-X", "PATCH")
    assert head_and_body(*sending, "-H", "Upload-Offset: 0", "--data-binary", f"@{tmp_path}/first", place)[0] == 204
    core = program.core()
    core.send_signal(signal.SIGKILL)
    core.wait(10)
    before = program.address
    program.follow(2, 30)
    place = place.replace(before, program.address)
    status, headers, _ = head_and_body(*tus, "--head", place)
    assert (status, headers["upload-offset"]) == (200, "5000")
    (tmp_path / "rest").write_bytes(content[5000:])
    status, headers, _ = head_and_body(
        *sending, "-H", "Upload-Offset: 5000", "--data-binary", f"@{tmp_path}/rest", place
    )
    assert status == 204
    shown = looked_at(program, headers["file-uuid"])
    assert (shown["status"], shown["total_frames"]) == ("ready", FRAMES)
