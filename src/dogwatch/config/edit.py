"""Changing single keys of a configuration text; comments, order and quotes stay.

Nothing is written to disk here: the new text is checked with `load.parse` by whoever commits it.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError

from dogwatch.config.effective import CREDENTIAL
from dogwatch.config.load import Loaded, parse
from dogwatch.errors import ConfigError
from dogwatch.redact import MASK

Path: TypeAlias = tuple[str, ...]
DELETE = None
"""As a value: take the key out."""
_HEAD = r"^(?P<outer> *)[^\s#-][^\n]*:[ \t]*(?:#[^\n]*)?\n(?:\s*#[^\n]*\n)*"
_PART = r"""(?:"[^"]+"|'[^']+'|[^."']+)"""


def split(dotted: str) -> Path:
    """Split a dotted key; a part that holds dots is put in quotes (`go2rtc.streams."front.hd"`).

    Raises:
        ConfigError: A part is empty or a quote is not closed.
    """
    if not re.fullmatch(rf"{_PART}(?:\.{_PART})*", dotted):
        raise ConfigError(f"'{dotted}' is no dotted key")
    return tuple(part.strip("\"'") for part in re.findall(_PART, dotted))


def scalar(text: str) -> Any:
    """Read a value as YAML does (`True`, `5`, `1.5`, text); empty and `None` mean `DELETE`.

    Raises:
        ConfigError: It cannot be read.
    """
    if text in ("", "None", "null"):
        return DELETE
    if text in ("True", "False"):
        return text == "True"
    try:
        return YAML(typ="safe", pure=True).load(text)
    except YAMLError:
        return text
    except ValueError as error:
        raise ConfigError("this cannot be read as a value") from error


def flatten(nested: Mapping[str, Any], prefix: Path = ()) -> dict[Path, Any]:
    """Turn nested maps into one value per path; empty maps are values."""
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
        ConfigError: The text is no YAML map, or a path leads through something that is no map or list.
    """
    yaml = _round_trip(text)
    try:
        root = yaml.load(text) if text.strip() else CommentedMap()
    except YAMLError as error:
        raise ConfigError(f"this is not YAML: {str(error).splitlines()[0]}") from error
    if root is None:
        root = CommentedMap()
    if not isinstance(root, CommentedMap):
        raise ConfigError("expected keys with values at the top of the file")
    changed = False
    for path, value in changes.items():
        if not stands_for_secret(value):
            changed |= _delete(root, path) if value is DELETE else _set(root, path, value)
    if not changed:
        return text
    stream = io.StringIO()
    yaml.dump(root, stream)
    return stream.getvalue()


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


def _round_trip(text: str) -> YAML:
    """Return a reader and writer that indents as `text` does."""
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 1 << 16
    step = re.search(_HEAD + r"(?P=outer)(?P<deeper> +)[^\s#-]", text, re.MULTILINE)
    dash = re.search(_HEAD + r"(?P=outer)(?P<deeper> *)- ", text, re.MULTILINE)
    mapping = len(step["deeper"]) if step else 2
    offset = len(dash["deeper"]) if dash else 2
    yaml.indent(mapping=mapping, sequence=offset + 2, offset=offset)
    return yaml


def _step(node: Any, name: str) -> Any:
    """Return the child `name` of a map or list; None if it is not there."""
    if isinstance(node, CommentedSeq):
        index = int(name) if name.isdecimal() else len(node)
        return node[index] if index < len(node) else None
    if not isinstance(node, CommentedMap):
        return None
    return node.get(_key(node, name))


def _key(node: CommentedMap, name: str) -> Any:
    """Return the key as the file has it: `0` may stand there as a number."""
    return next((key for key in node if str(key) == name), name)


def _set(root: CommentedMap, path: Path, value: Any) -> bool:
    node: Any = root
    for depth, name in enumerate(path[:-1]):
        child = _step(node, name)
        if child is None and isinstance(node, CommentedMap):
            child = CommentedMap()
            node[_key(node, name)] = child
        if not isinstance(child, (CommentedMap, CommentedSeq)):
            raise ConfigError("holds no keys", path=".".join(path[: depth + 1]))
        node = child
    last = path[-1]
    current = _step(node, last)
    if type(current) is type(value) and current == value:
        return False
    if isinstance(node, CommentedSeq):
        if not last.isdecimal() or int(last) > len(node):
            raise ConfigError("is no item of the list", path=".".join(path))
        if int(last) == len(node):
            node.append(value)
        else:
            node[int(last)] = value
        return True
    node[_key(node, last)] = _plain(value)
    return True


def _plain(value: Any) -> Any:
    """Write short lists in one line, as people do."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        items = CommentedSeq(value)
        if all(not isinstance(item, (dict, list)) for item in value):
            items.fa.set_flow_style()
        return items
    return value


def _delete(root: CommentedMap, path: Path) -> bool:
    """Take a key out, and the maps that are empty then."""
    nodes: list[Any] = [root]
    for name in path[:-1]:
        child = _step(nodes[-1], name)
        if not isinstance(child, (CommentedMap, CommentedSeq)):
            return False
        nodes.append(child)
    if _step(nodes[-1], path[-1]) is None and not (
        isinstance(nodes[-1], CommentedMap) and _key(nodes[-1], path[-1]) in nodes[-1]
    ):
        return False
    for depth in range(len(path) - 1, -1, -1):
        node, name = nodes[depth], path[depth]
        if isinstance(node, CommentedSeq):
            del node[int(name)]
        else:
            del node[_key(node, name)]
        if node or depth == 0 or path[depth - 1] == "cameras":
            break
    return True
