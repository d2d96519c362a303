"""Tells people of review items: who hears of which, and through what."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from dogwatch.errors import ConflictError, NotFoundError, RefusedError, unexpected
from dogwatch.outputs.push import messages, web_push
from dogwatch.outputs.push.contact import HINT, PLACEHOLDER, contact_of
from dogwatch.outputs.push.delivery import Attempt, DeliveryOutcome, DeliveryQueues, Dispatch
from dogwatch.outputs.push.devices import PushDevices
from dogwatch.outputs.push.occasions import Occasions, ReviewNotice
from dogwatch.outputs.push.settings import CameraNotices, Channel, PushSettings
from dogwatch.outputs.push.vapid import VapidKey

if TYPE_CHECKING:
    from dogwatch.outputs.broadcast import Broadcast, Publication
    from dogwatch.outputs.push.channels import ChannelThreads
    from dogwatch.store.database import Database
    from dogwatch.store.push_devices import PushDevice

log = logging.getLogger(__name__)

TOPIC = "reviews"
WAITING = 200
OFF = "Notifications are not enabled."


@dataclass(frozen=True, slots=True)
class PushSurroundings:
    """What the notifier asks. All but `suspended` may wait for the disk, and are called in threads.

    `suspended` tells whether nobody wants to hear of a camera now. `may_see` tells whether the owner of a device may
    see a camera now, `picture` returns a JPEG of what is told, and `key` the key of this installation.
    """

    suspended: Callable[[str], bool]
    may_see: Callable[[PushDevice, str], bool]
    picture: Callable[[ReviewNotice], bytes | None]
    key: Callable[[], VapidKey]
    clock: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic


class PushNotifier:
    """Listens to messages about review items, and tells people. `run` and `test` belong to an event loop."""

    def __init__(
        self, db: Database, settings: PushSettings, around: PushSurroundings, queues: DeliveryQueues | None = None
    ) -> None:
        """Tell nobody before `run`."""
        self.devices = PushDevices(db, around.clock)
        self._around = around
        self._queues = queues or DeliveryQueues()
        self._notices: asyncio.Queue[Mapping[str, Any]] = asyncio.Queue(WAITING)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._key: VapidKey | None = None
        self._key_lock = threading.Lock()
        self._testing: set[tuple[str, str]] = set()
        self._channel_errors: dict[str, str] = {}
        self._threads: ChannelThreads | None = None
        self._web = Occasions(settings, around.suspended)
        self._by_channel: dict[Channel, Occasions] = {}
        self._missed = 0
        self.configure(settings)

    def configure(self, settings: PushSettings) -> None:
        """Follow these settings from now on; what was told of stays so."""
        self.settings = self._web.settings = settings
        before, self._by_channel = self._by_channel, {}
        for channel in settings.channels:
            occasions = before.get(channel) or Occasions(settings, self._around.suspended)
            occasions.settings = replace(settings, cameras=_heard_of(channel, settings.cameras))
            self._by_channel[channel] = occasions

    async def run(self, broadcast: Broadcast) -> None:
        """Tell of what is published, until this is cancelled."""
        self._loop = asyncio.get_running_loop()
        try:
            with broadcast.observed_by(self._observe):
                while True:
                    message = await self._notices.get()
                    try:
                        await self._tell(message)
                    except Exception as error:
                        log.error("a review item is told nobody: %s", error, exc_info=unexpected(error))
        finally:
            await self._queues.close()

    def public_key(self) -> str:
        """Return the public key that browsers subscribe with; it is made on first use.

        Raises:
            RefusedError: Notifications are off everywhere.
            VapidError: The key cannot be read or made.
        """
        if not self.settings.used:
            raise RefusedError(OFF)
        return self._vapid().public

    def register(self, device: PushDevice) -> None:
        """Keep a device, from now on.

        Raises:
            ConflictError: There are too many.
        """
        self.devices.add(replace(device, created_at=self._around.clock()))

    async def test(self, owner: tuple[str, str], device_id: str | None = None) -> list[tuple[PushDevice, Attempt]]:
        """Send a message to the devices of `owner`, or to one of them, and return what has become of it.

        Args:
            owner: Name, and how they were identified.
            device_id: One of their devices.

        Raises:
            RefusedError: Notifications are off everywhere.
            NotFoundError: They have no such device, or none.
            ConflictError: A test of the same owner is under way.
        """
        if not self.settings.used:
            raise RefusedError(OFF)
        if owner in self._testing:
            raise ConflictError("A test is under way.")
        self._testing.add(owner)
        try:
            devices = await asyncio.to_thread(self._of, owner, device_id)
            key = await asyncio.to_thread(self._vapid)
            attempts = await asyncio.gather(
                *(self._send(one, messages.of_test(one.page, self._around.clock()), key) for one in devices)
            )
        finally:
            self._testing.discard(owner)
        found = list(zip(devices, attempts, strict=True))
        for device, attempt in found:
            self._settle(device, attempt)
        return found

    def statistics(self) -> dict[str, int]:
        """Return `devices`, `queued`, and what was `sent`, `failed` and `dropped` since the start."""
        queues = self._queues
        return {
            "devices": self.devices.count,
            "queued": queues.waiting + self._notices.qsize(),
            "sent": queues.sent,
            "failed": queues.failed,
            "dropped": queues.dropped + self._missed,
        }

    def _observe(self, publication: Publication) -> None:
        """Take messages about review items, in the thread that publishes them."""
        if publication.topic != TOPIC or not isinstance(publication.payload, dict):
            return
        if self._loop is not None and (self.settings.used or self.settings.channels) and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._keep, publication.payload)

    def _keep(self, message: Mapping[str, Any]) -> None:
        try:
            self._notices.put_nowait(message)
        except asyncio.QueueFull:
            self._missed += 1

    async def _tell(self, message: Mapping[str, Any]) -> None:
        now = self._around.monotonic()
        for channel, occasions in self._by_channel.items():
            notice = occasions.take(message, now, channel.wants)
            if notice is not None:
                picture = await asyncio.to_thread(self._around.picture, notice) if channel.picture else None
                self._queues.put(f"channel {channel.name}", self._by(channel, notice, picture))
        if (notice := self._web.take(message, now)) is None:
            return
        devices = await asyncio.to_thread(self._audience, notice.camera)
        if not devices:
            return
        key = await asyncio.to_thread(self._vapid)
        for device in devices:
            send = partial(self._send_if, notice.camera, device, messages.of_notice(notice, device.page), key)
            self._queues.put(device.id, Dispatch(notice.id, send, partial(self._settle, device)))

    def _of(self, owner: tuple[str, str], device_id: str | None) -> list[PushDevice]:
        found = [
            device
            for device in self.devices.everything()
            if (device.owner, device.owner_kind) == owner and device_id in (None, device.id)
        ]
        if not found:
            raise NotFoundError("No device is registered." if device_id is None else "There is no such device.")
        return found

    def _audience(self, camera: str) -> list[PushDevice]:
        return [device for device in self.devices.everything() if self._around.may_see(device, camera)]

    def _vapid(self) -> VapidKey:
        with self._key_lock:
            self._key = self._key or self._around.key()
            return self._key

    async def _send_if(
        self, camera: str, device: PushDevice, message: messages.PushMessage, key: VapidKey
    ) -> Attempt:  # fmt: skip
        """Send unless that has become wrong while the message has waited, which may be for minutes."""
        if self._around.suspended(camera) or not await asyncio.to_thread(self._still, device, camera):
            return Attempt(DeliveryOutcome.WITHDRAWN)
        return await self._send(device, message, key)

    def _still(self, device: PushDevice, camera: str) -> bool:
        """Whether the device is registered by the same owner, who may see the camera."""
        now = self.devices.find(device.id)
        same = now is not None and (now.owner, now.owner_kind) == (device.owner, device.owner_kind)
        return same and self._around.may_see(device, camera)

    async def _send(self, device: PushDevice, message: messages.PushMessage, key: VapidKey) -> Attempt:
        settings = self.settings
        contact = contact_of(settings.email, settings.page, device.page)
        attempt = await web_push.send(device, message, key, contact, settings.private_hosts)
        if attempt.outcome is DeliveryOutcome.REFUSED and contact == PLACEHOLDER:
            return replace(attempt, error=f"{attempt.error} ({HINT})")
        return attempt

    def _settle(self, device: PushDevice, attempt: Attempt) -> None:
        match attempt.outcome:
            case DeliveryOutcome.DELIVERED:
                self.devices.delivered(device.id)
            case DeliveryOutcome.GONE:
                log.info("%s of %s is not subscribed any more: %s", device.name, device.owner, attempt.error)
                self._queues.forget(device.id)
                self.devices.forget(device.id)
            case DeliveryOutcome.WITHDRAWN:
                """Nobody is to hear of it any more."""
            case _:
                log.warning("%s of %s did not get a notification: %s", device.name, device.owner, attempt.error)
                self.devices.failed(device.id, attempt.error)

    def _by(self, channel: Channel, notice: ReviewNotice, picture: bytes | None) -> Dispatch:
        from dogwatch.outputs.push import channels

        threads = self._threads = self._threads or channels.ChannelThreads()

        async def send() -> Attempt:
            send_it = partial(channels.send, channel, notice, self.settings.page, picture)
            return await threads.run(channel, send_it)

        return Dispatch(notice.id, send, partial(self._channel_settled, channel))

    def _channel_settled(self, channel: Channel, attempt: Attempt) -> None:
        before = self._channel_errors.get(channel.name, "")
        self._channel_errors[channel.name] = attempt.error
        if attempt.error and attempt.error != before:
            log.warning("the channel '%s' has not taken a notification: %s", channel.name, attempt.error)


def _heard_of(channel: Channel, cameras: Mapping[str, CameraNotices]) -> Mapping[str, CameraNotices]:
    """Return the cameras as a channel hears of them."""
    return {
        name: replace(camera, severities=channel.severities)
        for name, camera in cameras.items()
        if not channel.cameras or name in channel.cameras
    }
