"""`dogwatch tune` over real footage: a drawn film, with a detector that is less sure of one of two walkers."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dogwatch.cli.replay import replay
from dogwatch.cli.tune import tune
from dogwatch.config import load
from dogwatch.dataset.folder import Dataset
from dogwatch.dataset.labelled_picture import KnownBox, LabelledPicture
from dogwatch.detectors.base import Tensor
from dogwatch.events.rules import rules_of
from dogwatch.media import footage as media_footage
from dogwatch.model import Detection
from dogwatch.replay import run, tuning_footage
from dogwatch.replay.footage import Clip
from dogwatch.replay.run import ReplayRequest
from dogwatch.replay.tuning_footage import attempt, keep
from dogwatch.replay.tuning_report import TuningReport
from dogwatch.replay.tuning_run import TuningRequest
from dogwatch.replay.tuning_run import tune as tune_footage
from dogwatch.replay.tuning_verdicts import verdicts_of
from dogwatch.runtime.paths import Paths
from dogwatch.runtime.specs import analysis_settings
from dogwatch.store import events as event_rows
from dogwatch.store.database import Database
from dogwatch.testing import walkers
from dogwatch.testing.recordings import T0, record

CONFIG = """\
cameras:
  front:
    ffmpeg: {inputs: [{path: "rtsp://10.0.0.2/main", roles: [record, detect]}]}
