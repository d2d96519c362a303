"""Files that want to do harm: refused with a reason, within bounds, and nothing else is read."""

import os
import random
import socket
import struct
import time
import zlib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import pytest

from dogwatch.errors import FileError
from dogwatch.library.file_workers import FileWorkers
from dogwatch.library.indexing import FileIndexer
from dogwatch.testing.numbered import Codec, Variant, make, picture
from dogwatch.workers.files.spec import IndexTask

PATIENCE_S = 30.0


@pytest.fixture(scope="module")
def workers() -> Iterator[FileWorkers]:
    made = FileWorkers()
    yield made
    made.close()


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return make(tmp_path_factory.mktemp("films"), Codec.H264, Variant.CONSTANT).path.read_bytes()


def refused(workers: FileWorkers, path: Path) -> str:
    """Return why a file is refused; nothing is left in its folder."""
    before = set(path.parent.iterdir())
    begun = time.monotonic()
    with pytest.raises(FileError) as caught:
        FileIndexer(workers).index(path, path.parent)
    assert time.monotonic() - begun < PATIENCE_S
    assert (caught.value.status, caught.value.code) == (415, "not_a_video")
    assert str(path.parent) not in str(caught.value)
    assert set(path.parent.iterdir()) == before
    return str(caught.value)


TEXTS = {
    "text": "this is no video\n" * 500,
    "html": "<html><body><video src='/etc/passwd'></video></body></html>",
    "nothing": "",
    "zeros": "\0" * 100_000,
}


@pytest.mark.parametrize("name", TEXTS)
def test_what_is_no_video(workers: FileWorkers, tmp_path: Path, name: str) -> None:
    (tmp_path / "a.mp4").write_text(TEXTS[name])
    refused(workers, tmp_path / "a.mp4")


NAMING = {
    "m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{address}\n#EXT-X-ENDLIST\n",
    "m3u8-file": "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile://{other}\n#EXT-X-ENDLIST\n",
    "concat": "ffconcat version 1.0\nfile '{other}'\nfile '{address}'\n",
    "concat-plain": "file '{other}'\n",
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video {port} RTP/AVP 96\n"
    "a=rtpmap:96 H264/90000\n",
    "dash": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period><AdaptationSet>'
    '<Representation id="0" bandwidth="1"><BaseURL>{address}</BaseURL></Representation></AdaptationSet></Period></MPD>',
    "webvtt": "WEBVTT\n\n00:00.000 --> 00:01.000\n{other}\n",
    "smil": "<smil><body><video src='{address}'/></body></smil>",
    "rtsp-redirect": "[Reference]\nRef1={address}\n",
}


@pytest.mark.parametrize("name", NAMING)
def test_files_that_name_others_or_addresses(workers: FileWorkers, tmp_path: Path, film: bytes, name: str) -> None:
    other = tmp_path / "other.mp4"
    other.write_bytes(film)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        text = NAMING[name].format(other=other, address=f"http://127.0.0.1:{port}/a.ts", port=port)
        (tmp_path / "a.mp4").write_text(text)
        refused(workers, tmp_path / "a.mp4")
        server.settimeout(0.05)
        with pytest.raises(TimeoutError):
            server.accept()


def test_a_track_whose_data_lie_in_another_file(workers: FileWorkers, tmp_path: Path, film: bytes) -> None:
    """A `url ` entry with a place of its own, as QuickTime knows: the samples are taken from it."""
    (tmp_path / "other.mp4").write_bytes(film)
    at = film.index(b"dref") + 12
    entry = film[at : at + 12]
    assert entry[4:8] == b"url "
    changed = film[:at] + entry[:8] + b"\0\0\0\0" + film[at + 12 :]  # not in this file any more
    (tmp_path / "a.mp4").write_bytes(changed)
    facts = FileIndexer(workers).index(tmp_path / "a.mp4", tmp_path)
    assert facts["total_frames"] == 75  # read from the file itself, whatever it says


@pytest.mark.parametrize("share", [0.001, 0.2, 0.6, 0.95])
def test_truncated_files(workers: FileWorkers, tmp_path: Path, film: bytes, share: float) -> None:
    """The table of contents comes last, so that what is cut off cannot be read."""
    (tmp_path / "a.mp4").write_bytes(film[: int(len(film) * share)])
    refused(workers, tmp_path / "a.mp4")


