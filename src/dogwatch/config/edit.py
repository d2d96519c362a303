"""Changing single keys of a configuration text; everything else stays byte for byte.

The text is cut and put together (`splice`), not written anew by a YAML library: `docs/configuration.md` says what was
measured. Every result is read again and compared with what it should say. Nothing is written to disk here; whoever does
that checks the new text first (`edited_and_checked`).
"""

from __future__ import annotations

import copy
import re
from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from dogwatch.config.aliases import own_change, taken_out, unshared
from dogwatch.config.effective import CREDENTIAL
from dogwatch.config.load import Loaded, parse
from dogwatch.config.problems import Report
from dogwatch.config.splice import put
from dogwatch.config.tree import WrittenInt, plain_scalar, read
from dogwatch.errors import ConfigError
from dogwatch.redact import MASK, redact_url

Path: TypeAlias = tuple[str, ...]
DEEPEST = 40
TOO_DEEP = ConfigError(f"more than {DEEPEST} levels of keys")
DELETE = None
"""As a value: take the key out."""
_PART = r"""(?:"[^"]+"|'[^']+'|[^."']+)"""


def split(dotted: str) -> Path:
    """Split a dotted key; a part that holds dots is put in quotes (`go2rtc.streams."front.hd"`).

    Raises:
        ConfigError: A part is empty or a quote is not closed.
    """
    if not re.fullmatch(rf"{_PART}(?:\.{_PART})*", dotted):
        raise ConfigError("this is no dotted key: a part is empty, or a quote is not closed")
    return tuple(part.strip("\"'") for part in re.findall(_PART, dotted))


def scalar(text: str) -> Any:
    """Read a value as YAML reads a scalar (`True`, `5`, `1.5`, text); empty and `None` mean `DELETE`.

    A text without quotes is taken whole, with `#`, `: ` or `!` in it. Lists in brackets and maps in braces are read.
    """
    text = text.strip()
    if text in {"", "None"}:
        return DELETE
    if text[0] not in "\"'[{":
        return plain_scalar(text)
    report = Report()
    value = read(f"value: {text}", report)
    return text if value is None or report.errors or len(value) != 1 else _plain(value["value"])


def from_query(pairs: Iterable[tuple[str, str]]) -> dict[Path, Any]:
    """Turn the keys and values of a query into changes; a key that is repeated makes a list.

    Raises:
        ConfigError: A key is no dotted key.
    """
    values: dict[Path, list[Any]] = {}
    for dotted, text in pairs:
        values.setdefault(split(dotted), []).append(scalar(text))
    return {path: several if len(several) > 1 else several[0] for path, several in values.items()}


def flatten(nested: Mapping[str, Any], prefix: Path = ()) -> dict[Path, Any]:
    """Turn nested maps into one value per path; empty maps are values.

    Raises:
        ConfigError: They are nested deeper than any configuration is.
    """
    if len(prefix) > DEEPEST:
        raise TOO_DEEP
    flat: dict[Path, Any] = {}
    for name, value in nested.items():
        path = (*prefix, str(name))
        flat.update(flatten(value, path) if isinstance(value, Mapping) and value else {path: value})
    return flat


def edited(text: str, changes: Mapping[Path, Any]) -> str:
    """Return `text` with `changes` made.

    Args:
        text: YAML text.
        changes: Value by path; `DELETE` (None) takes the key out, and maps that become empty by it. Numbers in a
            path count items of a list. The stand-in for a saved secret, and a masked address, change nothing.

    Raises:
        ConfigError: The text is no YAML map, a path leads through something that is no map or list, or the text is
            written in a way that cannot be edited.
    """
    for path, value in changes.items():
        _check_depth(value, DEEPEST - len(path))
    before, waiting = _values(text), deque(changes.items())
    while waiting:
        path, value = waiting.popleft()
        after = copy.deepcopy(before)
        if value is DELETE:
            gone = _delete(after, path)
            if gone is None:
                continue
            text = unshared(text, gone)
            emptied = gone[:-1] == ("cameras",) and not after["cameras"]
            text = put(text, ("cameras",), {}) if emptied else taken_out(text, gone, after)
        else:
            new = _first_missing(before, path)
            changed = not stands_for_secret(value) and _set(after, path, value)
            while waiting and waiting[0][0][: len(new)] == new and waiting[0][1] is not DELETE:
                path, value = waiting.popleft()  # a section that is new is written at once
                changed |= not stands_for_secret(value) and _set(after, path, value)
            if not changed:
                continue
            text = unshared(text, new)
            text = put(text, *own_change(text, new, after))
        before = after
    if _known(_values(text)) != _known(before):
        raise ConfigError("the file is written in a way that this change cannot be made in")
    return text


