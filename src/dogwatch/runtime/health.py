"""Looks for what is wrong with what the core's parts know, and reports it to the keeper of problems."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from dogwatch.errors import DogwatchError
from dogwatch.events.condition_events import ConditionEvents
from dogwatch.recordings import growth
from dogwatch.recordings.clock_jumps import STEP_S, uptime
from dogwatch.runtime.periodic import guarded
from dogwatch.stats.camera import STALE_S
from dogwatch.stats.problems import Finding
from dogwatch.store import deletions

if TYPE_CHECKING:
    from dogwatch.config import Config, Keeper
    from dogwatch.runtime.database_care import DatabaseCare
    from dogwatch.runtime.folders import WrittenFolders
    from dogwatch.runtime.parts import CoreParts
    from dogwatch.store.database import Database

FOOTAGE_S = 10.0  # without footage; a fragment, of a second at most, is written at once
TAKEN_OVER_S = 20.0  # until workers that ran before this core have told of their next file
STUCK_S = 30.0
LOOK_S = 60.0  # a look at the disks and the database takes milliseconds
BEHIND = 0.1  # of the pictures that are due
DEATHS, DEATHS_S = 3, 600.0
QUERY_S = 60.0  # between looks into the database
HOUR_S, DAY_S = 3600.0, 86_400.0
BACKUP_OLD_S = 2 * DAY_S  # a backup is due once a day at least
LOSSES = {"lost": ("footage_lost", HOUR_S), "broken": ("segment_damaged", DAY_S), "missing": ("footage_missing", DAY_S)}
"""Reasons of deletions: the kind of problem, and how long it is told."""

CONDITIONS = {
    "covered": "seems to be covered",
    "blurred": "is out of focus",
    "moved": "seems to have been moved",
    "frozen": "sends a frozen picture",
    "veiled": "is veiled at night by something close to its lens",
}


@dataclass(slots=True)
class FootageWatch:
    """Tells for how long nothing of a camera has reached the disk, by monotonic time."""

    seen: dict[str, tuple[tuple[float, ...] | None, float]] = field(default_factory=dict)

    def idle(self, cameras: dict[str, tuple[float, ...] | None], now: float, wait_s: float) -> dict[str, float]:
        """Return the seconds since each camera's footprint changed; it has `wait_s` before the first one is known."""
        self.seen = {name: one for name, one in self.seen.items() if name in cameras}
        for name, print_ in cameras.items():
            if name not in self.seen:
                self.seen[name] = print_, now + (wait_s if print_ is None else 0.0)
            elif self.seen[name][0] != print_:
                self.seen[name] = print_, now
        return {name: now - since for name, (_, since) in self.seen.items()}


@dataclass(slots=True)
class DeathWatch:
    """Counts the deaths of processes within the last minutes."""

    restarts: dict[str, int] = field(default_factory=dict)
    times: dict[str, deque[float]] = field(default_factory=dict)

    def dying(self, restarts: dict[str, int], now: float) -> set[str]:
        """Return the processes that keep dying; `restarts` counts those of each since the supervisor began."""
        for name, count in restarts.items():
            grown = max(0, count - self.restarts.get(name, count))
            times = self.times.setdefault(name, deque(maxlen=DEATHS))
            times.extend([now] * min(grown, DEATHS))
        self.restarts = restarts
        self.times = {name: times for name, times in self.times.items() if name in restarts}
        return {name for name, times in self.times.items() if len(times) == DEATHS and now - times[0] < DEATHS_S}


@dataclass(slots=True)
class ClockWatch:
    """Compares the clock with the time that has really passed."""

    wall: float
    passed: float
    steps: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=10))

    def step(self, wall: float, passed: float) -> float | None:
        """Return by how many seconds the clock was set in the last hour, the newest time; None if it was not."""
        step = (wall - self.wall) - (passed - self.passed)
        self.wall, self.passed = wall, passed
        if abs(step) > STEP_S:
            self.steps.append((passed, step))
        recent = [one for at, one in self.steps if passed - at < HOUR_S]
        return recent[-1] if recent else None


