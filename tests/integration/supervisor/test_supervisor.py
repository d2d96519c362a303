"""The parent of all, with a core that the test plays and workers that do nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from dogwatch.supervisor.loop import Loop
from dogwatch.supervisor.process import Process
from dogwatch.supervisor.shared_names import prefix_of
from dogwatch.supervisor.supervisor import SAME_S, SERVED_S
from dogwatch.supervisor.template import Template
from dogwatch.supervisor.worker_list import NICE
from tests.integration.supervisor.played import SECONDS, Played, children, runs

forks = pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux only")


@pytest.fixture
def played(tmp_path: Path) -> Iterator[Played]:
    made = Played(tmp_path)
    made.accept()
    made.ready()
    yield made
    made.close()


def gone(pid: int, seconds: float = SECONDS) -> bool:
    end = time.monotonic() + seconds
    while runs(pid):
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def test_it_loads_little() -> None:
    """Recording must not depend on what others wrote, and what is loaded stays in memory for ever."""
    code = "import sys, dogwatch.supervisor.__main__; print(*sys.modules)"
    found = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    loaded = set(found.stdout.split())
    own = {name for name in loaded if name.startswith("dogwatch")}
    assert own - {"dogwatch"} == {name for name in own if name.startswith("dogwatch.supervisor")}
    assert not loaded & {"asyncio", "dataclasses", "inspect", "logging", "pathlib", "subprocess", "typing", "msgspec"}
    started = {name.partition(".")[0] for name in loaded}
    assert started <= sys.stdlib_module_names | {"__main__", "dogwatch", "_distutils_hack"}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what is shared")
def test_it_takes_little_memory(played: Played) -> None:
    played.want("ingest:one", "obedient:two")
    played.pid("ingest:one")
    lines = Path(f"/proc/{played.process.pid}/smaps_rollup").read_text().splitlines()
    own = sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))
    assert own < 8 << 10, f"{own} KiB"


def test_a_worker_gets_its_spec_and_its_lines_reach_the_core(played: Played) -> None:
    played.want("obedient:one", level="debug")
    source, line = played.said("level debug")
    assert source == "obedient.one"
    assert line.startswith("WARNING ")


@pytest.mark.parametrize(("chosen", "heaps"), [({}, "2"), ({"MALLOC_ARENA_MAX": "5"}, "5")], ids=["ours", "users"])
def test_a_worker_makes_few_heaps(tmp_path: Path, chosen: dict[str, str], heaps: str) -> None:
    played = Played(tmp_path, **chosen)
    try:
        played.accept()
        played.want("obedient:one")
        played.said("level info")
        assert psutil.Process(played.pid("obedient:one")).environ()["MALLOC_ARENA_MAX"] == heaps
    finally:
        played.close()


@pytest.mark.parametrize("kind", ["obedient", "ingest"])
def test_what_dies_is_started_again_and_its_shared_memory_removed(played: Played, kind: str) -> None:
    label = f"{kind}:one"
    played.want(label)
    first = played.pid(label)
    left = played.shm / f"{prefix_of(first)}front-1"
    left.write_text("")
    os.kill(first, signal.SIGKILL)
    played.pid(label, first)
    assert played.workers[label]["restarts"] == 1
    assert played.workers[label]["status"] == -signal.SIGKILL
    assert not left.exists()
    played.said("ended (SIGKILL); starting it again in 0.1 s")


@forks
@pytest.mark.parametrize(("kind", "nice"), [("ingest", 0), ("analysis", NICE)])
def test_workers_are_forked_with_the_environment_of_the_configuration(played: Played, kind: str, nice: int) -> None:
    played.want(f"{kind}:one", level="debug", DOGWATCH_TEST_NAME="set")
    played.said("forked, level debug, set")
    process = psutil.Process(played.pid(f"{kind}:one"))
    assert process.name() == f"{kind} one"
    parent = process.parent()
    assert parent is not None
    assert parent.pid != played.process.pid
    assert os.getpgid(process.pid) == process.pid
    given = os.getpriority(os.PRIO_PROCESS, played.process.pid)
    assert os.getpriority(os.PRIO_PROCESS, process.pid) == given + nice


def test_recording_has_priority_and_ctrl_c_reaches_no_worker(played: Played) -> None:
    """Within one session, or Linux would share processors out among sessions, whatever their priorities."""
    given = os.getpriority(os.PRIO_PROCESS, played.process.pid)
    played.want("ingest:one", "obedient:two")
    pids = {label: played.pid(label) for label in ("ingest:one", "obedient:two")}
    assert {label: os.getpriority(os.PRIO_PROCESS, pid) - given for label, pid in pids.items()} == {
        "ingest:one": 0,
        "obedient:two": NICE,
    }
    assert {os.getpgid(pid) for pid in pids.values()} == set(pids.values())
    assert {os.getsid(pid) for pid in pids.values()} == {os.getsid(played.process.pid)}


def test_the_priority_that_the_user_has_given_is_the_highest(played: Played) -> None:
    os.setpriority(os.PRIO_PROCESS, played.process.pid, 8)
    played.want("obedient:one")
    assert os.getpriority(os.PRIO_PROCESS, played.pid("obedient:one")) == 8 + NICE


@forks
def test_a_template_with_threads_forks_nothing(tmp_path: Path) -> None:
    played = Played(tmp_path, DOGWATCH_TEST_THREADS="1")
    try:
        played.accept()
        played.want("ingest:one")
        played.said("workers are not forked, as the template has 2 threads")
        played.said("spawned, level info")
        assert played.workers["ingest:one"]["restarts"] == 0
    finally:
        played.close()


@forks
def test_workers_outlive_their_template(played: Played) -> None:
    played.want("ingest:one")
    played.said("forked")
    first = played.pid("ingest:one")
    template = psutil.Process(first).parent()
    assert template is not None
    template.kill()
    played.said("the template process has died")
    assert runs(first)
    played.lines.clear()
    os.kill(first, signal.SIGKILL)
    again = played.pid("ingest:one", first)
    played.said("forked")
    assert psutil.Process(again).name() == "ingest one"
    parent = psutil.Process(again).parent()
    assert parent is not None
    assert parent.pid not in {template.pid, played.process.pid}
    assert played.leave() == 0


def test_an_unusable_worker_is_not_started_over_and_over(played: Played) -> None:
    played.want("unusable:one")
    played.said("no such model")
    played.said("in 60.0 s")
    assert played.workers["unusable:one"]["restarts"] == 1


def test_leaving_ends_even_the_deaf_and_nothing_is_restarted(played: Played) -> None:
    played.want("deaf:one", "obedient:two", "ingest:three")
    pids = [played.pid(label) for label in ("deaf:one", "obedient:two", "ingest:three")]
    began = time.monotonic()
    assert played.leave() == 0
    assert time.monotonic() - began < 8
    assert not any(map(runs, pids))


def test_a_second_signal_kills_everything_at_once(played: Played) -> None:
    played.want("deaf:one", "ingest:two")
    pids = [played.pid("deaf:one"), played.pid("ingest:two"), played.core]
    left = played.shm / f"{prefix_of(pids[1])}front-1"
    left.write_text("")
    played.process.send_signal(signal.SIGTERM)
    played.until(lambda: any(one["tell"] == "SIGINT" for one in played.told))
    time.sleep(SAME_S)  # or it would count as the same signal
    played.process.send_signal(signal.SIGTERM)
    assert played.process.wait(2) == 130
    assert all(gone(pid, 2) for pid in pids)
    assert not left.exists()


def test_a_signal_that_comes_twice_in_a_row_is_one(played: Played) -> None:
    """`timeout` sends it to the process and to its group, and a shell may send a Ctrl-C beside its own signal."""
    played.process.send_signal(signal.SIGTERM)
    played.until(lambda: any(one["tell"] == "SIGINT" for one in played.told))
    played.process.send_signal(signal.SIGTERM)
    played.process.send_signal(signal.SIGINT)
    assert runs(played.core)
    played.leave_core(0)
    assert played.process.wait(SECONDS) == 0


@forks
def test_a_template_that_hangs_is_not_left_behind(played: Played) -> None:
    played.want("ingest:one")
    template = psutil.Process(played.pid("ingest:one")).parent()
    assert template is not None
    template.suspend()
    assert played.leave() == 0
    assert gone(template.pid, 2)


@forks
def test_a_template_that_hangs_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dogwatch.supervisor.template.ANSWER_S", 0.2)
    said: list[str] = []
    ended: list[int | None] = []
    loop = Loop(lambda error: said.append(repr(error)))
    template = Template(loop, "tests.workers.ingest", lambda _: None, said.append)
    template.start()
    first = template.pid
    assert first is not None
    try:
        os.kill(first, signal.SIGSTOP)
        spec = json.dumps({"run_dir": str(tmp_path), "log_level": "info"})
        process = Process(loop, spec, lambda: None, said.append, lambda _, status: ended.append(status))
        template.fork(process, "ingest", "one", {}, 0)
        process.close_theirs()
        while not ended or template.pid in (None, first):
            loop.once()
        assert said[:2] == ["the template process does not answer; killing it", "the template process has died"]
        assert ended == [None]  # so the worker is started again
        os.waitpid(first, 0)
    finally:
        if template.pid is not None:
            template.kill()
            os.waitpid(template.pid, 0)
        template.stop()


def test_workers_and_core_leave_when_the_supervisor_is_killed(played: Played) -> None:
    played.want("obedient:one", "ingest:two")
    pids = [played.pid("obedient:one"), played.pid("ingest:two"), played.core]
    family = [process.pid for process in children(played.process.pid)]
    played.said("level info")
    played.process.kill()
    played.process.wait()
    assert all(gone(pid) for pid in {*pids, *family})


def test_workers_outlive_the_core(played: Played) -> None:
    labels = ("obedient:one", "ingest:two")
    played.want(*labels)
    pids = [played.pid(label) for label in labels]
    for _ in range(3):
        os.kill(played.core, signal.SIGKILL)
        played.accept()
        assert [played.pid(label) for label in labels] == pids
    assert next(one for one in played.told if one["tell"] == "state")["restarts"] == 3
    played.said("the core ended (SIGKILL); recording goes on")


def test_a_worker_that_dies_while_there_is_no_core_comes_back(played: Played) -> None:
    played.want("ingest:one", level="debug")
    played.said("level debug")
    first = played.pid("ingest:one")
    for status in (1, 1, 1):  # the fourth core has to wait a while
        played.leave_core(status)
        played.accept()
    played.leave_core(1)
    os.kill(first, signal.SIGKILL)
    played.lines.clear()
    played.accept()
    assert played.workers["ingest:one"]["died"]
    assert played.pid("ingest:one", first)
    played.said("level debug")


def test_a_worker_follows_its_new_spec_at_its_next_start_or_at_once(played: Played) -> None:
    played.want("ingest:one", "ingest:two", "obedient:three")
    first, other, leaving = (played.pid(label) for label in ("ingest:one", "ingest:two", "obedient:three"))
    played.want("ingest:one", "ingest:two", level="debug")
    assert gone(leaving)
    assert played.pid("ingest:one") == first
    played.say({"do": "replace", "kind": "ingest", "name": "one"})
    played.said("level debug")
    assert played.pid("ingest:one", first)
    assert played.workers["ingest:one"]["restarts"] == 0
    assert played.pid("ingest:two") == other
    assert "obedient:three" not in played.workers


def test_a_worker_that_is_unwanted_for_a_moment_begins_again(played: Played) -> None:
    played.want("deaf:one")
    first = played.pid("deaf:one")
    played.want()
    played.want("deaf:one")
    assert played.pid("deaf:one", first)
    assert gone(first)


def test_stopped_kinds_end_and_are_gone(played: Played) -> None:
    played.want("ingest:one", "obedient:two")
    pids = [played.pid("ingest:one"), played.pid("obedient:two")]
    played.say({"do": "stop", "kinds": ["ingest"]})
    played.until(lambda: "ingest:one" not in played.workers)
    assert not runs(pids[0])
    assert runs(pids[1])


@pytest.mark.parametrize("status", [1, 3])
def test_a_first_core_that_cannot_start_ends_everything_with_its_status(tmp_path: Path, status: int) -> None:
    played = Played(tmp_path)
    try:
        played.accept()
        played.want("ingest:one")
        pid = played.pid("ingest:one")
        played.leave_core(status)
        assert played.process.wait(SECONDS) == status
        assert not runs(pid)
    finally:
        played.close()


def test_a_restart_that_was_asked_for_comes_at_once_each_time(played: Played) -> None:
    for _ in range(4):
        before, began = played.core, time.monotonic()
        played.leave_core(75)
        played.accept()
        assert played.core != before
        assert time.monotonic() - began < 2
        played.ready()
    assert not any("the core ended" in line for _, line in played.lines)


def test_only_cores_that_do_not_serve_are_waited_for_longer_and_longer(played: Played) -> None:
    for _ in range(3):
        time.sleep(SERVED_S + 0.1)
        os.kill(played.core, signal.SIGKILL)
        played.accept()
        played.ready()
    for _ in range(3):
        os.kill(played.core, signal.SIGKILL)
        played.accept()
    played.until(lambda: len(waits(played)) == 6)
    assert waits(played)[:3] == [0.0] * 3
    assert 0 < waits(played)[3] < waits(played)[4] < waits(played)[5]


def test_a_core_that_crashes_soon_after_it_serves_is_waited_for_longer_and_longer(played: Played) -> None:
    for _ in range(3):
        time.sleep(SERVED_S + 0.1)
        os.kill(played.core, signal.SIGABRT)
        played.accept()
        played.ready()
    played.until(lambda: len(waits(played)) == 3)
    assert 0 < waits(played)[0] < waits(played)[1] < waits(played)[2]


def waits(played: Played) -> list[float]:
    """Return how long the supervisor said it would wait before each start of the core."""
    return [float(line.split()[-2]) for _, line in played.lines if "starting it again in" in line]


def test_lines_wait_for_a_core_and_too_many_are_counted(played: Played) -> None:
    played.want("talkative:one")
    played.said("the last line")
    os.kill(played.core, signal.SIGSTOP)  # a core that hangs
    os.kill(played.pid("talkative:one"), signal.SIGUSR1)
    time.sleep(1.0)
    played.lines.clear()
    os.kill(played.core, signal.SIGKILL)
    played.accept()
    played.said("the last line")
    assert any(one["tell"] == "dropped" and one["lines"] > 0 for one in played.told)


def test_signals_reach_the_core(played: Played) -> None:
    played.process.send_signal(signal.SIGHUP)
    played.until(lambda: any(one["tell"] == "SIGHUP" for one in played.told))
    assert played.leave() == 0


def test_a_core_that_starts_hears_of_a_reload_when_it_serves(played: Played) -> None:
    os.kill(played.core, signal.SIGKILL)
    played.accept()
    core = played.core
    played.process.send_signal(signal.SIGHUP)
    played.say({"do": "hello"})
    played.want("obedient:one")
    played.pid("obedient:one")
    assert not any(one["tell"] == "SIGHUP" for one in played.told)
    played.say({"do": "ready"})
    played.until(lambda: any(one["tell"] == "SIGHUP" for one in played.told))
    assert played.core == core


def test_what_the_core_says_wrong_costs_that_line_alone(played: Played) -> None:
    played.say({"do": "replace"})
    played.want("obedient:one")
    played.pid("obedient:one")
    played.said("ERROR a message of the core cannot be handled: KeyError: 'kind'")
    played.say({"no": "command"})
    os.kill(played.core, signal.SIGKILL)  # while it may be unread
    played.accept()


def test_it_leaves_without_a_core(played: Played) -> None:
    played.want("ingest:one", "obedient:two")
    pids = [played.pid("ingest:one"), played.pid("obedient:two")]
    for _ in range(5):
        played.leave_core(1)
        played.accept()
    played.leave_core(1)
    assert gone(played.core)
    played.process.send_signal(signal.SIGTERM)
    assert played.process.wait(SECONDS) == 0
    assert not any(map(runs, pids))
