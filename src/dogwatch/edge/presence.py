"""Who is at home: polls the tracked devices, and tells of those that arrive and leave (docs/api/edge/presence.md).

Polls run in the core's event loop, every 30 s and when somebody asks. `edge.presence_rule` turns them into states.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from dogwatch.edge.bluetooth import PROBE_S, Bluetooth
from dogwatch.edge.identity_keys import parse_key
from dogwatch.edge.presence_rule import Change, Key, PresenceRule, Tracked, Transport
from dogwatch.edge.scan_budget import ScanBudget
from dogwatch.edge.stations import Stations
from dogwatch.errors import unexpected

if TYPE_CHECKING:
    from dogwatch.edge.event_log import EventLog
    from dogwatch.edge.low_energy import LowEnergy
    from dogwatch.edge.news import News
    from dogwatch.edge.settings import Settings
    from dogwatch.edge.settings_schema import TrackedDevice

EVERY_S = 30.0
DEBOUNCE_S = 5.0
CLOSE_S = 5.0
SEEN_LATELY_S = 600.0
PAGING_SHARE = 0.25
EVERY_LOOK = 4
"""Polls, of which one listens for phones that nobody has asked for and that were not here lately."""
DEVICE_KEYS: dict[Transport, str] = {"bluetooth": "TARGET_BT_ADDRESSES", "wifi": "TARGET_AP_MAC_ADDRESSES"}
log = logging.getLogger(__name__)


class Presence:
    """Keeps the state of the tracked devices. `is_home`, `poll_soon` and what only reads are for any thread."""

    def __init__(
        self,
        settings: Settings,
        news: News,
        event_log: EventLog,
        bluetooth: Bluetooth,
        low_energy: LowEnergy,
        stations: Callable[[], Stations],
        monotonic: Callable[[], float],
    ) -> None:
        """Track the devices in `settings`; nothing is polled before `start`."""
        self._settings, self._news, self._event_log = settings, news, event_log
        self.bluetooth, self._low_energy, self.stations = bluetooth, low_energy, stations
        self._monotonic = monotonic
        self._rule, self._lock = PresenceRule(), threading.Lock()
        self._told = threading.Event()  # the first poll has ended, or has found somebody
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._wake, self._polling = asyncio.Event(), asyncio.Lock()
        self._ended_at: float | None = None
        self._ap_clients, self._polls, self._asked = 0, 0, True
        self._heard_at: dict[str, float] = {}
        self._probed_at: dict[str, float] = {}
        self._paging = ScanBudget(monotonic, PAGING_SHARE)
        for key in DEVICE_KEYS.values():
            settings.follow(key, self._devices_changed)
        self._track()

    def start(self) -> None:
        """Begin to poll; call it in the event loop."""
        self._loop = asyncio.get_running_loop()
        self._task = self._loop.create_task(self._run())

    def close(self) -> None:
        """End; called in a thread while the event loop runs."""
        if self._loop is None or self._task is None:
            return
        ended = threading.Event()
        self._task.add_done_callback(lambda _: ended.set())
        self._loop.call_soon_threadsafe(self._task.cancel)
        ended.wait(CLOSE_S)

    def is_home(self, wait_s: float = 5.0) -> bool:
        """Tell whether somebody is at home; waits for the first poll. For worker threads."""
        if not (self._settings.current.bluetooth_devices or self._settings.current.wifi_devices):
            return False
        self._told.wait(wait_s)
        with self._lock:
            return self._rule.anybody()

    def poll_soon(self) -> None:
        """Ask for a poll; ignored while one runs, and if one ended less than 5 s ago."""
        ended = self._ended_at
        if ended is None or self._polling.locked() or self._monotonic() - ended < DEBOUNCE_S:
            return
        self._asked = True
        self._wake_up()

    def connections(self) -> dict[str, Any]:
        """Return the body of the event `connections`."""
        states = self.states()
        return {
            **{name: {"online": sum(found.values()), "total": len(found)} for name, found in states.items()},
            "ap_clients": self._ap_clients,
        }

    def states(self) -> dict[Transport, dict[str, bool]]:
        """Return for each transport which of its tracked devices are here."""
        with self._lock:
            return {transport: self._rule.states(transport) for transport in DEVICE_KEYS}

    async def poll(self) -> None:
        """Ask for all tracked devices now; who comes while a poll runs waits for its end."""
        if self._polling.locked():
            async with self._polling:
                return
        async with self._polling:
            self._track()
            asked, self._asked = self._asked, False
            self._polls += 1
            stations = await asyncio.to_thread(self.stations)
            self._ap_clients = len(stations.stations)
            around = {station.address for station in stations.stations}
            self._take({device.key: device.address in around for device in self._tracked("wifi")})
            await self._poll_low_energy(asked=asked)
            for device in self._in_turn():
                await self._probe(device, asked=asked)
            self._ended_at = self._monotonic()
        self._told.set()
        self._news.publish("connections", self.connections())

    def _in_turn(self) -> list[Tracked]:
        """Return the phones to probe: those that were here first, then those whose last probe is the longest ago."""
        phones = [device for device in self._tracked("bluetooth") if device.irk is None]
        with self._lock:
            here = {device.key: self._rule.online(device.key) for device in phones}
        return sorted(phones, key=lambda one: (not here[one.key], self._probed_at.get(one.address, 0.0)))

    async def _probe(self, device: Tracked, *, asked: bool) -> None:
        """Probe a phone. One that is away keeps the antenna busy to the end, so many of those wait their turn."""
        begun = self._monotonic()
        if not asked and self._rule.online(device.key) is False and self._paging.granted(PROBE_S) < PROBE_S:
            return
        near = await self.bluetooth.probe(device.address)
        self._probed_at[device.address] = begun
        self._paging.spend(self._monotonic() - begun)
        if near is not None:
            self._take({device.key: near})

    async def _poll_low_energy(self, *, asked: bool) -> None:
        keys = {device.address: parse_key(device.irk) for device in self._tracked("bluetooth") if device.irk}
        if not keys or self.bluetooth.busy or not (asked or self._worth_listening(keys)):
            return
        near = await self._low_energy.look(keys)
        if near is None:
            return
        self._heard_at.update(dict.fromkeys(near, self._monotonic()))
        self._take({("bluetooth", address): address in near for address in keys})

    def _worth_listening(self, addresses: Iterable[str]) -> bool:
        now = self._monotonic()
        lately = any(now - self._heard_at.get(one, -SEEN_LATELY_S) < SEEN_LATELY_S for one in addresses)
        return lately or self._polls % EVERY_LOOK == 0

    def _take(self, found: dict[Key, bool]) -> None:
        with self._lock:
            changes = self._rule.polled(found, self._monotonic())
            somebody = self._rule.anybody()
        if somebody:
            self._told.set()
        for change in changes:
            self._tell(change)

    def _tell(self, change: Change) -> None:
        device, online = change.device, change.online
        if change.logged:
            self._event_log.add("device_arrived" if online else "device_left", device.name or device.address)
        if change.announced:
            told = {"address": device.address, "name": device.name, "transport": device.transport, "online": online}
            self._news.publish("presence_change", told)

    def _tracked(self, transport: Transport) -> list[Tracked]:
        with self._lock:
            return [device for device in self._rule.tracked if device.transport == transport]

    def _track(self) -> None:
        current = self._settings.current
        devices = [_tracked("bluetooth", device) for device in current.bluetooth_devices]
        devices += [_tracked("wifi", device) for device in current.wifi_devices]
        with self._lock:
            self._rule.track(devices)
        for times in (self._heard_at, self._probed_at):
            for address in set(times) - {device.address for device in devices}:
                del times[address]

    def _devices_changed(self) -> None:
        self._track()
        self._asked = True
        self._wake_up()

    def _wake_up(self) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake.set)

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            try:
                await self.poll()
            except Exception as error:
                log.error("the presence of devices cannot be told: %s", error, exc_info=unexpected(error))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(EVERY_S):
                    await self._wake.wait()


def _tracked(transport: Transport, device: TrackedDevice) -> Tracked:
    return Tracked(transport, device.address, device.name, device.irk)
