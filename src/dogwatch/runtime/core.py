"""The core process: everything but reading cameras and analysing pictures.

Order of the start: first what may fail because of the user's settings (configuration, database, ports), then recording,
and only then what takes time, such as reconciling disk and database.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import threading
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec

from dogwatch import __version__
from dogwatch.api.app import create_app
from dogwatch.api.listener import EXTERNAL, INTERNAL
from dogwatch.api.listeners import Listeners
from dogwatch.api.surfaces import all_surfaces
from dogwatch.auth.secret import signing_key
from dogwatch.bus import messages as m
from dogwatch.bus.links import WorkerGone
from dogwatch.config import Config, ConfigErrors
from dogwatch.config.auth import AuthConfig
from dogwatch.config.file import ConfigFile
from dogwatch.config.system import LoggerConfig
from dogwatch.errors import unexpected
from dogwatch.events import recovery
from dogwatch.jobs.bodies import job_body
from dogwatch.recordings import volume
from dogwatch.recordings.retention import interval_of
from dogwatch.runtime import last_config, memory, specs
from dogwatch.runtime.control import Control
from dogwatch.runtime.database_care import DatabaseCare
from dogwatch.runtime.folders import WrittenFolders
from dogwatch.runtime.hub import Handler, Hub
from dogwatch.runtime.logs import set_levels
from dogwatch.runtime.parts import PartsContext, handlers_of, make_parts, services_of
from dogwatch.runtime.paths import Paths
from dogwatch.runtime.recording import Recording, wanted_by
from dogwatch.runtime.workers import WorkerState
from dogwatch.store import backup
from dogwatch.store.jobs import Job
from dogwatch.workers.analysis.spec import AnalysisSpec

log = logging.getLogger(__name__)

TICK_S = 1.0
JOBS_S = 15.0
FOLDERS_S = 5.0
TOLD_S = 20.0  # by when workers that ran before this core have told of their open files, and others have not grown
RESTART, FAILED = 75, 1  # exit statuses; the first one is `supervisor.supervisor.RESTART`
ORPHAN_S = 3.0  # the next start waits for this core to let go of the data directory
API_VERSION = f"0.16.{__version__.split('.')[1]}-dogwatch"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a running core can be reached: URLs."""

    internal: str
    external: str


