import asyncio
import os
from pathlib import Path
from typing import Any

import pytest

from dogwatch.bus.messages import AnalysisStats, DetectorStats, IngestStats, RingMade, StreamLost, WorkerReady
from dogwatch.outputs.broadcast import Broadcast
from dogwatch.stats import keeper as module
from dogwatch.stats.camera import STALE_S
from dogwatch.stats.keeper import StatsKeeper
from dogwatch.stats.machine import Machine, filesystem, storage
from dogwatch.stats.quality import HourlyCount, connection_quality
from dogwatch.testing.clock import StandingClock


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def keeper(tmp_path: Path, clock: StandingClock) -> StatsKeeper:
    return StatsKeeper(
        ["front", "back"], media=tmp_path, scratch=tmp_path, shared_memory=tmp_path, version="1", detectors=["opencv"],
        detection_enabled=lambda camera: camera == "front", clock=clock,
    )  # fmt: skip


def ingest(camera: str = "front", **values: Any) -> IngestStats:
    return IngestStats(
        camera, values.pop("fps", 10.0), 10.0, 5.0, 1000.0, "full", **values
    )  # fmt: skip


def test_the_shape_before_anything_happens(keeper: StatsKeeper) -> None:
    found = keeper.snapshot()
    assert set(found["cameras"]) == {"front", "back"}
    assert set(found["detectors"]) == {"opencv"}
    front = found["cameras"]["front"]
    assert (front["camera_fps"], front["pid"], front["detection_enabled"]) == (0.0, 0, True)
    assert front["connection_quality"] == "unusable"
    assert found["cameras"]["back"]["detection_enabled"] is False
    assert found["cpu_usages"]["frigate.full_system"] == {"cpu": "0.0", "mem": "0.0"}
    assert set(found["service"]["storage"]) == {
        "/media/frigate/recordings", "/media/frigate/clips", "/tmp/cache", "/dev/shm",
    }  # fmt: skip
    for volume in found["service"]["storage"].values():
        assert volume["mnt_type"] == volume["mount_type"]
        assert volume["total"] >= volume["used"] > 0


def test_whatever_is_dropped_or_repaired_is_shown(keeper: StatsKeeper) -> None:
    counted: dict[str, Any] = {name: n for n, name in enumerate(IngestStats.__struct_fields__, 1) if "dropped" in name}
    counted |= {"repaired_timestamps": 98, "audio_faults": 99}
    keeper.on_message(ingest(**counted))
    front = keeper.snapshot()["cameras"]["front"]
    assert {name: front[name] for name in counted} == counted
    assert front["decoded_fps"] == 5.0
    keeper.note_process("analysis", "0", 7, 0)
    keeper.note_process("ingest", "front", 6, 0)
    keeper.on_message(AnalysisStats("front", 7, 5.0, 0.5, 2.0, dropped_messages=1000))
    processes = keeper.snapshot()["processes"]
    assert processes["analysis:0"]["dropped_messages"] == 1000
    assert processes["ingest:front"]["dropped_messages"] == counted["dropped_messages"]
    keeper.on_message(DetectorStats("opencv", 8, 9.5, 0.0, batches=3, regions=7))
    detector = keeper.snapshot()["detectors"]["opencv"]
    assert (detector["batches"], detector["regions"]) == (3, 7)
    assert {name: keeper.snapshot()["cameras"]["back"][name] for name in counted} == dict.fromkeys(counted, 0)


def test_the_cores_queues_are_shown(tmp_path: Path) -> None:
    queues = {"messages": {"dropped": 3}}
    made = StatsKeeper([], media=tmp_path, scratch=tmp_path, shared_memory=tmp_path, version="1", queues=lambda: queues)
    assert made.snapshot()["service"]["queues"] == queues


def test_numbers_go_stale(keeper: StatsKeeper, clock: StandingClock) -> None:
    keeper.on_message(ingest())
    keeper.on_message(AnalysisStats("front", 7, 5.0, 0.5, 2.0))
    found = keeper.snapshot()
    assert (found["camera_fps"], found["process_fps"], found["skipped_fps"], found["detection_fps"]) == (10, 5, 0.5, 2)
    clock.advance(STALE_S)
    found = keeper.snapshot()
    assert (found["camera_fps"], found["process_fps"]) == (0, 0)
    assert found["service"]["uptime"] == STALE_S


def test_a_lost_stream_counts_at_once(keeper: StatsKeeper) -> None:
    keeper.on_message(ingest())
    keeper.on_message(StreamLost("front", ("record",), "gone"))
    assert keeper.snapshot()["cameras"]["front"]["camera_fps"] == 0
    keeper.on_message(ingest())
    assert keeper.snapshot()["cameras"]["front"]["camera_fps"] == 10


def test_unknown_cameras_are_never_reported(keeper: StatsKeeper) -> None:
    for message in (ingest("x"), AnalysisStats("x", 7, 5.0, 0.5, 2.0), RingMade("x", "r", 2, 2)):
        keeper.on_message(message)
    assert set(keeper.snapshot()["cameras"]) == {"front", "back"}