record: {enabled: true, continuous: {days: 1}}
snapshots: {enabled: true}
detect: {enabled: true}
objects: {track: [person]}
"""
EVERY, TIMES = 40.0, 5  # the film is shown so often, with so many seconds from one beginning to the next
HIGH, LOW = 60 / 360, 220 / 360  # where the two walk, as fractions


class UnsureDetector(walkers.SquareDetector):
    """Finds walkers; of those in the lower half of what it sees it is less sure."""

    def detect(self, batch: list[Tensor]) -> list[list[Detection]]:
        """Return the bright areas of each tensor."""
        half = self.info.height / 2
        return [
            [
                Detection(one.label, 0.9 if (one.box.y1 + one.box.y2) / 2 < half else 0.78, one.box)
                for one in walkers.squares(tensor)
            ]
            for tensor in batch
        ]


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> list[Clip]:
    path = walkers.film(tmp_path_factory.mktemp("film") / "film.mp4", 7.0, walking=(3.0, 6.5))
    info = media_footage.probe(path)
    starts = [T0 + EVERY * number for number in range(TIMES)]
    return [Clip(path, info.video, start, info.duration, start - info.start_time) for start in starts]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "config.yml").write_text(CONFIG)
    return tmp_path


def label(data: Path, number: int, top: float, *, wrong: bool) -> None:
    """Say of a walker, as it stands 5 s after the film has begun, that it is right or wrong."""
    left = (20 + 55 * 2) / 640 if top == HIGH else (580 - 40 * 2) / 640
    box = KnownBox("person", (left, top, 40 / 640, 80 / 360), wrong=wrong)
    sample = LabelledPicture(f"{number}-{top:.2f}", "front", T0 + EVERY * number + 5, 640, 360, "event", T0, (box,))
    Dataset(data / "dataset").add(sample, b"picture")


def tuned(data: Path, clips: list[Clip]) -> TuningReport:
    config = load(data / "config.yml").config
    verdicts = verdicts_of(config, data, "front", T0, T0 + EVERY * TIMES)
    wanted = TuningRequest(ReplayRequest("front", clips, T0, T0 + EVERY * TIMES), tuple(verdicts))
    return tune_footage(wanted, config, UnsureDetector(), lambda _: None)


def call(*arguments: object) -> Result:
    return CliRunner().invoke(tune, [str(one) for one in arguments])


def test_the_threshold_that_drops_what_is_false_is_proposed(data: Path, clips: list[Clip]) -> None:
    for number in range(TIMES):
        label(data, number, HIGH, wrong=False)
        label(data, number, LOW, wrong=True)
    report = tuned(data, clips)
    (one,) = report.labels
    assert (one.right, one.wrong, one.right_met, one.wrong_met) == (TIMES, TIMES, TIMES, TIMES)
    assert len(one.events) == 2 * TIMES
    best = one.choice.effect
    assert best is not None
    assert [(each.setting, each.now, each.value) for each in best.changes] == [("threshold", 0.7, 0.8)]
    assert (best.events, len(best.lost), best.unjudged, best.still_wrong) == (TIMES, TIMES, 0, 0)
    assert report.yaml().endswith("person:\n          threshold: 0.8\n")
    (data / "new.yml").write_text(
        CONFIG.replace("track: [person]", "track: [person], filters: {person: {threshold: 0.8}}")
    )
    replayed = run.replay(
        ReplayRequest("front", clips, T0, T0 + EVERY * TIMES), load(data / "new.yml").config, UnsureDetector()
    )
    assert len(replayed.events) == best.events
    greedy = next(each for each in one.effects if each.changes[0].value == 0.95)
    assert len(greedy.right_lost) == TIMES


def test_without_verdicts_it_proposes_nothing(data: Path, clips: list[Clip]) -> None:
    report = tuned(data, clips)
    (one,) = report.labels
    assert one.choice.effect is None
    text = "\n".join(report.lines())
    assert "nothing is proposed: too little evidence" in text
    assert "with threshold 0.8 instead of 0.7:" in text
    assert "    - " in text


def test_kept_detections_make_the_events_of_a_replay(data: Path, clips: list[Clip]) -> None:
    config = load(data / "config.yml").config
    wanted = ReplayRequest("front", clips, T0, T0 + EVERY * TIMES)
    real = run.replay(wanted, config, UnsureDetector())
    settings = analysis_settings(config, "front")
    kept, seconds = keep(wanted, settings, UnsureDetector(), {"person": 0.4}, lambda _: None, deblock=False)
    assert seconds == real.seconds
    again = attempt(kept, settings, rules_of(config)["front"])
    assert tuple(one.event for one in again.events) == real.events


def test_detections_beyond_the_limit_are_left_out(
    data: Path, clips: list[Clip], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tuning_footage, "MOST_BYTES", 5000)
    report = tuned(data, clips)
    assert report.cut
    assert len(report.labels[0].events) < 2 * TIMES
    assert "only its first part" in "\n".join(report.lines())


def test_verdicts_come_from_the_database_too(data: Path) -> None:
    config = load(data / "config.yml").config
    db = Database(Paths.below(data).database(config.database))
    db.migrate()
    row = {
        "camera": "front", "label": "person", "type": "object", "zones": [], "has_clip": True, "has_snapshot": True,
        "start_time": T0 + 5, "end_time": T0 + 9, "data": {"box": [0.1, 0.2, 0.3, 0.4]},
    }  # fmt: skip
    rows = [
        {**row, "id": "kept", "retain_indefinitely": True},
        {**row, "id": "wrong", "plus_id": "wrong", "false_positive": True},
        {**row, "id": "both", "plus_id": "both"},
        {**row, "id": "silent"},
        {**row, "id": "other", "camera": "back", "plus_id": "other"},
        {**row, "id": "late", "start_time": T0 + 500, "end_time": T0 + 510, "plus_id": "late"},
    ]
    for one in rows:
        db.write(partial(event_rows.put, values=one))
    db.close()
    box = KnownBox("person", (0.5, 0.5, 0.1, 0.1))
    sample = LabelledPicture("both", "front", T0 + 6, 640, 360, "event", T0, (box,))
    Dataset(data / "dataset").add(sample, b"picture")
    found = {one.id: one for one in verdicts_of(config, data, "front", T0, T0 + 100)}
    assert {key: one.right for key, one in found.items()} == {"kept": True, "wrong": False, "both": True}
    assert found["both"].box == (0.5, 0.5, 0.1, 0.1)  # of the picture, at its time
    assert found["both"].end_time - found["both"].start_time < 2
    assert (found["kept"].box, found["kept"].end_time) == ((0.1, 0.2, 0.3, 0.4), T0 + 9)


def test_the_command_prints_the_events_of_a_replay_and_changes_nothing(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "load", lambda _: walkers.SquareDetector())
    segments = record(data)
    times = ("--data", data, "--from", segments[0].start_time, "--to", segments[-1].end_time)
    before = sorted(path for path in data.rglob("*") if path.is_file())
    found = call("front", *times, "--json")
    assert found.exit_code == 0, found.output
    body = json.loads(found.stdout)
    real = CliRunner().invoke(replay, [*map(str, times), "--recorded", "front", "--json"])
    events = json.loads(real.stdout)["events"]
    assert [one["start_time"] for label in body["labels"] for one in label["events"]] == [
        one["start_time"] for one in events
    ]
    assert (body["yaml"], body["verdicts"]) == ("", 0)
    told = call("front", *times)
    assert "front: " in told.stdout
    assert sorted(path for path in data.rglob("*") if path.is_file()) == before
    assert (data / "config.yml").read_text() == CONFIG


def test_the_built_in_detector_can_be_tuned(data: Path, clips: list[Clip]) -> None:
    found = call("front", clips[0].path, "--data", data)
    assert found.exit_code == 0, found.output
    assert "front: 7 s of footage" in found.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("front",), "name --from and --to, or FILES"),
        (("back", "--from", "1", "--to", "2"), "there is no camera back; cameras are: front"),
        (("front", "--from", "2", "--to", "1"), "--to is not after --from"),
        (("front", "--from", "1", "--to", "2", "--label", "cat"), "cat is not tracked by front"),
    ],
)
def test_mistakes_are_named(data: Path, arguments: tuple[str, ...], message: str) -> None:
    result = call(*arguments, "--data", data)
    assert result.exit_code != 0
    assert message in result.output
