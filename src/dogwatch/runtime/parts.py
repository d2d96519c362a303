"""Makes the parts of a core from the configuration.

A pure function selects what a part needs; `followed` calls the same one at each change.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dogwatch.auth.accounts import Accounts
from dogwatch.auth.authority import Authority
from dogwatch.auth.file_access import FileAccess
from dogwatch.auth.present_role import present_role
from dogwatch.auth.secret import SigningKey
from dogwatch.config.file import changed
from dogwatch.errors import DogwatchError
from dogwatch.events import expiry, hub
from dogwatch.events.learnt import LearntKeepers
from dogwatch.events.media import EventMedia
from dogwatch.jobs.kinds import JobKind
from dogwatch.jobs.runner import JobRunner
from dogwatch.library import library, placing_request
from dogwatch.library.placing import PlacingKind
from dogwatch.library.watched_folders import WatchedFolders
from dogwatch.live import drawing, pictures, runtime_streams, stream_names, streams
from dogwatch.live.birdseye.composer import Birdseye
from dogwatch.live.birdseye.settings import birdseye_of
from dogwatch.live.encoder_pictures import EncoderPictures
from dogwatch.live.rtsp import server as rtsp_server
from dogwatch.live.rtsp import settings as rtsp_settings
from dogwatch.live.talk import talks as talking
from dogwatch.live.transcoding import PacketRelays
from dogwatch.live.webrtc import connections as webrtc
from dogwatch.live.webrtc import settings as webrtc_settings
from dogwatch.media.picture_pool import POOL
from dogwatch.onvif.autotracker import Autotracker
from dogwatch.onvif.ptz_cameras import PtzCameras
from dogwatch.onvif.settings import onvif_of
from dogwatch.outputs import activity, stream_status
from dogwatch.outputs.broadcast import Broadcast
from dogwatch.outputs.commands import CommandDispatcher
from dogwatch.outputs.mqtt.output import MqttOutput
from dogwatch.outputs.mqtt.settings import broker_of
from dogwatch.outputs.profiles import Profiles
from dogwatch.outputs.push.notifier import PushNotifier, PushSurroundings
from dogwatch.outputs.push.settings import push_settings_of
from dogwatch.outputs.push.vapid import FILE, vapid_key
from dogwatch.outputs.switches import Switches
from dogwatch.recognition.face_events import tell_face
from dogwatch.recognition.face_library import FaceLibrary
from dogwatch.recognition.faces import FaceRecognition, faces_of
from dogwatch.recognition.plate_cameras import PlateCameras, PlatePicture
from dogwatch.recognition.plate_events import DedicatedPlateEvents, tell_plate
from dogwatch.recognition.plates import PlateRecognition, plates_of
from dogwatch.recognition.reader_process import FaceProcess, ReaderProcess
from dogwatch.recordings import (
    camera_removal,
    export_job,
    exports,
    media_sync,
    motion_search_job,
    preview_care,
    preview_frames,
    preview_job,
    retention,
    space,
)
from dogwatch.recordings.catalogue import Catalogue
from dogwatch.recordings.preview_catalogue import PreviewCatalogue
from dogwatch.runtime import debug_replay, model_install, placing_settings, settings_trial
from dogwatch.runtime.broker_news import broker_news
from dogwatch.runtime.film_faces import FilmFaces
from dogwatch.runtime.followed import events_of, follow, version_of, watched_of
from dogwatch.runtime.notice_pictures import NoticePictures
from dogwatch.runtime.paths import Paths
from dogwatch.runtime.specs import detection_specs, file_searches
from dogwatch.sharing import copy_job
from dogwatch.sharing.content import Content
from dogwatch.sharing.shares import Shares
from dogwatch.stats import latest_version
from dogwatch.stats.keeper import StatsKeeper
from dogwatch.stats.monitoring import CameraMonitoring
from dogwatch.stats.problems import ProblemKeeper

if TYPE_CHECKING:
    from dogwatch.bus.messages import BestPicture, Message
    from dogwatch.config import Config, Keeper
    from dogwatch.detectors.spec import DetectorSpec
    from dogwatch.edge.camera import EdgeCamera
    from dogwatch.library.placing import CameraPlacing
    from dogwatch.library.ports import Indexer
    from dogwatch.store.database import Database
    from dogwatch.store.jobs import Job
    from dogwatch.store.push_devices import PushDevice


@dataclass(frozen=True, slots=True)
class PartsContext:
    """What the parts need beside the configuration.

    `restart` ends the core, which the supervisor starts again. `clips_present`, `exports_present` and `files_present`
    raise an `OSError` while the disk of that directory is missing. `indexer` looks at video files; None for the usual.
    """

    db: Database
    data: Path
    media: Path
    run: Path
    shm: str
    version: str
    key: SigningKey
    tell_ingest: Callable[[str, Message], object]
    restart: Callable[[], None]
    tell_encoder: Callable[[str, Message], bool] = lambda _name, _message: False
    job_changed: Callable[[Job], None] = lambda _: None
    clips_present: Callable[[], None] = lambda: None
    exports_present: Callable[[], None] = lambda: None
    files_present: Callable[[], None] = lambda: None
    indexer: Indexer | None = None
    database_state: Callable[[], dict[str, Any]] = dict
    clock: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    settle_s: float = camera_removal.SETTLE_S
    zone: tzinfo | None = None


@dataclass(frozen=True, slots=True)
class CoreParts:
    """All parts, and the objects that they share."""

    latest_version: latest_version.LatestVersion
    broadcast: Broadcast
    switches: Switches
    profiles: Profiles
    commands: CommandDispatcher
    push: PushNotifier
    ptz: PtzCameras
    autotracker: Autotracker
    catalogue: Catalogue
    events: hub.EventHub
    learnt: LearntKeepers
    stats: StatsKeeper
    problems: ProblemKeeper
    activity: activity.Activity
    status: stream_status.StreamStatus
    pictures: pictures.LivePictures
    streams: streams.LiveStreams
    runtime_streams: runtime_streams.RuntimeStreams
    birdseye: Birdseye
    encoders: EncoderPictures
    rtsp: rtsp_server.RtspServer
    talks: talking.Talks
    webrtc: webrtc.WebRtcConnections
    retention: retention.Retention
    space: space.SpaceKeeper
    expiry: expiry.Expiry
    export_kind: export_job.ExportKind
    preview_frames: preview_frames.PreviewFrames
    preview_kind: preview_job.PreviewKind
    previews: PreviewCatalogue
    preview_care: preview_care.PreviewCare
    jobs: JobRunner
    exports: exports.Exports
    searches: motion_search_job.MotionSearchKind
    models: model_install.ModelInstallKind
    authority: Authority
    shares: Shares
    plates: PlateRecognition
    plate_cameras: PlateCameras
    faces: FaceRecognition
    files: library.FileLibrary | None
    watched: WatchedFolders | None
    file_access: FileAccess
    edge: EdgeCamera | None
    mqtt: MqttOutput
    monitoring: CameraMonitoring


def make_parts(
    keeper: Keeper,
    context: PartsContext,
    switches: Switches | None = None,
    profiles: Profiles | None = None,
    learnt: LearntKeepers | None = None,
) -> CoreParts:
    """Make every part of the configuration in force, and let it follow."""
    db, media, clock = context.db, context.media, context.clock
    switches = switches or Switches(keeper, db, Broadcast())
    broadcast = switches.broadcast
    profiles = profiles or Profiles(keeper, db, broadcast)
    config = keeper.config  # with the stored profile and switches applied
    catalogue = Catalogue(db, media, clock=clock)
    learnt = learnt or LearntKeepers.of(db, clock)
    learnt.false_places.learns = partial(_learns_false_places, keeper)
    event_rules, pictured = events_of(config)
    events = hub.EventHub(
        db, media, event_rules, broadcast.publish,
        label_snapshots=pictured, clips_present=context.clips_present, seen=learnt.grids.note,
        rejected=learnt.false_places.note_rejected,
        pictured=lambda seen, picture: _recognise(plates, faces, picture, seen.frame), clock=clock,
    )  # fmt: skip
    plate_reader = ReaderProcess()
    plates = PlateRecognition(plates_of(config), partial(tell_plate, events), plate_reader)
    faces = FaceRecognition(
        faces_of(config), FaceLibrary(media, context.clips_present, clock), partial(tell_face, events), FaceProcess()
    )
    preview_settings = preview_job.previews_of(config)
    frames = preview_frames.PreviewFrames(media, preview_settings.floor_bytes, context.clips_present)
    previews = PreviewCatalogue(db, frames, media)
    kind = export_job.ExportKind(db, catalogue, previews, media, export_job.exports_of(config), context.exports_present)
    preview_kind = preview_job.PreviewKind(frames, media, preview_settings, context.clips_present)
    removal_kind = camera_removal.CameraRemovalKind(
        db, media, events.outputs.files, lambda: keeper.config.cameras, settle_s=context.settle_s
    )
    sync_kind = media_sync.MediaSyncKind(
        db, media, partial(_both_present, context), lambda: parts.exports.zone, clock=clock
    )
    content = Content(db, catalogue, media)
    copy_kind = copy_job.CopyKind(
        content, EventMedia(db, events), lambda: keeper.config.record.space.floor << 20, context.exports_present
    )
    replay_kind = debug_replay.DebugReplayKind(
        db, media, context.run, lambda: keeper.config, partial(_first_detector, context)
    )
    trial_kind = settings_trial.SettingsTrialKind(
        db, media, lambda: keeper.config, partial(_with_changes, keeper), partial(_first_detector, context)
    )
    model_kind = model_install.ModelInstallKind(context.data.absolute() / "models", context.run)
    searches = motion_search_job.MotionSearchKind(catalogue, media)
    files = _library(keeper, context, faces)
    kinds: list[JobKind] = [
        replay_kind,
        trial_kind,
        model_kind,
        kind,
        preview_kind,
        removal_kind,
        sync_kind,
        copy_kind,
        searches,
    ]
    if files is not None:
        kinds += files.kinds()
        kinds.append(
            PlacingKind(
                db, media, catalogue, learnt.grids, files.workers, partial(_placing_of, keeper, context, learnt),
                context.clips_present, clock=clock,
            )
        )  # fmt: skip

    def job_changed(job: Job) -> None:
        context.job_changed(job)
        if files is not None:
            files.job_changed(job)

    jobs = JobRunner(db, kinds, job_changed, clock)
    if files is not None:
        files.use(jobs)
    accounts = Accounts(db, roles=config.auth.roles, iterations=config.auth.hash_iterations)
    authority = Authority(config.auth, config.proxy, accounts, context.key)
    latest = latest_version.LatestVersion(version_of(config), context.data / "latest-version.json", clock)
    live = pictures.LivePictures(drawing.pictures_of(config), context.shm)
    plate_cameras = PlateCameras(
        plates_of(config), plate_reader, partial(_present_picture, live), DedicatedPlateEvents(events)
    )
    ptz = PtzCameras(onvif_of(config))
    feeds = streams.LiveStreams(stream_names.streams_of(config), context.tell_ingest, context.tell_encoder)
    feeds.user_limit = config.auth.most_live_streams
    talks = talking.Talks(feeds, talking.talk_of(config))
    relays = PacketRelays(feeds.packet_viewer, context.tell_encoder)
    birdseye = Birdseye(
        birdseye_of(config), live.rings, context.tell_encoder, broadcast.publish, context.shm, clock=clock
    )
    commands = CommandDispatcher(keeper, switches, profiles, context.restart)
    commands.move = ptz.move
    push = PushNotifier(db, push_settings_of(config), _push_surroundings(keeper, context, switches, authority, events))
    status = stream_status.StreamStatus(
        stream_status.roles_of(config), lambda camera: bool(switches.find(camera, "enabled")), broadcast.publish
    )
    mqtt = MqttOutput(
        broker_of(config), broadcast, commands, broker_news(keeper, context.version, lambda: parts),
        context.data / "mqtt-topics.json", clock,
    )  # fmt: skip
    edge = _edge_camera(keeper, context, events, catalogue, live, switches, profiles, commands, mqtt.refresh)
    parts = CoreParts(
        latest_version=latest,
        broadcast=broadcast,
        switches=switches,
        profiles=profiles,
        commands=commands,
        push=push,
        ptz=ptz,
        autotracker=Autotracker(ptz, onvif_of(config), broadcast.publish, clock),
        catalogue=catalogue,
        events=events,
        learnt=learnt,
        stats=StatsKeeper(
            config.cameras,
            media=media,
            scratch=context.run,
            shared_memory=Path(context.shm),
            version=context.version,
            latest_version=latest.text,
            detectors=config.detectors,
            detection_enabled=lambda camera: bool(switches.find(camera, "detect")),
            database=context.database_state,
            queues=lambda: {
                "events": events.statistics(),
                "messages": broadcast.statistics(),
                "notifications": push.statistics(),
                "pictures": POOL.statistics(),
                "encoders": {"dropped": relays.dropped},
                "mqtt": mqtt.statistics(),
            },
            config_mistakes=lambda: len(keeper.loaded.mistakes),
            clock=clock,
        ),
        problems=ProblemKeeper(broadcast.publish, clock=clock, monotonic=context.monotonic),
        activity=activity.Activity(config.cameras, switches, events.activity),
        status=status,
        pictures=live,
        streams=feeds,
        birdseye=birdseye,
        encoders=EncoderPictures(live.rings, birdseye, relays, context.tell_encoder),
        rtsp=rtsp_server.RtspServer(feeds, authority, rtsp_settings.rtsp_of(config)),
        runtime_streams=runtime_streams.RuntimeStreams(config),
        talks=talks,
        webrtc=webrtc.WebRtcConnections(feeds, talks, webrtc_settings.webrtc_of(config)),
        retention=retention.Retention(db, media, retention.retention_of(config), clock=clock),
        space=space.SpaceKeeper(db, media, space.floor_of(config), clock=clock),
        expiry=expiry.Expiry(db, events.outputs.files, *expiry.keep_of(config)),
        export_kind=kind,
        preview_frames=frames,
        preview_kind=preview_kind,
        previews=previews,
        preview_care=preview_care.PreviewCare(db, frames, jobs, media, present=context.clips_present, clock=clock),
        jobs=jobs,
        exports=exports.Exports(
            db, catalogue, previews, jobs, media,
            clock=clock, timezone=config.ui.timezone, verify=context.exports_present,
        ),
        searches=searches,
        models=model_kind,
        authority=authority,
        plates=plates,
        plate_cameras=plate_cameras,
        faces=faces,
        shares=Shares(db, content, jobs, authority, lambda: keeper.config, live.sizes, clock, context.monotonic),
        files=files,
        watched=None if files is None else WatchedFolders(
            context.data / "files" / "watched.json", partial(_place, jobs), watched_of(config)
        ),
        file_access=FileAccess(authority, db, context.key, config.files.login_s, clock),
        edge=edge,
        mqtt=mqtt,
        monitoring=CameraMonitoring(broadcast, status.states, lambda: parts.stats.newest(), context.monotonic),
    )  # fmt: skip
    removal_kind.exports = parts.exports
    if parts.edge is not None:
        authority.admin_token = partial(_admin_token, keeper, parts.edge)
    follow(keeper, parts)
    return parts


def _present_picture(live: pictures.LivePictures, camera: str) -> PlatePicture | None:
    """Return a camera's present frame, None if there is none."""
    try:
        still = live.still(camera)
    except DogwatchError:
        return None
    return None if still.offline else PlatePicture(still.data, still.time)


