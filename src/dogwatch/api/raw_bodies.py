"""Bodies that handlers read by themselves, for `openapi_extra` of their decorators: the OpenAPI document tells them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]

FORM = "multipart/form-data"
TEXT: Schema = {"type": "string"}
BYTES: Schema = {"type": "string", "format": "binary"}


def taken(forms: Mapping[str, Schema], *, required: bool = True) -> dict[str, Any]:
    """Return what tells of a body that has one of these forms, by content type."""
    return {"requestBody": {"required": required, "content": {kind: {"schema": form} for kind, form in forms.items()}}}


def form(**texts: str) -> dict[str, Any]:
    """Return what tells of a form with the part `file`; `texts` are further parts, which may be missing."""
    parts: dict[str, Schema] = {name: {**TEXT, "description": meaning} for name, meaning in texts.items()}
    return taken({FORM: {"type": "object", "properties": {"file": BYTES, **parts}, "required": ["file"]}})
