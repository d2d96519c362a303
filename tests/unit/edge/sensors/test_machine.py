"""The sensor's state machine: the rules of the contract's section 7, and its invariants under any sequence."""

from dataclasses import dataclass, field

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from dogwatch.edge.sensors.machine import (
    AskHome,
    Effect,
    Note,
    SensorMachine,
    StartOutcome,
    StartRecording,
    StopRecording,
    hold_remaining_s,
)


def kinds(effects: list[Effect]) -> list[str]:
    """Return the effects in words."""
    return [effect.kind if isinstance(effect, Note) else type(effect).__name__ for effect in effects]


def recording(hold_s: float = 10.0) -> SensorMachine:
    """Return a machine whose trigger has begun a recording."""
    machine = SensorMachine()
    machine.enabled = True
    machine.arm("Knock / Tap", hold_s)
    machine.trigger()
    machine.answered(0, home=False)
    machine.started(0, StartOutcome.STARTED, 0.0)
    assert machine.owned
    return machine


def test_a_trigger_begins_a_recording_that_outlasts_the_release_by_the_hold() -> None:
    machine = SensorMachine()
    assert kinds(machine.arm("Knock / Tap", 10.0)) == ["sensor_armed"]
    assert machine.trigger() == [Note("sensor_triggered", "Knock / Tap"), AskHome(0)]
    assert machine.answered(0, home=False) == [StartRecording(0)]
    assert machine.started(0, StartOutcome.STARTED, 1.0) == [Note("recording_started", "sensor trigger")]
    assert kinds(machine.release(2.0)) == ["sensor_released"]
    assert hold_remaining_s(machine, 4.0) == 8.0
    assert machine.advance(11.9) == []
    assert machine.advance(12.0) == [StopRecording(), Note("recording_stopped", "sensor release")]
    assert machine.flags.body() == {
        "enabled": False,
        "armed": True,
        "triggered": False,
        "suppressed": False,
        "recording_from_sensor": False,
    }


def test_without_a_hold_the_release_ends_it() -> None:
    machine = recording(hold_s=0.0)
    assert kinds(machine.release(2.0)) == ["sensor_released", "StopRecording", "recording_stopped"]
    assert not machine.owned


def test_a_trigger_during_the_hold_spans_both() -> None:
    machine = recording()
    machine.release(1.0)
    assert kinds(machine.trigger()) == ["sensor_triggered"]
    assert machine.hold_until is None
    assert machine.advance(100.0) == []
    assert machine.owned


def test_somebody_home_suppresses_until_the_release() -> None:
    machine = SensorMachine()
    machine.arm("Button", 10.0)
    machine.trigger()
    assert machine.answered(0, home=True) == []
    assert machine.suppressed
    assert not machine.owned
    assert kinds(machine.release(1.0)) == ["sensor_released"]
    assert not machine.suppressed


def test_a_recording_by_hand_is_left_alone() -> None:
    machine = SensorMachine()
    machine.arm("Button", 10.0)
    machine.trigger()
    machine.answered(0, home=False)
    assert machine.started(0, StartOutcome.TAKEN, 0.0) == []
    assert kinds(machine.release(1.0)) == ["sensor_released"]


def test_a_start_that_fails_leaves_the_flag_false() -> None:
    machine = SensorMachine()
    machine.arm("Button", 10.0)
    machine.trigger()
    machine.answered(0, home=False)
    assert machine.started(0, StartOutcome.FAILED, 0.0) == [Note("recording_failed", "sensor trigger")]
    assert not machine.owned


@pytest.mark.parametrize("crash", [False, True])
def test_the_end_of_a_recording_ends_ownership_until_the_next_trigger(crash: bool) -> None:
    machine = recording()
    assert kinds(machine.ended(crash=crash)) == (["recording_stopped"] if crash else [])
    assert machine.triggered
    assert not machine.owned
    assert kinds(machine.release(5.0)) == ["sensor_released"]
    assert machine.hold_until is None
    assert AskHome in [type(effect) for effect in machine.trigger()]


def test_disarming_stops_what_is_owned() -> None:
    machine = recording()
    assert kinds(machine.disarm()) == ["StopRecording", "recording_stopped", "sensor_disarmed"]
    assert machine.disarm() == []


def test_a_recording_that_begins_after_disarming_is_stopped() -> None:
    machine = SensorMachine()
    machine.arm("Button", 10.0)
    machine.trigger()
    machine.answered(0, home=False)
    machine.disarm()
    assert machine.started(0, StartOutcome.STARTED, 1.0) == [StopRecording()]
    assert not machine.owned


