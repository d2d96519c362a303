"""Requests made up from the app's own OpenAPI document, for every operation, as an administrator and a limited role.

Values keep to the schema or leave it: numbers beyond all bounds, text that is none, headers that mean nothing, JSON of
any shape. No answer is a 500 or breaks the form that errors have (contract, section 1.3), none is logged as a fault.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
import posixpath
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dogwatch.api.listener import EXTERNAL, INTERNAL, Marked
from dogwatch.testing.app import Nvr
from dogwatch.testing.stocked import EVENT, PARAMETERS, stocked
from tests.routes import openapi

DOCUMENT = openapi()
OPERATIONS = [
    (method.upper(), path, found) for path, some in DOCUMENT["paths"].items() for method, found in some.items()
]
EXAMPLES_EACH = 4
ENOUGH_BYTES = 4096
CALLERS = (None, "frida")  # the administrator of the internal listener; the external one with a limited role

NUMBERS = [
    *("nan", "inf", "-inf", "1e400", "-0", "-1", "253402300800"),
    *("9" * 30, "9" * 5000, str(2**63), str(-(2**63) - 1)),
]
TEXTS = [
    *("", "all", "None", "front", "back", "a,b", "..", "%00", "\ud800", "\u0663", "é" * 50, "x" * 3000),
    *(EVENT, f"front-{EVENT}"),
]
HEADERS = {
    "range": ["bytes=0-1", "bytes=-", "bytes=" + "9" * 5000 + "-", "x"],
    "if-range": ['"x"', "Fri, 01 Jan 9999 23:59:59 -9999"],
    "if-none-match": ["*", 'W/"x"', '"' * 99],
    "if-modified-since": ["Mon, 01 Jan 0001 00:00:00 +9999", "Sun, 09 Sep 99999999999 01:46:40 GMT", "9" * 999],
    "x-forwarded-for": ["::1%eth0", "1.2.3.4, x, 9.9.9.9", "," * 999],
    "x-forwarded-proto": ["https", "\xff"],
    "x-forwarded-host": ["[::1", "a:b:c"],
    "x-ingress-path": ["/x", "//x", "/\xff"],
    "accept": ["application/json", ";;q=x", "*/*;q=nan"],
    "accept-encoding": ["gzip", "gzip;q=0", "\xff"],
    "authorization": ["Bearer", "Bearer x.y.z", "Basic \xff", "x" * 9999],
    "cookie": ["frigate_token=x", "=;=;", "frigate_token=\xff"],
    "content-type": ["text/plain", "application/json; charset=x", "multipart/form-data", "\xff"],
    "origin": ["null", "http://[", "https://evil.example"],
    "x-original-url": ["http://[", "http://nvr/api/front?h=" + "9" * 5000, "\xff"],
}
RAW_BODIES = [
    *(b"", b"{", b"null", b"[" * 20_000, b'{"a":' * 5_000, b"\xff\xfe", b'"\\ud800"', b'{"end_time": NaN}'),
    b'{"ids": ' + b"9" * 5000 + b"}",
]


@dataclass
class Got:
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = DOCUMENT["components"]["schemas"][name] if name else schema
    return found


def values(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that a body of this schema may hold, most of the time."""
    schema = resolved(schema)
    odd = st.one_of(
        st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(), st.text(max_size=20), st.just([[[[]]]])
    )
    options = schema.get("anyOf") or schema.get("oneOf")
    if options:
        return st.one_of(*(values(one) for one in options))
    kind = schema.get("type")
    if kind == "object":
        fields = {name: values(one) for name, one in schema.get("properties", {}).items()}
        needed = {name: one for name, one in fields.items() if name in schema.get("required", ())}
        rest = {name: one for name, one in fields.items() if name not in needed}
        return st.one_of(st.fixed_dictionaries(needed, optional=rest), odd)
    if kind == "array":
        return st.lists(values(schema.get("items", {})), max_size=5)
    plain = {
        "string": st.one_of(st.sampled_from(TEXTS), st.text(max_size=30)),
        "integer": st.one_of(st.integers(0, 100), st.integers(-(2**70), 2**70)),
        "number": st.one_of(st.floats(0, 100), st.floats()),
        "boolean": st.booleans(),
        "null": st.none(),
    }.get(str(kind), odd)
    return st.one_of(plain, plain, odd)


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, str, str, dict[str, str], bytes]:
    """A method, a path, a query, headers and a body for one of the operations."""
    method, path, operation = draw(st.sampled_from(OPERATIONS))
    text = st.one_of(st.sampled_from(TEXTS), st.sampled_from(NUMBERS), st.text(max_size=12), st.integers().map(str))
    pairs = []
    for parameter in operation.get("parameters", []):
        name, usual = parameter["name"], PARAMETERS.get(parameter["name"])
        if parameter["in"] == "path":
            value = usual if usual and name != "username" and draw(st.booleans()) else draw(text) or "x"
            path = path.replace(f"{{{name}}}", value).replace(f"{{{name}:path}}", value)
        elif parameter["in"] == "query" and (parameter.get("required") or draw(st.integers(0, 2)) == 0):
            pairs.append(f"{quote(name)}={quote(draw(text).encode('utf-8', 'surrogatepass'))}")
    names = draw(st.lists(st.sampled_from(sorted(HEADERS)), max_size=3, unique=True))
    headers = {name: draw(st.sampled_from(HEADERS[name])) for name in names}
    body = b""
    if "requestBody" in operation:
        schema = operation["requestBody"]["content"].get("application/json", {}).get("schema", {})
        shaped = values(schema).map(lambda value: json.dumps(value).encode())
        body = draw(st.one_of(shaped, shaped, st.sampled_from(RAW_BODIES)))
        headers.setdefault("content-type", "application/json")
    elif draw(st.integers(0, 5)) == 0:
        body = draw(st.sampled_from(RAW_BODIES))
    return method, path, "&".join(pairs), headers, body


