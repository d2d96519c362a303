"""Starts the worker processes, watches them, and starts again what dies.

A worker is `python -m dogwatch.<kind>` with its spec on standard input. The pipe stays open for as long as the core
lives; when it closes, the worker leaves. What a worker writes to standard error goes into the core's log.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import signal
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from dogwatch.bus.specs import Spec
from dogwatch.runtime import memory
from dogwatch.runtime.specs import Wanted

log = logging.getLogger(__name__)

MODULES = {
    "ingest": "dogwatch.workers.ingest",
    "vision": "dogwatch.workers.analysis",
    "detector": "dogwatch.workers.detection",
}
FIRST_DELAY_S, LONGEST_DELAY_S = 0.2, 10.0
GOOD_SPELL_S = 30.0
LEAVE_S = 5.0
KILL_S = 1.0  # a killed process that is still there hangs in the kernel, and leaves when its disk answers
FAILED = 1  # the exit status that stands for a worker that could not be started or was given up
UNUSABLE = 2  # the exit status of a worker that can never work as configured
UNUSABLE_DELAY_S = 60.0
LINE_LIMIT = 1 << 16


@dataclass(slots=True)
class Worker:
    """One supervised process: what it is, and how it has fared."""

    kind: str
    name: str
    spec: Spec
    process: asyncio.subprocess.Process | None = None
    restarts: int = 0
    started: float = 0.0
    delay: float = FIRST_DELAY_S
    task: asyncio.Task[None] | None = field(default=None, repr=False)
    replaced: bool = False
    """Whether it is being ended to be started again at once with another spec."""
    unwanted: bool = False
    changed: asyncio.Event = field(default_factory=asyncio.Event, repr=False)

    @property
    def pid(self) -> int | None:
        """The process id, None while it is down."""
        return self.process.pid if self.process and self.process.returncode is None else None


class Supervisor:
    """Keeps a set of workers alive. All methods belong to the core's event loop."""

    def __init__(self, shm: str, started: Callable[[Worker], None], died: Callable[[Worker], None]) -> None:
        """Remember where shared memory lies and whom to tell when a worker starts or dies."""
        self._shm = Path(shm)
        self._started, self._died = started, died
        self._leaving = False
        self._ending: dict[tuple[str, str], asyncio.Task[None]] = {}
        self.workers: list[Worker] = []

    def want(self, wanted: Iterable[Wanted]) -> None:
        """Make the workers those that are `wanted`: others end, new ones start, one with another spec is replaced."""
        if self._leaving:
            return
        goal = {(one.kind, one.name): one.spec for one in wanted}
        known = {(worker.kind, worker.name): worker for worker in self.workers}
        for key in known.keys() - goal.keys():
            known[key].unwanted = True
            self.workers.remove(known[key])
            self._ending[key] = asyncio.create_task(self._leave(known[key]))
        for (kind, name), spec in goal.items():
            worker = known.get((kind, name))
            if worker is None:
                self.start(kind, name, spec)
            elif worker.spec != spec:
                worker.spec, worker.replaced = spec, True
                worker.changed.set()
                self._ending[kind, name] = asyncio.create_task(self._end(worker))

    def start(self, kind: str, name: str, spec: Spec) -> Worker:
        """Start a worker of `kind` (ingest, vision or detector) and keep it alive until `stop`."""
        worker = Worker(kind, name, spec)
        worker.task = asyncio.create_task(self._keep(worker, self._ending.get((kind, name))), name=f"{kind}-{name}")
        self.workers.append(worker)
        return worker

    async def stop(self) -> None:
        """Ask all workers to leave: ingest first, so that its last segments are announced while the core listens."""
        self._leaving = True
        for kinds in (("ingest",), ("vision", "detector")):
            await asyncio.gather(*(self._end(worker) for worker in self.workers if worker.kind in kinds))
        await asyncio.gather(*self._ending.values())
        for worker in self.workers:
            if worker.task:
                worker.task.cancel()
        await asyncio.gather(*(w.task for w in self.workers if w.task), return_exceptions=True)

    async def _leave(self, worker: Worker) -> None:
        """End a worker that is no longer wanted, also one that is about to be started."""
        worker.changed.set()
        await self._end(worker)
        if worker.task:
            await asyncio.wait([worker.task])

    async def _keep(self, worker: Worker, before: asyncio.Task[None] | None) -> None:
        if before:
            await asyncio.wait([before])  # a camera that was removed and added: two must not record it at once
        while True:
            try:
                status = await self._run_once(worker)
            except Exception:
                # Too many open files, no memory, a full disk: these pass, and the camera must not be lost with them.
                log.exception("%s %s could not be run", worker.kind, worker.name)
                status = FAILED
            if self._leaving or worker.unwanted:
                return
            if worker.replaced:
                worker.replaced = False
                continue
            if time.monotonic() - worker.started > GOOD_SPELL_S:
                worker.delay = FIRST_DELAY_S
            wait = UNUSABLE_DELAY_S if status == UNUSABLE else worker.delay * random.uniform(0.75, 1.25)  # noqa: S311
            log.warning("%s %s ended (%s); starting it again in %.1f s", worker.kind, worker.name, _said(status), wait)
            worker.restarts += 1
            worker.delay = min(worker.delay * 2, LONGEST_DELAY_S)
            worker.changed.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(worker.changed.wait(), wait)

    async def _run_once(self, worker: Worker) -> int:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            MODULES[worker.kind],
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
            env=memory.environment(),
            limit=LINE_LIMIT,
        )
        worker.process, worker.started = process, time.monotonic()
        try:
            if process.stdin is None or process.stderr is None:
                raise RuntimeError("a worker's pipes are missing")
            if worker.unwanted:
                return FAILED
            worker.replaced = False
            self._started(worker)
            process.stdin.write(msgspec.json.encode(worker.spec) + b"\n")
            with contextlib.suppress(ConnectionError):
                await process.stdin.drain()
            await _relay(process.stderr, f"dogwatch.{worker.kind}.{worker.name}")
            return await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(process.wait(), KILL_S)
            self._clean(process.pid)
            self._died(worker)

    async def _end(self, worker: Worker) -> None:
        process = worker.process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
            process.send_signal(signal.SIGCONT)
        if process.stdin:
            process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), LEAVE_S)
        except TimeoutError:
            log.warning("%s %s does not leave; killing it", worker.kind, worker.name)
            with contextlib.suppress(ProcessLookupError):
                process.kill()

    def kill(self) -> None:
        """Kill every worker at once and remove its shared memory."""
        for worker in self.workers:
            if worker.process and worker.process.returncode is None:
                worker.process.kill()
                self._clean(worker.process.pid)

    def _clean(self, pid: int) -> None:
        """Remove the shared memory that a worker left behind."""
        for path in self._shm.glob(f"dogwatch-{pid}-*"):
            path.unlink(missing_ok=True)


async def _relay(stream: asyncio.StreamReader, name: str) -> None:
    """Write a worker's lines into the log, each with the level that it begins with."""
    logger = logging.getLogger(name)
    while True:
        try:
            line = await stream.readline()
        except ValueError:  # a line beyond the limit: asyncio has dropped it
            continue
        if not line:
            return
        text = line.decode(errors="replace").rstrip()
        word, _, rest = text.partition(" ")
        level = logging.getLevelNamesMapping().get(word)
        logger.log(level or logging.WARNING, "%s", rest if level else text)


def _said(status: int) -> str:
    if status >= 0:
        return f"exit status {status}"
    try:
        return signal.Signals(-status).name
    except ValueError:
        return f"signal {-status}"