def _recognise(plates: PlateRecognition, faces: FaceRecognition, picture: BestPicture, frame: tuple[int, int]) -> None:
    plates.offer(picture, frame)
    faces.offer(picture, frame)


def _library(keeper: Keeper, context: PartsContext, faces: FaceRecognition) -> library.FileLibrary | None:
    if not keeper.config.files.enabled:
        return None
    settings = library.library_of(keeper.config)
    return library.FileLibrary(
        context.db, context.data / "files", settings,
        lambda request: file_searches(keeper.config, _paths(context), request),
        indexer=context.indexer, faces=FilmFaces(faces), present=context.files_present, clock=context.clock,
    )  # fmt: skip


def _push_surroundings(
    keeper: Keeper, context: PartsContext, switches: Switches, authority: Authority, events: hub.EventHub
) -> PushSurroundings:
    pictures = NoticePictures(EventMedia(context.db, events), events.outputs.files)
    return PushSurroundings(
        suspended=switches.quiet,
        may_see=partial(_may_see, authority),
        picture=pictures.of,
        key=lambda: vapid_key(context.data / "secrets", keeper.loaded.path.parent / FILE, context.clock),
        clock=context.clock,
        monotonic=context.monotonic,
    )


def _may_see(authority: Authority, device: PushDevice, camera: str) -> bool:
    """Whether the owner of a device may see a camera now."""
    role = present_role(authority, device.owner_kind, device.owner, device.owner_role)
    if role is None:
        return False
    cameras = authority.cameras_of(role)
    return cameras is None or camera in cameras


