"""Makes the workers those of the configuration in force, and tells the core's parts which of them come and go."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from dogwatch.bus.messages import AcceptView, Message, WorkerReady
from dogwatch.config import Config, Keeper
from dogwatch.runtime.parts import CoreParts
from dogwatch.runtime.paths import Paths
from dogwatch.runtime.recording import wanted_by
from dogwatch.runtime.specs import Wanted, encoding_specs
from dogwatch.runtime.workers import Workers, WorkerState
from dogwatch.workers.analysis.spec import AnalysisSpec, cameras_of

log = logging.getLogger(__name__)


class WantedWorkers:
    """Follows the configuration with the workers. All methods belong to the event loop."""

    def __init__(
        self, keeper: Keeper, paths: Paths, workers: Workers, parts: CoreParts, supervisor_gone: Callable[[], None]
    ) -> None:
        """Change nothing yet; `supervisor_gone` is called when the supervisor has gone."""
        self._keeper, self._paths, self._workers, self._parts = keeper, paths, workers, parts
        self.on_supervisor_gone = supervisor_gone
        self._wanted: list[Wanted] = []
        self._accepted: set[str] = set()  # cameras whose view was accepted while their process was not connected
        self._tell: Callable[[str, str, Message], bool] = lambda _kind, _name, _message: False

    def follow(self, tell: Callable[[str, str, Message], bool]) -> None:
        """Watch all workers, start the configured ones, and follow the configuration from now on.

        Args:
            tell: Sends a message to the worker of a kind and name.
        """
        self._tell = tell
        self._workers.follow(self, tell)
        self._want()
        loop = asyncio.get_running_loop()
        self._parts.commands.accept_view = lambda camera: loop.call_soon_threadsafe(self._accept_view, camera)
        self._keeper.follow(lambda config: config, lambda _old, _new: self._want())
        self._keeper.follow(_enabled, self._cameras_switched)
        learnt = self._parts.learnt
        learnt.grids.on_change = learnt.false_places.on_change = lambda: loop.call_soon_threadsafe(self._want)
        self._parts.streams.on_demand = self._demanded
        if (edge := self._parts.edge) is not None:
            edge.follow_stream(lambda: loop.call_soon_threadsafe(self._want))

    def on_worker_started(self, worker: WorkerState) -> None:
        """Take note of a worker that runs."""
        self._parts.stats.note_process(worker.kind, worker.name, worker.pid or 0, worker.restarts)

    def on_worker_died(self, worker: WorkerState) -> None:
        """Take note of a worker that has ended, and end what it told of."""
        if worker.gone:
            self._parts.stats.forget_process(worker.kind, worker.name)
        else:
            self._parts.stats.note_process(worker.kind, worker.name, 0, worker.restarts)
        if worker.kind == "ingest":
            self._parts.status.on_camera_gone(worker.name)
        if worker.kind == "analysis":
            places = self._places()
            for camera in cameras_of(worker.spec):
                if places.get(camera, worker.name) == worker.name:  # else it has been removed and added since
                    self._parts.events.on_camera_gone(camera)

    def on_ready(self, message: WorkerReady) -> None:
        """Tell a worker that has just connected what it is to follow."""
        self._workers.on_ready(message)
        if message.kind == "analysis":
            for camera, process in self._places().items():
                if process == message.name:
                    self._parts.events.on_camera_back(camera)
                    if camera in self._accepted:
                        self._accept_view(camera)
        log.debug("%s %s is ready", message.kind, message.name)

    def _want(self) -> None:
        """Make the workers those of the configuration; those of a camera that is switched off stay."""
        streams = self._parts.streams.demanded()
        self._wanted = wanted_by(self._keeper, self._paths, self._workers, self._parts.learnt.latest, streams)
        self._wanted += encoding_specs(self._keeper.config, self._paths, self._parts.streams.encoded())
        self._workers.want(self._wanted, self._keeper.config.environment_vars)

    def _accept_view(self, camera: str) -> None:
        """Tell the process of a camera to take its view for usual; if it is not connected, once it is."""
        process = self._places().get(camera)
        if process is None or self._tell("analysis", process, AcceptView(camera)):
            self._accepted.discard(camera)
        else:
            self._accepted.add(camera)

    def _demanded(self) -> None:
        """Start the processes of streams and outputs that somebody watches, and end the others."""
        self._parts.encoders.want(self._parts.streams.encoded())
        self._want()

    def _places(self) -> dict[str, str]:
        """Return the analysis process of each camera."""
        specs = [wanted.spec for wanted in self._wanted if isinstance(wanted.spec, AnalysisSpec)]
        return {one.camera: spec.name for spec in specs for one in spec.cameras}

    def _cameras_switched(self, old: frozenset[str], new: frozenset[str]) -> None:
        for camera in old - new:
            file = self._keeper.file.cameras.get(camera)
            if file is not None and not file.enabled:  # otherwise its workers continue, and report it
                self._parts.status.on_camera_gone(camera)
                self._parts.events.on_camera_gone(camera)


def _enabled(config: Config) -> frozenset[str]:
    return frozenset(name for name, camera in config.cameras.items() if camera.enabled)