def test_what_can_be_decoded_of_a_truncated_file_counts(workers: FileWorkers, tmp_path: Path) -> None:
    whole = make(tmp_path, Codec.H264, Variant.TRANSPORT).path
    data = whole.read_bytes()
    whole.write_bytes(data[: len(data) * 2 // 3])
    facts = FileIndexer(workers).index(whole, tmp_path)
    assert 30 < facts["total_frames"] < 70


def element(name: bytes, body: bytes) -> bytes:
    return name + (len(body) | 1 << 56).to_bytes(8) + body


def number(name: bytes, value: int) -> bytes:
    return element(name, value.to_bytes(8))


def matroska(codec: bytes, width: int, height: int, block: bytes) -> bytes:
    video = element(b"\xe0", number(b"\xb0", width) + number(b"\xba", height))
    track = element(
        b"\xae", number(b"\xd7", 1) + number(b"\x73\xc5", 1) + number(b"\x83", 1) + element(b"\x86", codec) + video
    )
    cluster = element(b"\x1f\x43\xb6\x75", number(b"\xe7", 0) + element(b"\xa3", b"\x81\0\0\x80" + block))
    head = element(b"\x1a\x45\xdf\xa3", element(b"\x42\x82", b"matroska"))
    return head + element(b"\x18\x53\x80\x67", element(b"\x16\x54\xae\x6b", track) + cluster)


@pytest.mark.parametrize("codec", [b"V_UNCOMPRESSED", b"V_MPEG4/ISO/AVC", b"V_VP9", b"V_MJPEG"])
def test_enormous_pictures(workers: FileWorkers, tmp_path: Path, codec: bytes) -> None:
    (tmp_path / "a.mkv").write_bytes(matroska(codec, 100_000, 100_000, bytes(1000)))
    refused(workers, tmp_path / "a.mkv")


def png(width: int, height: int) -> bytes:
    """Return a PNG of black pixels, which takes a thousandth of their bytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4) + kind + body + zlib.crc32(kind + body).to_bytes(4)

    pack = zlib.compressobj(1)
    row = bytes(1 + width * 4)
    data = b"".join(pack.compress(row) for _ in range(height)) + pack.flush()
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def film_of(path: Path, packet: bytes, count: int, size: tuple[int, int]) -> None:
    with av.open(path, "w", format="mov") as container:
        stream = container.add_stream("png", rate=10)
        stream.width, stream.height, stream.pix_fmt = *size, "rgba"
        stream.time_base = Fraction(1, 10)
        for n in range(count):
            one = av.Packet(packet)
            one.pts = one.dts = n
            one.time_base, one.stream, one.is_keyframe = Fraction(1, 10), stream, True
            container.mux(one)


def test_pictures_that_are_larger_than_the_file_says(workers: FileWorkers, tmp_path: Path) -> None:
    film_of(tmp_path / "a.mov", png(20_000, 4_000), 3, (64, 64))
    refused(workers, tmp_path / "a.mov")


def test_small_packets_with_large_pictures(workers: FileWorkers, tmp_path: Path) -> None:
    """A second of them would take gigabytes; one is in memory at a time."""
    film_of(tmp_path / "a.mov", png(8000, 8000), 10, (8000, 8000))
    assert (tmp_path / "a.mov").stat().st_size < 15_000_000
    facts = FileIndexer(workers).index(tmp_path / "a.mov", tmp_path)
    assert (facts["total_frames"], facts["width"]) == (10, 8000)


def test_hostile_headers(workers: FileWorkers, tmp_path: Path, film: bytes) -> None:
    """Whatever their numbers say, the answer comes soon, and is facts or a refusal."""
    some = random.Random(5)
    moov = film.rindex(b"moov")
    results: set[tuple[int, str]] = set()
    path = tmp_path / "a.mp4"
    for _ in range(40):
        data = bytearray(film)
        for _ in range(some.choice((1, 3, 10))):
            at = some.randrange(moov, len(data) - 4)
            data[at : at + 4] = some.choice((b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", bytes(4), some.randbytes(4)))
        path.write_bytes(data)
        begun = time.monotonic()
        try:
            facts = FileIndexer(workers).index(path, tmp_path)
        except FileError as error:
            results.add((error.status, error.code))
        else:
            assert facts["total_frames"] > 0
            results.add((200, "taken"))
        assert time.monotonic() - begun < PATIENCE_S
    assert results == {(415, "not_a_video"), (200, "taken")}


def test_what_is_no_file(workers: FileWorkers, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name in ("pipe", "folder"):
        with pytest.raises(FileError, match="no plain file"):
            workers.run(IndexTask(), tmp_path / name)


def test_a_picture_is_no_film(workers: FileWorkers, tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(png(64, 64))
    refused(workers, tmp_path / "a.mp4")
    assert picture(0).shape