def test_reconnects_are_those_that_this_core_has_heard_of(keeper: StatsKeeper) -> None:
    def reconnects() -> Any:
        return keeper.snapshot()["cameras"]["front"]["reconnects_last_hour"]

    keeper.on_message(WorkerReady("ingest", "front", 7))
    keeper.on_message(ingest(reconnects=50))  # of a process that ran long before this core
    assert reconnects() == 0
    keeper.on_message(ingest(reconnects=51))
    keeper.on_message(WorkerReady("ingest", "front", 7))  # only its connection is new
    keeper.on_message(ingest(reconnects=51))
    assert reconnects() == 1
    keeper.on_message(WorkerReady("ingest", "front", 8))
    keeper.on_message(ingest(reconnects=60))
    assert reconnects() == 61


def test_reconnects_of_the_last_hour(keeper: StatsKeeper, clock: StandingClock) -> None:
    keeper.on_message(ingest(reconnects=2, stalls=1))
    clock.advance(60)
    keeper.on_message(ingest(reconnects=3, stalls=1))
    found = keeper.snapshot()["cameras"]["front"]
    assert (found["reconnects_last_hour"], found["stalls_last_hour"]) == (3, 1)
    assert found["connection_quality"] == "fair"
    keeper.on_message(WorkerReady("ingest", "front", 1))
    keeper.on_message(ingest(reconnects=1))
    assert keeper.snapshot()["cameras"]["front"]["reconnects_last_hour"] == 4
    clock.advance(3590)
    assert keeper.snapshot()["cameras"]["front"]["reconnects_last_hour"] == 2


def test_processes(keeper: StatsKeeper) -> None:
    keeper.note_process("ingest", "front", os.getpid(), 2)
    keeper.start()
    keeper.stop()
    found = keeper.snapshot()
    own = found["cpu_usages"][str(os.getpid())]
    assert all(isinstance(value, str) for value in own.values())
    assert float(own["mem"]) > 0
    assert found["processes"]["ingest:front"]["restarts"] == 2
    assert found["cameras"]["front"]["ffmpeg_pid"] == os.getpid()


def test_a_process_that_has_just_begun(keeper: StatsKeeper) -> None:
    keeper.note_process("ingest", "front", 4711, 0)
    usage = keeper.snapshot()["cpu_usages"]["4711"]
    assert usage == {"cpu": "0.0", "cpu_average": "0.0", "mem": "0.0", "cmdline": "dogwatch ingest front"}


def test_history(keeper: StatsKeeper, clock: StandingClock) -> None:
    for _ in range(module.HISTORY_LENGTH + 3):
        clock.advance(15)
        keeper.remember()
    history = keeper.history(["service.uptime"])
    assert len(history) == module.HISTORY_LENGTH
    assert history[0]["service"]["uptime"] == 60
    assert list(history[0]) == ["service"]
    assert len(keeper.history()[0]) > 5


async def test_run(keeper: StatsKeeper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HISTORY_S", 0.05)
    broadcast = Broadcast()
    with broadcast.subscribe() as listener:
        task = asyncio.create_task(keeper.run(broadcast))
        async with asyncio.timeout(10):
            assert (await listener.get()).topic == "stats"
            new = {"type": "new", "after": {"camera": "front", "label": "person"}}
            for payload in (new, {**new, "type": "update"}, new):
                broadcast.publish("events", payload)
            while (await listener.get()).topic != "stats":
                pass
        assert keeper.events == {("front", "person"): 2}
        assert len(keeper.history()) >= 2
        task.cancel()


@pytest.mark.parametrize(
    ("fps", "expected", "reconnects", "stalls", "quality"),
    [
        (10, 10, 0, 0, "excellent"),
        (10, 10, 2, 0, "excellent"),
        (10, 10, 2, 1, "fair"),
        (8, 10, 0, 0, "fair"),
        (5, 10, 0, 0, "poor"),
        (10, 10, 0, 11, "poor"),
        (0.5, 10, 0, 0, "unusable"),
        (0, 0, 0, 0, "unusable"),
        (5, 0, 0, 0, "excellent"),
    ],
)
def test_quality(fps: float, expected: float, reconnects: int, stalls: int, quality: str) -> None:
    assert connection_quality(fps, expected, reconnects, stalls) == quality


def test_hourly_count_is_bounded() -> None:
    count = HourlyCount()
    count.observe(10**9, 0.0)
    assert count.last_hour(0.0) == 1000
    assert count.last_hour(3601.0) == 0


def test_machine_leaves_out_who_has_gone() -> None:
    machine = Machine()
    assert set(machine.look([os.getpid(), 2**22 + 1]).loads) == {os.getpid()}
    assert machine.look([]).loads == {}


def test_storage_of_nowhere(tmp_path: Path) -> None:
    assert storage(tmp_path / "missing")["total"] == 0
    assert filesystem(tmp_path)
