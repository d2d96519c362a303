import asyncio
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import msgspec
import psutil
import pytest

from dogwatch.bus.specs import Spec
from dogwatch.runtime import memory
from dogwatch.runtime import supervisor as module
from dogwatch.runtime.specs import Wanted
from dogwatch.runtime.supervisor import Supervisor, Worker


@pytest.fixture
async def supervisor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Supervisor]:
    kinds = {"obedient": "tests.workers.obedient", "deaf": "tests.workers.deaf", "unusable": "tests.workers.unusable"}
    monkeypatch.setattr(module, "MODULES", {"ingest": kinds["obedient"], "vision": kinds["deaf"]} | kinds)
    monkeypatch.setattr(module, "LEAVE_S", 0.5)
    supervisor = Supervisor(str(tmp_path), lambda worker: None, lambda worker: None)
    yield supervisor
    await supervisor.stop()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - the condition is another process's state
            await asyncio.sleep(0.01)


def spec(tmp_path: Path) -> Spec:
    return Spec(run_dir=str(tmp_path), log_level="debug")


async def test_a_worker_gets_its_spec_and_its_lines_reach_the_log(
    supervisor: Supervisor, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    supervisor.start("obedient", "one", spec(tmp_path))
    await until(lambda: any("level debug" in record.getMessage() for record in caplog.records))
    record = next(r for r in caplog.records if "level debug" in r.getMessage())
    assert (record.levelno, record.name) == (logging.WARNING, "dogwatch.obedient.one")


async def test_a_worker_makes_few_heaps(
    supervisor: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(memory.SETTING, raising=False)
    first = supervisor.start("obedient", "one", spec(tmp_path))
    await until(lambda: first.pid is not None)
    monkeypatch.setenv(memory.SETTING, "5")
    second = supervisor.start("obedient", "two", spec(tmp_path))
    await until(lambda: second.pid is not None)
    for worker, heaps in ((first, "2"), (second, "5")):
        process = psutil.Process(worker.pid)
        await until(lambda process=process: "-m" in process.cmdline())  # type: ignore[misc]
        assert process.environ()[memory.SETTING] == heaps


async def test_what_dies_is_started_again_and_its_shared_memory_removed(supervisor: Supervisor, tmp_path: Path) -> None:
    worker = supervisor.start("obedient", "one", spec(tmp_path))
    await until(lambda: worker.pid is not None)
    first = worker.pid
    assert first is not None
    left = tmp_path / f"dogwatch-{first}-front-1"
    left.write_text("")
    os.kill(first, signal.SIGKILL)
    await until(lambda: worker.pid not in {None, first})
    assert worker.restarts == 1
    assert not left.exists()


async def test_a_start_that_fails_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk, or too many open files, at the moment of a start must not cost the camera for good."""
    monkeypatch.setattr(module, "MODULES", {"ingest": "tests.workers.obedient"})
    calls: list[int] = []

    def started(worker: Worker) -> None:
        calls.append(1)
        if len(calls) == 1:
            raise OSError(28, "No space left on device")

    supervisor = Supervisor(str(tmp_path), started, lambda worker: None)
    worker = supervisor.start("ingest", "one", spec(tmp_path))
    await until(lambda: len(calls) == 2)
    assert worker.restarts == 1
    await supervisor.stop()


async def test_stop_does_not_wait_for_what_cannot_even_be_killed(
    supervisor: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that hangs in the kernel, on a disk that does not answer, goes when the disk does."""
    worker = supervisor.start("vision", "x", spec(tmp_path))
    await until(lambda: worker.pid is not None)
    assert worker.process is not None
    for name in ("kill", "send_signal"):
        monkeypatch.setattr(worker.process, name, lambda *_: None)
    monkeypatch.setattr(module, "KILL_S", 0.2)
    pid = worker.pid
    assert pid is not None
    await asyncio.wait_for(supervisor.stop(), 5)
    os.kill(pid, signal.SIGKILL)


async def test_stop_ends_even_the_deaf_and_nothing_is_restarted(supervisor: Supervisor, tmp_path: Path) -> None:
    workers = [supervisor.start(kind, "x", spec(tmp_path)) for kind in ("ingest", "vision")]
    await until(lambda: all(worker.pid for worker in workers))
    pids = [worker.pid for worker in workers]
    await asyncio.wait_for(supervisor.stop(), 10)
    assert not any(pid is not None and psutil.pid_exists(pid) for pid in pids)


async def test_an_unusable_worker_is_not_started_over_and_over(
    supervisor: Supervisor, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    worker = supervisor.start("unusable", "one", spec(tmp_path))
    await until(lambda: worker.restarts == 1)
    assert any("no such model" in record.getMessage() for record in caplog.records)
    assert any("in 60.0 s" in record.getMessage() for record in caplog.records)


async def test_a_worker_leaves_when_the_parent_is_gone(tmp_path: Path) -> None:
    worker = Worker("obedient", "one", spec(tmp_path))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.workers.obedient", stdin=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stderr is not None
    process.stdin.write(msgspec.json.encode(worker.spec) + b"\n")
    await process.stderr.readline()
    process.stdin.close()
    assert await asyncio.wait_for(process.wait(), 10) == 0


def wanted(tmp_path: Path, *named: tuple[str, str]) -> list[Wanted]:
    return [Wanted("obedient", name, Spec(run_dir=str(tmp_path), log_level=level)) for name, level in named]


async def test_wanted_workers_are_started_replaced_and_ended_by_difference(
    supervisor: Supervisor, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def pids() -> dict[str, int | None]:
        return {worker.name: worker.pid for worker in supervisor.workers}

    supervisor.want(wanted(tmp_path, ("same", "debug"), ("other", "debug"), ("gone", "debug")))
    await until(lambda: all(pids().values()) and caplog.text.count("level debug") == 3)
    before = pids()
    gone = next(worker for worker in supervisor.workers if worker.name == "gone")
    supervisor.want(wanted(tmp_path, ("same", "debug"), ("other", "info"), ("new", "debug")))
    await until(lambda: gone.pid is None and all(pids().values()) and pids()["other"] != before["other"])
    await until(lambda: "level info" in caplog.text)
    assert set(pids()) == {"same", "other", "new"}
    assert pids()["same"] == before["same"]
    assert all(worker.restarts == 0 for worker in supervisor.workers)


async def test_a_worker_that_is_wanted_again_waits_for_its_predecessor(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.want(wanted(tmp_path, ("one", "debug")))
    await until(lambda: supervisor.workers[0].pid is not None)
    first = supervisor.workers[0]
    supervisor.want([])
    supervisor.want(wanted(tmp_path, ("one", "debug")))
    second = supervisor.workers[0]
    assert second is not first
    await until(lambda: second.pid is not None)
    assert first.pid is None


async def test_a_worker_can_be_taken_back_before_it_has_begun(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.want(wanted(tmp_path, ("one", "debug")))
    worker = supervisor.workers[0]
    supervisor.want([])
    await until(lambda: worker.task is not None and worker.task.done())
    assert worker.pid is None
