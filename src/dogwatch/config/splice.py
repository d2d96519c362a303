"""Changing one value of a YAML text by cutting out and putting in the characters of that value alone.

What is not asked for cannot change, as it is never written anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from dogwatch.config import written
from dogwatch.config.outline import Entry, Node, comma_behind, line_end, line_start, next_line, outline
from dogwatch.errors import ConfigError

Path: TypeAlias = tuple[str, ...]
Cut: TypeAlias = tuple[int, int, str]
"""Replace the characters from one place up to another with a text."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a text is laid out: how far in keys and dashes of an inner map and list are, and what ends its lines."""

    step: int
    offset: int
    newline: str

    @classmethod
    def of(cls, text: str, root: Node | None) -> Layout:
        """Return the layout of most of `text`."""
        steps: list[int] = []
        offsets: list[int] = []
        for node in root.walk() if root else ():
            for entry in node.entries if node.kind == "map" and not node.flow else ():
                inner = entry.value
                if inner.entries and not inner.flow:
                    (steps if inner.kind == "map" else offsets).append(inner.column - node.column)
        break_at = line_end(text, 0)
        newline = text[break_at : next_line(text, 0)] or "\n"
        return cls(_most(steps) or 2, _most(offsets, steps), newline)


def put(text: str, path: Path, value: Any) -> str:
    """Set the value at `path`, all of whose containers but the last are maps or lists of the text itself.

    Names behind the last container that is there become maps.
    """
    root = outline(text)
    layout = Layout.of(text, root)
    if root is None or (root.kind == "scalar" and not root.text):
        return _first(
            text, root, written.keyed(path[0], _nested(path[1:], value), 0, layout.step, layout.offset), layout
        )
    node, flow = root, root.flow and bool(root.entries or root.start != line_start(text, root.start))
    for depth, name in enumerate(path):
        entry = node.entry(name)
        rest = path[depth + 1 :]
        if entry is None:
            return apply(text, _added(text, node, name, _nested(rest, value), layout, flow=flow))
        if not rest or not entry.value.entries:
            value = [_nested(rest[1:], value)] if rest and entry.value.kind == "list" else _nested(rest, value)
            return apply(text, _replaced(text, node, entry, value, layout, flow=flow))
        node, flow = entry.value, flow or entry.value.flow
    raise AssertionError("a path has parts")


def cut_out(text: str, path: Path) -> str:
    """Take out the entry at `path`; it may be the only one of the outermost map alone."""
    root = outline(text)
    node, flow = root, root.flow if root else False
    for name in path[:-1]:
        entry = node.entry(name) if node else None
        node = entry.value if entry else None
        flow = flow or bool(node and node.flow)
    entry = node.entry(path[-1]) if node else None
    if node is None or entry is None:
        raise ConfigError("is not there", path=".".join(path))
    return apply(text, _removed_flow(text, node, entry) if flow else _removed(text, node, entry))


def _nested(names: Path, value: Any) -> Any:
    for name in reversed(names):
        value = {name: value}
    return value


def _most(numbers: list[int], otherwise: list[int] | None = None) -> int:
    if not numbers:
        return _most(otherwise) if otherwise else 2
    return max(sorted(set(numbers)), key=numbers.count)


