"""Bodies of requests about video files: JSON objects, read after the file was found."""

from __future__ import annotations

from typing import TypeVar

import msgspec
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import Request

from dogwatch.errors import FileError

B = TypeVar("B", bound="FileBody")


class FileBody(BaseModel):
    """The base of all bodies: values are taken as they are, and what is not known is ignored."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore", allow_inf_nan=False, protected_namespaces=())


async def body_of(request: Request, model: type[B]) -> B:
    """Return the body of a request; no body is an empty object.

    Raises:
        FileError: 400; it is no such object. 415; it says that it is something else.
    """
    raw = await request.body()  # whose size `Wire` limits
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if raw.strip() and kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        raise FileError(415, "bad_media_type", "The body has to be application/json")
    try:
        found = msgspec.json.decode(raw) if raw.strip() else {}
    except (msgspec.MsgspecError, RecursionError, ValueError):
        raise FileError(400, "bad_json", "The body is no JSON object") from None
    if not isinstance(found, dict):
        raise FileError(400, "bad_json", "The body is no JSON object")
    try:
        return model.model_validate(found)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise FileError(400, "bad_field", f"{field}: {first['msg']}", field=field) from None


def storable(text: str, field: str) -> str:
    """Return a text that databases can hold.

    Raises:
        FileError: 400; it has the character NUL, or half of a surrogate pair.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        raise FileError(400, "bad_field", f"{field} is no valid text", field=field) from None
    if "\0" in text:
        raise FileError(400, "bad_field", f"{field} must not hold the character NUL", field=field)
    return text
