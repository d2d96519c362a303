"""What the maker of a link may share, now and as long as the link works."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dogwatch.auth.caller import ADMIN, Caller
from dogwatch.errors import ForbiddenError
from dogwatch.store.shares import OwnerKind, Share

if TYPE_CHECKING:
    from dogwatch.auth.authority import Authority
    from dogwatch.config import Config


def kind_of(caller: Caller) -> OwnerKind:
    """Return how `caller` was identified."""
    return "listener" if caller.trusted else "account" if caller.session else "proxy"


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
    role = _role(share, authority)
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


def _role(share: Share, authority: Authority) -> str | None:
    """Return the role that the maker has now."""
    match share.owner_kind:
        case "listener":
            return ADMIN
        case "account":
            user = authority.accounts.find(share.owner)
            gone = user is None or (
                user.issuer and not (authority.oidc and authority.oidc.config.issuer == user.issuer)
            )
            role = None if user is None or gone else user.role
        case "proxy":  # which tells the role at each request only
            role = None if authority.enabled else share.owner_role
    return role if role in authority.accounts.roles else None
