"""What notifications take from the configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dogwatch.config import Config
    from dogwatch.outputs.push.occasions import ReviewNotice


@dataclass(frozen=True, slots=True)
class CameraNotices:
    """What is told of one camera, whose `title` is what people call it; `cooldown` in seconds."""

    title: str
    enabled: bool
    cooldown: float
    severities: frozenset[str]


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel of Apprise; no `repr` shows its address. No `cameras` means all."""

    name: str
    url: str = field(repr=False)
    cameras: frozenset[str]
    severities: frozenset[str]
    at_end: bool
    picture: bool

    def wants(self, notice: ReviewNotice) -> bool:
        """Whether it hears of this: once of each review item, at its beginning or its end."""
        return notice.ended if self.at_end else notice.first and not notice.ended


@dataclass(frozen=True, slots=True)
class PushSettings:
    """All of it; push services get to know `email`, `cooldown` is in seconds, `page` the address of the page."""

    enabled: bool
    email: str | None
    cooldown: float
    cameras: Mapping[str, CameraNotices]
    private_hosts: frozenset[str]
    channels: tuple[Channel, ...]
    page: str = ""

    @property
    def used(self) -> bool:
        """Whether notifications are on for anything."""
        return self.enabled or any(camera.enabled for camera in self.cameras.values())


def push_settings_of(config: Config) -> PushSettings:
    """Return what a configuration in force says."""
    own = config.notifications
    return PushSettings(
        enabled=own.enabled,
        email=own.email,
        cooldown=own.cooldown,
        cameras={
            name: CameraNotices(
                camera.friendly_name or title_of(name),
                camera.notifications.enabled,
                camera.notifications.cooldown,
                frozenset(camera.notifications.severities),
            )
            for name, camera in config.cameras.items()
        },
        private_hosts=frozenset(host.lower() for host in own.private_hosts),
        channels=tuple(
            Channel(
                one.name or f"channel {number}",
                one.url,
                frozenset(one.cameras),
                frozenset(one.severities),
                one.on == "end",
                one.picture,
            )
            for number, one in enumerate(own.channels, 1)
        ),
        page=config.auth.oidc.external_url or "",
    )


def title_of(name: str) -> str:
    """Return a label, zone or camera as people write it: `front_door` as `Front Door`."""
    return name.replace("_", " ").replace("-", " ").title()
