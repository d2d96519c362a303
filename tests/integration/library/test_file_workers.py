"""Tasks in file workers: what they answer, what they may not do, and how they end."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from dogwatch.errors import FileError
from dogwatch.library.file_workers import FileWorkers
from dogwatch.library.indexing import FileIndexer
from dogwatch.library.worker_template import Forked
from dogwatch.media import jpeg
from dogwatch.media.file_facts import FileFacts
from dogwatch.media.frame_index import FrameIndex
from dogwatch.testing.app import until
from dogwatch.testing.numbered import Codec, NumberedFilm, Variant, make, number_of
from dogwatch.workers.files.spec import IndexTask, StillTask


@pytest.fixture(scope="module")
def workers() -> Iterator[FileWorkers]:
    made = FileWorkers()
    yield made
    made.close()


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> NumberedFilm:
    return make(tmp_path_factory.mktemp("films"), Codec.H264, Variant.SOUND)


@pytest.fixture(scope="module")
def folder(workers: FileWorkers, film: NumberedFilm) -> Path:
    facts = msgspec.convert(FileIndexer(workers).index(film.path, film.path.parent), FileFacts)
    assert (facts.total_frames, facts.fps, facts.audio is not None) == (75, 30.0, True)
    return film.path.parent


def test_a_new_file_gets_its_index_and_facts(folder: Path) -> None:
    assert FrameIndex.decode((folder / "frames.idx").read_bytes()).total == 75
    probe = msgspec.json.decode((folder / "probe.json").read_bytes())
    assert [stream["codec_type"] for stream in probe["streams"]] == ["video", "audio"]


@pytest.mark.parametrize("frame", [0, 1, 14, 15, 37, 74])
async def test_a_still_shows_its_frame(workers: FileWorkers, film: NumberedFilm, folder: Path, frame: int) -> None:
    data, result = await workers.ask(StillTask(frame=frame), film.path, folder / "frames.idx")
    picture = jpeg.decode(data)
    assert number_of(picture) == frame
    assert (result["width"], result["height"]) == (picture.shape[1], picture.shape[0])


async def test_what_is_no_video_is_refused(workers: FileWorkers, tmp_path: Path) -> None:
    text = tmp_path / "text.mp4"
    text.write_text("this is no video\n" * 1000)
    with pytest.raises(FileError) as caught:
        await workers.ask(IndexTask(), text)
    assert (caught.value.status, caught.value.code) == (415, "not_a_video")


async def test_a_file_that_has_gone(workers: FileWorkers, tmp_path: Path) -> None:
    with pytest.raises(FileError) as caught:
        await workers.ask(IndexTask(), tmp_path / "gone.mp4")
    assert (caught.value.status, caught.value.code) == (404, "source_missing")


async def test_a_worker_that_begins_when_nobody_wants_it_any_more_is_ended(
    film: NumberedFilm, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, beginning, gone = FileWorkers(), threading.Event(), threading.Event()
    fork = made.template.fork
    ended: list[bytes] = []

    def slowly(*descriptors: int) -> Forked:
        beginning.set()
        assert gone.wait(10)
        return fork(*descriptors)

    monkeypatch.setattr(made.template, "fork", slowly)
    monkeypatch.setattr(made.template, "end", ended.append)
    asking = asyncio.create_task(made.ask(IndexTask(), film.path))
    await until(beginning.is_set)
    asking.cancel()
    gone.set()
    await asyncio.gather(asking, return_exceptions=True)
    try:
        await until(lambda: ended)
    finally:
        made.close()
