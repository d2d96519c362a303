"""A hub with all that belongs to it, for tests that let people walk past."""

import json
import shutil
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

from dogwatch.events import recovery
from dogwatch.events.hub import EventHub
from dogwatch.events.label_snapshots import LabelSnapshotStyle
from dogwatch.events.rendering import Style
from dogwatch.events.rules import CameraRules
from dogwatch.events.snapshots import THREADS
from dogwatch.events.watch import TAKEOVER_S
from dogwatch.store import event_reasons, events, reviews, timeline
from dogwatch.store.database import Database
from dogwatch.store.event_filter import EventFilter
from dogwatch.store.reviews import ReviewFilter
from dogwatch.testing.app import new_database
from tests.tracks import START, best, evidence, frame, jpeg, tracked

RULES = {
    "front": CameraRules("front", zones=("porch",)),
    "side": CameraRules("side", record=False, snapshots=False),
}


class House:
    """A hub with its database, its clock and what it has published."""

    def __init__(self, root: Path, database: Path | None = None) -> None:
        """Begin with a new database, or with a copy of `database`."""
        self.root, self.now, self.closed, self.skew = root, START, False, 0.0
        root.mkdir(exist_ok=True)
        if database is None:
            (root / "house.db").write_bytes(new_database())
        else:
            shutil.copy(database, root / "house.db")
        self.db = Database(f"sqlite:///{root / 'house.db'}")
        self.told: list[tuple[str, Any]] = []
        self.hub = self.make()

    def make(self) -> EventHub:
        return EventHub(
            self.db,
            self.root,
            RULES,
            self.publish,
            label_snapshots={"front": LabelSnapshotStyle(Style(height=90))},
            clock=lambda: self.now + self.skew,
            monotonic=lambda: self.now,
        )

    def configure(self, **rules: bool) -> None:
        """Go on with other rules of the camera `front`."""
        changed = {**RULES, "front": replace(RULES["front"], **rules)}  # type: ignore[arg-type]
        self.hub.configure(changed, {"front": LabelSnapshotStyle(Style(height=90))})

    def publish(self, topic: str, payload: object, *, retain: bool = False) -> None:
        if topic == "reviews":
            assert isinstance(payload, dict)
            # What clients do on hearing of an item: ask for each of its events.
            with self.db.read() as connection:
                ids = payload["after"]["data"]["detections"]
                assert len(events.many(connection, ids)) == len(ids)
        self.told.append((topic, payload))

    def settle(self) -> None:
        if not self.closed:
            idle = threading.Barrier(THREADS + 1)
            for _ in range(THREADS):
                self.hub.outputs.workers.run(lambda: idle.wait(10))
            idle.wait(10)
        self.db.write(lambda _: None)
        self.hub.outputs.outbox.drain()
        self.db.write(lambda _: None)  # what notes that messages were published

    def fall_silent(self) -> None:
        """Publish nothing more: the core is killed soon, after rows are written and before their messages go out."""
        self.hub.outputs.outbox.drain = lambda: None  # type: ignore[method-assign]

    def restart(self) -> None:
        """Let the core die and a new one begin; what was handed to the database is in it."""
        self.settle()
        self.hub.outputs.workers.close()
        self.begin_anew()

    def begin_anew(self) -> None:
        """Make a new hub, as a new core does."""
        self.hub = self.make()
        recovery.recover(self.hub)

    def wait_in_vain(self) -> None:
        """Let the time pass within which an analysis process should have found the new core."""
        self.hub.tick()
        self.now += TAKEOVER_S + 1
        self.hub.tick()

    async def close(self) -> None:
        self.closed = True
        await self.hub.close()

    def messages(self, topic: str) -> list[Any]:
        self.settle()
        return [payload for name, payload in self.told if name == topic]

    def kinds(self, topic: str) -> list[str]:
        return [payload["type"] for payload in self.messages(topic)]

    def kinds_told(self, topic: str) -> list[str]:
        """Return what has been told of by a hub that is closed."""
        return [payload["type"] for name, payload in self.told if name == topic]

    def rows(self) -> list[dict[str, Any]]:
        self.settle()
        with self.db.read() as connection:
            return events.find(connection, EventFilter(sort="date_asc"))

    def items(self) -> list[dict[str, Any]]:
        self.settle()
        with self.db.read() as connection:
            return reviews.find(connection, ReviewFilter(), "ann")

    def moments(self) -> list[str]:
        self.settle()
        with self.db.read() as connection:
            return [json.loads(text)["class_type"] for _, text in timeline.find(connection)]

    def walk(self, seconds: int = 3) -> str:
        """Let a person walk in through the porch."""
        self.hub.on_tracks(frame(0, tracked(0, false_positive=True)))
        for second in range(1, seconds):
            zones = ("porch",) if second > 1 else ()
            self.hub.on_picture(best(second, jpeg=jpeg()))
            found = () if second < 2 else (evidence(second),)
            seen = tracked(second, entered_zones=zones, current_zones=zones)
            self.hub.on_tracks(frame(second, seen, evidence=found))
            self.now = START + second
        return tracked(0).id

    def leave(self, at: float) -> None:
        gone = tracked(at - 1, entered_zones=("porch",), end_time=START + at - 1)
        self.hub.on_tracks(frame(at, ended=(gone,), evidence=(evidence(at - 1, detections=9),)))

    def why(self, event_id: str) -> dict[str, Any] | None:
        """Return what the database has of why an event is one."""
        self.settle()
        with self.db.read() as connection:
            return event_reasons.many(connection, [event_id]).get(event_id)

    def stroll(self, seconds: int, since: int = 0) -> str:
        """Let a person walk: from the first second on, nothing but the path changes."""
        if not since:
            self.hub.on_picture(best(0, jpeg=jpeg()))
        for second in range(since, seconds):
            self.now = START + second
            way = tuple((0.1, 0.1 + step / 100, START + step) for step in range(second))
            self.hub.on_tracks(frame(second, tracked(second, path=way)))
        return tracked(0).id
