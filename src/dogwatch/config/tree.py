"""Parses YAML text into plain values that know their place in the file.

Maps and lists are `Map` and `Items`: dict and list with a `Mark` for every entry. Marks travel with the entries
when a migration moves them, so an error is reported where the user wrote its cause.
"""

from __future__ import annotations

import re
from typing import Any, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from dogwatch.config import tags
from dogwatch.config.problems import Mark, Report
from dogwatch.errors import ConfigError

Value: TypeAlias = Any
Location: TypeAlias = tuple[str | int, ...]
SIZE_LIMIT = 1 << 20
NODE_LIMIT = 200_000  # aliases can make a small file huge; the largest honest file seen has about 20,000
_HALF = re.compile("[\ud800-\udfff]")
# The name of an alias or a tag, which may be a password without quotes that begins with * or !.
_QUOTED = re.compile(r" '[^'<\\]{2,}'")


class Map(dict[str, Value]):
    """A mapping; `marks` says where each key stands."""

    def __init__(self, *args: Any, marks: dict[str, Mark] | None = None) -> None:
        """Take the entries and their marks."""
        super().__init__(*args)
        self.marks: dict[str, Mark] = marks if marks is not None else {}

    def take(self, key: str) -> tuple[Value, Mark | None]:
        """Remove `key`; return its value and mark, both None if it is not there."""
        return self.pop(key, None), self.marks.pop(key, None)

    def put(self, key: str, value: Value, mark: Mark | None) -> None:
        """Set `key`, and where its value came from."""
        self[key] = value
        if mark:
            self.marks[key] = mark

    def inner(self, key: str, mark: Mark | None = None) -> Map:
        """Return the map under `key`; made, with `mark`, if it is missing or empty.

        Something else that stands there is left for the models to report, and the map that is returned leads nowhere.
        """
        value = self.get(key)
        if isinstance(value, Map):
            return value
        made = Map()
        if value is None:
            self.put(key, made, self.marks.get(key) or mark)
        return made


class Items(list[Value]):
    """A sequence; `marks` says where each item stands."""

    def __init__(self, items: list[Value], marks: list[Mark]) -> None:
        """Take the items and their marks."""
        super().__init__(items)
        self.marks = marks


class WrittenInt(int):
    """An integer that was not written the plain way; as text it is what was written (`0123`)."""

    written = ""

    def __str__(self) -> str:
        """Return what was written."""
        return self.written


class WrittenFloat(float):
    """A number that was not written the plain way; as text it is what was written (`1.50`)."""

    written = ""

    def __str__(self) -> str:
        """Return what was written."""
        return self.written


def locate(root: Value, location: Location) -> Mark | None:
    """Return the mark of `location`, or of the nearest thing around it; parts that lead nowhere are skipped."""
    mark: Mark | None = None
    value = root
    for part in location:
        if isinstance(value, Map) and str(part) in value:
            mark = value.marks.get(str(part), mark)
            value = value[str(part)]
        elif isinstance(value, Items) and isinstance(part, int) and part < len(value):
            mark = value.marks[part] if part < len(value.marks) else mark
            value = value[part]
    return mark


def read(text: str, report: Report) -> Map | None:
    """Read YAML `text`; None, with the error reported, if it cannot be read at all.

    An empty text is an empty map. Keys are always texts. A key that is given twice is an error; the first counts.
    """
    if len(text.encode(errors="replace")) > SIZE_LIMIT:
        report.error(None, f"the file is larger than {SIZE_LIMIT >> 20} MiB")
        return None
    try:
        node = YAML(typ="safe", pure=True).compose(text)
        value = None if node is None else _Builder(text, report).value(node, "")
    except MarkedYAMLError as error:
        _report_syntax(error, report)
        return None
    except (YAMLError, ValueError, RecursionError) as error:
        nested = isinstance(error, RecursionError)
        report.error(None, f"this is not YAML: {'nested too deeply' if nested else str(error).splitlines()[0]}")
        return None
    if isinstance(value, Map):
        return value
    if value is not None:
        report.error(Mark(1, 1, ""), "expected keys with values (`cameras:` ...) at the top of the file")
        return None
    return Map()


def plain_scalar(text: str) -> Value:
    """Return what `text` says as a value without quotes, all of it."""
    tag = YAML(typ="safe", pure=True).resolver.resolve(ScalarNode, text, (True, False))
    return _scalar(ScalarNode(tag, text))


def anchored(text: str, index: int) -> Value:
    """Return the value whose anchor begins at `index` in `text`, which can be read."""
    nodes = [YAML(typ="safe", pure=True).compose(text)]
    while nodes:
        node = nodes.pop()
        if node.start_mark.index == index and node.anchor:
            return _Builder(text, Report()).value(node, "")
        inner = node.value if isinstance(node, MappingNode | SequenceNode) else ()
        nodes += [part for entry in inner for part in (entry if isinstance(entry, tuple) else (entry,))]
    raise ConfigError("this anchor is not there")


