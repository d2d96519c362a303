"""What becomes of rows without an end when a core starts, or when the database is restored.

Every function waits for the database, so call it from worker threads, not from the event loop.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable

from sqlalchemy import Connection

from dogwatch.events import takeover
from dogwatch.events.hub import EventHub
from dogwatch.events.lifecycle import LOST_S
from dogwatch.events.live_object import LiveObject
from dogwatch.store import events, ongoing, reviews
from dogwatch.store.events import Row

_log = logging.getLogger(__name__)


def recover(hub: EventHub) -> None:
    """Await what goes on since before this core began, and end what cannot; call it once, before anything else.

    An object goes on when a frame lists it, see `CameraWatch.take_over`.
    """
    now, there = hub.clock(), hub.outputs.files.there()
    with hub.outputs.db.read() as connection:
        found = takeover.load(connection, hub.watches, now)
    for camera, going_on in found.items():
        for live in going_on.objects:
            if there:
                _check_picture(hub, live)
        with hub.lock:
            hub.watches[camera].take_over(going_on, now)
    _tell_silence(hub, end_forgotten(hub))


def end_forgotten(hub: EventHub) -> list[Row]:
    """End rows without an end that belong to nothing that goes on: events after `LOST_S`, review items now.

    A manual event ends now if that is earlier: who has made it may begin another one at once.

    Returns:
        The rows of the events, as they were.
    """
    now, files = hub.clock(), hub.outputs.files
    there = files.there()
    with hub.lock:
        watches = hub.watches.values()
        known = {key for watch in watches for key in (*watch.life.live, *watch.life.awaited, *watch.manual)}
        known |= {key for watch in watches for key in watch.sounds.event_ids}
        known |= {watch.line.open.id for watch in watches if watch.line.open is not None}

    def work(connection: Connection) -> tuple[list[Row], int]:
        running = [row for row in events.running(connection) if row["id"] not in known]
        for row in running:
            kept = row["has_snapshot"] and (not there or files.clean(row["camera"], row["id"]).exists())
            until = row["start_time"] + LOST_S
            if row["data"]["type"] == "api":  # a plate may still be there, and begins another one
                until = min(until, max(row["start_time"], now))
            events.end(connection, row["id"], until, has_snapshot=kept)
        ongoing.forget_running(connection, known)
        ongoing.forget_ended(connection, now - takeover.REMEMBERED_S)
        return running, len(running) + reviews.end_running(connection, now, known)

    ended, found = hub.outputs.db.write(work)
    if found:
        _log.info("%d events and review items were running when Dogwatch stopped; they have been ended", found)
    return ended


def _tell_silence(hub: EventHub, ended: Iterable[Row]) -> None:
    """Tell that the sounds of these events are over: a core that was killed has told nobody."""
    sounds = {(row["camera"], row["label"]) for row in ended if row["data"]["type"] == "audio"}
    for camera, label in sorted({*sounds, *((camera, "all") for camera, _ in sounds)}):
        hub.outputs.publish(f"{camera}/audio/{label}", "OFF")


def _check_picture(hub: EventHub, live: LiveObject) -> None:
    """Find out whether the picture of an object that was taken over is on disk."""
    if live.picture is None:
        return
    if not hub.outputs.pictures.take_over(live.obj.id, live.obj.camera, kept=live.has_snapshot):
        live.picture_lost, live.has_snapshot = True, False  # nobody has been told of it, see `EventOutputs.tell`