def apply(text: str, cuts: list[Cut]) -> str:
    """Return `text` with cuts made that do not overlap."""
    for start, end, new in sorted(cuts, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _lines(text: str, at: int, lines: list[str], layout: Layout) -> Cut:
    """Put whole lines in at the beginning of a line, or at the end of the text."""
    body = layout.newline.join(lines)
    if at and text[at - 1] not in "\r\n" and at != int(text.startswith("\ufeff")):
        return at, at, layout.newline + body
    return at, at, body + layout.newline


def _first(text: str, root: Node | None, lines: list[str], layout: Layout) -> str:
    """Put the first keys into a text that has none."""
    at = len(text)
    if root:  # behind `---`, before `...`
        at = root.start if root.start == line_start(text, root.start) else next_line(text, root.start)
    return apply(text, [_lines(text, at, lines, layout)])


def _added(text: str, node: Node, name: str, value: Any, layout: Layout, *, flow: bool) -> list[Cut]:
    """Add an entry behind the last of a map or list that has one."""
    if node.kind == "list" and (not name.isdecimal() or int(name) != len(node.entries)):
        raise ConfigError("is no item of the list", path=name)
    if not node.entries:
        new = [value] if node.kind == "list" else {name: value}
        if not flow:
            column = node.start - line_start(text, node.start)
            body = layout.newline.join(written.block(new, column, layout.step, layout.offset)).lstrip(" ")
            return [(node.start, node.end, body)]
        return [(node.start, node.end, written.inline(new, flow=True))]
    last = node.entries[-1]
    if flow:
        new = value if node.kind == "list" else {name: value}
        body = written.inline(new, flow=True)
        return [(last.end, last.end, ", " + (body if node.kind == "list" else body[1:-1]))]
    at = next_line(text, last.end)
    if node.kind == "list":
        return [_lines(text, at, written.block([value], node.column, layout.step, layout.offset), layout)]
    return [_lines(text, at, written.keyed(name, value, node.column, layout.step, layout.offset), layout)]


def _replaced(text: str, node: Node, entry: Entry, value: Any, layout: Layout, *, flow: bool) -> list[Cut]:
    """Put a value in the place of another, or of nothing."""
    old, behind = entry.value, entry.behind
    empty = old.start == old.end
    if flow:
        body = written.inline(value, old.style, flow=True)
        if empty and entry.key:
            return [(behind, behind, f" {body}" if text[behind - 1] == ":" else f": {body}")]
        return [(old.start, old.end, body)]
    in_line = written.fits_a_line(value)
    if node.kind == "list":
        column = entry.start - line_start(text, entry.start) + 2
        column = column if empty else old.start - line_start(text, old.start)
        body = written.inline(value, old.style)
        if not in_line:
            body = layout.newline.join(written.block(value, column, layout.step, layout.offset)).lstrip(" ")
        return [(behind, behind, f" {body}")] if empty else [(old.start, old.end, body)]
    below = next_line(text, old.start) > next_line(text, behind)
    if old.kind == "list" and old.entries and not old.flow and below and value and isinstance(value, list | tuple):
        in_line = False  # as it was
        column = old.column
    else:
        column = node.column + (layout.step if isinstance(value, Mapping) else layout.offset)
    cuts: list[Cut] = []
    if below:  # from the line behind the key's up to the last line of the old value
        end = next_line(text, old.end)
        cuts.append((next_line(text, behind), end if value else _deeper_comments(text, end, node.column), ""))
    if in_line:
        body = written.inline(value, old.style)
        start, end = (behind, behind) if empty or below else (old.start, old.end)
        return [*cuts, (start, end, f" {body}" if start == behind else body)]
    lines = written.block(value, column, layout.step, layout.offset)
    if below:
        start, end, _ = cuts[0]
        body = layout.newline.join(lines) + (layout.newline if text[end - 1] in "\r\n" else "")
        return [(start, end, body)]
    if not empty:
        cuts.append((behind, old.end, ""))
    return [*cuts, _lines(text, next_line(text, old.end), lines, layout)]


def _removed(text: str, node: Node, entry: Entry) -> list[Cut]:
    """Take an entry out of a block map or list, with the comments that are deeper in than it."""
    begin = line_start(text, entry.start)
    end = next_line(text, entry.end)
    if entry.value.entries and not entry.value.flow:
        end = _deeper_comments(text, end, node.column)
    if not text[begin : entry.start].strip(" "):
        return [(begin, end, "")]
    if len(node.entries) == 1:
        return [(entry.start, entry.end, "")]
    following = node.entries[node.entries.index(entry) + 1]  # the first key behind a dash: the next one moves up
    if text[end : following.start].strip():
        return [(len(text[: entry.start].rstrip(" ")), line_end(text, entry.end), "")]
    return [(entry.start, following.start, "")]


def _deeper_comments(text: str, at: int, column: int) -> int:
    """Return where the comments from `at` on end that are further in than `column`."""
    end = at
    while at < len(text):
        line = text[at : line_end(text, at)]
        body = line.lstrip(" \t")
        if body and (not body.startswith("#") or len(line) - len(body) <= column):
            break
        at = next_line(text, at)
        end = at if body else end
    return end


def _removed_flow(text: str, node: Node, entry: Entry) -> list[Cut]:
    """Take an entry out of a map or list in braces or brackets, with one comma."""
    comma = comma_behind(text, entry.end)
    if comma:
        between = text[entry.end : comma[0]]
        end = comma[0] + 1 if text.startswith("#", comma[1]) else comma[1]  # a comment begins behind a space
        if not between.strip():
            return [(entry.start, end, "")]
        return [(entry.start, entry.end, ""), (comma[0], end, "")]
    place = node.entries.index(entry)
    if place == 0:
        return [(entry.start, entry.end, "")]
    comma = comma_behind(text, node.entries[place - 1].end)
    if comma is None:
        raise ConfigError("this list cannot be edited", line=text.count("\n", 0, entry.start) + 1)
    if not text[comma[1] : entry.start].strip():
        return [(comma[0], entry.end, "")]
    return [(comma[0], comma[0] + 1, ""), (entry.start, entry.end, "")]
