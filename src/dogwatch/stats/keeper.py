"""Collects the workers' reports into the object of `/api/stats` (docs/api/system.md)."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dogwatch.bus.messages import DetectorStats, EncoderStats, ListeningStats, Message, WorkerReady
from dogwatch.outputs.broadcast import Broadcast, Publication
from dogwatch.stats.camera import CameraNumbers
from dogwatch.stats.machine import MIB, Load, Machine, Sample, storage
from dogwatch.stats.series import FigureSeries

API_KINDS = {"detection": "detector"}  # kinds of processes that clients know by another word
ENCODERS = 256  # encoding processes that figures are kept of, the newest ones
SAMPLE_S = 10.0
HISTORY_S = 15.0
HISTORY_LENGTH = 80
SUMS = ("camera_fps", "process_fps", "skipped_fps", "detection_fps")
"""What is given for each camera and, added up, for all."""


@dataclass(frozen=True, slots=True)
class WorkerProcess:
    """A worker that the supervisor looks after."""

    kind: str
    name: str
    pid: int
    restarts: int


class StatsKeeper:
    """Keeps the newest numbers. Reports come in on the event loop; `snapshot` may be called from any thread."""

    def __init__(
        self,
        cameras: Iterable[str],
        *,
        media: Path,
        scratch: Path,
        shared_memory: Path,
        version: str,
        detectors: Iterable[str] = (),
        latest_version: Callable[[], str] = lambda: "disabled",
        detection_enabled: Callable[[str], bool] = lambda _: True,
        database: Callable[[], dict[str, Any]] = dict,
        queues: Callable[[], dict[str, dict[str, int]]] = dict,
        config_mistakes: Callable[[], int] = lambda: 0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Keep numbers for `cameras`.

        Args:
            cameras: All configured names; others are never reported.
            media: Where recordings and clips lie.
            scratch: The directory of sockets.
            shared_memory: Where frame rings lie.
            version: Of this program.
            detectors: Their configured names; clients expect all of them from the start.
            latest_version: Returns the newest one, `unknown` or `disabled`.
            detection_enabled: Whether a camera's `detect` switch is on.
            database: Tells how the database does.
            queues: Tells what waits in the core and what it has dropped.
            config_mistakes: Counts those of the configuration file, when the last one that worked is in force instead.
            clock: Gives epoch seconds.
        """
        self._database, self._queues, self._config_mistakes = database, queues, config_mistakes
        self._cameras: dict[str, CameraNumbers] = {}
        self._detectors: dict[str, DetectorStats] = {}
        self._heard: dict[str, float] = {}
        self._encoders: dict[int, EncoderStats] = {}
        self._listening: ListeningStats | None = None
        self._directories = (media, scratch, shared_memory)
        self._version, self._latest_version = version, latest_version
        self._detection_enabled, self._clock = detection_enabled, clock
        self._began = clock()
        self._processes: dict[tuple[str, str], WorkerProcess] = {}
        self._sample = Sample()
        self._history: deque[dict[str, Any]] = deque(maxlen=HISTORY_LENGTH)
        self.series = FigureSeries()
        self.events: Counter[tuple[str, str]] = Counter()
        """Events begun since the start, by camera and label."""
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, name="machine", daemon=True)
        self.configure(cameras, detectors)

    def configure(self, cameras: Iterable[str], detectors: Iterable[str]) -> None:
        """Keep numbers for these cameras and detectors from now on."""
        self._cameras = {name: self._cameras.get(name) or CameraNumbers() for name in cameras}
        self._detectors = {name: self._detectors.get(name) or DetectorStats(name, 0, 0.0, 0.0) for name in detectors}
        for camera, label in [key for key in list(self.events) if key[0] not in self._cameras]:
            del self.events[camera, label]

    def start(self) -> None:
        """Begin to look at the machine, in a thread."""
        self._thread.start()

    def stop(self) -> None:
        """End that thread."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    async def run(self, broadcast: Broadcast) -> None:
        """Count events, and every 15 s remember a snapshot and publish it as `stats`; until cancelled."""
        with broadcast.observed_by(self._count):
            while True:
                await asyncio.sleep(HISTORY_S)
                broadcast.publish("stats", await asyncio.to_thread(self.remember))

    def _count(self, publication: Publication) -> None:
        payload = publication.payload
        if publication.topic == "events" and isinstance(payload, dict) and payload.get("type") == "new":
            self.events[payload["after"]["camera"], payload["after"]["label"]] += 1

    def on_message(self, message: Message) -> None:
        """Store the numbers of a worker's message; messages without numbers are ignored."""
        now = self._clock()
        if (numbers := self._cameras.get(_camera_of(message))) is not None:
            numbers.on_message(message, now)
        elif isinstance(message, DetectorStats) and message.name in self._detectors:
            self._detectors[message.name], self._heard[message.name] = message, now
        elif isinstance(message, EncoderStats):
            self._encoders[message.pid] = message
            while len(self._encoders) > ENCODERS:
                del self._encoders[next(iter(self._encoders))]
        elif isinstance(message, ListeningStats):
            self._listening = message

    def note_process(self, kind: str, name: str, pid: int, restarts: int) -> None:
        """Store a worker's pid (0 while it is not running) and how often it was restarted."""
        self._processes[kind, name] = WorkerProcess(kind, name, pid, restarts)

    def forget_process(self, kind: str, name: str) -> None:
        """Forget a worker that is no longer wanted."""
        self._processes.pop((kind, name), None)

    def cameras(self) -> dict[str, CameraNumbers]:
        """Return the newest reports of each camera."""
        return dict(self._cameras)

    def detectors(self) -> list[tuple[DetectorStats, float]]:
        """Return the newest report of each detector and when it came (epoch s), 0 if none has come yet."""
        return [(one, self._heard.get(name, 0.0)) for name, one in list(self._detectors.items())]

    def workers(self) -> list[WorkerProcess]:
        """Return the worker processes."""
        return list(self._processes.values())

    def remember(self) -> dict[str, Any]:
        """Take a snapshot, keep it in the history and return it."""
        snapshot = self.snapshot()
        self._history.append(snapshot)
        self.series.add(snapshot, self._clock())
        return snapshot

    def newest(self) -> dict[str, Any] | None:
        """Return the newest snapshot of the history, None before there is one."""
        return self._history[-1] if self._history else None

    def history(self, keys: Iterable[str] = ()) -> list[dict[str, Any]]:
        """Return the snapshots of the last twenty minutes, oldest first, trimmed to dotted `keys` if given."""
        wanted = [key.split(".") for key in keys]
        return [_trimmed(one, wanted) if wanted else one for one in list(self._history)]

    def snapshot(self) -> dict[str, Any]:
        """Return the object of `/api/stats`."""
        now = self._clock()
        cameras = {name: self._camera(name, numbers, now) for name, numbers in self._cameras.items()}
        sums = {key: round(sum(one[key] for one in cameras.values()), 2) for key in SUMS}
        processes = self.workers()
        return {
            "cameras": cameras,
            "detectors": {
                name: {
                    "inference_speed": round(one.inference_speed, 2),
                    "detection_start": one.detection_start,
                    "pid": one.pid,
                    "queue": one.queue,
                    "batches": one.batches,
                    "regions": one.regions,
                }
                for name, one in list(self._detectors.items())
            },
            **sums,
            "embeddings": {},
            "cpu_usages": self._cpu_usages(processes),
            "mem_usages": {str(pid): {"mem": f"{load.memory:.1f}"} for pid, load in self._sample.loads.items()},
            "gpu_usages": self._sample.gpus,
            "npu_usages": {},
            "bandwidth_usages": {},
            "processes": {f"{API_KINDS.get(one.kind, one.kind)}:{one.name}": self._process(one) for one in processes},
            "service": {
                "uptime": int(now - self._began),
                "version": self._version,
                "latest_version": self._latest_version(),
                "last_updated": int(now),
                "temperatures": self._sample.temperatures,
                "storage": self._storage(),
                "database": self._database(),
                "queues": self._queues(),
                "config_mistakes": self._config_mistakes(),
            },
        }

    def _camera(self, name: str, numbers: CameraNumbers, now: float) -> dict[str, Any]:
        capture = self._processes.get(("ingest", name))
        return numbers.figures(now, capture.pid if capture else 0, detection_enabled=self._detection_enabled(name))

    def _cpu_usages(self, processes: list[WorkerProcess]) -> dict[str, dict[str, str]]:
        sample = self._sample
        named = {one.pid: f"dogwatch {one.kind} {one.name}" for one in processes} | {os.getpid(): "dogwatch core"}
        # Clients look every process up, also one that has not been measured yet.
        loads = {one.pid: Load(0.0, 0.0, 0.0) for one in processes if one.pid} | sample.loads
        usages = {
            str(pid): {
                "cpu": f"{load.cpu:.1f}",
                "cpu_average": f"{load.average:.1f}",
                "mem": f"{load.memory:.1f}",
                "cmdline": named.get(pid, ""),
            }
            for pid, load in loads.items()
        }
        return {**usages, "frigate.full_system": {"cpu": f"{sample.cpu:.1f}", "mem": f"{sample.memory:.1f}"}}

    def _process(self, process: WorkerProcess) -> dict[str, Any]:
        load = self._sample.loads.get(process.pid)
        return {
            "pid": process.pid,
            "cpu": f"{load.cpu:.1f}" if load else "0.0",
            "mem": f"{load.memory:.1f}" if load else "0.0",
            "restarts": process.restarts,
            "dropped_messages": self._dropped(process),
        }

    def _dropped(self, process: WorkerProcess) -> int:
        """Return how many messages a process has told that it dropped; a detection process does not tell."""
        if process.kind == "ingest":
            numbers = self._cameras.get(process.name)
            return numbers.ingest.dropped_messages if numbers is not None and numbers.ingest is not None else 0
        if process.kind == "encoding":
            found = self._encoders.get(process.pid)
            return found.dropped if found is not None else 0
        if process.kind == "listening":
            listening = self._listening
            return listening.late if listening is not None and listening.pid == process.pid else 0
        reports = [one.vision for one in list(self._cameras.values()) if one.vision is not None]
        return max((one.dropped_messages for one in reports if one.pid == process.pid), default=0)

    def _storage(self) -> dict[str, dict[str, Any]]:
        media, scratch, shared_memory = self._directories
        shm = storage(shared_memory)
        frames = [numbers.ring_bytes / MIB for numbers in self._cameras.values() if numbers.ring_bytes]
        shm |= {"available": shm["free"], "camera_frame_size": round(max(frames, default=0.0), 2)}
        kept = storage(media)
        return {
            "/media/frigate/recordings": kept,
            "/media/frigate/clips": dict(kept),
            "/tmp/cache": storage(scratch),  # noqa: S108 - a key that clients look up
            "/dev/shm": shm,  # noqa: S108 - a key that clients look up
        }

    def _look(self) -> None:
        machine = Machine()
        while True:
            pids = {os.getpid(), *(one.pid for one in list(self._processes.values()) if one.pid)}
            self._sample = machine.look(pids)
            if self._stop.wait(SAMPLE_S):
                return


def _camera_of(message: Message) -> str:
    """Return the camera that the message is about, empty if there is none."""
    if isinstance(message, WorkerReady):
        return message.name if message.kind == "ingest" else ""
    return getattr(message, "camera", "")


def _trimmed(snapshot: dict[str, Any], keys: list[list[str]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key in keys:
        value: Any = snapshot
        for part in key:
            value = value.get(part) if isinstance(value, dict) else None
        if value is None:
            continue
        place = result
        for part in key[:-1]:
            place = place.setdefault(part, {})
        place[key[-1]] = value
    return result
