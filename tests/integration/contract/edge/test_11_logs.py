"""Logs: section 11 of the contract, and check 6 of section 15."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import httpx
import pytest

from dogwatch.testing.app import Nvr, edge_nvr
from tests.integration.contract.edge.conftest import done, fails

OWN = """\
no entry begins with this
2026-04-01 12:00:00 [INFO] dogwatch.edge: one
2026-04-01 12:00:01 [ERROR] dogwatch.api: it failed
Traceback (most recent call last):
  File "x.py", line 1
ValueError: no
2026-04-01 12:00:02 [warning] dogwatch.edge: two: with colon
"""


def place(app: Nvr, name: str, text: str) -> Path:
    path = app.edge.context.root / "logs" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.mark.edge_endpoint("GET /logs/api", "GET /logs")
async def test_the_own_log(app: Nvr, client: httpx.AsyncClient) -> None:
    """Check 6 of section 15: a traceback belongs to the line above it."""
    app.edge.own_log.close()
    place(app, "api/security-cam.log", OWN)
    rows = done(await client.get("/logs/api"))
    assert rows == done(await client.get("/logs"))
    assert [(row["ts"], row["level"], row["source"]) for row in rows] == [
        ("2026-04-01 12:00:02", "warning", "dogwatch.edge"),
        ("2026-04-01 12:00:01", "ERROR", "dogwatch.api"),
        ("2026-04-01 12:00:00", "INFO", "dogwatch.edge"),
    ]
    assert rows[0]["message"] == "two: with colon"
    assert rows[1]["message"] == 'it failed\nTraceback (most recent call last):\n  File "x.py", line 1\nValueError: no'
    for query, count in (
        ("limit=1", 1),
        ("limit=0", 3),
        ("limit=x", 3),
        ("limit=-1", 3),
        ("limit=99999999999", 3),
        ("limit=", 3),
        ("level=WARNING", 1),
        ("level=error", 1),
        ("level=err", 0),
        ("source=dogwatch.edge", 2),
        ("source=dogwatch", 0),
        ("search=VALUEERROR", 1),
        ("search=2026-04-01+12:00:00", 1),
        ("search=nothing", 0),
        ("level=error&search=one", 0),
    ):
        assert len(done(await client.get(f"/logs/api?{query}"))) == count, query


async def test_only_a_line_feed_ends_a_line(app: Nvr, client: httpx.AsyncClient) -> None:
    app.edge.own_log.close()
    forged = "2026-04-01 12:00:03 [ERROR] a: b"
    place(app, "api/security-cam.log", f"2026-04-01 12:00:00 [INFO] a: one\u2028{forged}\x0c{forged}\n")
    rows = done(await client.get("/logs/api"))
    assert [row["message"] for row in rows] == [f"one\u2028{forged}\x0c{forged}"]


async def test_no_log(app: Nvr, client: httpx.AsyncClient) -> None:
    app.edge.own_log.close()
    (app.edge.context.root / "logs" / "api" / "security-cam.log").unlink()
    assert done(await client.get("/logs/api")) == []
    assert done(await client.get("/logs/mediamtx")) == []
    assert done(await client.get("/logs/install")) == []


async def test_older_parts_go_on_in_newer_ones(app: Nvr, client: httpx.AsyncClient) -> None:
    app.edge.own_log.close()
    line = "2026-04-01 12:00:0{} [INFO] s: {}\n"
    place(app, "api/security-cam.log", "tail of two\n" + line.format(3, "three"))
    place(app, "api/security-cam.log.1", line.format(1, "one") + line.format(2, "two") + "more of two\n")
    place(app, "api/security-cam.log.2", line.format(0, "zero"))
    rows = done(await client.get("/logs/api"))
    assert [row["message"] for row in rows] == ["three", "two\nmore of two\ntail of two", "one", "zero"]


async def test_many_entries(app: Nvr, client: httpx.AsyncClient) -> None:
    app.edge.own_log.close()
    place(app, "api/security-cam.log", "".join(f"2026-04-01 12:00:00 [INFO] s: {n}\n" for n in range(3000)))
    assert len(done(await client.get("/logs/api"))) == 500
    assert len(done(await client.get("/logs/api?limit=5000"))) == 2000
    assert done(await client.get("/logs/api?limit=1"))[0]["message"] == "2999"


async def test_what_the_program_logs_can_be_read(app: Nvr, client: httpx.AsyncClient) -> None:
    logger = logging.getLogger("dogwatch.edge.test")
    logger.setLevel(logging.INFO)
    logger.info("a camera at %s", "rtsp://user:hunter2@192.0.2.1/x")
    try:
        raise ValueError("no")
    except ValueError:
        logger.exception("it failed")
    rows = done(await client.get("/logs/api?source=dogwatch.edge.test"))
    assert [row["level"] for row in rows] == ["ERROR", "INFO"]
    assert rows[0]["message"].startswith("it failed\nTraceback")
    assert "hunter2" not in rows[1]["message"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", rows[0]["ts"])


@pytest.mark.edge_endpoint("GET /logs/mediamtx")
async def test_the_media_servers_log(app: Nvr, client: httpx.AsyncClient) -> None:
    lines = ("00 INF MediaMTX v1", "01 WAR [path cam] slow", "02 ERR [RTSP] x", "03 DEB [HLS] y")
    place(app, "mediamtx/mediamtx.log", "".join(f"2026/04/01 12:00:{line}\n" for line in lines))
    rows = done(await client.get("/logs/mediamtx"))
    assert [(row["ts"], row["level"], row["source"], row["message"]) for row in rows] == [
        ("2026-04-01 12:00:03", "DEBUG", "HLS", "y"),
        ("2026-04-01 12:00:02", "ERROR", "RTSP", "x"),
        ("2026-04-01 12:00:01", "WARNING", "path cam", "slow"),
        ("2026-04-01 12:00:00", "INFO", "mediamtx", "MediaMTX v1"),
    ]
    assert len(done(await client.get("/logs/mediamtx?level=warning"))) == 1


@pytest.mark.edge_endpoint(
    "GET /logs/install",
    "GET /logs/scripts",
    "GET /logs/script/{category}/{file}",
    "GET /logs/scripts/{category}/{file}",
)
async def test_logs_of_scripts(app: Nvr, client: httpx.AsyncClient, tmp_path: Path) -> None:
    place(app, "install/2026-04-01_09-51-07.log", "installed\n")
    place(app, "update/2026-05-01_00-00-00.log", "updated\n")
    place(app, "ap-setup/2026-04-15_00-00-00.log", "")
    place(app, "ap-setup/other.log", "x")
    place(app, "ap-setup/notes.txt", "x")
    place(app, "mediamtx/mediamtx.log", "x")
    rows = done(await client.get("/logs/install"))
    assert rows == done(await client.get("/logs/scripts"))
    assert [row["name"] for row in rows] == [
        "update/2026-05-01_00-00-00.log",
        "ap-setup/2026-04-15_00-00-00.log",
        "install/2026-04-01_09-51-07.log",
        "ap-setup/other.log",
    ]
    assert rows[2] == {"name": "install/2026-04-01_09-51-07.log", "size": 10, "category": "install"}
    for start in ("/logs/script", "/logs/scripts"):
        answer = await client.get(f"{start}/install/2026-04-01_09-51-07.log")
        assert (answer.status_code, answer.text) == (200, "installed\n")
        assert answer.headers["content-type"].startswith("text/plain")
    (tmp_path / "secret.log").write_text("secret")
    (app.edge.context.root / "logs" / "install" / "link.log").symlink_to(tmp_path / "secret.log")
    (app.edge.context.root / "logs" / "away").symlink_to(tmp_path)
    assert len(done(await client.get("/logs/install"))) == 4
    for path in (
        "install/none.log", "none/x.log", "api/security-cam.log", "mediamtx/mediamtx.log", "ap-setup/notes.txt",
        "install/link.log", "away/secret.log", "%2e%2e/secret.log", "install/..%2f..%2fsecret.log", "install/%00.log",
        "../config.yml", "install/" + "x" * 5000 + ".log",
    ):  # fmt: skip
        answer = await client.get(f"/logs/script/{path}")
        fails(answer, 404, "not_found")
        assert "secret" not in answer.text


async def test_the_newest_20_of_each_category_are_kept(tmp_path: Path) -> None:
    async with edge_nvr(tmp_path) as app:
        for number in range(25):
            place(app, f"install/2026-04-{number + 1:02}_09-51-07.log", "x")
        place(app, "update/2026-01-01_00-00-00.log", "x")
        place(app, "api/2026-01-01_00-00-00.log", "x")
    async with edge_nvr(tmp_path) as app, app.edge_client() as client:
        rows = done(await client.get("/logs/install"))
        assert len(rows) == 21
        assert rows[19]["name"] == "install/2026-04-06_09-51-07.log"
        assert (tmp_path / "edge" / "logs" / "api" / "2026-01-01_00-00-00.log").exists()
