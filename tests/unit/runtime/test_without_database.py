"""What a start does while the database's server is away."""

import stat
from pathlib import Path

import pytest
from starlette.types import Message

from dogwatch.config import parse
from dogwatch.errors import DogwatchError
from dogwatch.runtime import last_config, last_known, without_database
from dogwatch.runtime.last_known import LastKnown
from dogwatch.runtime.paths import Paths
from dogwatch.volume import read_identity, write_identity

CAMERAS = "cameras: {front: {ffmpeg: {inputs: [{path: 'synthetic://street'}]}}}\n"
SERVER = "database: {url: 'postgresql://dogwatch@127.0.0.1/dogwatch'}\n"


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    made = Paths.below(tmp_path)
    (made.media / "recordings").mkdir()
    return made


def test_what_recording_needs_is_kept(tmp_path: Path) -> None:
    assert last_known.load(tmp_path) is None
    for value, profile in ((False, None), (True, "away")):
        kept = last_known.KeptFile({"b", "a"}, tmp_path)
        kept.keep_profile(profile)  # and what was switched before is not forgotten for it
        if value:
            assert last_known.load(tmp_path) == LastKnown({"front": {"enabled": False}}, ["a", "b"], profile)
        kept.keep_switches({"front": {"enabled": value}})
        assert last_known.load(tmp_path) == LastKnown({"front": {"enabled": value}}, ["a", "b"], profile)
    assert [path.name for path in tmp_path.iterdir()] == [last_known.NAME]
    assert stat.S_IMODE((tmp_path / last_known.NAME).stat().st_mode) == 0o600
    (tmp_path / last_known.NAME).write_text("{torn")
    assert last_known.load(tmp_path) is None


def test_the_very_first_start_makes_the_identity_of_the_recordings(paths: Paths) -> None:
    without_database._check(paths, None)
    assert read_identity(paths.media / "recordings")
    without_database._check(paths, None)


@pytest.mark.parametrize("known", [None, LastKnown(volumes=["one"])], ids=["unknown", "known"])
def test_nothing_is_recorded_beside_a_disk_that_is_not_mounted(paths: Paths, known: LastKnown | None) -> None:
    (paths.data / last_config.NAME).write_text(CAMERAS)
    with pytest.raises(DogwatchError, match="is its disk mounted"):
        without_database._check(paths, known)
    assert read_identity(paths.media / "recordings") is None


def test_nothing_is_recorded_on_another_disk(paths: Paths) -> None:
    write_identity(paths.media / "recordings", "two")
    with pytest.raises(DogwatchError, match="another disk"):
        without_database._check(paths, LastKnown(volumes=["one"]))
    without_database._check(paths, LastKnown(volumes=["one", "two"]))


def test_another_database_than_before_is_not_waited_for(tmp_path: Path) -> None:
    loaded = parse(CAMERAS + SERVER, path=tmp_path / "config.yml")
    assert not last_config.names_other_database(loaded, tmp_path)
    last_config.keep(loaded, tmp_path)
    assert not last_config.names_other_database(loaded, tmp_path)
    last_config.keep(parse(CAMERAS, path=tmp_path / "config.yml"), tmp_path)
    assert last_config.names_other_database(loaded, tmp_path)


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
async def test_every_request_is_refused(method: str) -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    await without_database.refuse({"type": "http", "method": method}, receive, send)
    assert sent[0]["status"] == 503
    assert sent[1]["body"] == (b"" if method == "HEAD" else without_database.BODY)


async def test_every_web_socket_is_refused() -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    await without_database.refuse({"type": "websocket"}, receive, send)
    assert sent == [{"type": "websocket.close", "code": 1013, "reason": without_database.MESSAGE}]
