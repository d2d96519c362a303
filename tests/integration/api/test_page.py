"""The web page as it is served: types, caching, compression, what it may load, prefixes, and what is left of it."""

from __future__ import annotations

import gzip
import json
import os
import re
from pathlib import Path

import pytest

from dogwatch.api import built_page
from dogwatch.api.listener import EXTERNAL, INTERNAL
from dogwatch.api.nvr.pages import PAGES
from dogwatch.testing.app import Nvr
from tests.built_ui import built

ROOT = Path(__file__).parents[3]
SCRIPT = "let a = 1;\n" * 100
PATHS = ("/", *(f"/{page}" for page in PAGES))


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A page that is built so, instead of the real one."""
    folder = tmp_path / "page"
    (folder / "assets").mkdir(parents=True)
    (folder / "icons").mkdir()
    (folder / "index.html").write_text(
        '<!doctype html><html><head><title>x</title><meta property="csp-nonce" nonce="DOGWATCH_NONCE">'
        '<script type="module" src="./assets/a-1.js" nonce="DOGWATCH_NONCE"></script></head></html>'
    )
    (folder / "assets" / "a-1.js").write_text(SCRIPT)
    (folder / "assets" / "a-1.js.gz").write_bytes(gzip.compress(SCRIPT.encode()))
    (folder / "assets" / "a-1.js.br").write_bytes(b"as Brotli")
    (folder / "assets" / "a-2.css").write_text("a { color: red }")
    (folder / "icons" / "icon.svg").write_text("<svg/>")
    (folder / "manifest.webmanifest").write_text("{}")
    (folder / "sw.js").write_text("1;")
    (folder / ".sources").write_text("digest")
    (folder / ".hidden.js").write_text("secret")
    monkeypatch.setattr(built_page, "FOLDER", folder)
    return folder


@pytest.mark.parametrize("listener", [INTERNAL, EXTERNAL])
async def test_the_same_page_is_at_all_its_paths(app: Nvr, page: Path, listener: str) -> None:
    async with app.client(listener) as client:
        texts = set()
        for path in PATHS:
            answer = await client.get(path)
            assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
            assert answer.headers["content-type"] == "text/html; charset=utf-8"
            nonce = re.findall(r"'nonce-([\w-]+)'", answer.headers["content-security-policy"])
            assert len(nonce) == 1
            assert answer.text.count(f'nonce="{nonce[0]}"') == 2
            texts.add(answer.text.replace(nonce[0], ""))
            assert (await client.head(path)).content == b""
        assert len(texts) == 1
        assert "DOGWATCH_NONCE" not in texts.pop()


async def test_each_answer_has_a_nonce_of_its_own(app: Nvr, page: Path) -> None:
    async with app.client(EXTERNAL) as client:
        assert len({(await client.get("/")).headers["content-security-policy"] for _ in range(5)}) == 5


async def test_what_the_page_may_load(app: Nvr, page: Path) -> None:
    async with app.client(EXTERNAL) as client:
        policy = (await client.get("/")).headers["content-security-policy"]
    rules = dict(one.strip().split(" ", 1) for one in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == "'self'"
    assert rules["style-src"].startswith("'self' 'nonce-")
    assert (rules["connect-src"], rules["frame-ancestors"], rules["base-uri"]) == ("'self'",) * 3
    assert (rules["worker-src"], rules["manifest-src"]) == ("'self'", "'self'")
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "*" not in policy


async def test_a_prefix_becomes_the_pages_base(app: Nvr, page: Path) -> None:
    async with app.client(EXTERNAL) as client:
        for path in ("/", "/review"):
            told = (await client.get(path, headers={"X-Ingress-Path": "/api/hassio_ingress/x1"})).text
            assert told.count("<base") == 1
            assert told.index('<base href="/api/hassio_ingress/x1/">') < told.index("./assets/")
            assert "<base" not in (await client.get(path)).text


@pytest.mark.parametrize(
    ("taken", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"), ("gzip", "gzip"), ("br;q=0, gzip;q=0.5", "gzip"), ("identity", None),
        ("", None), ("*", "br"), ("*;q=0", None), ("br;q=0.001", "br"), ("deflate", None), (";;,,=q", None),
    ],
)  # fmt: skip
async def test_a_script_is_sent_as_it_was_compressed(app: Nvr, page: Path, taken: str, encoding: str | None) -> None:
    async with (
        app.client(EXTERNAL) as client,
        client.stream("GET", "/assets/a-1.js", headers={"Accept-Encoding": taken}) as answer,
    ):
        raw = b"".join([part async for part in answer.aiter_raw()])
    assert answer.headers.get("content-encoding") == encoding
    assert answer.headers["content-type"] == "text/javascript"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["content-length"] == str(len(raw))
    ends = {None: "", "br": ".br", "gzip": ".gz"}
    assert raw == (page / "assets" / f"a-1.js{ends[encoding]}").read_bytes()


async def test_how_long_files_may_be_kept(app: Nvr, page: Path) -> None:
    kept = {
        "/assets/a-1.js": ("text/javascript", "public, max-age=31536000, immutable"),
        "/assets/a-2.css": ("text/css", "public, max-age=31536000, immutable"),
        "/icons/icon.svg": ("image/svg+xml", "no-cache"),
        "/manifest.webmanifest": ("application/manifest+json", "no-cache"),
        "/sw.js": ("text/javascript", "no-cache"),
    }
    async with app.client(EXTERNAL) as client:
        for path, (kind, caching) in kept.items():
            answer = await client.get(path, headers={"Accept-Encoding": "br"})
            assert (answer.status_code, answer.headers["content-type"]) == (200, kind), path
            assert answer.headers["cache-control"] == caching
            assert answer.headers["x-content-type-options"] == "nosniff"
            again = await client.get(path, headers={"If-None-Match": answer.headers["etag"], "Accept-Encoding": "br"})
            assert (again.status_code, again.content) == (304, b"")
        assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_another_version_has_another_tag(app: Nvr, page: Path) -> None:
    """Also if it is as long, and of the same time, as packages may say."""
    async with app.client(EXTERNAL) as client:
        before = (await client.get("/sw.js")).headers["etag"]
        (page / "sw.js").rename(page / "old.js")
        (page / "sw.js").write_text("2;")
        os.utime(page / "sw.js", ns=(0, (page / "old.js").stat().st_mtime_ns + 1))
        answer = await client.get("/sw.js", headers={"If-None-Match": before})
        assert (answer.status_code, answer.text) == (200, "2;")
        assert "last-modified" not in answer.headers


async def test_what_is_no_file_of_the_page(app: Nvr, page: Path) -> None:
    outside = page.parent / "outside.js"
    outside.write_text("secret")
    async with app.client(EXTERNAL) as client:
        for path in (
            "/assets/a-9.js", "/assets/a-1.js.br", "/assets/a-1.js.gz", "/assets/index.html", "/assets/.hidden.js",
            "/icons/a-1.js", "/assets/..%2F..%2Foutside.js", "/assets/..%2fsw.js", "/assets/%2e%2e", "/assets/",
            "/assets", "/icons/", "/.sources", "/assets/a-1.js%00", "/assets/a%0a-1.js", "/assets/A-1.JS", "/review/",
            "/index.html", "/live", "/recordings", "/api", "/vod", "/clips", "/exports",
        ):  # fmt: skip
            answer = await client.get(path)
            assert answer.status_code in {401, 403, 404}, path
            assert "secret" not in answer.text


async def test_a_page_that_was_not_built_says_so(app: Nvr, page: Path) -> None:
    (page / "index.html").unlink()
    async with app.client(EXTERNAL) as client:
        for path in ("/", "/login", "/review"):
            answer = await client.get(path)
            assert (answer.status_code, answer.headers["cache-control"]) == (503, "no-store")
            assert "make ui" in answer.text
            assert answer.headers["content-type"].startswith("text/html")
        (page / "sw.js").unlink()
        assert (await client.get("/sw.js")).status_code == 404


@pytest.mark.parametrize("name", ["x" * 200, "x" * 300, "x" * 5000, "ä" * 150])
async def test_a_name_that_is_too_long_for_a_file_is_not_found(app: Nvr, page: Path, name: str) -> None:
    async with app.client(EXTERNAL) as client:
        for path in (f"/assets/{name}.js", f"/icons/{name}.svg"):
            assert (await client.get(path)).status_code == 404


def test_the_page_and_its_server_know_the_same_paths() -> None:
    assert json.loads((ROOT / "ui" / "pages.json").read_text()) == [*PAGES]


async def test_the_real_page(app: Nvr) -> None:
    """It names nothing that is not there, and nothing that its policy refuses."""
    built()
    async with app.client(EXTERNAL) as client:
        text = (await client.get("/")).text
        assert re.search(r"https?://", text) is None
        named = re.findall(r'(?:src|href)="\./([^"]+)"', text)
        assert len(named) >= 4
        for name in named:
            assert (await client.get(f"/{name}")).status_code == 200, name
        manifest = (await client.get("/manifest.webmanifest")).json()
        for icon in manifest["icons"]:
            assert (await client.get(f"/{icon['src']}")).headers["content-type"] == icon["type"]
    assert re.search(r"<script(?![^>]*\bsrc=)", text) is None
    assert re.search(r"<style|\bstyle=|\bon\w+=", text) is None
