"""Problems begin once they last, end once they are gone for as long, and each is told once."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from dogwatch.stats.problems import KINDS, TOPIC, Finding, ProblemKeeper, counts
from dogwatch.testing.clock import StandingClock

PAGE = Path(__file__).parents[3] / "docs" / "api" / "health.md"
FRONT = Finding("analysis_behind", "The analysis of front leaves pictures out.", "front", detail="/a/path")


@dataclass
class Trial:
    clock: StandingClock = field(default_factory=StandingClock)
    told: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.keeper = ProblemKeeper(self.publish, clock=self.clock, monotonic=self.clock)

    def publish(self, topic: str, payload: Any, *, retain: bool = False) -> None:
        assert (topic, retain) == (TOPIC, True)
        self.told.append(payload)

    def after(self, seconds: float, *found: Finding) -> list[str]:
        self.clock.advance(seconds)
        self.keeper.update("check", found)
        return [one["id"] for one in self.keeper.health()["problems"]]


def test_a_problem_begins_and_ends() -> None:
    trial = Trial()
    assert trial.told == [{"status": "ok", "problems": []}]
    began = trial.clock()
    assert trial.after(0, FRONT) == []
    assert trial.after(29, FRONT) == []
    assert trial.after(1, FRONT) == ["analysis_behind:front"]
    [problem] = trial.keeper.health()["problems"]
    kind = KINDS["analysis_behind"]
    assert problem == {
        "id": "analysis_behind:front", "kind": "analysis_behind", "severity": "warning", "camera": "front",
        "since": began, "text": FRONT.text, "cost": kind.cost, "action": kind.action, "detail": "/a/path",
    }  # fmt: skip
    assert trial.after(59) == ["analysis_behind:front"]
    assert trial.after(1, FRONT) == ["analysis_behind:front"]
    assert trial.after(59.9) == ["analysis_behind:front"]
    assert trial.after(0.1) == []
    assert [one["status"] for one in trial.told] == ["ok", "warning", "ok"]
    assert "/a/path" not in str(trial.told)


def test_what_comes_and_goes_is_not_told() -> None:
    trial = Trial()
    for _ in range(20):
        assert trial.after(10, FRONT) == []
        assert trial.after(10) == []
    assert len(trial.told) == 1


def test_the_worst_comes_first_and_makes_the_status() -> None:
    trial = Trial()
    footage = Finding("no_footage", "Nothing of back is recorded.", "back", since=5.0)
    trial.after(0, FRONT, footage)
    assert trial.after(30, FRONT, footage) == ["no_footage:back", "analysis_behind:front"]
    health = trial.keeper.health()
    assert health["status"] == "error"
    assert health["problems"][0]["since"] == 5.0
    found = counts(health)
    assert set(found) == set(KINDS)
    assert (found["no_footage"], found["analysis_behind"], found["disk_low"]) == (1, 1, 0)


def test_checks_do_not_end_what_others_have_found() -> None:
    trial = Trial()
    trial.keeper.update("other", [Finding("config_mistakes", "two mistakes")])
    assert trial.after(0) == ["config_mistakes"]


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_is_told_in_the_manual(name: str) -> None:
    kind = KINDS[name]
    assert re.search(rf"^\| `{name}` \| {kind.severity} \| .+ \| .+ \|$", PAGE.read_text(), re.MULTILINE)
    assert kind.cost.endswith(".")
    assert kind.action.endswith(".")


def test_the_manual_tells_no_others() -> None:
    assert set(re.findall(r"^\| `(\w+)` \| (?:error|warning) ", PAGE.read_text(), re.MULTILINE)) == set(KINDS)
