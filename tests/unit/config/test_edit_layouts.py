"""Whatever a file looks like: a change makes what was asked for and touches no other line."""

from __future__ import annotations

import copy
import re
from typing import Any

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from dogwatch.config.edit import edited
from dogwatch.config.problems import Report
from dogwatch.config.tree import Items, Map, read
from dogwatch.errors import ConfigError
from tests.unit.config.layouts import layouts, paths, values, words

Path = tuple[str, ...]


def known(text: str) -> Map:
    report = Report()
    root = read(text, report)
    assert root is not None
    assert not report.errors, report.errors
    return root


def typed(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: typed(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [typed(entry) for entry in value]
    kind = next(kind for kind in (bool, int, float, str, type(None)) if isinstance(value, kind))
    return kind, float(value) if kind is float else str(value)


def changed(before: Any, path: Path, value: Any) -> Any:  # noqa: C901 - step by step, as a reader would do it
    """Return what the values should be afterwards; None if the path leads nowhere."""
    after = copy.deepcopy(before)
    node, way = after, [after]
    for name in path[:-1]:
        index: Any = int(name) if isinstance(node, list) and name.isdecimal() else name
        if isinstance(node, list) and (not name.isdecimal() or index >= len(node)):
            return None if value is not None else after
        if isinstance(node, dict) and node.get(name) is None:
            if value is None:
                return after
            node[name] = {}
        if not isinstance(node[index], dict | list):
            return None if value is not None else after
        node = node[index]
        way.append(node)
    if value is None:
        for depth in range(len(path) - 1, -1, -1):
            name = path[depth]
            held = way[depth]
            if isinstance(held, list):
                if not name.isdecimal() or int(name) >= len(held):
                    return after
                del held[int(name)]
            elif name in held:
                del held[name]
            else:
                return after
            if held or path[:depth] == ("cameras",):
                break
        return after
    if isinstance(node, dict):
        node[path[-1]] = value
    elif not path[-1].isdecimal() or int(path[-1]) > len(node):
        return None
    else:
        node[int(path[-1]) : int(path[-1]) + 1] = [value]
    return after


def lines_of(root: Map, path: Path, old: list[str]) -> tuple[int, int]:
    """Return the lines, counted from 0, from the key at `path` up to the next that is not within it."""
    inside: list[int] = []
    outside = [len(old)]

    def walk(value: Any, here: Path) -> None:
        entries = value.items() if isinstance(value, Map) else enumerate(value) if isinstance(value, Items) else ()
        for name, entry in entries:
            place = (*here, str(name))
            line = value.marks[name].line - 1
            if (
                isinstance(entry, Items)
                and old[line].lstrip().startswith("-")
                and not re.match(r"\s*- +[-\[]", old[line])
                and not (isinstance(value, Map) and re.search(rf"{re.escape(str(name))}\W*: +\[", old[line]))
            ):
                line -= (
                    1  # the dash is that of the list within, which begins on a line of its own, and not after its key
                )
            while isinstance(value, Items) and not old[line].lstrip().startswith("-") and " [" not in old[line]:
                line -= 1  # the dash stands by itself
            (inside if place[: len(path)] == path else outside).append(line)
            walk(entry, place)

    walk(root, ())
    first = min(inside)
    return first, min((line for line in outside if line > first), default=len(old))


def lines(text: str) -> list[str]:
    return text.lstrip("\ufeff").replace("\r\n", "\n").split("\n")


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(layouts(), st.data())
def test_a_change_makes_what_was_asked_for_and_touches_no_other_line(text: str, data: st.DataObject) -> None:
    note(text)
    root = known(text)
    there = paths(root)
    start = data.draw(st.sampled_from([(), *there]))
    path = (*start, *data.draw(st.lists(words, min_size=0 if start else 1, max_size=2)))
    value = data.draw(values)
    note(f"{path} := {value!r}")
    expected = changed(root, path, value)
    try:
        after = edited(text, {path: value})
    except ConfigError:
        assert expected is None
        return
    note(after)
    assert expected is not None
    assert typed(known(after)) == typed(expected)
    if typed(expected) == typed(root):
        assert after == text
        return
    if "\r\n" in text:
        assert after.count("\n") == after.count("\r\n")
    assert after.startswith("\ufeff") == text.startswith("\ufeff")
    old, new = lines(text), lines(after)
    shown = path
    while shown and shown not in there:
        shown = shown[:-1]
    if value is None:  # maps that became empty went with it
        while len(shown) > 1 and shown[:-1] not in paths(expected):
            shown = shown[:-1]
        if len(shown) > 1 and (shown[-1].isdecimal() or shown[-2].isdecimal()):
            shown = shown[:-1]  # its dash, which no mark tells the place of, may go or stay
    if shown:
        first, last = lines_of(root, shown, old)
        assert new[:first] == old[:first]
        assert new[len(new) - len(old) + last :] == old[last:]
        assert len(new) >= first + len(old) - last
        if path not in there and value is not None and not set("{}[]") & set("".join(old[first:last])):
            following = iter(new)
            assert all(line in following for line in old[:-1]), "a line is gone"
    elif not any(line.startswith("{") for line in old):
        following = iter(new)
        assert all(line in following for line in old), "a line is gone"


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(layouts())
def test_what_changes_nothing_returns_the_text_itself(text: str) -> None:
    root = known(text)
    changes: dict[Path, Any] = {(name,): value for name, value in root.items() if value is not None}
    assert edited(text, changes) is text
    assert edited(text, {("no", "such"): None}) is text
