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
from typing import TYPE_CHECKING, Any

from dogwatch import __version__
from dogwatch.api.app import create_app
from dogwatch.api.listener import EDGE, EXTERNAL, INTERNAL
from dogwatch.api.listeners import Listeners
from dogwatch.api.nvr import debug_replay
from dogwatch.api.surfaces import all_surfaces
from dogwatch.auth.secret import signing_key
from dogwatch.bus import messages as m
from dogwatch.bus.links import WorkerGone
from dogwatch.config import ConfigErrors
from dogwatch.config.auth import AuthConfig
from dogwatch.config.file import ConfigFile
from dogwatch.config.system import LoggerConfig
from dogwatch.events import recovery
from dogwatch.jobs.bodies import job_body
from dogwatch.library import analysis_job, watched_folders
from dogwatch.recordings import preview_job, volume
from dogwatch.runtime import last_config, memory
from dogwatch.runtime.control import ACCOUNTS, FILES, JOBS, Control
from dogwatch.runtime.database_care import DatabaseCare
from dogwatch.runtime.folders import WrittenFolders
from dogwatch.runtime.footage_care import FootageCare
from dogwatch.runtime.handlers import handlers_of
from dogwatch.runtime.health import HealthChecks, recorded_cameras
from dogwatch.runtime.hub import Handler, Hub
from dogwatch.runtime.logs import set_levels
from dogwatch.runtime.parts import PartsContext, make_parts
from dogwatch.runtime.paths import Paths
from dogwatch.runtime.periodic import every, every_in_thread, guarded
from dogwatch.runtime.recording import Recording
from dogwatch.runtime.service_manager import ServiceManager
from dogwatch.runtime.services import services_of
from dogwatch.runtime.wanted_workers import WantedWorkers
from dogwatch.sharing import shares
from dogwatch.store import backup
from dogwatch.store.jobs import Job

if TYPE_CHECKING:
    from dogwatch.edge.camera import EdgeCamera

log = logging.getLogger(__name__)

