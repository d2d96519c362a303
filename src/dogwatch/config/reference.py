"""The manual's tables of keys, made from the models, so that the manual cannot fall behind."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from dogwatch.config.camera import CameraConfig
from dogwatch.config.keys import is_idle, is_unused, shape_of
from dogwatch.config.root import Config

BEGIN = "<!-- keys: begin (made by `python -m dogwatch.config.reference`) -->"
END = "<!-- keys: end -->"


def tables() -> str:
    """Return a table of all keys for each top-level section, then for a camera's own keys."""
    parts = [_table("Top level", "", Config, plain_only=True)]
    for name, field in Config.model_fields.items():
        shape, inner = shape_of(field)
        if inner and name != "cameras" and not is_unused(field):
            parts.append(_table(f"`{name}`", name if shape == "section" else f"{name}.<name>", inner))
    parts.append(_table("`cameras.<name>`", "", CameraConfig, plain_only=True))
    for name, field in CameraConfig.model_fields.items():
        shape, inner = shape_of(field)
        own = inner and not (name in Config.model_fields and shape_of(Config.model_fields[name])[1] is inner)
        if inner and inner is not CameraConfig and own and not is_unused(field):
            head = name if shape == "section" else f"{name}.<name>"
            parts.append(_table(f"`cameras.<name>.{name}`", head, inner))
    return "\n".join(parts)


def _table(title: str, prefix: str, kind: type[BaseModel], *, plain_only: bool = False) -> str:
    rows = [
        f"| `{key}` | {_kind(field)} | {_default(field)} | {_text(field)} |"
        for key, field in _walk(prefix, kind, plain_only=plain_only)
    ]
    return "\n".join([f"### {title}", "", "| key | type | default | |", "| --- | --- | --- | --- |", *rows, ""])


def _walk(prefix: str, kind: type[BaseModel], *, plain_only: bool) -> list[tuple[str, FieldInfo]]:
    found: list[tuple[str, FieldInfo]] = []
    for name, field in kind.model_fields.items():
        key = f"{prefix}.{name}" if prefix else name
        shape, inner = shape_of(field)
        if inner is None or is_unused(field) or plain_only:
            found.append((key, field))
        else:
            below = {"section": key, "map": f"{key}.<name>", "list": f"{key}[]"}[shape]
            found.extend(_walk(below, inner, plain_only=False))
    return found


def _text(field: FieldInfo) -> str:
    note = " *Read, but not used.*" if is_unused(field) or is_idle(field) else ""
    limits = ", ".join(text for text in map(_limit, field.metadata) if text)
    return f"{field.description}{f' ({limits})' if limits else ''}{note}"


def _limit(rule: Any) -> str:
    signs = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}
    return next((f"{sign} {getattr(rule, name)}" for name, sign in signs.items() if hasattr(rule, name)), "")


def _kind(field: FieldInfo) -> str:
    shape, inner = shape_of(field)
    if inner:
        return "section" if shape == "section" else f"{shape} of sections"
    text = str(field.annotation)
    for word, said in (("Literal", "choice"), ("dict", "map"), ("list", "list"), ("bool", "bool"), ("Any", "any")):
        if word in text:
            return said
    if "int" in text:
        return "int or text" if "str" in text else "int"
    return "float" if "float" in text else "text"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=False)
    if value is PydanticUndefined or value is None or value == "" or isinstance(value, BaseModel):
        return ""
    return f"`{str(value).lower()}`" if isinstance(value, bool) else f"`{value}`"


def page(text: str) -> str:
    """Return the manual page `text` with its tables made anew.

    Raises:
        ValueError: The page lacks the marks between which the tables stand.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError("the page lacks the marks of the tables")
    return f"{before}{BEGIN}\n\n{tables()}\n{END}{after}"


if __name__ == "__main__":
    import pathlib
    import sys

    target = pathlib.Path(sys.argv[1])
    target.write_text(page(target.read_text()))
