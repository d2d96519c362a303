"""The mode of all cameras - armed, home, night or off - and what changes it: requests, a line, a schedule, presence.

A mode is a set of run-time switches (`config.switches`) and a profile. The last change counts, wherever it came from.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import tzinfo
from typing import TYPE_CHECKING, Any, Literal, get_args

from dogwatch.config.edge_modes import Mode, ModeConfig, ModesConfig
from dogwatch.config.profiles import NO_PROFILE
from dogwatch.config.switches import row
from dogwatch.edge.files import iso
from dogwatch.edge.mode_schedule import latest
from dogwatch.edge.repeated import Repeated
from dogwatch.errors import EdgeError, LineError, NotFoundError, RefusedError

if TYPE_CHECKING:
    from dogwatch.edge.files import StateFile
    from dogwatch.edge.ports import Home
    from dogwatch.edge.sensors.pins import Line, Pins
    from dogwatch.outputs.profiles import Profiles
    from dogwatch.outputs.switches import Switches

log = logging.getLogger(__name__)

MODES: tuple[Mode, ...] = get_args(Mode)
LOOK_S = 5.0
DEBOUNCE_S = 0.05
PRESENCE_S = 60.0
"""How long after the start it is known who is at home: the first poll may take a while."""
By = Literal["start", "api", "input", "schedule", "presence"]


@dataclass(frozen=True, slots=True)
class ModeState:
    """The mode in force, None before there was one; since when (epoch s), and what has chosen it."""

    mode: Mode | None = None
    since: float = 0.0
    by: By = "start"

    def body(self) -> dict[str, Any]:
        """Return it as answers and the file have it."""
        return {"mode": self.mode, "since": iso(self.since) if self.mode else None, "by": self.by}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What modes work with: `arm` arms the sensor, `told` is called after each change."""

    switches: Switches
    profiles: Profiles
    cameras: Callable[[], Iterable[str]]
    arm: Callable[[bool], None]
    told: Callable[[ModeState], None]
    home: Home
    pins: Pins
    clock: Callable[[], float]
    monotonic: Callable[[], float]
    zone: tzinfo | None = None


