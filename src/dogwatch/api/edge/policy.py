"""What every route of the edge API needs. A route without a row keeps the core from starting."""

from __future__ import annotations

from enum import Enum

from dogwatch.api.surface import Key


class Needs(Enum):
    """What a request must show."""

    NOTHING = "public"
    """Nothing, ever."""
    TOKEN = "token"  # noqa: S105 - a word of the manual
    """The token, while the login is on."""
    ALWAYS = "token_always"
    """The token, also while the login is off."""


EDGE_POLICY: dict[Key, Needs] = {
    # settings.md
    ("GET", "/settings"): Needs.TOKEN,
    ("POST", "/settings"): Needs.TOKEN,
    ("GET", "/settings/export"): Needs.TOKEN,
    ("POST", "/settings/import"): Needs.TOKEN,
    ("GET", "/list_directories"): Needs.TOKEN,
    # auth.md
    ("GET", "/auth/status"): Needs.NOTHING,
    ("POST", "/auth/validate"): Needs.NOTHING,
    ("POST", "/auth/regenerate"): Needs.ALWAYS,
    ("POST", "/auth/set-password"): Needs.ALWAYS,
    # events.md
    ("GET", "/events"): Needs.TOKEN,
    # sensors.md
    ("GET", "/sensor/status"): Needs.TOKEN,
    ("GET", "/sensor/types"): Needs.TOKEN,
    ("POST", "/sensor/configure"): Needs.TOKEN,
    ("POST", "/sensor/enable"): Needs.TOKEN,
    ("POST", "/sensor/disable"): Needs.TOKEN,
    ("POST", "/sensor/test"): Needs.TOKEN,
    ("POST", "/sensor/mock/trigger"): Needs.TOKEN,
    ("POST", "/sensor/mock/release"): Needs.TOKEN,
}
