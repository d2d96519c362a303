"""Separates values that anchors, aliases and merges share, before one of them is changed.

A change of `cameras.front.detect` must not reach another camera that has an alias for it. So the first alias elsewhere
becomes the anchor, with a copy of the value; and a value that is an alias or comes from a merge is written out where it
is changed.
"""

from __future__ import annotations

import re
from typing import Any

from dogwatch.config.outline import MERGE, Node, outline
from dogwatch.config.splice import Cut, Path, apply, cut_out, put
from dogwatch.config.tree import anchored
from dogwatch.config.written import Alias, inline


def unshared(text: str, path: Path) -> str:
    """Return `text` in which nothing outside of `path` refers to what the value at `path` is part of, or holds."""
    while cuts := _first_shared(text, path):
        text = apply(text, cuts)
    return text


def own_change(text: str, path: Path, after: Any) -> tuple[Path, Any]:
    """Return the path and value to put in so that the value at `path` becomes what it is in `after`.

    Args:
        text: The text without the change.
        path: What is set.
        after: All values with the change.
    """
    node = outline(text)
    for depth, name in enumerate(path):
        entry = node.entry(name) if node else None
        here, rest = path[: depth + 1], path[depth + 1 :]
        if entry is None:
            return (here, at(after, here)) if node and node.merges() else (path, at(after, path))
        if rest and entry.value.kind == "alias":
            value = at(after, here)
            if isinstance(value, dict):
                return here, {MERGE: Alias(entry.value.anchor or ""), rest[0]: value[rest[0]]}
            return here, value
        node = entry.value
    return path, at(after, path)


def taken_out(text: str, path: Path, after: Any) -> str:
    """Take the key at `path` out of `text`, also one that comes by an alias or a merge."""
    node = outline(text)
    for depth, name in enumerate(path):
        entry = node.entry(name) if node else None
        here = path[: depth + 1]
        if depth + 1 == len(path):
            if node and node.merges() and name != MERGE:
                text = _without_merges(text, node, path[:-1], at(after, path[:-1]))
            return cut_out(text, path) if entry else text
        if entry is None:  # comes by a merge
            return put(text, here, at(after, here))
        if entry.value.kind == "alias":
            return put(text, here, at(after, here))
        node = entry.value
    return text


def at(values: Any, path: Path) -> Any:
    """Return the value at `path`."""
    for name in path:
        values = values[int(name)] if isinstance(values, list) else values[name]
    return values


def _without_merges(text: str, node: Node, path: Path, values: dict[str, Any]) -> str:
    """Write out what a map gets by merges, as far as it is among `values`."""
    for name, value in values.items():
        if node.entry(name) is None:
            text = put(text, (*path, name), value)
    for _ in node.merges():
        text = cut_out(unshared(text, (*path, MERGE)), (*path, MERGE))
    return text


def _first_shared(text: str, path: Path) -> list[Cut]:
    root = node = outline(text)
    if root is None or node is None:
        return []
    around: list[Node] = []
    within: list[Node] = []
    start = end = -1
    for depth, name in enumerate(path):
        entry = node.entry(name)
        if entry is None:
            break
        if depth + 1 < len(path):
            around.append(entry.value)
        else:
            within = [*(entry.key.walk() if entry.key else ()), *entry.value.walk()]
            start, end = entry.start, entry.end
        node = entry.value
    everything = list(root.walk())
    for shared in [*around, *within]:
        if not shared.anchor or shared.kind == "alias":
            continue
        for other in everything[everything.index(shared) + 1 :]:
            if other.anchor != shared.anchor or start <= other.start < end:
                continue
            if other.kind != "alias":  # the same name is given anew
                break
            copied = f"&{shared.anchor} {inline(anchored(text, shared.start), flow=True)}"
            cuts: list[Cut] = [(other.start, other.end, copied)]
            if found := re.compile(rf"[ \t]*&{re.escape(shared.anchor)}(?=\s)").search(text, shared.start - 1):
                cuts.append((found.start(), found.end(), ""))
            return cuts
    return []