async def ask(made: Nvr, user: str | None, request: tuple[str, str, str, dict[str, str], bytes]) -> Got:
    """Send a request and take the beginning of the answer."""
    method, path, query, headers, body = request
    got, enough, asked = Got(), asyncio.Event(), False
    if user is not None:
        headers = {"authorization": f"Bearer {made.token(user)}", **headers}

    async def receive() -> MutableMapping[str, Any]:
        nonlocal asked
        if not asked:
            asked = True
            return {"type": "http.request", "body": body}
        await enough.wait()
        return {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            got.status = message["status"]
            got.headers = {name.decode().lower(): value.decode("latin-1") for name, value in message["headers"]}
            return
        got.body += message.get("body", b"")
        if len(got.body) > ENOUGH_BYTES or not message.get("more_body"):
            enough.set()

    text = path.encode("utf-8", "replace").decode()
    scope = {
        "type": "http", "method": method, "path": text, "raw_path": quote(text).encode(),
        "query_string": query.encode(), "client": ("192.0.2.7", 1), "http_version": "1.1", "scheme": "http",
        "server": ("nvr", 80), "root_path": "", "asgi": {"version": "3.0"},
        "headers": [(b"host", b"nvr"), (b"content-length", str(len(body)).encode()),
                    *((name.encode(), value.encode("latin-1")) for name, value in headers.items())],
    }  # fmt: skip
    async with asyncio.timeout(20):
        await Marked(made.app, EXTERNAL if user else INTERNAL)(scope, receive, send)
    return got


def check(got: Got, path: str) -> None:
    """Fail unless the answer has the contract's form."""
    unreachable = got.status == 502 and path == "/api/onvif/probe"  # it has asked a camera that is not there
    assert 200 <= got.status < 500 or got.status in (501, 503) or unreachable, got
    if got.status < 400:
        return
    if posixpath.normpath(path).startswith("/share/"):  # whoever has a link sees pages
        assert got.headers["content-type"].startswith("text/html"), got
        return
    assert got.headers["content-type"].startswith("application/json"), got
    zipped = got.headers.get("content-encoding") == "gzip"
    found = json.loads(gzip.decompress(got.body) if zipped else got.body)
    if got.status == 422:
        assert all({"type", "loc", "msg"} <= one.keys() for one in found["detail"]), got
        return
    if isinstance(found, str):
        assert "/latest." in path or path.startswith("/api/events/") or got.status == 400, got
        return
    assert isinstance(found.get("message", found.get("detail", found.get("error"))), str), got


class Faults(logging.Handler):
    """Keeps what is logged as an error."""

    def __init__(self, level: int) -> None:
        super().__init__(level)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nvr]:
    with stocked(tmp_path_factory.mktemp("fuzz")) as made:
        yield made


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    with asyncio.Runner() as runner:
        yield runner.get_loop()


@pytest.mark.parametrize("user", CALLERS)
@settings(
    max_examples=EXAMPLES_EACH * len(OPERATIONS), deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(request=requests())
def test_no_request_is_too_odd(
    app: Nvr, loop: asyncio.AbstractEventLoop, user: str | None, request: tuple[str, str, str, dict[str, str], bytes]
) -> None:
    faults = Faults(logging.ERROR)
    logging.getLogger().addHandler(faults)
    try:
        check(loop.run_until_complete(ask(app, user, request)), request[1])
    finally:
        logging.getLogger().removeHandler(faults)
    assert faults.messages == []
