"""Every sensor type on gpiozero's mock pins, through filter and machine to the recorder, on a standing clock."""

import errno
import threading
import time
from contextlib import suppress
from dataclasses import replace
from functools import partial
from statistics import median
from typing import Any

import pytest
from gpiozero import InputDevice
from gpiozero.pins.mock import MockPin

from dogwatch.edge.sensors.choice import SensorChoice
from dogwatch.edge.sensors.pins import Libraries
from dogwatch.edge.sensors.types import TYPES
from dogwatch.errors import EdgeError, NoChipError
from tests.integration.edge.sensors.sensing import Bench, bench

REED = SensorChoice("reed_switch", 22, enabled=True, hold_seconds=10)


def chosen(kind: str, **values: Any) -> SensorChoice:
    """Return a choice of a type on its default line."""
    return replace(SensorChoice(kind, TYPES[kind].gpio, enabled=True), **values)


def is_triggered(subject: Bench, wanted: bool) -> bool:
    """Whether the sensor has taken the step to a state."""
    return subject.runner.flags()["triggered"] is wanted


def has_started(subject: Bench, number: int) -> bool:
    """Whether the recorder was asked to start so often."""
    return len(subject.recorder.started) == number


@pytest.mark.parametrize("invert", [False, True])
@pytest.mark.parametrize("kind", [kind for kind in TYPES if kind != "mock"])
def test_every_type_records_from_its_trigger_to_its_release(kind: str, invert: bool) -> None:
    family = TYPES[kind].family
    subject = Bench(chosen(kind, invert_logic=invert, hold_seconds=2))
    resting = family == "pulse" or not subject.choice.triggers(True)
    with subject.running():
        subject.drive(resting)
        subject.go_on(1.0)
        assert subject.runner.flags() == {
            "enabled": True,
            "armed": True,
            "triggered": False,
            "suppressed": False,
            "recording_from_sensor": False,
        }
        count = TYPES[kind].value_of({}, "pulse_count") if family == "pulse" else 1
        for _ in range(count):
            subject.drive(*([not resting, resting] if family == "pulse" else [not resting]))
            subject.go_on(0.7)
        assert subject.runner.flags()["triggered"]
        assert subject.recorder.state.reason == "sensor"
        assert [name for _, name in subject.recorder.started] == [kind]
        subject.drive(resting)
        subject.go_on(1.5)
        status = subject.runner.status()
        assert status["recording_from_sensor"]
        assert 0 < status["hold_remaining_seconds"] <= 2
        subject.go_on(2.1)
        assert not subject.records()
        assert subject.kinds == [
            *("sensor_armed", "sensor_triggered", "recording_started", "sensor_released", "recording_stopped")
        ]


def test_acceptance_1_three_knocks_start_and_silence_ends_it_after_a_second_and_the_hold() -> None:
    with bench(chosen("knock")) as subject:
        for _ in range(2):
            subject.drive(False, True)
            subject.go_on(0.5)
        assert not subject.recorder.started
        subject.drive(False, True)
        subject.settle()
        assert subject.records()
        subject.go_on(0.95)
        assert subject.runner.flags()["triggered"]
        subject.go_on(0.1)
        assert not subject.runner.flags()["triggered"]
        subject.go_on(9.8)
        assert subject.records()
        subject.go_on(0.4)
        assert not subject.records()


def test_acceptance_2_one_shake_is_one_finite_recording() -> None:
    with bench(chosen("vibration")) as subject:
        subject.drive(False, True)
        subject.go_on(30.0, step=0.25)
        assert len(subject.recorder.started) == subject.recorder.stops == 1
        assert not subject.records()


def test_acceptance_3_disabling_during_a_recording_finishes_it() -> None:
    with bench(REED) as subject:
        subject.drive(False)
        subject.go_on(0.1)
        subject.drive(True)
        subject.go_on(0.1)
        assert subject.records()
        subject.runner.enable(False)
        assert not subject.records()
        assert subject.recorder.stops == 1
        subject.drive(False, True)
        subject.go_on(1.0)
        assert len(subject.recorder.started) == 1
        assert subject.kinds[-2:] == ["recording_stopped", "sensor_disarmed"]
        assert subject.told[-1] == dict.fromkeys(subject.told[-1], False)


def test_acceptance_4_somebody_who_is_home_suppresses_until_the_release() -> None:
    with bench(chosen("touch", calibration={"touch_duration": 0})) as subject:
        subject.home.home = True
        subject.drive(True)
        subject.go_on(0.1)
        assert subject.runner.flags()["suppressed"]
        subject.home.home = False  # they leave, and it stays suppressed
        subject.go_on(1.0)
        assert not subject.recorder.started
        subject.drive(False)
        subject.go_on(0.1)
        subject.drive(True)
        subject.go_on(0.1)
        assert subject.records()
        assert subject.home.polls == 2


def test_a_level_that_is_active_at_arming_is_no_trigger() -> None:
    with bench(REED) as subject:  # the pull-up makes it HIGH: the door is open
        subject.go_on(1.0)
        assert subject.kinds == ["sensor_armed"]


def test_a_stop_by_hand_lasts_until_the_next_trigger() -> None:
    with bench(chosen("touch")) as subject:
        subject.drive(True)
        subject.go_on(0.5)
        subject.recorder.end(crash=False)
        subject.settle()
        assert subject.runner.flags()["triggered"]
        assert not subject.runner.flags()["recording_from_sensor"]
        subject.drive(False)
        subject.go_on(0.5)
        subject.drive(True)
        subject.go_on(0.5)
        assert len(subject.recorder.started) == 2
        subject.recorder.end(crash=True)
        subject.settle()
        assert subject.notes[-1] == ("recording_stopped", "recorder crash")


