"""`profiles`: settings of cameras that are in force while a profile is active."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ConfigDict

from dogwatch.config.base import Section, key

if TYPE_CHECKING:
    from dogwatch.config.root import Config

NO_PROFILE = "none"
"""What clients say, and are told, when no profile is active."""
LONGEST_NAME = 100


class ProfileConfig(Section):
    """A profile; what it changes stands in `cameras.<name>.profiles`."""

    model_config = ConfigDict(extra="ignore")  # whatever else clients of this family keep here

    friendly_name: str | None = key(None, "Name that is shown.")


def with_profile(config: Config, profile: str | None) -> Config:
    """Return `config` as it would be if the settings of a profile stood in the sections of the cameras."""
    changed = {
        name: camera.profiles[profile].model_copy(update={"profiles": camera.profiles})
        for name, camera in config.cameras.items()
        if profile in camera.profiles and profile is not None
    }
    return config.model_copy(update={"cameras": {**config.cameras, **changed}}) if changed else config
