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
    ("GET", "/settings"): Needs.TOKEN,
}