def test_a_recording_by_hand_is_left_alone() -> None:
    with bench(chosen("touch", hold_seconds=0)) as subject:
        subject.recorder.start("manual")
        subject.drive(True)
        subject.go_on(0.5)
        subject.drive(False)
        subject.go_on(0.5)
        assert subject.recorder.state.reason == "manual"
        assert subject.recorder.stops == 0


def test_a_slow_recorder_and_an_unknown_presence_delay_no_edge() -> None:
    with bench(chosen("touch", hold_seconds=0, calibration={"touch_duration": 0})) as subject:
        subject.drive(True)
        subject.go_on(0.1)
        subject.recorder.stopping.clear()
        subject.drive(False)
        subject.clock.advance(0.06)
        subject.until(lambda: "sensor_released" in subject.kinds)  # while the file is being finished
        subject.home.known.clear()
        for wanted in (True, False, True):
            subject.drive(wanted)
            subject.until(lambda: not subject.runner._edges)
            subject.clock.advance(0.06)
            subject.runner._post(lambda _machine, _now: [])
            subject.until(partial(is_triggered, subject, wanted))
        subject.recorder.stopping.set()
        subject.home.known.set()
        subject.settle()
        assert len(subject.recorder.started) == 2
        assert subject.records()


def test_a_line_that_cannot_be_opened_is_tried_again() -> None:
    chips: list[Libraries] = []

    def find() -> Libraries:
        if not chips:
            raise NoChipError("this machine has no GPIO chip")
        return chips[0]

    with bench(REED, find) as subject:
        status = subject.runner.status()
        assert not status["armed"]
        assert status["enabled"]
        assert status["sensor_error"] == "this machine has no GPIO chip"
        assert status["sensor"] == {"type": "reed_switch", "name": "Reed Switch", "gpio": 22, "running": False}
        chips.append(Libraries(subject.factory))
        subject.go_on(29.9, step=29.9)
        assert not subject.runner.flags()["armed"]
        subject.go_on(0.2)
        assert subject.runner.flags()["armed"]
        assert subject.runner.status()["sensor_error"] is None


def test_a_line_that_another_part_uses_is_told_of() -> None:
    subject = Bench(REED)
    other = InputDevice(22, pull_up=True, pin_factory=subject.factory)
    with subject.running():
        assert subject.runner.error == "GPIO 22 is in use by Dogwatch itself"
        other.close()
        subject.go_on(30.0, step=30.0)
        assert subject.runner.error is None


def test_a_line_that_cannot_be_read_is_given_back_and_one_that_is_lost_is_opened_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broken = True
    state = MockPin._get_state

    def read(self: MockPin) -> bool:
        if broken:
            raise OSError(errno.EIO, "Input/output error")
        return bool(state(self))

    monkeypatch.setattr(MockPin, "_get_state", read)
    with bench(REED) as subject:
        assert subject.runner.error == "GPIO 22 cannot be used: Input/output error"
        broken = False
        subject.go_on(30.0, step=30.0)
        assert subject.runner.flags()["armed"]
        broken = True
        subject.go_on(30.0, step=30.0)
        assert subject.runner.flags() | {"enabled": True} == {
            **dict.fromkeys(subject.runner.flags(), False),
            "enabled": True,
        }
        assert subject.runner.error == "GPIO 22 cannot be used: Input/output error"
        broken = False
        subject.go_on(30.0, step=30.0)
        assert subject.runner.flags()["armed"]


def test_another_choice_arms_again() -> None:
    with bench(REED) as subject:
        subject.runner.enable(True)
        assert subject.kinds == ["sensor_armed"]
        subject.runner.configure(chosen("button"))
        subject.drive(False)
        subject.go_on(0.1)
        assert subject.kinds == [
            "sensor_armed",
            "sensor_disarmed",
            "sensor_armed",
            "sensor_triggered",
            "recording_started",
        ]
        assert not InputDevice(22, pin_factory=subject.factory).closed  # the old line was given back


def test_the_mock_sensor_takes_its_steps_before_it_returns() -> None:
    with bench(chosen("mock", hold_seconds=0)) as subject:
        subject.runner.trigger()
        assert subject.runner.flags()["recording_from_sensor"]
        subject.runner.release()
        assert not subject.records()
        subject.runner.enable(False)
        with pytest.raises(EdgeError, match="mock"):
            subject.runner.trigger()


def test_a_line_that_floats_can_be_disarmed() -> None:
    with bench(chosen("vibration")) as subject:
        over = threading.Event()

        def float_on() -> None:
            while not over.is_set():
                with suppress(TypeError):  # gpiozero's pins race with who gives them back
                    subject.drive(False, True)

        floating = threading.Thread(target=float_on)
        floating.start()
        try:
            subject.until(lambda: subject.records())
            subject.runner.enable(False)
            assert not subject.records()
        finally:
            over.set()
            floating.join()


def test_the_time_from_an_edge_to_the_recorder(request: pytest.FixtureRequest) -> None:
    with bench(chosen("pir", calibration={"sensitivity": 10}, hold_seconds=0)) as subject:
        waits = []
        for number in range(1, 31):
            at = time.monotonic()
            subject.drive(True)
            subject.until(partial(has_started, subject, number))
            waits.append(subject.recorder.started[-1][0] - at)
            subject.settle()
            subject.clock.advance(1.0)
            subject.drive(False)
            subject.settle()
            subject.clock.advance(1.0)
        request.node.user_properties.append(("edge_to_start_ms", round(median(waits) * 1000, 2)))
        assert median(waits) < 0.05, waits