class Core:
    """One running Dogwatch. All methods belong to one event loop."""

    def __init__(self, recording: Recording, paths: Paths, announce: Callable[[str, str], None]) -> None:
        """Make all parts around what has begun; nothing else runs before `run`. Call it in the event loop.

        Args:
            recording: What has been started already.
            paths: The directories; `paths.make()` has been called, and this process owns the data directory.
            announce: Shows the name and password of a user that was made at the first start.
        """
        self._loop = asyncio.get_running_loop()
        self.keeper, self.db, self.workers = recording.keeper, recording.db, recording.workers
        self.paths, config = paths, self.keeper.config
        self._announce = announce
        self._status = 0
        self._orphaned = self._reconciled = False
        self._leave = asyncio.Event()
        self.folders = WrittenFolders(self.db, paths.data)
        self.folders.check()
        near = self.db.path is not None and backup.folder(self.db.path) == self.folders["backups"].path
        self.care = DatabaseCare(
            self.db, self._database_made_anew, place_present=self.folders["backups"].verify if near else _nothing
        )
        self._context = PartsContext(
            db=self.db,
            media=paths.media,
            run=paths.run,
            shm=paths.shm,
            version=API_VERSION,
            key=signing_key(paths.data / "secrets", os.environ),
            tell_ingest=self._tell_ingest,
            restart=self.restart,
            job_changed=self._job_changed,
            clips_present=self.folders["clips"].verify,
            exports_present=self.folders["exports"].verify,
            database_state=self.care.state,
        )
        self.parts = make_parts(self.keeper, self._context, recording.switches)
        self._accounts = self.parts.authority.accounts
        self._wanted: list[specs.Wanted] = []
        self._side_tasks: set[asyncio.Task[object]] = set()
        self.config_file = ConfigFile(self.keeper, self.restart, lambda loaded: last_config.keep(loaded, paths.data))
        self.control = Control(paths.run, {"reload": self.reload})
        if config.auth.enabled:
            self._accounts.first_start(announce, reset=config.auth.reset_admin_password)
        self.hub = Hub(paths.link, self._handlers())

    async def run(self, ready: Callable[[Addresses], None]) -> int:
        """Run until `leave`; call `ready` when cameras are being started and the API answers.

        Returns:
            The exit status: 0 when all is over, `RESTART` for another core at once, another one after a failure.

        Raises:
            DogwatchError: A port is taken, or the recordings directory is not the one that the database knows.
        """
        services = services_of(self.parts, self._context, self.keeper, self.paths, self.config_file)
        app = create_app(all_surfaces(services))
        listeners = Listeners(app, app.listeners, self.paths.data / "secrets")
        async with contextlib.AsyncExitStack() as stack:
            stack.callback(self.db.close)
            stack.callback(self.hub.close)
            stack.callback(self.parts.jobs.close)
            stack.callback(self.workers.close)
            await asyncio.to_thread(recovery.recover, self.parts.events)
            await listeners.start()
            stack.callback(self.parts.streams.close)
            stack.push_async_callback(listeners.stop)
            self.parts.stats.start()
            stack.callback(self.parts.stats.stop)
            tasks: list[asyncio.Task[None]] = [asyncio.create_task(work) for work in self._tasks()]
            for task in tasks:
                task.add_done_callback(self._task_ended)
            stack.push_async_callback(_cancel, tasks)
            stack.push_async_callback(self._stop_workers)
            self.parts.switches.publish_all()
            self.parts.events.announce()
            self._follow_workers()
            await self.control.start()
            stack.push_async_callback(self.control.stop)
            self.workers.ready()
            ready(Addresses(listeners.urls[INTERNAL], listeners.urls[EXTERNAL]))
            memory.settle()
            await self._leave.wait()
            log.info("leaving")
        return self._status

    async def leaving(self) -> int:
        """Wait until `run` is to end; return its exit status."""
        await self._leave.wait()
        return self._status

    def leave(self) -> None:
        """End `run`, and the workers."""
        if self._status == RESTART:
            self._status = 0
        self._leave.set()

    def restart(self) -> None:
        """End `run`, and have the supervisor start a new core; the workers continue. For any thread."""
        if self._leave.is_set():
            return
        self._status = RESTART
        loop = self._loop
        loop.call_soon_threadsafe(loop.call_later, 0.2, self._leave.set)  # the answer must be sent first

    async def reload(self) -> dict[str, Any]:
        """Read the configuration file again and apply it; return what has changed, or the mistakes, as lines."""
        try:
            found = await asyncio.to_thread(self.config_file.reload)
        except ConfigErrors as errors:
            log.error("nothing is changed, because the configuration file is wrong:\n%s", errors)
            return {"success": False, "lines": [*str(errors).splitlines(), "nothing has changed"]}
        lines = list(found.lines()) or ["nothing has changed"]
        log.info("the configuration file was read again: %s", "; ".join(lines))
        notices = [f"{self.keeper.loaded.path.name}: {notice}" for notice in self.keeper.loaded.notices]
        return {"success": True, "lines": [*notices, *lines]}

    def reload_soon(self) -> None:
        """Like `reload`, but only log the result."""
        self._beside(self.reload())

    def _beside(self, work: Coroutine[None, None, object]) -> None:
        """Run `work` in the background."""
        task = asyncio.create_task(work)
        self._side_tasks.add(task)
        task.add_done_callback(self._side_tasks.discard)

    # ------------------------------------------------------------ workers

    def _follow_workers(self) -> None:
        """Watch all workers, start the configured ones, and follow the configuration from now on."""
        self.workers.follow(self, self.hub.tell)
        self._want()
        follow = self.keeper.follow
        follow(lambda config: config, lambda _old, _new: self._want())
        follow(_enabled, self._cameras_switched)
        follow(lambda config: config.logger, _log_by)
        follow(lambda config: config.auth, self._accounts_changed)

    def _want(self) -> None:
        """Make the workers those of the configuration; those of a camera that is switched off stay."""
        self._wanted = wanted_by(self.keeper, self.paths)
        self.workers.want(self._wanted, self.keeper.config.environment_vars)

    def _cameras_switched(self, old: frozenset[str], new: frozenset[str]) -> None:
        for camera in old - new:
            file = self.keeper.file.cameras.get(camera)
            if file is not None and not file.enabled:  # otherwise its workers continue, and report it
                self.parts.status.on_camera_gone(camera)
                self.parts.events.on_camera_gone(camera)

    def _accounts_changed(self, old: AuthConfig, new: AuthConfig) -> None:
        """Treat the accounts as at a start."""
        reset = new.reset_admin_password and not old.reset_admin_password
        if new.enabled and (reset or not old.enabled):
            first = partial(self._accounts.first_start, self._announce, reset=reset)
            self._beside(asyncio.to_thread(_guarded, first))

    async def _stop_workers(self) -> None:
        """End the workers, unless they should run on without this core."""
        if goes_on := self._status != 0:
            self.hub.stop()
        else:
            if not self._orphaned:
                await self.workers.stop()
            await self.hub.drain()
        await self.parts.events.close(goes_on=goes_on)

    def on_supervisor_gone(self) -> None:
        """Stop soon, because the supervisor has gone; the workers stop by themselves."""
        log.critical("the supervisor has gone; leaving")
        self._orphaned = True
        self._leave.set()
        end = threading.Timer(ORPHAN_S, os._exit, [FAILED])
        end.daemon = True
        end.start()

    def on_worker_started(self, worker: WorkerState) -> None:
        """Take note of a worker that runs."""
        self.parts.stats.note_process(worker.kind, worker.name, worker.pid or 0, worker.restarts)

    def on_worker_died(self, worker: WorkerState) -> None:
        """Take note of a worker that has ended, and end what it told of."""
        if worker.gone:
            self.parts.stats.forget_process(worker.kind, worker.name)
        else:
            self.parts.stats.note_process(worker.kind, worker.name, 0, worker.restarts)
        if worker.kind == "ingest":
            self.parts.status.on_camera_gone(worker.name)
        if worker.kind == "analysis":
            for camera in msgspec.json.decode(worker.spec, type=AnalysisSpec).cameras:
                self.parts.events.on_camera_gone(camera.camera)

    def _on_ready(self, message: m.WorkerReady) -> None:
        """Tell a worker that has just connected what it is to follow."""
        self.workers.on_ready(message)
        for wanted in self._wanted:
            if isinstance(wanted.spec, AnalysisSpec) and (wanted.kind, wanted.name) == (message.kind, message.name):
                for camera in wanted.spec.cameras:
                    self.parts.events.on_camera_back(camera.camera)
        log.debug("%s %s is ready", message.kind, message.name)

    def _tell_ingest(self, camera: str, message: m.Message) -> None:
        self.hub.tell("ingest", camera, message)

    # ------------------------------------------------------------ messages and tasks

    def _handlers(self) -> dict[type[m.Message | WorkerGone], tuple[Handler, ...]]:
        handlers = handlers_of(self.parts)
        stats, *others = handlers[m.WorkerReady]
        return handlers | {m.WorkerReady: (stats, self._on_ready, *others)}

    def _tasks(self) -> Iterator[Coroutine[None, None, None]]:
        """Yield what runs as long as the core. Each must catch its own errors: when one ends, the core restarts."""
        yield self.hub.run()
        yield self.parts.stats.run(self.parts.broadcast)
        yield _every(TICK_S, self.parts.events.tick, self.parts.status.tick)
        yield _every(memory.TRIM_S, self.parts.pictures.tidy)
        yield memory.Trimmer().run()
        yield self.parts.space.run()
        yield self.care.run()
        yield _every_in_thread(FOLDERS_S, self.folders.check)
        yield self._keep_recordings()
        yield self._run_jobs()

    async def _run_jobs(self) -> None:
        await asyncio.to_thread(_guarded, self.parts.exports.remove_leftovers)
        await asyncio.to_thread(_guarded, self.parts.jobs.start)
        await asyncio.sleep(JOBS_S)
        await _every_in_thread(JOBS_S, self.parts.jobs.tick)

    def _job_changed(self, job: Job) -> None:
        self.parts.broadcast.publish("job_state", {job.kind: job_body(job)})

    async def _keep_recordings(self) -> None:
        """Reconcile disk and table, and only then begin to delete expired footage."""
        await asyncio.to_thread(_guarded, partial(self._reconcile, changes_files=True))
        if self.workers.taken_over:
            await asyncio.sleep(TOLD_S)
            cameras = list(self.keeper.config.cameras)
            await asyncio.to_thread(_guarded, partial(self.parts.catalogue.reindex, cameras))

        def interval() -> float:
            return interval_of(self.keeper.config)

        async with asyncio.TaskGroup() as jobs:
            jobs.create_task(self.parts.retention.run(interval))
            jobs.create_task(_every_in_thread(interval, self._expire_events))

    def _reconcile(self, *, changes_files: bool) -> None:
        self.parts.catalogue.reconcile(
            _say_progress, changes_files=changes_files, recording=changes_files and self.workers.taken_over
        )
        self._reconciled = True

    def _database_made_anew(self) -> None:
        """Repeat what is done at the start with the database, most urgent first, because its file was replaced."""
        self._reconciled = False
        if self.keeper.config.auth.enabled:
            _guarded(partial(self._accounts.first_start, self._announce))
        _guarded(partial(volume.check, self.db, self.paths.media))
        _guarded(partial(recovery.end_forgotten, self.parts.events))
        _guarded(partial(self._reconcile, changes_files=False))

    def _expire_events(self) -> None:
        """Expire events and pictures, but not while retention distrusts the clock.

        Nor before the table is known to hold all footage on the disk: an event whose footage has no row would count as
        having lost it.
        """
        if not self._reconciled:
            self._reconcile(changes_files=False)
        if not self.parts.retention.held():
            self.parts.expiry.run()

    def _task_ended(self, task: asyncio.Task[None]) -> None:
        """Restart the core when one of its tasks has failed: a core that does half of its work helps nobody."""
        if not task.cancelled() and not self._leave.is_set():
            log.critical("a task of the core has died; leaving", exc_info=task.exception())
            self._status = FAILED
            self._leave.set()


