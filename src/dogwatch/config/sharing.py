"""`sharing`: links that show a clip, an event or an export without a login."""

from __future__ import annotations

from dogwatch.config.base import Section, Strings, key


class SharingConfig(Section):
    """Links for people without an account."""

    enabled: bool = key(True, "Answer links; while this is off, none works.")
    roles: Strings = key(["admin"], "Roles whose users may make links, of cameras that they can see.")
    default_hours: float = key(24, "Hours that a link works if its maker does not say.", gt=0, le=8760)
    max_hours: float = key(168, "Hours that a link works at most.", gt=0, le=8760)
    blur_roles: Strings = key(
        [], "Roles whose links always have privacy masks and blurred faces, whether asked for or not."
    )
