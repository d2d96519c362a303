"""What the maker of a link may share, now and as long as the link works."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dogwatch.auth.present_role import kind_of, present_role
from dogwatch.errors import ForbiddenError
from dogwatch.store.shares import Share

if TYPE_CHECKING:
    from dogwatch.auth.authority import Authority
    from dogwatch.auth.caller import Caller
    from dogwatch.config import Config


def check(caller: Caller, config: Config) -> None:
    """Make sure that `caller` may make links at all.

    Raises:
        ForbiddenError: Sharing is off, or not for this role.
    """
    if not config.sharing.enabled:
        raise ForbiddenError("Sharing is switched off (sharing.enabled)")
    if caller.role not in config.sharing.roles:
        raise ForbiddenError(f"Access denied: the role '{caller.role}' may not share (sharing.roles)")


def lost(share: Share, config: Config, authority: Authority) -> str:
    """Return why the maker of `share` may not share this any more; empty if he may. Reads the accounts."""
    role = present_role(authority, share.owner_kind, share.owner, share.owner_role)
    if role is None:
        return "its maker has no account or no role any more"
    if role not in config.sharing.roles:
        return "the role of its maker may not share any more"
    cameras = authority.cameras_of(role)
    if cameras is not None and share.camera not in cameras:
        return "its maker may not see the camera any more"
    cover = share.cover or {}
    if role in config.sharing.blur_roles and not (cover.get("faces") and cover.get("masks") is not None):
        return "what the role of its maker shares must be blurred now"
    return ""


def may_see(share: Share, caller: Caller) -> bool:
    """Whether `caller` may know of `share`: its maker and administrators, if they see the camera."""
    mine = share.owner == caller.username and share.owner_kind == kind_of(caller)
    return caller.may_see(share.camera) and (caller.is_admin or mine)
