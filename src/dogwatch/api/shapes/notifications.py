"""Devices that get notifications (docs/api/notifications.md)."""

from __future__ import annotations

from msgspec import Struct

from dogwatch.api.shapes.done import DoneAnswer


class DeviceAnswer(Struct):
    """A browser that gets notifications, and how the last one went; times are epoch seconds."""

    id: str
    name: str
    user: str
    service: str
    created_at: float
    delivered_at: float | None
    failed_at: float | None
    error: str | None


class TriedDeviceAnswer(DeviceAnswer):
    """A device to which a test message was sent."""

    delivered: bool


class RegisteredAnswer(DoneAnswer):
    """A subscription is kept, under this id."""

    id: str


class TestSentAnswer(DoneAnswer):
    """What became of a test message."""

    devices: list[TriedDeviceAnswer]