TICK_S = 1.0
JOBS_S = 15.0
PREVIEWS_S = 30.0
SHARES_S = 60.0
VERSIONS_S = 600.0
FOLDERS_S = 5.0
LEARNT_S = 60.0
RESTART, FAILED = 75, 1  # exit statuses; the first one is `supervisor.supervisor.RESTART`
ORPHAN_S = 3.0  # the next start waits for this core to let go of the data directory
API_VERSION = f"0.16.{__version__.split('.')[1]}-dogwatch"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a running core can be reached: URLs."""

    internal: str
    external: str
    edge: str | None = None


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
        self._orphaned = False
        self._leave = asyncio.Event()
        self.service_manager = ServiceManager()
        self.folders = WrittenFolders(self.db, paths.data)
        self.folders.check()
        near = self.db.path is not None and backup.folder(self.db.path) == self.folders["backups"].path
        self.care = DatabaseCare(
            self.db,
            self._database_made_anew,
            returned=self._database_back,
            place_present=self.folders["backups"].verify if near else _nothing,
        )
        self._context = PartsContext(
            db=self.db,
            data=paths.data,
            media=paths.media,
            run=paths.run,
            shm=paths.shm,
            version=API_VERSION,
            key=signing_key(paths.data / "secrets", os.environ),
            tell_ingest=self._tell_ingest,
            tell_encoder=self._tell_encoder,
            restart=self.restart,
            job_changed=self._job_changed,
            clips_present=self.folders["clips"].verify,
            exports_present=self.folders["exports"].verify,
            files_present=self.folders["files"].verify,
            database_state=self.care.state,
        )
        self.parts = make_parts(self.keeper, self._context, recording.switches, recording.profiles, recording.learnt)
        self._accounts = self.parts.authority.accounts
        self.wanted_workers = WantedWorkers(self.keeper, paths, self.workers, self.parts, self._supervisor_gone)
        self.footage = FootageCare(self.parts, self.keeper, taken_over=self.workers.taken_over, began=recording.began)
        self.health = HealthChecks(
            self.parts, self.keeper, self.db, self.care, self.folders, taken_over=self.workers.taken_over
        )
        self._side_tasks: set[asyncio.Task[object]] = set()
        self.config_file = ConfigFile(self.keeper, self.restart, lambda loaded: last_config.keep(loaded, paths.data))
        self.control = Control(
            paths.run,
            {
                "reload": self.reload,
                ACCOUNTS: self.accounts_changed,
                JOBS: self.jobs_queued,
                FILES: self.files_changed,
            },
        )
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
            stack.callback(guarded, self.parts.learnt.close)
            stack.callback(self.hub.close)
            stack.callback(self.parts.ptz.close)
            stack.callback(self.parts.plate_cameras.close)
            stack.callback(self.parts.plates.close)  # first: the cameras' thread may wait for its reader
            stack.callback(self.parts.faces.close)
            stack.callback(self.workers.close)
            self.parts.mqtt.begin()
            await asyncio.to_thread(recovery.recover, self.parts.events)
            if self.parts.edge is not None:
                self.parts.edge.start()
            if self.parts.files is not None:
                self.parts.files.start()
                stack.push_async_callback(self.parts.files.close)
            stack.callback(self.parts.jobs.close)  # before what they ask: a job that misses it would fail
            await listeners.start()
            if self.parts.edge is not None:
                self._move_with_login(self.parts.edge, listeners)
            stack.callback(self.parts.streams.close)
            stack.push_async_callback(self.parts.webrtc.close)
            stack.push_async_callback(listeners.stop)
            self.parts.stats.start()
            stack.callback(self.parts.stats.stop)
            tasks: list[asyncio.Task[None]] = [asyncio.create_task(work) for work in self._tasks()]
            for task in tasks:
                task.add_done_callback(self._task_ended)
            stack.push_async_callback(_cancel, tasks)
            stack.push_async_callback(self.parts.mqtt.stop)  # when everything has been published
            stack.push_async_callback(self._stop_workers)
            if self.parts.edge is not None:
                stack.push_async_callback(self.parts.edge.stop)
            stack.enter_context(self.parts.broadcast.observed_by(self.parts.monitoring.observe))
            self.parts.switches.publish_all()
            self.parts.profiles.publish()
            self.parts.events.announce()
            self._follow_configuration()
            await self.control.start()
            stack.push_async_callback(self.control.stop)
            self.workers.ready()
            ready(Addresses(listeners.urls[INTERNAL], listeners.urls[EXTERNAL], listeners.urls.get(EDGE)))
            self.service_manager.ready()
            memory.settle()
            await self._leave.wait()
            log.info("leaving")
            self.parts.latest_version.close()
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

    async def accounts_changed(self) -> dict[str, Any]:
        """Take in at once that another process has changed accounts."""
        self._accounts.changed_elsewhere()
        return {"success": True, "lines": []}

    async def jobs_queued(self) -> dict[str, Any]:
        """Begin at once with jobs that another process has queued."""
        await asyncio.to_thread(self.parts.jobs.tick)
        return {"success": True, "lines": []}

    async def files_changed(self) -> dict[str, Any]:
        """Finish what another process has begun to delete of the video files."""
        if self.parts.files is not None:
            await asyncio.to_thread(self.parts.files.catalogue.finish_deletions)
        return {"success": True, "lines": []}

    def reload_soon(self) -> None:
        """Like `reload`, but only log the result."""
        self._beside(self.reload())

    def _move_with_login(self, edge: EdgeCamera, listeners: Listeners) -> None:
        """Have the edge API listen where it should when its login is turned on or off."""
        from dogwatch.api.edge.surface import listener

        def move() -> None:
            self._beside(listeners.move(listener(edge)))

        edge.settings.follow("Auth", partial(self._loop.call_soon_threadsafe, move))

    def _beside(self, work: Coroutine[None, None, object]) -> None:
        """Run `work` in the background."""
        task = asyncio.create_task(work)
        self._side_tasks.add(task)
        task.add_done_callback(self._side_tasks.discard)

    # ------------------------------------------------------------ workers

    def _follow_configuration(self) -> None:
        """Start the configured workers, and follow the configuration from now on."""
        self.wanted_workers.follow(self.hub.tell)
        self.keeper.follow(lambda config: config.logger, _log_by)
        self.keeper.follow(lambda config: config.auth, self._accounts_changed)

    def _accounts_changed(self, old: AuthConfig, new: AuthConfig) -> None:
        """Treat the accounts as at a start."""
        reset = new.reset_admin_password and not old.reset_admin_password
        if new.enabled and (reset or not old.enabled):
            first = partial(self._accounts.first_start, self._announce, reset=reset)
            self._beside(asyncio.to_thread(guarded, first))

    async def _stop_workers(self) -> None:
        """End the workers, unless they should run on without this core."""
        if goes_on := self._status != 0:
            self.hub.stop()
        else:
            if not self._orphaned:
                await self.workers.stop()
            await self.hub.drain()
        await self.parts.events.close(goes_on=goes_on)

    def _supervisor_gone(self) -> None:
        """Stop soon, because the supervisor has gone; the workers stop by themselves."""
        log.critical("the supervisor has gone; leaving")
        self._orphaned = True
        self._leave.set()
        end = threading.Timer(ORPHAN_S, os._exit, [FAILED])
        end.daemon = True
        end.start()

    def _tell_ingest(self, camera: str, message: m.Message) -> None:
        self.hub.tell("ingest", camera, message)

    def _tell_encoder(self, name: str, message: m.Message) -> bool:
        return self.hub.tell("encoding", name, message)

    # ------------------------------------------------------------ messages and tasks

    def _handlers(self) -> dict[type[m.Message | WorkerGone], tuple[Handler, ...]]:
        handlers = handlers_of(self.parts)
        stats, *others = handlers[m.WorkerReady]
        return handlers | {m.WorkerReady: (stats, self.wanted_workers.on_ready, *others)}

    def _tasks(self) -> Iterator[Coroutine[None, None, None]]:
        """Yield what runs as long as the core. Each must catch its own errors: when one ends, the core restarts."""
        yield self.hub.run()
        yield self.parts.stats.run(self.parts.broadcast)
        yield self.parts.push.run(self.parts.broadcast)
        yield self.parts.mqtt.run()
        yield every(
            TICK_S,
            self.parts.events.tick,
            self.parts.status.tick,
            self.health.tick,
            self.parts.monitoring.tick,
            self.parts.autotracker.tick,
            self.parts.switches.tick,
            self.parts.birdseye.update,
        )
        yield self.parts.rtsp.run()
        yield every(memory.TRIM_S, self.parts.pictures.tidy)
        yield memory.Trimmer().run()
        yield self.parts.space.run()
        yield self.care.run()
        yield every_in_thread(FOLDERS_S, self.health.look)
        yield self.footage.run()
        yield every_in_thread(LEARNT_S, lambda: self.parts.learnt.tick(self.keeper.config.cameras))
        yield self._run_jobs()
        yield self._look_after_previews()
        yield every_in_thread(SHARES_S, self.parts.shares.tick)
        if self.parts.watched is not None:
            yield every_in_thread(watched_folders.LOOK_S, self.parts.watched.tick)
        yield self._look_for_versions()
        if (every_s := self.service_manager.every_s) is not None:
            yield every(every_s, self._tell_service_manager)

    def _tell_service_manager(self) -> None:
        problems = self.parts.problems.health()["problems"]
        self.service_manager.tick(problems, recorded_cameras(self.keeper.config))

    async def _look_for_versions(self) -> None:
        await asyncio.sleep(VERSIONS_S)  # a start has better things to do
        await every_in_thread(VERSIONS_S, self.parts.latest_version.tick)

    async def _run_jobs(self) -> None:
        await asyncio.to_thread(guarded, self.parts.exports.remove_leftovers)
        await asyncio.to_thread(guarded, self.parts.jobs.start)
        await asyncio.sleep(JOBS_S)
        await every_in_thread(JOBS_S, self.parts.jobs.tick)

    async def _look_after_previews(self) -> None:
        await asyncio.sleep(PREVIEWS_S)  # the last pictures of the hour before may still be on their way
        await every_in_thread(PREVIEWS_S, self.parts.preview_care.tick)

    def _job_changed(self, job: Job) -> None:
        # Nobody has asked for a preview, a link is for nobody but its maker to see, and the result of a replay is long.
        # Video files belong to their owners.
        if job.kind not in (preview_job.KIND, shares.KIND, debug_replay.KIND, analysis_job.KIND):
            self.parts.broadcast.publish("job_state", {job.kind: job_body(job)})

    def _database_made_anew(self) -> None:
        """Repeat what is done at the start with the database, most urgent first, because its file was replaced."""
        self.footage.distrust_table()
        self.parts.preview_care.distrust_table()
        if self.keeper.config.auth.enabled:
            guarded(partial(self._accounts.first_start, self._announce))
        guarded(partial(volume.check, self.db, self.paths.media))
        guarded(partial(recovery.end_forgotten, self.parts.events))
        guarded(self.footage.index_anew)

    def _database_back(self) -> None:
        """Index what has been recorded while the server of the database was away, if its rows are not there."""
        self.footage.distrust_table()
        self.parts.preview_care.distrust_table()
        guarded(self.footage.index_anew)

    def _task_ended(self, task: asyncio.Task[None]) -> None:
        """Restart the core when one of its tasks has failed: a core that does half of its work helps nobody."""
        if not task.cancelled() and not self._leave.is_set():
            log.critical("a task of the core has died; leaving", exc_info=task.exception())
            self._status = FAILED
            self._leave.set()


def _log_by(old: LoggerConfig, new: LoggerConfig) -> None:
    set_levels(new.default, new.logs, before=old.logs)


def _nothing() -> None:
    """Find nothing amiss."""


async def _cancel(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    for outcome in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(outcome, Exception):
            log.error("a task had failed: %r", outcome)
