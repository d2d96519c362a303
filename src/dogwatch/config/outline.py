"""Where each key and value of a YAML text stands, for editing the text itself.

The outline comes from the parser's events: composed nodes have no place for an alias, and the end of a block collection
is there the start of whatever follows it, comments included. Here it is the end of its last entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from dogwatch.errors import ConfigError

MERGE = "<<"
_VALUE = re.compile(r"[ \t]*:")
_SPACE = r"(?:[ \t]*(?:[&!]\S*[ \t]*)*(?:(?<!\S)#[^\r\n]*)?[\r\n]+)*[ \t]*(?:[&!]\S*[ \t]+)*"
_DASH = re.compile(_SPACE + "-")
_PROPERTIES = re.compile(r"[&!]\S*(?:[ \t]+[&!]\S*)*")
_COMMA = re.compile(r"(?:\s+(?:#[^\r\n]*)?)*,[ \t]*")


@dataclass(slots=True)
class Entry:
    """One key with its value, or one item of a list (then `key` is None).

    `start` is its first character (of the key, or the dash of a block list); `behind` is where its value may begin:
    right behind the colon or dash.
    """

    key: Node | None
    value: Node
    start: int
    behind: int

    @property
    def end(self) -> int:
        """Return where its last character ends."""
        return max(self.behind, self.value.end)


@dataclass(slots=True)
class Node:
    """A scalar, map, list or alias.

    `start` is its first character, anchor and tag included, and `end` stands behind the last. `anchor` is its name, or
    that which an alias refers to. `text` is a scalar's value; `style` its quotes (`"`, `'`, `|`, `>`, empty for plain).
    """

    kind: str
    start: int
    end: int
    column: int = 0
    flow: bool = False
    anchor: str | None = None
    text: str = ""
    style: str = ""
    entries: list[Entry] = field(default_factory=list)

    def entry(self, name: str) -> Entry | None:
        """Return the entry of a key, or the item whose number `name` is; None if it is not there."""
        if self.kind == "list":
            return self.entries[int(name)] if name.isdecimal() and int(name) < len(self.entries) else None
        return next((entry for entry in self.entries if entry.key and entry.key.text == name), None)

    def merges(self) -> list[Entry]:
        """Return the entries that merge other maps into this one."""
        return [entry for entry in self.entries if entry.key and (entry.key.text, entry.key.style) == (MERGE, "")]

    def walk(self) -> Iterator[Node]:
        """Yield this node and all within it, in the order of the text."""
        yield self
        for entry in self.entries:
            if entry.key:
                yield from entry.key.walk()
            yield from entry.value.walk()


def outline(text: str) -> Node | None:
    """Return the outermost node of `text`, None when it has none.

    Raises:
        ConfigError: It is no YAML, or has keys in a form that cannot be edited (`? key`).
    """
    try:
        events = iter(list(YAML(typ="safe", pure=True).parse(text)))
    except (YAMLError, ValueError, RecursionError) as error:
        raise ConfigError(f"this is not YAML: {str(error).splitlines()[0]}") from error
    for event in events:
        if isinstance(event, AliasEvent | ScalarEvent | MappingStartEvent | SequenceStartEvent):
            return _node(event, events, text)
    return None


def comma_behind(text: str, index: int) -> tuple[int, int] | None:
    """Return where the comma behind `index` and the spaces behind it begin and end, if one is next."""
    found = _COMMA.match(text, index)
    return (text.rindex(",", index, found.end()), found.end()) if found else None


def _node(event: Event, events: Iterator[Event], text: str, behind: int | None = None) -> Node:
    """Read the node that begins with `event`; one that is not there stands at `behind`."""
    start, end = event.start_mark.index, event.end_mark.index
    if isinstance(event, AliasEvent):
        return Node("alias", start, end, anchor=event.anchor)
    if isinstance(event, ScalarEvent):
        style = event.style or ""
        if not event.value and not style:  # the parser says that it stands where the next token begins
            found = _PROPERTIES.match(text, start)
            end = found.end() if found else start
            if start == end and behind is not None:
                start = end = behind
        elif style in {"|", ">"}:
            end = _block_scalar_end(text, start, end)
        return Node("scalar", start, end, anchor=event.anchor, text=str(event.value), style=style)
    if not isinstance(event, MappingStartEvent | SequenceStartEvent):
        raise TypeError(f"{type(event).__name__} begins no node")
    kind = "map" if isinstance(event, MappingStartEvent) else "list"
    node = Node(kind, start, end, flow=bool(event.flow_style), anchor=event.anchor)
    last = _entries(node, events, text)
    node.end = last.end_mark.index if node.flow or not node.entries else node.entries[-1].end
    if node.entries:
        first = node.entries[0].start
        node.column = first - line_start(text, first)
    return node


def _entries(node: Node, events: Iterator[Event], text: str) -> Event:
    """Read the entries of a collection; return the event that ends it."""
    at = node.start
    for event in events:
        if isinstance(event, MappingEndEvent | SequenceEndEvent):
            return event
        child = _node(event, events, text)
        if node.kind == "map":
            found = _VALUE.match(text, child.end)
            if not found and not node.flow:
                raise ConfigError("keys written with '?' cannot be edited", line=text.count("\n", 0, child.start) + 1)
            behind = found.end() if found else child.end
            node.entries.append(Entry(child, _node(next(events), events, text, behind), child.start, behind))
        elif node.flow:
            node.entries.append(Entry(None, child, child.start, child.start))
        else:
            dash = _DASH.match(text, at)
            if not dash:
                raise ConfigError("this list cannot be edited", line=text.count("\n", 0, child.start) + 1)
            if not child.text and child.start == child.end:
                child.start = child.end = dash.end()
            node.entries.append(Entry(None, child, dash.end() - 1, dash.end()))
            at = node.entries[-1].end
    raise AssertionError("the parser ends what it begins")


def _block_scalar_end(text: str, start: int, end: int) -> int:
    """Return the end of the last line of a block scalar, its line break not included."""
    kept = "+" in text[start:end].splitlines()[0].partition("#")[0]
    body = text[start:end]
    if kept:
        return end - (2 if body.endswith("\r\n") else 1 if body.endswith("\n") else 0)
    return start + len(body.rstrip())


def line_start(text: str, index: int) -> int:
    """Return where the line of `index` begins; a byte order mark is before the first line."""
    found = max(text.rfind("\n", 0, index), text.rfind("\r", 0, index)) + 1
    return found or int(text.startswith("\ufeff"))


def line_end(text: str, index: int) -> int:
    """Return where the line of `index` ends, before its line break."""
    found = re.compile(r"[\r\n]|\Z").search(text, index)
    return found.start() if found else len(text)


def next_line(text: str, index: int) -> int:
    """Return where the line behind that of `index` begins; the end of the text if there is none."""
    end = line_end(text, index)
    return end + (2 if text.startswith("\r\n", end) else 1 if end < len(text) else 0)
