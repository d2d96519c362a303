"""What the configuration says of the picture of several cameras."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dogwatch.bus.encoded_names import BIRDSEYE
from dogwatch.live.birdseye.rule import ShownCamera

if TYPE_CHECKING:
    from dogwatch.config import Config

USUAL_ASPECT = 16 / 9


@dataclass(frozen=True, slots=True)
class BirdseyeSettings:
    """The settings of the picture.

    `cameras` are those that may be shown, `aspects` what their pictures' width / height is as long as none is known.
    """

    width: int
    height: int
    threshold_s: float
    enlarging: float
    most: int | None
    cameras: Mapping[str, ShownCamera]
    aspects: Mapping[str, float]


def offered(config: Config) -> bool:
    """Whether there is a picture of several cameras; a camera of that name has precedence."""
    return config.birdseye.enabled and BIRDSEYE not in config.cameras


def birdseye_of(config: Config) -> BirdseyeSettings | None:
    """Return the settings in force, None if there is no such picture."""
    if not offered(config):
        return None
    own = config.birdseye
    cameras = {name: one for name, one in config.cameras.items() if one.enabled and one.birdseye.enabled}
    return BirdseyeSettings(
        width=own.width // 2 * 2,
        height=own.height // 2 * 2,
        threshold_s=own.inactivity_threshold,
        enlarging=own.layout.scaling_factor,
        most=own.layout.max_cameras,
        cameras={name: ShownCamera(one.birdseye.mode, one.birdseye.order) for name, one in cameras.items()},
        aspects={
            name: one.detect.width / one.detect.height if one.detect.width and one.detect.height else USUAL_ASPECT
            for name, one in cameras.items()
        },
    )
