"""Forms, in pieces of every size."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from dogwatch.api.multipart import LONGEST_HEAD, LONGEST_TEXT, MOST_PARTS, MultipartForm
from dogwatch.errors import FileError

TYPE = "multipart/form-data; boundary=b0undary"


def part(name: str, content: bytes, more: str = "") -> bytes:
    return f'--b0undary\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + content + b"\r\n"


END = b"--b0undary--\r\n"


def request(pieces: list[bytes], kind: str = TYPE, *, ends: bool = True) -> Request:
    messages: list[dict[str, Any]] = [{"type": "http.request", "body": one, "more_body": True} for one in pieces]
    messages.append({"type": "http.request" if ends else "http.disconnect", "body": b""})
    incoming = iter(messages)

    async def receive() -> Any:
        return next(incoming)

    return Request({"type": "http", "method": "POST", "headers": [(b"content-type", kind.encode())]}, receive)


async def read(pieces: list[bytes], kind: str = TYPE, *, ends: bool = True) -> tuple[bytes, MultipartForm]:
    form = MultipartForm(request(pieces, kind, ends=ends))
    found = b"".join([block async for block in form.file()])
    return found, form


def pieces(body: bytes, size: int) -> list[bytes]:
    return [body[place : place + size] for place in range(0, len(body), size)]


@given(content=st.binary(max_size=200), size=st.integers(1, 60), before=st.booleans())
async def test_what_was_sent_arrives(content: bytes, size: int, before: bool) -> None:
    text, file = part("name", "Zoë".encode()), part("file", content, '; filename="a b.mp4"')
    body = (text + file if before else file + text) + END
    found, form = await read(pieces(body, size))
    assert found == content
    assert (form.texts, form.filename) == ({"name": "Zoë"}, "a b.mp4")


@pytest.mark.parametrize(
    "content", [b"\r\n--b0undar", b"\r\n--b0undarx\r\n", b"--b0undary", b"\r\n", b"\r", b"\r\n--", b"\n--b0undary"]
)
@pytest.mark.parametrize("size", [1, 3, 500])
async def test_what_only_looks_like_the_end_is_content(content: bytes, size: int) -> None:
    found, _ = await read(pieces(b"preamble\r\n" + part("file", content) + END + b"epilogue", size))
    assert found == content


async def test_names_of_files() -> None:
    for more, expected in (
        ('; filename="a.mp4"', "a.mp4"),
        ("; filename*=UTF-8''%e2%82%ac.mp4", "€.mp4"),
        ("; filename=a.mp4", "a.mp4"),
        ('; filename="../../etc/passwd"', "../../etc/passwd"),
        ("", ""),
    ):
        _, form = await read([part("file", b"x", more) + END])
        assert form.filename == expected


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "missing_file"),
        (END, "missing_file"),
        (part("name", b"x") + END, "missing_file"),
        (part("file", b"x"), "missing_file"),
        (part("file", b"x")[:-2], "missing_file"),
        (b"--b0undary\r\n", "missing_file"),
        (b"--b0undary" + b"x" * 20_000, "missing_file"),
        (part("name", b"x" * (LONGEST_TEXT + 100)) + part("file", b"x") + END, "missing_file"),
        (part("file", b"x", "; " + "y" * LONGEST_HEAD) + END, "missing_file"),
        (part("name", b"x") * 2 + END, "duplicate_parameter"),
        (part("file", b"x") * 2 + END, "duplicate_parameter"),
        (b"".join(part(f"n{number}", b"x") for number in range(MOST_PARTS + 1)) + END, "bad_field"),
    ],
)
@pytest.mark.parametrize("size", [7, 100_000])
async def test_what_is_no_form(body: bytes, code: str, size: int) -> None:
    with pytest.raises(FileError) as refused:
        await read(pieces(body, size))
    assert (refused.value.status, refused.value.code) == (400, code)


@pytest.mark.parametrize("kind", ["", "text/plain", "multipart/form-data", "multipart/mixed; boundary=x",
                                  "multipart/form-data; boundary=", f"multipart/form-data; boundary={'x' * 71}",
                                  "multipart/form-data; boundary=\"a\tb\""])  # fmt: skip
def test_types_that_are_none(kind: str) -> None:
    with pytest.raises(FileError) as refused:
        MultipartForm(request([], kind))
    assert (refused.value.status, refused.value.code) == (415, "bad_media_type")


async def test_a_client_that_goes() -> None:
    async def take(form: MultipartForm) -> AsyncIterator[bytes]:
        async for block in form.file():
            yield block

    with pytest.raises(FileError, match="has gone"):
        [one async for one in take(MultipartForm(request([part("file", b"x" * 100)[:90]], ends=False)))]
