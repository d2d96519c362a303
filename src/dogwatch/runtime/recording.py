"""Starts recording with as little as possible: reads the configuration, opens the database, and tells the supervisor.

The rest of the core takes longer to load. It is loaded while recording starts.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dogwatch.config import Keeper
from dogwatch.events.learnt import LearntKeepers
from dogwatch.outputs.broadcast import Broadcast
from dogwatch.outputs.profiles import Profiles
from dogwatch.outputs.switches import Switches
from dogwatch.recordings import volume
from dogwatch.runtime import memory
from dogwatch.runtime.specs import LearntOf, Wanted, all_specs, listened, nothing_learnt
from dogwatch.runtime.workers import Workers
from dogwatch.store import volumes
from dogwatch.store.database import Database
from dogwatch.store.spool import Spool
from dogwatch.workers.analysis.spec import cameras_of

if TYPE_CHECKING:
    from pathlib import Path

    from dogwatch.config import Loaded
    from dogwatch.config.connections import CameraConnection
    from dogwatch.runtime.last_known import KeptFile
    from dogwatch.runtime.paths import Paths


WAITING = "waiting-writes.jsonl"


@dataclass(frozen=True, slots=True)
class Recording:
    """What the rest of the core is built on; `began` is when it was started, or taken over (epoch s)."""

    keeper: Keeper
    db: Database
    switches: Switches
    profiles: Profiles
    workers: Workers
    learnt: LearntKeepers
    began: float


def start_recording(
    loaded: Loaded, paths: Paths, supervisor: socket.socket, *, wait_s: float | None = None
) -> Recording:
    """Open the database and have all workers started; what runs already goes on. Call it in the event loop.

    `wait_s` is as for `Database.migrate`.

    Raises:
        StoreAwayError: The database's server does not answer.
        StoreError: The database cannot be opened or migrated.
        RecordingError: The recordings directory is not the one that the database knows.
        OSError: The supervisor has gone.
    """
    memory.limit_heaps()
    keeper = Keeper(loaded, asyncio.get_running_loop())
    db = Database(paths.database(loaded.config.database), spool=Spool(paths.data / WAITING, kept_writes))
    try:
        db.migrate(owns=True, wait_s=wait_s)
        volume.check(db, paths.media)
        kept = None if db.path else _kept_file(db, paths.data)
        switches = Switches(keeper, db, Broadcast(), kept.keep_switches if kept else None)
        profiles = Profiles(keeper, db, switches.broadcast, kept.keep_profile if kept else None)
        learnt = LearntKeepers.of(db)
        workers = Workers(supervisor)
        workers.connect()
        began = time.time()
        workers.want(wanted_by(keeper, paths, workers, learnt.latest), loaded.config.environment_vars)
    except BaseException:
        db.close()
        raise
    return Recording(keeper, db, switches, profiles, workers, learnt, began)


def _kept_file(db: Database, data: Path) -> KeptFile:
    """Return what keeps on disk what recording needs, for a start while the database's server is away."""
    from dogwatch.runtime.last_known import KeptFile

    with db.read() as connection:
        known = volumes.known(connection, volumes.RECORDINGS)
    return KeptFile(known, data)


def kept_writes() -> Sequence[Callable[..., Any]]:
    """Return what is kept on disk while the database's server is away; loaded only then."""
    from dogwatch.events import writes
    from dogwatch.store import deletions, ongoing, profiles, segments, switches

    return (
        writes.put_event,
        writes.put_all,
        writes.put_review,
        writes.end_events,
        writes.note_told,
        writes.note_review_told,
        ongoing.put,
        segments.add,
        segments.set_activity,
        deletions.add,
        switches.save,
        profiles.save,
    )


def wanted_by(
    keeper: Keeper,
    paths: Paths,
    workers: Workers,
    learnt: LearntOf = nothing_learnt,
    streams: Mapping[str, Sequence[CameraConnection]] | None = None,
) -> list[Wanted]:
    """Return the workers that the configuration in force asks for; those of a camera that is switched off stay.

    `learnt` returns what each camera's analysis goes by that was learnt, `streams` is what somebody watches that no
    camera reads.

    Each camera stays in the analysis process that it has among `workers`, also if a core before this one assigned it.
    """
    kept = [name for name, camera in keeper.file.cameras.items() if camera.enabled]
    shares = workers.specs("analysis").items()
    assigned = {camera: process for process, text in shares for camera in cameras_of(text)}
    return all_specs(keeper.config, paths, kept, assigned, learnt, streams, listened(keeper.file))
