"""The runner of jobs, over a real database, with work that the test holds in its hand."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection

from dogwatch.errors import ConflictError, NotFoundError, StoreError
from dogwatch.jobs.kinds import JobControl, JobError, JobKind
from dogwatch.jobs.runner import ATTEMPTS, KEPT_S, LEASE_S, JobRunner, QueueFullError
from dogwatch.store import jobs, tables
from dogwatch.store.database import Database
from dogwatch.store.jobs import Job
from dogwatch.testing.clock import StandingClock

PATIENCE_S = 10.0


class Work:
    """A kind whose jobs run until the test lets them go."""

    name = "work"

    def __init__(self, workers: int = 2, queue_limit: int = 100) -> None:
        self.workers, self.queue_limit = workers, queue_limit
        self.begun: list[str] = []
        self.undone: list[str] = []
        self.settled: list[tuple[str, str]] = []
        self.go = threading.Event()
        self.most = self.now = 0
        self._lock = threading.Lock()

    def run(self, job: Job, control: JobControl) -> dict[str, Any]:
        with self._lock:
            self.begun.append(job.id)
            self.now += 1
            self.most = max(self.most, self.now)
        try:
            if job.params.get("fails"):
                raise JobError("it cannot be done")
            if job.params.get("breaks"):
                raise ZeroDivisionError
            while not self.go.wait(0.01):
                if job.params.get("silent"):
                    control.check()
                else:
                    control.step(str(time.monotonic()) if job.params.get("steps") else "copying", 50)
        finally:
            with self._lock:
                self.now -= 1
        return {"done": job.id}

    def undo(self, job: Job) -> None:
        self.undone.append(job.id)

    def settle(self, connection: Connection, job: Job) -> None:
        self.settled.append((job.id, job.state))


def wait(until: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not until():
        assert time.monotonic() < end
        time.sleep(0.01)


def state(runner: JobRunner, job_id: str) -> str:
    return runner.find(job_id).state


def test_a_job_runs_and_its_result_is_kept(db: Database) -> None:
    work, told = Work(), []
    runner = JobRunner(db, [work], lambda job: told.append((job.state, job.step)))
    runner.start()
    runner.submit("work", "a", {"x": 1}, camera="front", owner="vera")
    wait(lambda: runner.find("a").step == "copying")
    assert runner.find("a").progress == 50
    work.go.set()
    wait(lambda: state(runner, "a") == "success")
    job = runner.find("a")
    assert (job.result, job.progress, job.error, job.attempts, job.owner) == ({"done": "a"}, 100, "", 1, "vera")
    assert work.settled == [("a", "success")]
    wait(lambda: told[-1][0] == "success")  # told behind the commit that `state` sees
    assert list(dict.fromkeys(told)) == [
        ("queued", "queued"),
        ("running", "preparing"),
        ("running", "copying"),
        ("success", "finalizing"),
    ]
    assert work.undone == []
    runner.close()


def test_no_more_than_the_workers_run_and_the_oldest_comes_first(db: Database) -> None:
    work = Work(workers=2)
    runner = JobRunner(db, [work])
    runner.start()
    for n in range(12):
        runner.submit("work", f"j{n:02}", {})
    wait(lambda: len(work.begun) == 2)
    time.sleep(0.1)  # a third would have begun by now
    assert len(work.begun) == 2
    work.go.set()
    wait(lambda: state(runner, "j11") == "success" and state(runner, "j10") == "success")
    assert work.most == 2
    assert sorted(work.begun[:2]) == ["j00", "j01"]
    assert sorted(work.begun) == [f"j{n:02}" for n in range(12)]
    runner.close()


def test_a_queue_that_is_full_refuses(db: Database) -> None:
    runner = JobRunner(db, [Work(queue_limit=3)])
    for n in range(3):
        runner.submit("work", str(n), {})
    with pytest.raises(QueueFullError, match="3 jobs are waiting"):
        runner.submit("work", "x", {})
    with pytest.raises(NotFoundError):
        runner.find("x")


def test_what_is_written_beside_a_job_is_written_with_it_or_not_at_all(db: Database) -> None:
    def fail(_: Connection) -> None:
        raise ValueError("no room beside it")

    runner = JobRunner(db, [Work()])
    with pytest.raises(ValueError, match="beside"):
        runner.submit("work", "a", {}, beside=fail)
    with pytest.raises(NotFoundError):
        runner.find("a")


@pytest.mark.parametrize(
    ("params", "error"), [({"fails": True}, "it cannot be done"), ({"breaks": True}, "unexpected: ZeroDivisionError")]
)
def test_a_failure_is_told_and_cleaned_up_behind(db: Database, params: dict[str, Any], error: str) -> None:
    work = Work()
    runner = JobRunner(db, [work])
    runner.start()
    runner.submit("work", "a", params)
    wait(lambda: state(runner, "a") == "failed")
    assert runner.find("a").error == error
    assert work.undone == ["a"]
    assert work.settled == [("a", "failed")]
    with pytest.raises(ConflictError, match="failed"):
        runner.cancel("a")
    runner.close()


def test_what_is_queued_while_a_thread_finds_nothing_runs_all_the_same(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    work, looks = Work(workers=1), list[Job | None]()
    runner = JobRunner(db, [work])
    claim = runner._claim

    def look(kind: JobKind) -> Job | None:
        looks.append(claim(kind))
        if len(looks) == 1:
            runner.submit("work", "a", {})
        return looks[-1]

    monkeypatch.setattr(runner, "_claim", look)
    runner.start()
    wait(lambda: work.begun == ["a"])
    assert looks[0] is None
    work.go.set()
    runner.close()


def test_cancelling_one_that_waits_and_one_that_runs(db: Database) -> None:
    work = Work(workers=1)
    runner = JobRunner(db, [work])
    runner.start()
    runner.submit("work", "a", {})
    wait(lambda: work.begun == ["a"])
    runner.submit("work", "b", {})
    assert runner.cancel("b").state == "cancelled"
    runner.cancel("a")
    wait(lambda: state(runner, "a") == "cancelled")
    assert work.begun == ["a"]
    assert work.undone == ["a"]
    assert sorted(work.settled) == [("a", "cancelled"), ("b", "cancelled")]
    with pytest.raises(NotFoundError):
        runner.cancel("c")
    runner.close()


def test_what_was_cut_off_begins_anew_and_fails_when_that_happens_again_and_again(db: Database) -> None:
    for attempt in range(1, ATTEMPTS + 1):
        work = Work()
        runner = JobRunner(db, [work])
        if attempt == 1:
            runner.submit("work", "a", {})
        runner.start()
        wait(lambda work=work: work.begun == ["a"])  # type: ignore[misc]
        runner.close()  # as a kill would leave it: the row says that it runs
        assert runner.find("a").attempts == attempt
        assert state(runner, "a") == "running"
        assert work.undone == (["a"] if attempt > 1 else [])
    work = Work()
    runner = JobRunner(db, [work])
    runner.start()
    assert (state(runner, "a"), runner.find("a").error) == ("failed", f"it was cut off {ATTEMPTS} times")
    assert work.begun == []
    assert work.undone == ["a"]
    runner.close()


def test_one_that_is_cancelled_while_the_program_is_away_ends(db: Database) -> None:
    work = Work()
    runner = JobRunner(db, [work])
    runner.start()
    runner.submit("work", "a", {})
    wait(lambda: work.begun == ["a"])
    runner.close()
    again = JobRunner(db, [work])
    again.cancel("a")
    again.start()
    assert state(again, "a") == "cancelled"
    again.close()


def test_another_programs_work_is_taken_over_when_its_lease_runs_out(db: Database) -> None:
    clock = StandingClock(1000.0)
    theirs, mine = Work(), Work()
    other = JobRunner(db, [theirs], clock=clock, holder="other")
    other.start()
    other.submit("work", "a", {})
    wait(lambda: theirs.begun == ["a"])
    runner = JobRunner(db, [mine], clock=clock, holder="me")
    runner.start()
    runner.tick()
    assert mine.begun == []
    clock.advance(LEASE_S / 2)
    other.tick()  # renews
    clock.advance(LEASE_S * 0.75)
    runner.tick()
    assert mine.begun == []
    other.close()
    clock.advance(LEASE_S)
    runner.tick()
    wait(lambda: mine.begun == ["a"])
    assert mine.undone == ["a"]
    mine.go.set()
    wait(lambda: state(runner, "a") == "success")
    runner.close()


def test_work_of_our_own_is_not_taken_over_however_late_the_lease_is_renewed(db: Database) -> None:
    clock = StandingClock(1000.0)
    work = Work()
    runner = JobRunner(db, [work], clock=clock)
    runner.start()
    runner.submit("work", "a", {})
    wait(lambda: work.begun == ["a"])
    clock.advance(10 * LEASE_S)
    runner._recover("")
    assert work.undone == []
    work.go.set()
    wait(lambda: state(runner, "a") == "success")
    assert work.begun == ["a"]
    runner.close()


def test_results_are_kept_for_a_while(db: Database) -> None:
    clock = StandingClock(1000.0)
    work = Work()
    work.go.set()
    runner = JobRunner(db, [work], clock=clock)
    runner.start()
    runner.submit("work", "a", {})
    wait(lambda: state(runner, "a") == "success")
    clock.advance(KEPT_S - 1)
    runner.tick()
    assert [job.id for job in runner.listed("work", None)] == ["a"]
    clock.advance(2)
    runner.tick()
    assert runner.listed("work", None) == []
    runner.close()


def test_without_jobs_nothing_is_written(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    runner = JobRunner(db, [Work()])
    runner.start()
    written: list[object] = []
    with monkeypatch.context() as patch:
        patch.setattr(db, "write", written.append)
        runner.tick()
    assert written == []
    runner.close()


def test_only_so_many_results_are_kept(db: Database) -> None:
    def fill(connection: Connection) -> None:
        for n in range(10):
            job = Job(f"j{n}", "work", None, "", "queued", {}, None, "", "", 0, 0, False, n, None, None)
            jobs.add(connection, job)
            jobs.end(connection, job.id, "success", float(n), result={})

    db.write(fill)
    assert db.write(lambda connection: jobs.prune(connection, 0.0, keep=4)) == 6
    with db.read() as connection:
        assert [job.id for job in jobs.listed(connection, "work")] == ["j9", "j8", "j7", "j6"]


def test_a_job_whose_end_cannot_be_written_is_done_once_more(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = StandingClock(1000.0)
    work = Work()
    runner = JobRunner(db, [work], clock=clock)
    runner.start()
    end = jobs.end
    full = threading.Event()
    tries: list[str] = []

    def failing(connection: Connection, job_id: str, *arguments: Any, **more: Any) -> bool:
        tries.append(job_id)
        if full.is_set():
            raise StoreError("database or disk is full")
        return end(connection, job_id, *arguments, **more)

    monkeypatch.setattr(jobs, "end", failing)
    full.set()
    work.go.set()
    runner.submit("work", "a", {})
    wait(lambda: tries and not runner._running)
    assert state(runner, "a") == "running"
    full.clear()
    for _ in range(3):  # it does not hold a lease for ever, as it did
        clock.advance(LEASE_S / 2)
        runner.tick()
    wait(lambda: state(runner, "a") == "success")
    assert work.undone == ["a"]
    runner.close()


def test_a_result_whose_row_has_gone_is_removed(db: Database) -> None:
    work = Work()
    runner = JobRunner(db, [work])
    runner.start()
    runner.submit("work", "a", {"silent": True})
    wait(lambda: work.begun == ["a"])
    db.write(lambda connection: connection.execute(tables.jobs.delete()))  # as a new database has none
    work.go.set()
    wait(lambda: work.undone == ["a"])
    assert work.settled == []
    runner.close()


def test_a_job_whose_row_has_gone_ends(db: Database) -> None:
    work = Work()
    runner = JobRunner(db, [work])
    runner.start()
    runner.submit("work", "a", {"steps": True})
    wait(lambda: work.begun == ["a"])
    db.write(lambda connection: connection.execute(tables.jobs.delete()))
    wait(lambda: work.undone == ["a"] and not runner._running)
    runner.close()


def test_cancelling_in_the_instant_of_success_is_refused_and_leaves_nothing(db: Database) -> None:
    work = Work()
    runner = JobRunner(db, [work])
    runner.start()
    runner.submit("work", "a", {"silent": True})
    wait(lambda: work.begun == ["a"])
    find = runner.find

    def found(job_id: str) -> Job:
        before = find(job_id)
        work.go.set()
        wait(lambda: find(job_id).state == "success")
        return before

    runner.find = found  # type: ignore[method-assign]
    with pytest.raises(ConflictError, match="success"):
        runner.cancel("a")
    assert runner._cancelled == set()
    runner.close()


def test_a_cancellation_between_claim_and_work_is_obeyed(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    work = Work()
    runner = JobRunner(db, [work])
    claim = runner._claim

    def claimed(kind: Any) -> Job | None:
        if (job := claim(kind)) is not None:
            runner.cancel(job.id)
        return job

    monkeypatch.setattr(runner, "_claim", claimed)
    runner.start()
    runner.submit("work", "a", {"silent": True})
    wait(lambda: state(runner, "a") == "cancelled" and not runner._running)
    assert runner._cancelled == set()
    runner.close()


def test_one_that_cannot_be_undone_does_not_keep_others_from_being_recovered(db: Database) -> None:
    class Stubborn(Work):
        def undo(self, job: Job) -> None:
            super().undo(job)
            if job.id == "a":
                raise KeyError("file")

    work = Stubborn()
    runner = JobRunner(db, [work])
    runner.start()
    for one in ("a", "b"):
        runner.submit("work", one, {})
    wait(lambda: len(work.begun) == 2)
    runner.close()
    again = JobRunner(db, [work])
    work.go.set()
    again.start()
    wait(lambda: state(again, "a") == "success" and state(again, "b") == "success")
    again.close()
