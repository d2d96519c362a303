"""Unknown keys, keys without effect, and empty sections: everything about keys that needs no values."""

from __future__ import annotations

import difflib
import functools
import re
import types
from collections.abc import Iterable
from typing import Annotated, Any, Literal, TypeAlias, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from dogwatch.config.base import IDLE, SECRET, UNUSED
from dogwatch.config.problems import Report
from dogwatch.config.tree import Items, Map, Value
from dogwatch.redact import is_secret as sounds_secret

Shape: TypeAlias = tuple[Literal["section", "map", "list", "plain"], type[BaseModel] | None]
SHORT_LIST = 12
PLAIN = re.compile(r"[a-z_]{1,40}")
"""A key that is unknown, but looks like one and not like a password."""
HIDDEN = "*"


@functools.cache
def _shape(annotation: Any) -> Shape:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _shape(arguments[0])
    if origin in (Union, types.UnionType):
        shapes = [_shape(item) for item in arguments if item is not type(None)]
        return next((shape for shape in shapes if shape[0] != "plain"), ("plain", None))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "section", annotation
    if origin in (dict, list):
        inner = _shape(arguments[-1])
        return ("map" if origin is dict else "list"), inner[1] if inner[0] == "section" else None
    return "plain", None


def shape_of(field: FieldInfo) -> Shape:
    """Tell what a field holds: a section, a map or list (of sections, if a model is given), or a plain value."""
    annotation: Any = field.annotation
    return _shape(annotation)


def is_unused(field: FieldInfo) -> bool:
    """Tell whether a key is accepted whatever it says, and dropped."""
    return _marked(field, UNUSED)


def is_idle(field: FieldInfo) -> bool:
    """Tell whether Dogwatch does nothing with a key, though it checks and shows it."""
    return _marked(field, IDLE)


def is_secret(field: FieldInfo) -> bool:
    """Tell whether a key's value is never shown."""
    return _marked(field, SECRET)


def _marked(field: FieldInfo, mark: str) -> bool:
    extra = field.json_schema_extra
    return isinstance(extra, dict) and bool(extra.get(mark))


@functools.cache
def guarded(kind: type[BaseModel]) -> bool:
    """Tell whether a section holds a secret: in a field of its own, or in an address or in arguments."""
    return any(
        is_secret(field) or name == "input_args" or (sounds_secret(name) and shape_of(field)[1] is None)
        for name, field in kind.model_fields.items()
    )


def shown_key(kind: type[BaseModel], name: str) -> str:
    """Return key `name` of a section of `kind` if a message may repeat it; empty if it may be a secret."""
    if name in kind.model_fields:
        return name
    looks_like_one = PLAIN.fullmatch(name) or similar(name, kind.model_fields)
    return name if looks_like_one and not guarded(kind) else ""


def check(kind: type[BaseModel], tree: Map, report: Report, where: str = "", *, told: bool = False) -> None:
    """Report and drop what `kind` does not know or use; make empty sections empty maps.

    Args:
        kind: The model of this part.
        tree: The part; changed in place.
        report: Takes errors and notices.
        where: Name of the section for notices, without the camera's name.
        told: The user knows that nothing in this part is used; so they do of a part that is off.
    """
    told = told or _off(tree)
    for name in list(tree):
        field = kind.model_fields.get(name)
        mark = tree.marks.get(name)
        if field is not None and tree[name] == "None" and _optional(field) and not is_secret(field):
            report.notice(mark, "'None' is taken as nothing; YAML writes null")
            tree[name] = None
        if field is None:
            if kind.model_config.get("extra") == "ignore":
                if mark:
                    report.unused(where, shown_key(kind, name) or HIDDEN, mark)
                tree.take(name)
            elif kind.model_config.get("extra") != "allow":
                report.error(mark, f"unknown key '{name}'", None if report.full else suggestion(kind, name))
                tree.take(name)
        elif is_unused(field):
            if mark and not _off(tree[name]):
                if not told:
                    report.unused(where, name, mark)
                if field.annotation is not Any:
                    tree.take(name)
        else:
            idle = is_idle(field)
            if idle and mark and not told and not _off(tree[name]) and not _usual(field, tree[name]):
                report.unused(where, name, mark)
            _descend(field, tree, name, report, f"{where}.{name}" if where else name, told=told or idle)


def _usual(field: FieldInfo, value: Value) -> bool:
    """Tell whether `value` says nothing but the default."""
    inner = shape_of(field)[1]
    if inner is not None and isinstance(value, dict):
        known = inner.model_fields
        return all(name in known and _usual(known[name], entry) for name, entry in value.items())
    return bool(value == field.get_default(call_default_factory=True))


def _off(value: Value) -> bool:
    return not value or (isinstance(value, dict) and str(value.get("enabled", "")).lower() in {"false", "no", "off"})


def _descend(field: FieldInfo, tree: Map, name: str, report: Report, where: str, *, told: bool) -> None:
    shape, inner = shape_of(field)
    value = tree[name]
    if value is None and (shape in ("section", "map") or (shape == "list" and not _optional(field))):
        empty: Value = Map() if shape != "list" else Items([], [])
        value = tree[name] = empty
    if inner is None:
        return
    if shape == "section" and isinstance(value, Map):
        check(inner, value, report, where, told=told)
    elif shape == "map" and isinstance(value, Map):
        for entry in value:
            if value[entry] is None:
                value[entry] = Map()
            if isinstance(value[entry], Map):
                check(inner, value[entry], report, "" if name in ("cameras", "profiles") else where, told=told)
    elif isinstance(value, Items):
        for item in value:
            if isinstance(item, Map):
                check(inner, item, report, where, told=told)


def _optional(field: FieldInfo) -> bool:
    return type(None) in get_args(field.annotation)


def similar(name: str, known: Iterable[str]) -> str | None:
    """Return a hint that names the nearest of `known`; None if none is near."""
    close = difflib.get_close_matches(name, list(known), 1, 0.6)
    return f"did you mean '{close[0]}'?" if close else None


def suggestion(kind: type[BaseModel], name: str) -> str | None:
    """Return a hint for the unknown key `name`: a similar key, the section it belongs in, or all keys if few."""
    close = similar(name, kind.model_fields)
    if close:
        return close
    for other, field in kind.model_fields.items():
        shape, inner = shape_of(field)
        if shape == "section" and inner and name in inner.model_fields:
            return f"it belongs under '{other}'"
    if len(kind.model_fields) <= SHORT_LIST:
        return f"expected one of {', '.join(kind.model_fields)}"
    return None