def test_a_trigger_that_was_released_before_the_answer_is_recorded() -> None:
    machine = SensorMachine()
    machine.arm("Knock / Tap", 10.0)
    machine.trigger()
    machine.release(1.0)
    assert machine.answered(0, home=False) == [StartRecording(0)]
    machine.started(0, StartOutcome.STARTED, 5.0)
    assert machine.hold_until == 15.0


@pytest.mark.parametrize("alive", [False, True])
def test_an_end_that_is_told_before_the_start(alive: bool) -> None:
    machine = SensorMachine()
    machine.arm("Button", 10.0)
    machine.trigger()
    machine.answered(0, home=False)
    machine.ended(crash=True)
    machine.started(0, StartOutcome.STARTED, 5.0, alive=alive)
    assert machine.owned is alive


@dataclass
class FakeRecorder:
    """What records at the moment, and which effects wait to be done."""

    running: str | None = None
    jobs: list[Effect] = field(default_factory=list)
    reports: list[bool] = field(default_factory=list)


class AnySequence(RuleBasedStateMachine):
    """Edges, holds, manual starts and stops, crashes, answers and disarms in any order, done one by one."""

    def __init__(self) -> None:
        super().__init__()
        self.machine, self.world, self.now, self.notes = SensorMachine(), FakeRecorder(), 0.0, list[Note]()

    def do(self, effects: list[Effect]) -> None:
        self.notes += [effect for effect in effects if isinstance(effect, Note)]
        self.world.jobs += [effect for effect in effects if not isinstance(effect, Note)]

    @rule(hold=st.sampled_from([0.0, 5.0]))
    def arm(self, hold: float) -> None:
        self.do(self.machine.arm("Button", hold))

    @rule()
    def disarm(self) -> None:
        self.do(self.machine.disarm())
        assert not self.machine.owned

    @rule()
    def trigger(self) -> None:
        self.do(self.machine.trigger())

    @rule()
    def release(self) -> None:
        self.do(self.machine.release(self.now))

    @rule(seconds=st.floats(0.0, 20.0))
    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.do(self.machine.advance(self.now))

    @rule()
    def start_by_hand(self) -> None:
        self.world.running = self.world.running or "manual"

    @precondition(lambda self: self.world.running)
    @rule(crash=st.booleans())
    def end(self, crash: bool) -> None:
        self.world.running = None
        self.world.reports.append(crash)

    @precondition(lambda self: self.world.reports)
    @rule()
    def hear_of_an_end(self) -> None:
        self.do(self.machine.ended(crash=self.world.reports.pop(0)))

    @precondition(lambda self: self.world.jobs)
    @rule(home=st.booleans(), works=st.booleans(), dies=st.booleans())
    def work(self, home: bool, works: bool, dies: bool) -> None:
        job = self.world.jobs.pop(0)
        if isinstance(job, AskHome):
            self.do(self.machine.answered(job.turn, home=home))
        elif isinstance(job, StopRecording):
            if self.world.running == "sensor":
                self.world.running = None
        elif isinstance(job, StartRecording):
            outcome = (
                StartOutcome.TAKEN if self.world.running else StartOutcome.STARTED if works else StartOutcome.FAILED
            )
            if outcome is StartOutcome.STARTED:
                self.world.running = "sensor"
                if dies:
                    self.world.running = None
                    self.do(self.machine.ended(crash=True))
            self.do(self.machine.started(job.turn, outcome, self.now, alive=self.world.running == "sensor"))

    @invariant()
    def holds(self) -> None:
        machine = self.machine
        assert not (machine.owned and not machine.armed)
        assert not (machine.triggered and not machine.armed)
        assert not (machine.suppressed and not machine.triggered)
        assert not (machine.suppressed and machine.owned)
        if machine.hold_until is not None:
            assert machine.owned
            assert not machine.triggered
        if machine.owned and not machine.triggered:
            assert machine.hold_until is not None
        if not self.world.jobs:  # nobody is left to stop a recording that nobody owns
            assert self.world.running != "sensor" or machine.owned
            assert not machine.deciding

    def teardown(self) -> None:
        self.do(self.machine.disarm())
        while self.world.jobs:
            self.work(home=False, works=True, dies=False)
        assert self.world.running != "sensor"
        begun = sum(note.kind == "recording_started" for note in self.notes)
        assert sum(note.kind == "recording_stopped" for note in self.notes) <= begun


TestAnySequence = AnySequence.TestCase
TestAnySequence.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
