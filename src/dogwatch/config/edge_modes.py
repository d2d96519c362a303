"""`edge.modes` and `edge.outputs`: what is in force while nobody is at home, at night, and so on; sirens and lamps."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, model_validator

from dogwatch.config.base import Section, Strings, key, required, section

Mode = Literal["armed", "home", "night", "off"]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class ModeConfig(Section):
    """What a mode turns on and off, on all cameras. What is not given stays as it is."""

    record: bool | None = key(None, "Record. Stays off where a camera's `record.enabled` is false in the file.")
    detect: bool | None = key(None, "Detect objects.")
    alert: bool | None = key(None, "Make alerts of what is detected; as for `record`.")
    notify: bool | None = key(None, "Notify users; as for `record`.")
    sensor: bool | None = key(None, "Arm the sensor of the edge camera.")
    profile: str | None = key(None, "Activate this profile; `none` ends the one that is active.")


ALL_ON = ModeConfig(record=True, detect=True, alert=True, notify=True)
AT_HOME = ModeConfig(record=True, detect=True, alert=False, notify=False)
ALL_OFF = ModeConfig(record=False, detect=False, alert=False, notify=False)


class ModeInputConfig(Section):
    """A GPIO line that changes the mode, such as a key switch."""

    gpio: int | None = key(None, "The line, in BCM numbering; without one there is no such input.", ge=0, le=27)
    pull: Literal["up", "down"] = key("up", "The resistor inside the computer.")
    high: Mode | None = key(None, "The mode when the line becomes HIGH.")
    low: Mode | None = key(None, "The mode when the line becomes LOW.")


class ModeTimeConfig(Section):
    """A time of day at which the mode changes."""

    at: str = required("Local time, such as `22:30`.", pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    days: list[Day] = key(list(DAYS), "The days of the week.", min_length=1)
    mode: Mode = required("The mode from then on.")


class ModePresenceConfig(Section):
    """Modes that follow who is at home."""

    home: Mode | None = key(None, "The mode when the first tracked device arrives.")
    away: Mode | None = key(None, "The mode when the last tracked device leaves.")


class ModesConfig(Section):
    """The modes of all cameras, and what changes them besides `POST /mode`."""

    start: Mode | None = key(None, "The mode before anybody has chosen one; by default none, which changes nothing.")
    armed: ModeConfig = key(ALL_ON, "Nobody is at home.")
    home: ModeConfig = key(AT_HOME, "Somebody is at home.")
    night: ModeConfig = key(ALL_ON, "Everybody is asleep.")
    off: ModeConfig = key(ALL_OFF, "Nothing is watched.")
    input: ModeInputConfig = section(ModeInputConfig, "A GPIO line that changes the mode.")
    schedule: list[ModeTimeConfig] = key([], "Times of day at which the mode changes.", max_length=64)
    presence: ModePresenceConfig = section(ModePresenceConfig, "Modes that follow who is at home.")


def _web(value: str) -> str:
    if not value.startswith(("http://", "https://")):
        raise ValueError("expected an address that begins with http:// or https://")
    return value


WebAddress = Annotated[str, AfterValidator(_web)]


class OutputConfig(Section):
    """A siren, lamp or relay: on a GPIO line, or behind addresses that are asked."""

    gpio: int | None = key(None, "The line, in BCM numbering.", ge=0, le=27)
    active_low: bool = key(False, "LOW turns it on, as for many relay boards.")
    url_on: WebAddress | None = key(None, "Address that turns it on, if it has no line.", secret=True)
    url_off: WebAddress | None = key(None, "Address that turns it off.", secret=True)
    method: Literal["GET", "POST", "PUT"] = key("POST", "How the addresses are asked.")
    on: Strings = key([], "What turns it on: `alert`, or types of the edge API's event log such as `sensor_triggered`.")
    modes: list[Mode] = key([], "In which modes that counts; by default in all, and without one.")
    seconds: float = key(30.0, "How long it stays on after that.", gt=0, le=86400)
    longest_s: float = key(180.0, "It is never on for longer at a time.", gt=0, le=86400)
    rest_s: float = key(60.0, "After the longest time nothing but a request turns it on for this long.", ge=0, le=86400)
    dead_man_s: float | None = key(
        None, "Who turns it on by a request must repeat that within this time, or it goes off.", gt=0, le=3600
    )

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        if (self.gpio is None) == (self.url_on is None):
            raise ValueError("expected either gpio or url_on")
        return self