def edited_and_checked(
    text: str, changes: Mapping[Path, Any], env: Mapping[str, str] | None = None
) -> tuple[str, Loaded]:
    """Return the changed text and what it loads to.

    Raises:
        ConfigError: The changes cannot be made.
        ConfigErrors: The result is no valid configuration.
    """
    result = edited(text, changes)
    return result, parse(result, env=env)


def stands_for_secret(value: Any) -> bool:
    """Tell whether a client wrote back what it was shown in place of a secret."""
    return isinstance(value, str) and (value == CREDENTIAL or f"//{MASK}@" in value)


def _check_depth(value: Any, levels: int) -> None:
    if levels < 0:
        raise TOO_DEEP
    if isinstance(value, Mapping | list):
        for entry in value.values() if isinstance(value, Mapping) else value:
            _check_depth(entry, levels - 1)


def _values(text: str) -> dict[str, Any]:
    report = Report()
    root = read(text, report)
    if root is None or report.errors:
        raise report.errors[0]
    values: dict[str, Any] = _plain(root)
    return values


def _plain(value: Any) -> Any:
    """Return a copy of maps and lists without their marks."""
    if isinstance(value, Mapping):
        return {str(name): _plain(entry) for name, entry in value.items()}
    return [_plain(entry) for entry in value] if isinstance(value, list | tuple) else value


def _known(value: Any) -> Any:
    """Return what makes two values the same: for numbers also how they are written, as they may be meant as texts."""
    if isinstance(value, dict):
        return {name: _known(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [_known(entry) for entry in value]
    if isinstance(value, float):
        return "float", repr(float(value))
    return "int" if isinstance(value, WrittenInt) else type(value).__name__, str(value)


def _step(node: Any, name: str) -> Any:
    """Return the child `name` of a map or list; None if it is not there."""
    if isinstance(node, list):
        return node[int(name)] if name.isdecimal() and int(name) < len(node) else None
    return node.get(name) if isinstance(node, dict) else None


def _first_missing(node: Any, path: Path) -> Path:
    """Return `path` up to the first map on its way that is not there; all of it if they all are."""
    for depth, name in enumerate(path):
        node = _step(node, name)
        if node is None:
            return path[: depth + 1]
    return path


def _set(root: dict[str, Any], path: Path, value: Any) -> bool:
    """Set a value, in maps that are made if they are missing; return whether that changes anything."""
    node: Any = root
    for depth, name in enumerate(path[:-1]):
        child = _step(node, name)
        if child is None and isinstance(node, dict):
            child = node[name] = {}
        if not isinstance(child, dict | list):
            raise ConfigError("holds no keys", path=".".join(path[: depth + 1]))
        node = child
    name, current = path[-1], _step(node, path[-1])
    value = _with_secrets(_plain(value), current, path)
    if current is not None and _known(current) == _known(value):
        return False
    if isinstance(node, dict):
        node[name] = value
    elif name.isdecimal() and int(name) <= len(node):
        node[int(name) : int(name) + 1] = [value]
    else:
        raise ConfigError("is no item of the list", path=".".join(path))
    return True


def _with_secrets(value: Any, current: Any, path: Path) -> Any:
    """Return a list or map with the secrets that a client was not shown put back from where they were."""
    if isinstance(value, dict):
        return {name: _with_secrets(entry, _step(current, name), (*path, name)) for name, entry in value.items()}
    if isinstance(value, list):
        return [_with_secrets(entry, _step(current, str(n)), (*path, str(n))) for n, entry in enumerate(value)]
    if not stands_for_secret(value):
        return value
    if not isinstance(current, str) or (value != CREDENTIAL and redact_url(current) != value):
        raise ConfigError("the secret that is masked here is not known", path=".".join(path))
    return current


def _delete(root: dict[str, Any], path: Path) -> Path | None:
    """Take a key out, and the maps and lists that are empty then; return the path of all that is gone."""
    nodes: list[Any] = [root]
    for name in path[:-1]:
        nodes.append(_step(nodes[-1], name))
    if _step(nodes[-1], path[-1]) is None and not (isinstance(nodes[-1], dict) and path[-1] in nodes[-1]):
        return None
    for depth in range(len(path) - 1, -1, -1):
        node, name = nodes[depth], path[depth]
        del node[int(name) if isinstance(node, list) else name]
        if node or depth == 0 or path[:depth] == ("cameras",):
            return path[: depth + 1]
    return path