class Modes:
    """Keeps the mode. For any thread."""

    def __init__(self, config: ModesConfig, file: StateFile, around: Surroundings) -> None:
        """Go on with the mode that `file` holds."""
        self._config, self._file, self._around = config, file, around
        self._lock = threading.RLock()
        self.state = _read(file)
        self._line: Line | None = None
        self._high: bool | None = None
        self._home: bool | None = None
        self._line_error = ""
        self._heard = threading.Event()
        self._looked_at = self.state.since if self.state.mode else around.clock()
        self._began = around.monotonic()
        self._repeated = Repeated("edge-modes", LOOK_S, self.look)
        self._follows = bool(config.schedule) or config.input.gpio is not None or self._follows_presence()

    def start(self) -> None:
        """Put the mode in force, and follow what changes it."""
        threading.Thread(target=self._begin, name="edge-mode-start", daemon=True).start()

    def close(self) -> None:
        """Follow nothing any more."""
        if self._follows:
            self._repeated.close()
        if self._line is not None:
            self._line.close()

    def set(self, mode: Mode, by: By = "api") -> None:
        """Put a mode in force.

        Raises:
            OSError: It cannot be written down; nothing has changed.
        """
        with self._lock:
            state = ModeState(mode, self._around.clock(), by)
            self._file.write({"mode": mode, "since": state.since, "by": by})
            self.state = state
            self._apply(self._config_of(mode))
        log.info("the mode is %s (by %s)", mode, by)
        self._around.told(state)

    def cameras_changed(self, old: Iterable[str], new: Iterable[str]) -> None:
        """Put the mode in force on cameras that are new. Returns at once: the keeper of the configuration calls it."""
        if self.state.mode is not None and set(new) - set(old):
            threading.Thread(target=self._take_in, args=(set(new) - set(old),), name="edge-mode", daemon=True).start()

    def _take_in(self, cameras: Iterable[str]) -> None:
        with self._lock:
            if self.state.mode is not None:
                self._apply_switches(cameras, self._config_of(self.state.mode), again=False)

    def look(self) -> None:
        """Look at the line, the schedule and presence, and change the mode if one of them wants that."""
        self._look_at_line()
        self._look_at_schedule()
        self._look_at_presence()

    def _begin(self) -> None:
        with self._lock:
            if self.state.mode is not None:
                self._apply(self._config_of(self.state.mode), again=True)
            elif self._config.start is not None:
                self.set(self._config.start, "start")
        if self._follows:
            self.look()
            self._repeated.start()

    def _config_of(self, mode: Mode) -> ModeConfig:
        config = self._config
        return {"armed": config.armed, "home": config.home, "night": config.night, "off": config.off}[mode]

    def _apply(self, config: ModeConfig, *, again: bool = False) -> None:
        """Set what the mode sets; `again` leaves alone what outlives a restart: somebody may have changed it since."""
        self._apply_switches(list(self._around.cameras()), config, again=again)
        if again:
            return
        if config.profile is not None:
            try:
                self._around.profiles.activate(None if config.profile == NO_PROFILE else config.profile)
            except RefusedError as error:
                log.warning("the mode cannot activate its profile: %s", error)
        if config.sensor is not None:
            try:
                self._around.arm(config.sensor)
            except (EdgeError, OSError) as error:
                log.error("the mode cannot arm or disarm the sensor: %s", error)

    def _apply_switches(self, cameras: Iterable[str], config: ModeConfig, *, again: bool) -> None:
        for camera in cameras:
            for name, value in _switches(config).items():
                switch = row(name)
                if value is not None and not (again and switch is not None and switch.kept):
                    self._switch(camera, name, value=value)

    def _switch(self, camera: str, name: str, *, value: bool) -> None:
        switches = self._around.switches
        if switches.find(camera, name) == value:
            return
        try:
            switches.set(camera, name, value)
        except (RefusedError, NotFoundError) as error:
            log.debug("%s", error)  # what is off in the file stays off

    def _look_at_line(self) -> None:
        config = self._config.input
        if config.gpio is None:
            return
        if self._heard.is_set():
            time.sleep(DEBOUNCE_S)
            self._heard.clear()
        try:
            if self._line is None:
                self._line = self._around.pins.open(config.gpio, config.pull, DEBOUNCE_S, self._line_changed)
            high = self._line.level()
        except LineError as error:
            if self._line_error != str(error):
                log.warning("the line that changes the mode cannot be used: %s", error)
            self._line_error = str(error)
            return
        before, self._high, self._line_error = self._high, high, ""
        mode = config.high if high else config.low
        if before is not None and before != high and mode is not None:
            self.set(mode, "input")

    def _line_changed(self, _at: float, _high: bool) -> None:
        self._heard.set()
        self._repeated.soon()

    def _look_at_schedule(self) -> None:
        now = self._around.clock()
        before, self._looked_at = self._looked_at, now
        found = latest(self._config.schedule, now, self._around.zone)
        since = self.state.since if self.state.since <= now else 0.0  # else the clock was wrong when it was set
        if found is not None and found[0] > max(before, since):
            self.set(found[1], "schedule")

    def _follows_presence(self) -> bool:
        return self._config.presence.home is not None or self._config.presence.away is not None

    def _look_at_presence(self) -> None:
        config, around = self._config.presence, self._around
        if not self._follows_presence() or around.monotonic() - self._began < PRESENCE_S:
            return
        found = around.home.connections()
        if not sum(found[transport]["total"] for transport in ("bluetooth", "wifi")):
            self._home = None
            return
        before, self._home = self._home, around.home.is_home(0.0)
        mode = config.home if self._home else config.away
        if before is not None and before != self._home and mode is not None:
            self.set(mode, "presence")


def _switches(config: ModeConfig) -> dict[str, bool | None]:
    """Return the switches that a mode sets."""
    return {
        "recordings": config.record,
        "detect": config.detect,
        "review_alerts": config.alert,
        "notifications": config.notify,
    }


def _read(file: StateFile) -> ModeState:
    try:
        found = file.read()
    except (OSError, ValueError) as error:
        log.error("the mode is not known: %s", error)
        return ModeState()
    match found:
        case {"mode": str() as mode, "since": int() | float() as since, "by": str() as by} if mode in MODES:
            return ModeState(mode, float(since), by if by in get_args(By) else "api")  # type: ignore[arg-type]
    return ModeState()


def mode_named(name: object) -> Mode:
    """Return a mode.

    Raises:
        EdgeError: 400; there is none of this name.
    """
    for mode in MODES:
        if name == mode:
            return mode
    raise EdgeError(400, "bad_field", f"mode has to be one of {', '.join(MODES)}", field="mode", available=list(MODES))