def _report_syntax(error: MarkedYAMLError, report: Report) -> None:
    place = error.problem_mark or error.context_mark
    problem = _QUOTED.sub("", error.problem or error.context or "this is not YAML")
    context = str(error.context)
    hint = None
    if "'\\t'" in problem:
        problem, hint = "a tab cannot be used here", "indent with spaces"
    elif "mapping values are not allowed" in problem:
        hint = "a key must stand on its own line, and a text with ': ' in quotes"
    elif "undefined" in problem or context.endswith(" tag"):
        hint = "a text that begins with * or ! must stand in quotes"
    elif context.endswith(" anchor") or "cannot start any token" in problem:
        hint = "a text that begins with &, *, @, % or ` must stand in quotes"
    elif "expected <block end>" in problem:
        hint = "check the indentation"
    mark = Mark(place.line + 1, place.column + 1, "") if place else None
    report.error(mark, problem, hint)


class _Builder:
    def __init__(self, text: str, report: Report) -> None:
        self._text = text
        self._report = report
        self._nodes = 0
        self._within: set[int] = set()

    def value(self, node: Node, path: str, mark: Mark | None = None) -> Value:
        """Return what `node` says; `mark` is where its key stands."""
        self._nodes += 1
        if self._nodes > NODE_LIMIT or id(node) in self._within:
            if self._nodes <= NODE_LIMIT + 1:
                self._report.error(_mark(node, path), "the file's aliases refer to themselves or multiply too much")
                self._nodes = NODE_LIMIT + 1
            return None
        if not tags.understood(node, self._text, mark or _mark(node, path), self._report):
            return str(node.value) if isinstance(node, ScalarNode) else None
        if isinstance(node, ScalarNode):
            self._whole(node, path)
            return _scalar(node)
        self._within.add(id(node))
        value: Value = None
        if isinstance(node, MappingNode):
            value = self._map(node, path)
        elif isinstance(node, SequenceNode):
            value = self._items(node, path)
        self._within.discard(id(node))
        return value

    def _whole(self, node: ScalarNode, path: str) -> None:
        """Refuse half of a surrogate pair, which an escape can say: no answer and no file can hold it."""
        if _HALF.search(node.value):
            node.value = _HALF.sub("\ufffd", node.value)
            self._report.error(
                _mark(node, path), "holds characters that are no text (\\uD800 to \\uDFFF are halves of others)"
            )

    def _items(self, node: SequenceNode, path: str) -> Items:
        places = [f"{path}.{index}" for index in range(len(node.value))]
        marks = [_mark(child, place) for child, place in zip(node.value, places, strict=True)]
        return Items([self.value(child, place) for child, place in zip(node.value, places, strict=True)], marks)

    def _map(self, node: MappingNode, path: str) -> Map:
        result, merged = Map(), Map()
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode):
                self._report.error(_mark(key_node, path), "a key must be a text")
                continue
            tags.understood(key_node, self._text, _mark(key_node, path), self._report)
            self._whole(key_node, path)
            name = str(key_node.value)
            place = f"{path}.{name}" if path else name
            mark = _mark(key_node, place)
            if name == "<<" and not key_node.style:
                self._merge(merged, self.value(value_node, path, mark), mark)
            elif name in result:
                first = result.marks[name].line
                self._report.error(mark, f"'{name}' is given twice, first in line {first}")
            else:
                result.put(name, self.value(value_node, place, mark), mark)
        for name, value in merged.items():
            if name not in result:
                result.put(name, value, merged.marks.get(name))
        return result

    def _merge(self, merged: Map, source: Value, mark: Mark) -> None:
        for item in source if isinstance(source, Items) else [source]:
            if not isinstance(item, Map):
                self._report.error(mark, "'<<' takes a map or a list of maps")
                continue
            for name, value in item.items():
                if name not in merged:
                    merged.put(name, value, item.marks.get(name))


def _mark(node: Node, path: str) -> Mark:
    return Mark(node.start_mark.line + 1, node.start_mark.column + 1, path)


def _scalar(node: ScalarNode) -> Value:
    kind, text = str(node.tag).removeprefix(tags.PREFIX), str(node.value)
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() in {"true", "yes", "on"}
    try:
        if kind == "int":
            number = int(text.replace("_", ""), 0 if text.lstrip("+-")[:2].lower() in {"0x", "0o", "0b"} else 10)
            return number if str(number) == text else _written(WrittenInt(number), text)
        if kind == "float":
            real = float(text.replace("_", "").replace(".inf", "inf").replace(".nan", "nan"))
            return real if str(real) == text else _written(WrittenFloat(real), text)
    except ValueError:
        return text
    return text


def _written(number: WrittenInt | WrittenFloat, text: str) -> WrittenInt | WrittenFloat:
    number.written = text
    return number
