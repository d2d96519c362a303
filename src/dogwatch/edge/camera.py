"""The edge camera: makes all its parts, starts and closes them."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from dogwatch.edge import stream
from dogwatch.edge.archive import Archive
from dogwatch.edge.auth import EdgeAuth
from dogwatch.edge.bluetooth import Bluetooth
from dogwatch.edge.camera_notes import CameraNotes
from dogwatch.edge.captive_portal import CaptivePortal
from dogwatch.edge.device_list import DeviceList
from dogwatch.edge.event_log import EventLog
from dogwatch.edge.files import StateFile, iso
from dogwatch.edge.firewall import Firewall
from dogwatch.edge.hardware import Hardware
from dogwatch.edge.health import Health
from dogwatch.edge.low_energy import LowEnergy
from dogwatch.edge.message_bus import SystemBus
from dogwatch.edge.modes import Modes, ModeState, Surroundings
from dogwatch.edge.news import News
from dogwatch.edge.outputs import Outputs
from dogwatch.edge.own_log import OwnLog
from dogwatch.edge.presence import Presence
from dogwatch.edge.recorder import EdgeRecorder, RecorderContext
from dogwatch.edge.recording_event import RecordingEvents
from dogwatch.edge.recording_finish import RecordingFinish
from dogwatch.edge.recording_journal import RecordingJournal
from dogwatch.edge.sensors.choice import SensorChoice
from dogwatch.edge.sensors.pins import Pins
from dogwatch.edge.sensors.runner import SensorRunner
from dogwatch.edge.settings import Settings
from dogwatch.edge.snapshots import Snapshots
from dogwatch.edge.stations import stations
from dogwatch.edge.stills import Stills
from dogwatch.edge.stitching import Stitcher
from dogwatch.edge.storage import StorageWatch
from dogwatch.edge.system import SystemInfo
from dogwatch.edge.system_power import SystemPower
from dogwatch.edge.timelapse import Timelapse
from dogwatch.edge.topics import EdgeTopics
from dogwatch.edge.updates import Updates
from dogwatch.errors import unexpected

if TYPE_CHECKING:
    from dogwatch.bus.messages import Message
    from dogwatch.config import Config, Keeper
    from dogwatch.edge.ports import EdgePart
    from dogwatch.events.hub import EventHub
    from dogwatch.live.pictures import LivePictures
    from dogwatch.outputs.broadcast import Broadcast
    from dogwatch.outputs.commands import CommandDispatcher
    from dogwatch.outputs.profiles import Profiles
    from dogwatch.outputs.switches import Switches
    from dogwatch.recordings.catalogue import Catalogue
    from dogwatch.store.database import Database

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class EdgeContext:
    """What the parts get from the core.

    `root` is the install root, `<data>/edge`; `media` is the media root of the NVR. `tell_ingest` sends a message to a
    camera's ingest process. `devices_changed` is called when other phones are tracked than before. `zone` is the local
    time zone, None for that of the system.
    """

    keeper: Keeper
    root: Path
    media: Path
    db: Database
    events: EventHub
    catalogue: Catalogue
    pictures: LivePictures
    broadcast: Broadcast
    switches: Switches
    profiles: Profiles
    commands: CommandDispatcher
    tell_ingest: Callable[[str, Message], object]
    restart: Callable[[], None]
    devices_changed: Callable[[], None] = lambda: None
    clock: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    zone: tzinfo | None = None

    @property
    def config(self) -> Config:
        """The configuration in force."""
        return self.keeper.config

    @property
    def camera(self) -> str:
        """The camera that the edge API serves."""
        name = self.config.edge.camera
        if name is None:
            raise RuntimeError("there is no edge camera")
        return name

    @property
    def sysfs(self) -> Path:
        """Where the kernel tells of hardware, `/sys`."""
        return Path(self.config.edge.sysfs)

    @property
    def proc(self) -> Path:
        """Where the kernel tells of processes, `/proc`."""
        return Path(self.config.edge.proc)

    @property
    def unit(self) -> str:
        """The systemd unit of the program."""
        return self.config.edge.unit

    @property
    def client(self) -> Path:
        """The directory that relative paths in the settings begin at."""
        return self.root / "client"


class EdgeCamera:
    """All parts of the edge camera.

    A new part is made in `__init__`, below those that it needs, and gets a line in `_in_order` if it does something by
    itself. It follows settings by `settings.follow`.
    """

    def __init__(self, context: EdgeContext) -> None:
        """Make all parts; nothing runs before `start`."""
        self.context = context
        self.state_lock = threading.RLock()
        of_nvr = [context.media / name for name in ("recordings", "clips", "exports")]
        self.settings = Settings(context.client, self.state_lock, of_nvr)
        self.news = News(context.clock)
        edge = context.config.edge
        iterations = context.config.auth.hash_iterations
        self.auth = EdgeAuth(self.settings, context.client / "data", iterations, edge.boot, context.monotonic)
        self.settings.follow("Auth", lambda: self.news.close_readers(self._may_listen))
        self.event_log = EventLog(self._state("event_log.json"), context.clock)

        self.bus = SystemBus()
        self.bluetooth = Bluetooth(self.bus, context.monotonic)
        self.presence = Presence(
            self.settings,
            self.news,
            self.event_log,
            self.bluetooth,
            LowEnergy(context.monotonic),
            stations,
            context.monotonic,
        )
        self.bluetooth_devices = DeviceList(self.settings, self.state_lock, "bluetooth")
        self.wifi_devices = DeviceList(self.settings, self.state_lock, "wifi")
        self.captive_portal = CaptivePortal(self.settings, Firewall(), context.sysfs)
        self.archive = Archive(lambda: self.settings.save_dir, self.news.publish)
        self.storage = StorageWatch(self.settings, self.archive)
        self.stills = Stills(context.pictures, context.catalogue, context.camera, context.clock)
        self.snapshots = Snapshots(self.archive, self.stills.take, context.clock, context.zone)
        stitcher = Stitcher(self.archive, self.settings, context.clock, context.zone)
        self.timelapse = Timelapse(
            self.settings, self.archive, self.stills.take, stitcher, context.clock, context.zone,
            writes_time=not edge.camera_shows_time,
        )  # fmt: skip
        self.own_log = OwnLog(context.root / "logs" / "api" / "security-cam.log", context.zone)
        self.updates = Updates(lambda: context.config.edge.checkout)
        hardware = Hardware(context.sysfs, context.proc)
        self.system = SystemInfo(hardware, lambda: self.settings.save_dir, self.updates.deployed)
        samples = self._state("health_log.json")
        self.health = Health(self.system.measured, self.system.info, self.news, samples, context.clock)
        self.camera_notes = CameraNotes(context.camera, context.broadcast, self.event_log)

        journal = RecordingJournal(self._state("recordings.json"))
        events = RecordingEvents(context.camera, context.events, context.pictures, journal, context.clock)
        self.recorder = EdgeRecorder(
            RecorderContext(
                camera=context.camera,
                settings=self.settings,
                archive=self.archive,
                storage=self.storage,
                journal=journal,
                finish=RecordingFinish(journal, events, self.archive, self.stills.live),
                event_log=self.event_log,
                tell=context.tell_ingest,
                changed=lambda: self.news.publish("recording_state", self.recording_state()),
                clock=context.clock,
                monotonic=context.monotonic,
                zone=context.zone,
            )
        )

        self.pins = Pins(monotonic=context.monotonic)
        self.sensors = SensorRunner(
            lambda: SensorChoice.of(self.settings.current.sensor),
            lambda values, merge: self.settings.change({"Sensor": values}, merge=merge),
            self.pins,
            self.recorder,
            self.presence,
            self.news.publish,
            self.event_log.add,
            context.monotonic,
        )
        self.settings.follow("Sensor", self.sensors.follow)
        self.power = SystemPower(self.bus, self.event_log, self.recorder.stop, lambda: context.unit)

        self.modes = Modes(edge.modes, self._state("mode.json"), self._surroundings())
        context.keeper.follow(lambda config: tuple(config.cameras), self.modes.cameras_changed)
        self.outputs = Outputs(
            edge.outputs,
            self.pins,
            context.broadcast,
            lambda: self.modes.state.mode,
            self._output_switched,
            context.monotonic,
        )
        self.event_log.follow(self.outputs.heard)

        self.topics = EdgeTopics(self, context.broadcast, context.devices_changed)
        context.commands.switch_edge = self.topics.switch

        self.news.on_connect("sensor_state", self.sensors.flags)
        self.news.on_connect("recording_state", self.recording_state)
        self.news.on_connect("connections", self.presence.connections)

    def _may_listen(self, token: str | None) -> bool:
        """Whether a stream goes on; one that an old token has opened does not, even if nobody needs a token now."""
        return self.auth.admits(token) and (token is None or self.auth.is_token(token))

    def _in_order(self) -> list[EdgePart]:
        """Return the parts that do something by themselves, but for the recorder, which is there before the others."""
        return [
            self.event_log,
            self.own_log,
            self.camera_notes,
            self.health,
            self.captive_portal,
            self.storage,
            self.timelapse,
            self.stills,
            self.presence,
            self.outputs,
            self.sensors,
            self.modes,
            self.topics,
        ]

    def _state(self, name: str) -> StateFile:
        return StateFile(self.context.client / "data" / name, self.state_lock)

    def _surroundings(self) -> Surroundings:
        context = self.context
        return Surroundings(
            context.switches,
            context.profiles,
            lambda: context.config.cameras,
            self.sensors.enable,
            self._mode_changed,
            self.presence,
            self.pins,
            context.clock,
            context.monotonic,
            context.zone,
        )

    def _mode_changed(self, state: ModeState) -> None:
        self.event_log.add("mode_changed", f"{state.mode} (by {state.by})")
        self.news.publish("mode_state", state.body())

    def _output_switched(self, name: str, on: bool) -> None:
        self.event_log.add("output_on" if on else "output_off", name)
        self.news.publish("output_state", {"name": name, "on": on})

    def follow_stream(self, tell: Callable[[], object]) -> None:
        """Call `tell` after changes of what the stream of this machine's own camera follows; in any thread."""
        for key in stream.KEYS:
            self.settings.follow(key, tell)

    def recording_state(self) -> dict[str, object]:
        """Return the data of the event `recording_state`."""
        state = self.recorder.state
        started = {} if state.started_at is None else {"started_at": iso(state.started_at)}
        return {"recording": state.recording, **started}

    def start(self) -> None:
        """Start all parts; call it in the event loop."""
        self.recorder.begin()
        for part in self._in_order():
            part.start()

    async def stop(self) -> None:
        """Close all parts, the last first; a part that fails does not keep the others."""
        self.news.close_readers(lambda _: False)
        closing = [*(part.close for part in reversed(self._in_order()[1:])), self.recorder.close]
        for close in (*closing, self.event_log.close):
            await asyncio.to_thread(_closed, close)
        self.bus.close()


def _closed(close: Callable[[], None]) -> None:
    try:
        close()
    except Exception as error:
        log.error("a part of the edge camera could not be closed: %s", error, exc_info=unexpected(error))
