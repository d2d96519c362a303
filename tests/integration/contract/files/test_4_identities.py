"""Names of the faces in video files (contract, section 4: `identity`), with drawn faces and the real processes."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from dogwatch.library.face_choice import MOST_PICTURES
from dogwatch.recognition.face_spec import FaceLook, LookForFace
from dogwatch.recognition.reader_process import FaceProcess, ReaderError
from dogwatch.testing.app import CONFIG, Nvr, nvr
from tests.drawn_faces import crowd_film, drawn_face, jpeg
from tests.integration.contract.files.conftest import done
from tests.integration.contract.files.test_4_analysis import analysed, brought, ended, working

FACES = "\ndetectors: {faces: {type: opencv, person: false}}\nface_recognition: {enabled: true, min_area: 500}\n"
OFF = FACES.replace("enabled: true", "enabled: false")
ANN, BOB, STRANGER = 2, 1, 7


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A film with Ann to the left, Bob in the middle and a stranger to the right."""
    path = tmp_path_factory.mktemp("film") / "people.mp4"
    crowd_film(path, (ANN, 1), (BOB, 1), (STRANGER, 1))
    return path.read_bytes()


@contextmanager
def knowing(directory: Path, config: str = FACES) -> Iterator[Nvr]:
    """An app whose library of faces has Ann and Bob."""
    for name, person in (("Ann", ANN), ("Bob", BOB)):
        folder = directory / "clips" / "faces" / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}-1.jpg").write_bytes(jpeg(drawn_face(person)))
    with nvr(directory, CONFIG + config) as app:
        try:
            yield app
        finally:
            app.parts.faces.close()


async def traces(client: httpx.AsyncClient, path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = done(await client.get(f"{path}/traces?page_size=100"))["traces"]
    return found


async def names(client: httpx.AsyncClient, path: str) -> dict[str, str | None]:
    """Return who is where: the identity of the longest trace of a face at each of the three places."""
    found: dict[str, str | None] = {}
    for one in sorted(await traces(client, path), key=lambda one: int(one["frame_count"])):
        if one["kind"] == "face":
            boxes = done(await client.get(f"{path}/trace/{one['trace_id']}/boxes"))["boxes"]
            found[("left", "middle", "right")[min(2, boxes[0]["x"] // 320)]] = one["identity"]
        else:
            assert one["identity"] is None
    return found


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[LookForFace]:
    """What the process that looks at faces is asked."""
    questions: list[LookForFace] = []
    ask = FaceProcess.ask

    def noted(self: FaceProcess, question: LookForFace) -> FaceLook:
        questions.append(question)
        return ask(self, question)

    monkeypatch.setattr(FaceProcess, "ask", noted)
    return questions


async def test_two_people_of_the_library_are_named_and_a_stranger_is_not(
    tmp_path: Path, film: bytes, asked: list[LookForFace]
) -> None:
    with knowing(tmp_path) as app:
        async with working(app) as vera:
            path = await brought(vera, film)
            await analysed(vera, path, every=2)
            assert await names(vera, path) == {"left": "Ann", "middle": "Bob", "right": None}
            faces = [one for one in await traces(vera, path) if one["kind"] == "face"]
            assert len(faces) <= len(asked) <= len(faces) * MOST_PICTURES
            assert all(len(question.picture) < 200_000 for question in asked)
            assert not (tmp_path / "clips" / "faces" / "train").exists(), "pictures of films are no attempts"

            app.parts.faces.library.rename("Ann", "Anna")
            assert (await names(vera, path))["left"] == "Ann", "a trace keeps its name"
            shutil.rmtree(tmp_path / "clips" / "faces" / "Bob")
            await analysed(vera, path, replace=True, every=2)
            assert await names(vera, path) == {"left": "Anna", "middle": None, "right": None}


@pytest.mark.parametrize("why", ["off", "nobody"])
async def test_without_recognition_or_anybody_known_nobody_looks(
    tmp_path: Path, film: bytes, asked: list[LookForFace], why: str
) -> None:
    with knowing(tmp_path, OFF if why == "off" else FACES) as app:
        if why == "nobody":
            for name in ("Ann", "Bob"):
                shutil.rmtree(tmp_path / "clips" / "faces" / name)
        async with working(app) as vera:
            path = await brought(vera, film)
            await analysed(vera, path, every=4)
            assert set((await names(vera, path)).values()) == {None}
            assert asked == []
            assert not app.parts.faces.queue.started


async def test_an_analysis_that_is_cut_off_while_it_names_begins_again(
    tmp_path: Path, film: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached = asyncio.Event()
    loop = asyncio.get_running_loop()
    ask = FaceProcess.ask

    def stuck(self: FaceProcess, question: LookForFace) -> FaceLook:
        loop.call_soon_threadsafe(reached.set)
        return ask(self, question)

    monkeypatch.setattr(FaceProcess, "ask", stuck)
    with knowing(tmp_path) as app:
        async with working(app) as vera:
            path = await brought(vera, film)
            done(await vera.post(f"{path}/process", json={"every": 2}), 202)
            async with asyncio.timeout(60):
                await reached.wait()
            assert await traces(vera, path) == [], "nothing is seen before all is done"
    with knowing(tmp_path) as app:
        async with working(app) as vera:
            await ended(vera, path)
            assert await names(vera, path) == {"left": "Ann", "middle": "Bob", "right": None}
            numbers = [one["trace_id"] for one in await traces(vera, path)]
            with app.services.db.read() as connection:
                rows = connection.exec_driver_sql("SELECT count(*) FROM video_traces").scalar()
            assert rows == len(numbers), "nothing is left of the first try"


async def test_traces_stay_without_names_when_nobody_can_look(
    tmp_path: Path, film: bytes, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(self: FaceProcess, question: LookForFace) -> FaceLook:
        raise ReaderError("reading has failed a moment ago")

    monkeypatch.setattr(FaceProcess, "ask", fails)
    with knowing(tmp_path) as app:
        async with working(app) as vera:
            path = await brought(vera, film)
            await analysed(vera, path, every=4)
            assert set((await names(vera, path)).values()) == {None}
    assert "not all faces in video file" in caplog.text
