"""`notifications`: who is told of review items when nobody looks."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator

from dogwatch.config.base import Section, Strings, key, required

Severity = Literal["alert", "detection"]
_MAIL = re.compile(r"[^\s@<>,;\"]+@[^\s@<>,;\"]+")
_CHANNEL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://\S+")


def _mail(value: str) -> str:
    if not _MAIL.fullmatch(value):
        raise ValueError("expected a mail address such as 'me@example.org'")
    return value


def _channel(value: str) -> str:
    if not _CHANNEL.fullmatch(value):
        raise ValueError("expected an address such as 'tgram://token/chat' or 'ntfys://topic'")
    return value


class ChannelConfig(Section):
    """A channel besides web push, such as Telegram, Matrix, ntfy or mail: whatever Apprise can send to."""

    name: str = key("", "Its name in answers and the log.")
    url: Annotated[str, AfterValidator(_channel)] = required(
        "Address in Apprise's form. Takes `{FRIGATE_*}` and `{DOGWATCH_*}`.",
        json_schema_extra={"x-secret": True},
        repr=False,
    )
    cameras: Strings = key([], "Cameras that it hears of; by default all.")
    severities: list[Severity] = key(["alert"], "Severities that it hears of.", min_length=1)
    on: Literal["new", "end"] = key("new", "When it is sent: at the beginning of a review item, or after its end.")
    picture: bool = key(True, "Attach a picture.")


class NotificationsConfig(Section):
    """Web push, and other channels."""

    enabled: bool = key(False, "Send notifications to browsers.")
    email: Annotated[str, AfterValidator(_mail)] | None = key(
        None,
        "Contact address that push services get; without one, that of the page if its name is public.",
    )
    cooldown: float = key(0, "Seconds between two notifications.", ge=0)
    severities: list[Severity] = key(["alert"], "Severities of review items that are told.", min_length=1)
    private_hosts: Strings = key(
        [], "Push services with private addresses that devices may name, such as `push.example.lan:8443`."
    )
    channels: list[ChannelConfig] = key([], "Other channels; they need `dogwatch[channels]`.", max_length=20)


class CameraNotificationsConfig(Section):
    """Notifications about one camera."""

    enabled: bool = key(False, "Notify about this camera.")
    email: str | None = key(
        None, "Contact address that push services get; the one at the top level counts.", unused=True
    )
    cooldown: float = key(0, "Seconds between two notifications about this camera.", ge=0)
    severities: list[Severity] = key(["alert"], "Severities of review items that are told.", min_length=1)
