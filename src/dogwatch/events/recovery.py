"""What becomes of rows without an end when a core starts, or when the database is restored.

Every function waits for the database, so call it from worker threads, not from the event loop.
"""

from __future__ import annotations

import logging

from sqlalchemy import Connection

from dogwatch.events import takeover
from dogwatch.events.hub import EventHub
from dogwatch.events.lifecycle import LOST_S
from dogwatch.events.live_object import LiveObject
from dogwatch.store import events, ongoing, reviews

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
    end_forgotten(hub)


def end_forgotten(hub: EventHub) -> None:
    """End rows without an end that belong to nothing that goes on: events after `LOST_S`, review items now."""
    now, files = hub.clock(), hub.outputs.files
    there = files.there()
    with hub.lock:
        watches = hub.watches.values()
        known = {key for watch in watches for key in (*watch.life.live, *watch.life.awaited, *watch.manual)}
        known |= {watch.line.open.id for watch in watches if watch.line.open is not None}

    def work(connection: Connection) -> int:
        running = [row for row in events.running(connection) if row["id"] not in known]
        for row in running:
            kept = row["has_snapshot"] and (not there or files.clean(row["camera"], row["id"]).exists())
            events.end(connection, row["id"], row["start_time"] + LOST_S, has_snapshot=kept)
        ongoing.forget_running(connection, known)
        ongoing.forget_ended(connection, now - takeover.REMEMBERED_S)
        return len(running) + reviews.end_running(connection, now, known)

    if found := hub.outputs.db.write(work):
        _log.info("%d events and review items were running when Dogwatch stopped; they have been ended", found)


def _check_picture(hub: EventHub, live: LiveObject) -> None:
    """Find out whether the picture of an object that was taken over is on disk."""
    if live.picture is None:
        return
    if not hub.outputs.pictures.take_over(live.obj.id, live.obj.camera, kept=live.has_snapshot):
        live.picture_lost, live.has_snapshot = True, False  # nobody has been told of it, see `EventOutputs.tell`