def _place(jobs: JobRunner, camera: str, params: dict[str, Any]) -> Job:
    return jobs.submit(placing_request.KIND, placing_request.new_id(), params, camera=camera)


def _placing_of(keeper: Keeper, context: PartsContext, learnt: LearntKeepers, camera: str) -> CameraPlacing | None:
    return placing_settings.placing_of(keeper.config, camera, _paths(context), learnt.latest(camera))


def _learns_false_places(keeper: Keeper, camera: str) -> bool:
    found = keeper.config.cameras.get(camera)
    return found is not None and found.objects.false_places


def _edge_camera(
    keeper: Keeper,
    context: PartsContext,
    events: hub.EventHub,
    catalogue: Catalogue,
    live: pictures.LivePictures,
    switches: Switches,
    profiles: Profiles,
    commands: CommandDispatcher,
    devices_changed: Callable[[], None],
) -> EdgeCamera | None:
    if keeper.config.edge.camera is None:
        return None
    from dogwatch.edge.camera import EdgeCamera, EdgeContext  # here: who has no edge camera need not load it

    return EdgeCamera(
        EdgeContext(
            keeper=keeper,
            root=context.data / "edge",
            media=context.media,
            db=context.db,
            events=events,
            catalogue=catalogue,
            pictures=live,
            broadcast=switches.broadcast,
            switches=switches,
            profiles=profiles,
            commands=commands,
            tell_ingest=context.tell_ingest,
            restart=context.restart,
            devices_changed=devices_changed,
            clock=context.clock,
            monotonic=context.monotonic,
            zone=context.zone,
        )
    )


def _admin_token(keeper: Keeper, edge: EdgeCamera) -> str | None:
    auth = edge.settings.current.auth
    return auth.token if keeper.config.edge.nvr_admin and auth.enabled else None


def _both_present(context: PartsContext) -> None:
    context.clips_present()
    context.exports_present()


def _with_changes(keeper: Keeper, changes: Mapping[tuple[str, ...], Any]) -> Config:
    return keeper.with_layers(changed(keeper.loaded, changes))


def _first_detector(context: PartsContext, config: Config) -> DetectorSpec:
    return detection_specs(config, _paths(context))[0].detector


def _paths(context: PartsContext) -> Paths:
    return Paths(context.data, context.media, context.run, context.shm)