def _say_progress(done: int, days: int) -> None:
    if days > 1:
        log.info("looking through the recordings: day %d of %d", done, days)


def _enabled(config: Config) -> frozenset[str]:
    return frozenset(name for name, camera in config.cameras.items() if camera.enabled)


def _log_by(old: LoggerConfig, new: LoggerConfig) -> None:
    set_levels(new.default, new.logs, before=old.logs)


async def _every(seconds: float, *jobs: Callable[[], None]) -> None:
    """Run `jobs` at whole multiples of `seconds` on the loop's clock, so that timers end together and wake it once."""
    loop, due = asyncio.get_running_loop(), 0.0
    while True:
        due = max(due, loop.time() // seconds * seconds) + seconds
        await asyncio.sleep(due - loop.time())
        for job in jobs:
            _guarded(job)


async def _every_in_thread(seconds: float | Callable[[], float], job: Callable[[], object]) -> None:
    while True:
        await asyncio.to_thread(_guarded, job)
        await asyncio.sleep(seconds() if callable(seconds) else seconds)


def _nothing() -> None:
    """Find nothing amiss."""


def _guarded(job: Callable[[], object]) -> None:
    """Run a periodic job; a failure is logged and the next round tries again."""
    try:
        job()
    except Exception as error:
        log.error("a periodic job failed: %s", error, exc_info=unexpected(error))


async def _cancel(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    for outcome in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(outcome, Exception):
            log.error("a task had failed: %r", outcome)
