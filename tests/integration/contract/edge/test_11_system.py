"""The computer, its alerts and updates: section 11 of the contract, and check 5 of section 15."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from dogwatch.edge.alerts import Vitals
from dogwatch.edge.system import fullness
from dogwatch.edge.updates import TIMED_OUT, Updates
from dogwatch.testing.app import EDGE_CONFIG, Nvr, edge_nvr
from tests.integration.contract.edge.conftest import done, fails


def hardware(directory: Path, temperature: str = "51234\n", life_time: str | None = "0x01 0x02\n") -> None:
    """Make a computer with a sensor and a card."""
    files: dict[str, str] = {"sys/class/thermal/thermal_zone0/temp": temperature}
    card = {
        "name": "SD32G", "oemid": "0x5344", "serial": "0x12345678", "date": "03/2024", "hwrev": "0x8", "fwrev": "0x0",
        "preferred_erase_size": "4194304", **({} if life_time is None else {"life_time": life_time}),
    }  # fmt: skip
    files |= {f"sys/block/mmcblk0/device/{name}": f"{text}\n" for name, text in card.items()}
    files["proc/diskstats"] = (
        " 179       0 mmcblk0 10 0 80 5 20 0 4194304 9 0 9 14\n 179       1 mmcblk0p1 10 0 80 5 20 0 4194304 9 0 9 14\n"
    )
    files["proc/cpuinfo"] = "processor\t: 0\nModel\t\t: Raspberry Pi 5 Model B Rev 1.0\n"
    for name, text in files.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(text)


def firmware(directory: Path, monkeypatch: pytest.MonkeyPatch, flags: str) -> None:
    """Put a program of the firmware on the path."""
    program = directory / "bin" / "vcgencmd"
    program.parent.mkdir(exist_ok=True)
    program.write_text(f"#!/bin/sh\necho throttled={flags}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")


@pytest.mark.edge_endpoint("GET /system_info", "GET /system_stats")
async def test_the_computer(client: httpx.AsyncClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hardware(tmp_path)
    firmware(tmp_path, monkeypatch, "0x50005")
    found = done(await client.get("/system_info"))
    assert (found["cpu_temp_celsius"], set(found["storage_info_gb"])) == (51, {"total_gb", "used_gb"})
    assert isinstance(found["cpu_load_percent"], int)
    assert 0 < found["ram_usage_mb"]["used_mb"] <= found["ram_usage_mb"]["total_mb"]
    assert found["uptime_seconds"] > 0
    throttle = found["throttle"]
    assert throttle.pop("raw") == "0x50005"
    assert {name for name, on in throttle.items() if on} == {
        "under_voltage_now", "throttled_now", "under_voltage_occurred", "throttled_occurred",
    }  # fmt: skip
    assert len(throttle) == 8
    assert found["sd_health"] == {
        "name": "SD32G",
        "oemid": "0x5344",
        "serial": "0x12345678",
        "manufacturing_date": "03/2024",
        "hw_revision": "0x8",
        "fw_revision": "0x0",
        "life_time_est": "0x01 0x02",
        "preferred_erase_size_mb": 4.0,
        "written_since_boot_gb": 2.0,
    }
    assert "extended" not in found
    stats = done(await client.get("/system_stats"))
    assert stats["cpu_model"] == "Raspberry Pi 5 Model B Rev 1.0"
    assert len(stats["cpu_per_core"]) == stats["cpu_count"] == os.cpu_count()
    assert set(stats["load_avg"]) == {"1min", "5min", "15min"}
    assert set(stats["swap"]) == {"total_mb", "used_mb", "percent"}
    assert {"git_branch", "git_commit", "hostname", "python_version", "kernel", "process_count"} <= set(stats)
    assert None not in [value for name, value in stats.items() if not name.startswith("git_")]
    extended = done(await client.get("/system_info?extended=1"))["extended"]
    assert set(extended) == set(stats)


async def test_a_computer_that_tells_nothing(
    client: httpx.AsyncClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = done(await client.get("/system_info"))
    assert (found["cpu_temp_celsius"], found["throttle"], found["sd_health"]) == (None, None, None)


@pytest.mark.edge_endpoint("GET /system_alert_state", "GET /system/alert")
async def test_alerts(app: Nvr, client: httpx.AsyncClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = {"overall": "ok", "alerts": {}, "values": {}}
    assert done(await client.get("/system_alert_state")) == nothing == done(await client.get("/system/alert"))
    hardware(tmp_path, temperature="65000")
    firmware(tmp_path, monkeypatch, "0x50000")
    await asyncio.to_thread(app.edge.health.evaluate)
    found = done(await client.get("/system/alert"))
    assert set(found["alerts"]) == {"cpu_temp", "throttle", "storage", "sd_health"}
    assert (found["alerts"]["cpu_temp"], found["alerts"]["throttle"]) == ("warn", "ok")
    assert set(found["values"]) == {"temp", "load", "storage_pct", "sd_life_est", "throttled"}
    firmware(tmp_path, monkeypatch, "0x1")
    await asyncio.to_thread(app.edge.health.evaluate)
    found = done(await client.get("/system_alert_state"))
    assert (found["overall"], found["alerts"]["throttle"]) == ("critical", "critical")


async def test_the_larger_of_two_lives_counts(app: Nvr, client: httpx.AsyncClient, tmp_path: Path) -> None:
    """Check 5 of section 15."""
    hardware(tmp_path, life_time="0x01 0x0b")
    await asyncio.to_thread(app.edge.health.evaluate)
    assert done(await client.get("/system_alert_state"))["alerts"]["sd_health"] == "critical"
    hardware(tmp_path, life_time="0x03 0x01")
    await asyncio.to_thread(app.edge.health.evaluate)
    assert done(await client.get("/system_alert_state"))["alerts"]["sd_health"] == "warn"


async def test_alerts_are_told_with_damping(app: Nvr, monkeypatch: pytest.MonkeyPatch) -> None:
    temperatures = iter([70.0, 85.0, 70.0, 50.0, 50.0, 50.0, 66.0])
    monkeypatch.setattr(app.edge.health, "_measure", lambda: Vitals(temp=next(temperatures)))
    told: list[list[tuple[str, str]]] = []
    with app.edge.news.joined(None, None) as joined:
        for _ in range(7):
            app.edge.health.evaluate()
            items = [json.loads(item.data) for item in joined.reader.queue if item.event == "system_alert"]
            joined.reader.queue.clear()
            told.append([(change["from"], change["to"]) for item in items for change in item["transitions"]])
            assert all(set(item) == {"overall", "alerts", "transitions", "values", "ts"} for item in items)
    assert told == [
        [("ok", "warn")], [("warn", "critical")], [], [], [("critical", "ok")], [], [("ok", "warn")],
    ]  # fmt: skip


async def test_system_info_is_told_to_who_listens(app: Nvr) -> None:
    app.edge.health.tell()
    with app.edge.news.joined(None, 0) as joined:
        assert not [item for item in joined.missed if item.event == "system_info"]
        await asyncio.to_thread(app.edge.health.tell)
        (item,) = (one for one in joined.reader.queue if one.event == "system_info")
        assert "cpu_load_percent" in json.loads(item.data)


# ------------------------------------------------------------ updates


def git(folder: Path, *words: str) -> str:
    identity = ("-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "init.defaultBranch=main")
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return subprocess.run(
        ["git", "-C", str(folder), *identity, *words], check=True, capture_output=True, text=True, env=clean
    ).stdout.strip()


def checkout(directory: Path) -> tuple[Path, Path]:
    """Make a remote with a commit, and a clone of it."""
    remote, clone = directory / "remote", directory / "clone"
    remote.mkdir()
    git(remote, "init", "-q")
    commit(remote, "first")
    git(directory, "clone", "-q", str(remote), str(clone))
    return remote, clone


def commit(folder: Path, message: str) -> None:
    (folder / "file").write_text(message)
    git(folder, "add", "file")
    git(folder, "commit", "-q", "-m", message)


@pytest.mark.edge_endpoint("GET /deploy_info", "GET /system/update/check")
async def test_updates(tmp_path: Path) -> None:
    remote, clone = checkout(tmp_path)
    async with (
        edge_nvr(tmp_path, edge=EDGE_CONFIG.replace("}", ", checkout: clone}")) as app,
        app.edge_client() as client,
    ):
        head = git(clone, "rev-parse", "HEAD")
        assert done(await client.get("/deploy_info")) == {"git_branch": "main", "git_commit": head[:7]}
        none = {
            "available": False,
            "branch": "main",
            "local_commit": head[:8],
            "remote_commit": head[:8],
            "commits_behind": 0,
            "summary": "",
        }
        assert done(await client.get("/system/update/check")) == none
        for number in range(25):
            commit(remote, f"change {number}")
        found = done(await client.get("/system/update/check"))
        lines = found.pop("summary").splitlines()
        assert len(lines) == 20
        assert lines[0].endswith("change 24")
        newest = git(remote, "rev-parse", "HEAD")
        assert found == {
            "available": True,
            "branch": "main",
            "local_commit": head[:8],
            "remote_commit": newest[:8],
            "commits_behind": 25,
        }
        assert (git(clone, "status", "--porcelain"), git(clone, "rev-parse", "HEAD")) == ("", head)
        assert done(await client.get("/deploy_info"))["git_commit"] == head[:7]
        git(clone, "pull", "-q")
        commit(clone, "own")
        ahead = done(await client.get("/system/update/check"))
        assert (ahead["available"], ahead["commits_behind"], ahead["summary"]) == (False, 0, "")


async def test_what_has_no_answer(tmp_path: Path) -> None:
    remote, clone = checkout(tmp_path)
    async with (
        edge_nvr(tmp_path, edge=EDGE_CONFIG.replace("}", ", checkout: clone}")) as app,
        app.edge_client() as client,
    ):
        git(clone, "checkout", "-q", "-b", "mine")
        found = done(await client.get("/system/update/check"))
        assert (found["available"], found["branch"]) == (False, "mine")
        assert "no branch mine" in found["error"]
        git(clone, "checkout", "-q", "--detach")
        found = done(await client.get("/system/update/check"))
        assert (found["available"], found["error"]) == (False, "No branch is checked out")
        git(clone, "checkout", "-q", "main")
        remote.rename(tmp_path / "gone")
        answer = await client.get("/system/update/check")
        fails(answer, 500, "git_failed")
        assert "does not appear to be a git repository" in answer.json()["error"]  # not the advice that follows it


async def test_a_disk_is_as_full_for_alerts_as_for_the_cleanup(tmp_path: Path) -> None:
    async with edge_nvr(tmp_path) as app, app.edge_client() as client:
        status = done(await client.get("/storage/status"))
        (full,) = fullness(tmp_path)
        assert full == pytest.approx(status["disk_percent"], abs=0.5)


async def test_no_checkout(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    edge = EDGE_CONFIG.replace("}", ", checkout: plain}")
    async with edge_nvr(tmp_path, edge=edge) as app, app.edge_client() as client:
        assert done(await client.get("/deploy_info")) == {"git_branch": None, "git_commit": None}
        assert set(done(await client.get("/system/update/check"))) == {"available", "error"}


async def test_no_git(client: httpx.AsyncClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    fails(await client.get("/system/update/check"), 500, "git_missing")
    assert done(await client.get("/deploy_info")) == {"git_branch": None, "git_commit": None}


def test_a_remote_that_hangs_is_given_up_with_all_that_was_started(tmp_path: Path) -> None:
    _, clone = checkout(tmp_path)
    pids = tmp_path / "pids"
    program = tmp_path / "upload-pack"
    program.write_text(f"#!/bin/sh\necho $$ > {pids}\nexec sleep 600\n")
    program.chmod(0o755)
    git(clone, "config", "remote.origin.uploadpack", str(program))
    began = time.monotonic()
    found = Updates(lambda: str(clone), fetch_s=2.0).check()
    assert found == {"available": False, "error": TIMED_OUT}
    assert time.monotonic() - began < 15
    pid = int(pids.read_text())
    until = time.monotonic() + 10
    while Path(f"/proc/{pid}/cmdline").exists() and Path(f"/proc/{pid}/cmdline").read_bytes():
        assert time.monotonic() < until, "what was started still runs"
        time.sleep(0.01)


def test_the_programs_own_checkout_is_the_default() -> None:
    found: dict[str, Any] = Updates(lambda: None).deployed()
    assert found["git_commit"] is None or re.fullmatch("[0-9a-f]{7}", found["git_commit"])
