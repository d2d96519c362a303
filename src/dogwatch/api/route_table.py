"""Finds the route of a path among hundreds: only those are compared whose first segments and number of segments fit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from starlette.routing import Match
from starlette.types import Scope

from dogwatch.api.guarded_route import GuardedRoute

Start = tuple[str, str] | None
"""The first two segments of a path, the second empty if there is none; None for those that no template names."""


class RouteTable:
    """The routes of a surface, the most specific paths first."""

    def __init__(self, routes: Sequence[GuardedRoute]) -> None:
        """Order `routes` by the paths that they may answer."""
        self.routes = tuple(routes)
        templates = [_segments(route.path) for route in routes]
        self._starts = {start(one) for one in templates if not any(map(_is_open, one[:2]))}
        self._most = max(map(len, templates), default=0) + 1
        self._fitting: dict[tuple[Start, int], tuple[GuardedRoute, ...]] = {}

    def find(self, scope: Scope) -> tuple[GuardedRoute | None, Scope]:
        """Return the route of a request, and what it makes of the path: nothing if it has other methods only."""
        path: str = scope["path"]
        partial = None
        for route in self._candidates(path):
            match, found = route.matches(scope)
            if match == Match.FULL:
                return route, found
            if match == Match.PARTIAL and partial is None:
                partial = route
        return partial, {}

    def _candidates(self, path: str) -> Iterable[GuardedRoute]:
        segments = _segments(path)
        known = start(segments)
        key = known if known in self._starts else None, min(len(segments), self._most)
        if (found := self._fitting.get(key)) is None:
            found = self._fitting[key] = tuple(one for one in self.routes if _may_answer(_segments(one.path), *key))
        return found


def start(segments: Sequence[str]) -> tuple[str, str]:
    """Return the first two segments of a path."""
    return segments[0], segments[1] if len(segments) > 1 else ""


def _segments(path: str) -> list[str]:
    return path.split("/")[1:] or [""]


def _is_open(segment: str) -> bool:
    return "{" in segment


def _may_answer(template: Sequence[str], first: Start, count: int) -> bool:
    """Tell whether a template may fit a path that begins so and has so many segments."""
    long = next((place for place, segment in enumerate(template) if segment.endswith(":path}")), None)
    if count != len(template) if long is None else count < long:
        return False
    fixed = template if long is None else template[:long]
    if first is None:
        return len(fixed) < len(template) or any(map(_is_open, template[:2]))
    return all(_is_open(segment) or segment == given for segment, given in zip(fixed, first, strict=False))
