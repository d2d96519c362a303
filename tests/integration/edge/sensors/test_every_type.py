"""Every type of sensor, from an edge on gpiozero's mock pins to a file, to who listens, and to an event of the NVR."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gpiozero
import pytest
from gpiozero.pins.mock import MockFactory

from dogwatch.edge.news import NewsItem
from dogwatch.edge.sensors.choice import SensorChoice
from dogwatch.edge.sensors.types import TYPES
from dogwatch.testing.app import Nvr, edge_nvr, until
from tests.integration.contract.edge.conftest import done
from tests.integration.edge.canned_clips import canned
from tests.integration.media.test_clip_pictures import levels


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return levels(tmp_path_factory.mktemp("film") / "film.mp4", 320, 240, 4)


@pytest.fixture
def factory(monkeypatch: pytest.MonkeyPatch) -> Iterator[MockFactory]:
    made = MockFactory()
    monkeypatch.setattr(gpiozero.Device, "pin_factory", made)
    yield made
    made.reset()


async def trigger(app: Nvr, factory: MockFactory, kind: str) -> None:
    """Do to the line what the sensor does when it triggers."""
    row = TYPES[kind]
    if row.gpio is None:
        await asyncio.to_thread(app.edge.sensors.trigger)
        return
    drive, active = factory.pin(row.gpio), SensorChoice(kind, row.gpio).triggers(True)
    if row.family == "level":
        (drive.drive_high if active else drive.drive_low)()
        return
    for _ in range(row.value_of({}, "pulse_count")):
        drive.drive_low()
        drive.drive_high()
        await asyncio.sleep(row.debounce_s * 1.5)


def rest(app: Nvr, factory: MockFactory, kind: str) -> None:
    """Put the line of a level type to rest; pulse types release themselves."""
    row = TYPES[kind]
    if row.gpio is None:
        app.edge.sensors.release()
    elif row.family == "level":
        drive = factory.pin(row.gpio)
        (drive.drive_low if SensorChoice(kind, row.gpio).triggers(True) else drive.drive_high)()


def told(items: Any, event: str) -> list[Any]:
    """Return the data of all events of a kind."""
    return [json.loads(item.data) for item in list(items) if isinstance(item, NewsItem) and item.event == event]


@pytest.mark.parametrize("kind", TYPES)
async def test_from_the_edge_to_the_file_the_stream_and_the_event(
    kind: str, tmp_path: Path, factory: MockFactory, film: Path
) -> None:
    async with edge_nvr(tmp_path) as app, app.edge_client() as client, app.client(user="admin") as nvr:
        with canned(app, film, asyncio.get_running_loop()), app.edge.news.joined(None, None) as joined:
            found = done(await client.post("/sensor/configure", json={"type": kind, "hold_seconds": 0}))
            assert found["armed"] is True
            if TYPES[kind].gpio is not None:
                await asyncio.to_thread(rest, app, factory, kind)
                await asyncio.sleep(0.15)  # longer than any debounce time, so that the door is closed
            await trigger(app, factory, kind)
            await until(lambda: app.edge.sensors.flags()["recording_from_sensor"])
            await asyncio.to_thread(rest, app, factory, kind)
            await until(lambda: told(joined.reader.queue, "archive_updated"))
            (updated,) = told(joined.reader.queue, "archive_updated")
            video = Path(updated["path"])
            assert updated["type"] == "recording"
            assert video.parent == app.edge.settings.save_dir
            meta = json.loads(video.with_suffix(".meta.json").read_text())
            assert (meta["reason"], meta["sensor_type"], meta["duration_seconds"]) == ("sensor", kind, 4.0)
            assert [one["recording"] for one in told(joined.reader.queue, "recording_state")] == [True, False]
            flags = [
                (one["triggered"], one["recording_from_sensor"]) for one in told(joined.reader.queue, "sensor_state")
            ]
            assert flags[-4:] == [(False, False), (True, False), (True, True), (False, False)]  # the first: it is armed
            events: list[Any] = []

            async def ended() -> bool:
                events[:] = done(await nvr.get("/api/events", params={"labels": kind}))
                return bool(events) and events[0]["end_time"] is not None

            async with asyncio.timeout(10):
                while not await ended():  # noqa: ASYNC110 - the database tells nobody
                    await asyncio.sleep(0.02)
            assert [(one["label"], one["camera"]) for one in events] == [(kind, "front")]