class HealthChecks:
    """All checks. `tick` belongs to the event loop, about once a second; `look` to a worker thread."""

    def __init__(
        self,
        parts: CoreParts,
        keeper: Keeper,
        db: Database,
        care: DatabaseCare,
        folders: WrittenFolders,
        *,
        taken_over: bool = False,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        passed: Callable[[], float] = uptime,
    ) -> None:
        """Check what these know.

        Args:
            parts: The parts of the core.
            keeper: The configuration in force.
            db: The database.
            care: Who backs it up.
            folders: The directories beside that of the recordings.
            taken_over: Whether cameras were recorded when this core began.
            clock: Gives epoch seconds.
            monotonic: Gives monotonic seconds.
            passed: Gives seconds that also count while the computer sleeps.
        """
        self._parts, self._keeper, self._db, self._care, self._folders = parts, keeper, db, care, folders
        self._clock, self._monotonic, self._passed = clock, monotonic, passed
        self._began = clock()
        self._footage, self._deaths = FootageWatch(), DeathWatch()
        self._clock_watch = ClockWatch(clock(), passed())
        self._patient_until = monotonic() + (TAKEN_OVER_S if taken_over else 0.0)
        self._looks_since: float | None = None
        self._condition_events = ConditionEvents(parts.events, self._picture)
        self._asked_at = float("-inf")
        self._asked: list[Finding] = []

    def tick(self) -> None:
        """Check what messages tell."""
        update = self._parts.problems.update
        update("cameras", self._cameras())
        update("detectors", self._detectors())
        update("processes", self._processes())
        update("clock", self._clock_steps())
        update("looks", self._stuck_looks())
        update("broker", self._broker())

    def _broker(self) -> list[Finding]:
        trouble = self._parts.mqtt.trouble()
        if trouble is None:
            return []
        text = "The MQTT broker cannot be reached."
        return [Finding("broker_away", text, detail=f"{trouble.broker}: {trouble.reason}", since=trouble.since)]

    def look(self) -> None:
        """Check disks, the database and the configuration; call it every few seconds."""
        self._looks_since = self._monotonic()
        guarded(self._look)
        self._looks_since = None

    def _look(self) -> None:
        guarded(self._folders.check)
        for source, check in (("footage", self._recordings), ("disks", self._disks), ("database", self._database)):
            guarded(partial(self._report, source, check))
        guarded(self._make_events)
        guarded(self._ask)

    def _report(self, source: str, check: Callable[[], Iterator[Finding]]) -> None:
        self._parts.problems.update(source, check())

    def _make_events(self) -> None:
        """Make events of what pictures tell of cameras, if that is wanted."""
        now = self._clock()
        present = [
            (camera, one)
            for camera, numbers in self._parts.stats.cameras().items()
            if numbers.vision is not None and now - numbers.vision_time < STALE_S
            for one in numbers.vision.conditions
            if one in CONDITIONS
        ]
        cameras = [name for name, one in self._keeper.config.cameras.items() if one.camera_health.events]
        self._condition_events.observe(present, cameras, old=self._monotonic() < self._patient_until)

    def _picture(self, camera: str) -> bytes | None:
        try:
            still = self._parts.pictures.still(camera)
        except DogwatchError:
            return None
        return None if still.offline else still.data

    # ------------------------------------------------------------ on the event loop

    def _cameras(self) -> Iterator[Finding]:
        for camera, roles in self._parts.status.offline().items():
            yield Finding(
                "camera_unreachable",
                f"The stream of {camera} for {', '.join(sorted(roles))} cannot be opened.",
                camera,
                detail=next((reason for reason in roles.values() if reason), ""),
            )
        now = self._clock()
        for camera, numbers in self._parts.stats.cameras().items():
            vision, connected = numbers.vision, now - numbers.ingest_time < STALE_S and not numbers.lost
            if connected and vision is not None and now - numbers.vision_time < STALE_S:
                yield from camera_conditions(camera, vision.conditions)
            if not connected or not self._parts.switches.find(camera, "detect"):
                continue
            if now - max(numbers.vision_time, self._began) > STALE_S:
                yield Finding("not_analysed", f"Nothing has analysed the pictures of {camera}.", camera)
            elif vision is not None and vision.skipped_fps > BEHIND * (vision.skipped_fps + vision.process_fps):
                yield Finding("analysis_behind", f"The analysis of {camera} leaves pictures out.", camera)

    def _detectors(self) -> Iterator[Finding]:
        now = self._clock()
        for one, heard in self._parts.stats.detectors():
            silent = now - max(heard, self._began) > STUCK_S
            if silent or (one.detection_start and now - one.detection_start > STUCK_S):
                yield Finding("detector_stuck", f"The detector {one.name} does not answer.", subject=one.name)

    def _processes(self) -> Iterator[Finding]:
        workers = {f"{one.kind}:{one.name}": one for one in self._parts.stats.workers()}
        dying = self._deaths.dying({key: one.restarts for key, one in workers.items()}, self._monotonic())
        for key, one in workers.items():
            if key in dying or not one.pid:
                state = "keeps dying" if key in dying else "does not run"
                camera = one.name if one.kind == "ingest" and one.name in self._keeper.config.cameras else None
                yield Finding("process_failing", f"The process {one.kind} {one.name} {state}.", camera, subject=key)

    def _clock_steps(self) -> Iterator[Finding]:
        now = self._clock()
        step = self._clock_watch.step(now, self._passed())
        held = now < self._parts.retention.held_until
        if step is not None:
            way = "ahead" if step > 0 else "back"
            yield Finding("clock_jumped", f"The clock was set {way} by {abs(step):.0f} s.")
        elif held:
            yield Finding("clock_jumped", "The clock seems to have jumped ahead while Dogwatch was not running.")

    def _stuck_looks(self) -> Iterator[Finding]:
        since = self._looks_since
        if since is not None and (waits := self._monotonic() - since) > LOOK_S:
            yield Finding("disk_stuck", "A disk, or the database, does not answer.", since=self._clock() - waits)

    # ------------------------------------------------------------ in a worker thread

    def _recordings(self) -> Iterator[Finding]:
        now = self._monotonic()
        prints = {name: self._parts.catalogue.footprint(name) for name in recorded_cameras(self._keeper.config)}
        patience = max(0.0, self._patient_until - now)
        for camera, idle in self._footage.idle(prints, now, patience).items():
            if idle > FOOTAGE_S:
                yield Finding("no_footage", f"Nothing of {camera} is recorded.", camera, since=self._clock() - idle)

    def _disks(self) -> Iterator[Finding]:
        space = self._parts.space
        for name, fault in self._folders.faults().items():
            yield Finding("disk_missing", f"The disk of {name}/ is missing.", subject=name, detail=fault)
        free, fault = 0, space.disk_fault
        try:
            free = space.free_now()
        except OSError as error:
            fault = str(error)
        if fault:
            text = "The disk of recordings/ is missing or fails."
            yield Finding("disk_missing", text, subject="recordings", detail=fault)
        elif free < space.floor:
            text = f"Only {free >> 20} MB are free for recordings; {space.floor >> 20} MB should be."
            yield Finding("disk_low", text)

    def _database(self) -> Iterator[Finding]:
        now = self._clock()
        if self._db.problem:
            kind = "database_away" if self._db.away else "database_unwritable"
            text = "The database does not answer." if self._db.away else "The database cannot be written."
            yield Finding(kind, text, detail=self._db.problem)
        for mending in list(self._db.mendings)[-1:]:
            if now - mending.time < DAY_S:
                source = Path(mending.restored_from).name or "nothing"
                detail = f"{mending.cause}; the old one is {mending.aside}; the new one comes from {source}"
                yield Finding("database_mended", "The database was replaced.", detail=detail, since=mending.time)
        if self._care.failing:
            yield Finding("backup_failing", "The database cannot be backed up.", detail=self._care.failing)
        if self._db.path is not None and now - max(self._care.last_backup or 0.0, self._began) > BACKUP_OLD_S:
            yield Finding("backup_old", "The newest backup of the database is older than two days.")
        if mistakes := len(self._keeper.loaded.mistakes):
            yield Finding("config_mistakes", f"The configuration file has mistakes: {mistakes}.")

    def _ask(self) -> None:
        """Ask the database, less often, what was lost and how the disk fills up."""
        if self._monotonic() - self._asked_at >= QUERY_S and not self._db.away:
            self._asked_at = self._monotonic()  # first: what fails is not tried again every few seconds
            self._asked = list(self._queried())
        self._parts.problems.update("losses", self._asked)

    def _queried(self) -> Iterator[Finding]:
        now = self._clock()
        with self._db.read() as connection:
            lost = [
                one
                for reason, (_, told_s) in LOSSES.items()
                for one in deletions.losses(connection, now - told_s, (reason,))
            ]
        for one in lost:
            yield _lost(one)
        try:
            free = self._parts.space.free_now()
        except OSError:
            return  # as `_disks` tells
        full = growth.full_disk(self._db, free, self._parts.space.floor, now)
        if full.days is not None and full.days < 1:
            text = (
                "The disk of the recordings is full."
                if not full.days
                else "The disk of the recordings will be full within a day."
            )
            yield Finding("disk_full_soon", text)


def camera_conditions(camera: str, conditions: Iterable[str]) -> Iterator[Finding]:
    """Yield what pictures tell to be wrong with a camera itself."""
    for one in conditions:
        if one in CONDITIONS:
            yield Finding(f"camera_{one}", f"{camera} {CONDITIONS[one]}.", camera)


def recorded_cameras(config: Config) -> list[str]:
    """Return the cameras that are to be recorded now."""
    return [name for name, camera in config.cameras.items() if camera.enabled and camera.record.enabled]


def _lost(one: deletions.LossesOfCamera) -> Finding:
    text = {
        "lost": f"Footage of {one.camera} was lost in the last hour: {max(one.seconds, 0):.1f} s.",
        "broken": f"Recordings of {one.camera} were damaged: {one.segments} files.",
        "missing": f"Recordings of {one.camera} have vanished: {one.segments} files.",
    }[one.reason]
    return Finding(LOSSES[one.reason][0], text, one.camera, since=one.first)
