"""Reads the identity that a reverse proxy has established and sends in headers (docs/authentication.md)."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from dogwatch.auth.caller import VIEWER
from dogwatch.auth.roles import role_of
from dogwatch.config.auth import PROXY_HEADERS


def mapped_user(headers: Mapping[str, str], user_header: str | None) -> str:
    """Return the user that the mapped header names, else `viewer`; `headers` has lower-case names."""
    return _value(headers, user_header) or VIEWER


def mapped_role(
    headers: Mapping[str, str],
    role_header: str | None,
    role_map: Mapping[str, Collection[str]],
    known_roles: Collection[str],
    *,
    default: str,
    separator: str,
) -> str:
    """Return the role for the groups in the mapped header, else `default`, or `viewer` if that is not known."""
    groups = [group.strip() for group in _value(headers, role_header).split(separator or ",")]
    found = role_of(groups, role_map, known_roles)
    return found or (default if default in known_roles else VIEWER)


def _value(headers: Mapping[str, str], name: str | None) -> str:
    """Return a mapped header's value; headers that are not mapped are never read."""
    return headers.get(name.lower(), "").strip() if name and name.lower() in PROXY_HEADERS else ""
