"""The text of a value that is put into a YAML file: structure by hand, scalars by the library's emitter."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from dogwatch.config.tags import PREFIX
from dogwatch.config.tree import WrittenFloat, WrittenInt


class Alias(str):
    """The name of an anchor that a value refers to."""

    __slots__ = ()


def inline(value: Any, style: str = "", *, flow: bool = False) -> str:
    """Return `value` in one line.

    Args:
        value: A scalar, list or map.
        style: The quotes that a text had before; it gets the same if it can.
        flow: Whether it will stand within brackets or braces.
    """
    if isinstance(value, Mapping):
        entries = (f"{_key(name, flow=True)}: {inline(entry, flow=True)}" for name, entry in value.items())
        return "{" + ", ".join(entries) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(inline(entry, flow=True) for entry in value) + "]"
    if isinstance(value, Alias):
        return f"*{value} " if flow else f"*{value}"
    if isinstance(value, WrittenInt | WrittenFloat):
        return value.written
    return _scalar(value, style, flow=flow)


def fits_a_line(value: Any) -> bool:
    """Tell whether people write `value` in one line: a scalar, a list of scalars, or something empty."""
    if isinstance(value, Mapping):
        return not value
    return not isinstance(value, list | tuple) or not any(isinstance(entry, Mapping | list | tuple) for entry in value)


def block(value: Any, column: int, step: int, offset: int) -> list[str]:
    """Return the lines of a map or list.

    Args:
        value: What is not empty.
        column: Where its keys or dashes begin.
        step: How much further in the keys of an inner map are.
        offset: How much further in than its key a list's dashes are.
    """
    pad = " " * column
    if isinstance(value, Mapping):
        return [line for name, entry in value.items() for line in keyed(name, entry, column, step, offset)]
    lines: list[str] = []
    for entry in value:
        if fits_a_line(entry) or not isinstance(entry, Mapping):
            lines.append(f"{pad}- {inline(entry)}".rstrip())
        else:
            first, *more = block(entry, column + 2, step, offset)
            lines += [f"{pad}- {first.lstrip()}", *more]
    return lines


def keyed(name: str, value: Any, column: int, step: int, offset: int) -> list[str]:
    """Return the lines of a key with its value; see `block`."""
    head = " " * column + _key(name) + ":"
    if fits_a_line(value):
        return [f"{head} {inline(value)}"]
    return [head, *block(value, column + (step if isinstance(value, Mapping) else offset), step, offset)]


def _key(name: str, *, flow: bool = False) -> str:
    return "<<" if name == "<<" else _scalar(name, "", flow=flow)


def _scalar(value: Any, style: str, *, flow: bool) -> str:
    if not isinstance(value, str):
        text = "null" if value is None else repr(value)
        return {"True": "true", "False": "false", "inf": ".inf", "-inf": "-.inf", "nan": ".nan"}.get(text, text)
    broken = "\n" in value or "\r" in value
    node = ScalarNode(f"{PREFIX}str", value, style='"' if broken else style if style in {'"', "'"} else None)
    holder: Node = SequenceNode(f"{PREFIX}seq", [node], flow_style=True)
    if not flow:
        holder = MappingNode(f"{PREFIX}map", [(ScalarNode(f"{PREFIX}str", "k"), node)], flow_style=False)
    yaml = YAML(typ="safe", pure=True)
    yaml.width, yaml.allow_unicode = 1 << 30, True
    stream = io.StringIO()
    yaml.serialize(holder, stream)
    text = stream.getvalue().strip("\r\n")
    return text[1:-1] if flow else text.removeprefix("k:").strip(" ")
