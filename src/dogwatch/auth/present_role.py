"""What somebody may do now who was identified at another time: the maker of a link, the owner of a device."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dogwatch.auth.caller import ADMIN, Caller

if TYPE_CHECKING:
    from dogwatch.auth.authority import Authority
    from dogwatch.store.shares import OwnerKind


def kind_of(caller: Caller) -> OwnerKind:
    """Return how `caller` was identified."""
    return "listener" if caller.trusted else "account" if caller.session else "proxy"


def present_role(authority: Authority, kind: OwnerKind, username: str, role_then: str) -> str | None:
    """Return the role that somebody has now; None without an account or role. Reads the accounts.

    Args:
        authority: Knows the accounts.
        kind: How they were identified.
        username: As whom.
        role_then: The role that they had.
    """
    match kind:
        case "listener":
            return ADMIN
        case "account":
            user = authority.accounts.find(username)
            gone = user is None or (
                user.issuer and not (authority.oidc and authority.oidc.config.issuer == user.issuer)
            )
            role = None if user is None or gone else user.role
        case "proxy":  # which tells the role at each request only
            role = None if authority.enabled else role_then
    return role if role in authority.accounts.roles else None
