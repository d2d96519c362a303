"""The services that handlers use: one frozen container, made by the composition root."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol

from fastapi import Depends
from starlette.requests import HTTPConnection

from dogwatch.api.errors import AccessError
from dogwatch.auth.caller import Caller

if TYPE_CHECKING:
    from dogwatch.auth.authority import Authority
    from dogwatch.auth.file_access import FileAccess
    from dogwatch.config import Config, Keeper, Loaded
    from dogwatch.config.file import ConfigFile
    from dogwatch.edge.camera import EdgeCamera
    from dogwatch.events.hub import EventHub
    from dogwatch.events.learnt import LearntKeepers
    from dogwatch.jobs.runner import JobRunner
    from dogwatch.library.library import FileLibrary
    from dogwatch.live.birdseye.composer import Birdseye
    from dogwatch.live.pictures import LivePictures
    from dogwatch.live.runtime_streams import RuntimeStreams
    from dogwatch.live.streams import LiveStreams
    from dogwatch.live.talk.talks import Talks
    from dogwatch.live.webrtc.connections import WebRtcConnections
    from dogwatch.onvif.ptz_cameras import PtzCameras
    from dogwatch.outputs.activity import Activity
    from dogwatch.outputs.broadcast import Broadcast
    from dogwatch.outputs.commands import CommandDispatcher
    from dogwatch.outputs.profiles import Profiles
    from dogwatch.outputs.push.notifier import PushNotifier
    from dogwatch.outputs.switches import Switches
    from dogwatch.recognition.faces import FaceRecognition
    from dogwatch.recognition.plates import PlateRecognition
    from dogwatch.recordings.catalogue import Catalogue
    from dogwatch.recordings.exports import Exports
    from dogwatch.recordings.motion_search_job import MotionSearchKind
    from dogwatch.recordings.preview_catalogue import PreviewCatalogue
    from dogwatch.recordings.space import SpaceKeeper
    from dogwatch.sharing.shares import Shares
    from dogwatch.stats.disk_usage import FileUsageMeter
    from dogwatch.stats.keeper import StatsKeeper
    from dogwatch.stats.problems import ProblemKeeper
    from dogwatch.store.database import Database

CALLER_KEY = "dogwatch.caller"


class ServicePaths(Protocol):
    """Where things lie; `runtime.paths.Paths` is one."""

    @property
    def data(self) -> Path:
        """The data directory."""

    @property
    def media(self) -> Path:
        """The media root: `recordings/`, `clips/`, `exports/`."""

    @property
    def run(self) -> Path:
        """The directory of sockets."""

    @property
    def log(self) -> Path:
        """The core's log file."""


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that a handler may ask.

    `keeper` holds the configuration, `config` is what is in force at the moment. `restart` ends the core, which the
    supervisor then starts again; it returns at once, and recording continues. `version` is the program's, such as
    `0.16.0-dogwatch`. `edge` is the edge camera, if there is one, `files` the library of video files.
    """

    keeper: Keeper
    paths: ServicePaths
    db: Database
    catalogue: Catalogue
    events: EventHub
    learnt: LearntKeepers
    broadcast: Broadcast
    switches: Switches
    profiles: Profiles
    push: PushNotifier
    ptz: PtzCameras
    stats: StatsKeeper
    disk_usage: FileUsageMeter
    problems: ProblemKeeper
    space: SpaceKeeper
    activity: Activity
    authority: Authority
    pictures: LivePictures
    streams: LiveStreams
    runtime_streams: RuntimeStreams
    birdseye: Birdseye
    talks: Talks
    webrtc: WebRtcConnections
    jobs: JobRunner
    exports: Exports
    searches: MotionSearchKind
    previews: PreviewCatalogue
    shares: Shares
    plates: PlateRecognition
    faces: FaceRecognition
    files: FileLibrary | None
    file_access: FileAccess
    config_file: ConfigFile
    commands: CommandDispatcher
    edge: EdgeCamera | None
    restart: Callable[[], None]
    version: str

    @property
    def config(self) -> Config:
        """The configuration in force."""
        return self.keeper.config

    @property
    def loaded(self) -> Loaded:
        """The configuration as it was read last."""
        return self.keeper.loaded


def cameras_for(services: Services, caller: Caller) -> list[str]:
    """Return the configured cameras that `caller` may see, in the configuration's order."""
    return caller.only(services.config.cameras)


async def get_services(connection: HTTPConnection) -> Services:
    """Return the app's services; a FastAPI dependency for HTTP and WebSocket handlers.

    Asynchronous like the next one, since FastAPI would give a plain function a trip through the thread pool.
    """
    services: Services = connection.app.state.services
    return services


async def get_caller(connection: HTTPConnection) -> Caller:
    """Return the caller; a FastAPI dependency.

    Raises:
        AccessError: 401; nobody has been identified, which only happens on public routes.
    """
    caller: Caller | None = connection.scope.get(CALLER_KEY)
    if caller is None:
        raise AccessError(401, "Authentication required")
    return caller


TheServices = Annotated[Services, Depends(get_services)]
TheCaller = Annotated[Caller, Depends(get_caller)]
