"""Finds the role for the groups that a proxy or a provider has put a user into."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from dogwatch.auth.caller import ADMIN


def role_of(groups: Iterable[str], role_map: Mapping[str, Collection[str]], known: Collection[str]) -> str | None:
    """Return the role for `groups`, None if there is none; `admin` wins, then the first one.

    With `role_map` (role to groups) that is the first in its order; without it, groups are names of roles in any case,
    and that of the first group counts. Roles that are not `known` never match.
    """
    groups = [group for group in groups if group]
    if role_map:
        matches = [role for role, wanted in role_map.items() if any(group in wanted for group in groups)]
    else:
        by_name = {role.lower(): role for role in known}
        matches = [by_name[group.lower()] for group in groups if group.lower() in by_name]
    matches = [role for role in matches if role in known]
    return ADMIN if ADMIN in matches else next(iter(matches), None)
