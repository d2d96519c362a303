"""Tries filter values on footage: one run of the detector, then many of tracking and filters. It changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import msgspec

from dogwatch.analysis import AnalysisSettings, ObjectFilter
from dogwatch.config import Config
from dogwatch.detectors.base import Detector
from dogwatch.events.rules import CameraRules, rules_of
from dogwatch.replay import tuning_values
from dogwatch.replay.run import Progress, ReplayRequest
from dogwatch.replay.tuning import (
    Effect,
    FilterAttempt,
    FilterChange,
    UserVerdict,
    choose,
    effect_of,
    pairs,
)
from dogwatch.replay.tuning_footage import MOST_HOURS, KeptFootage, attempt, keep
from dogwatch.replay.tuning_report import LabelTuning, TuningReport
from dogwatch.runtime.specs import analysis_settings
from dogwatch.vision.filters import DetectionFilters
from dogwatch.vision.geometry import Geometry

MOST_LABELS = 5  # tried at once, unless labels are named
Trying = Callable[[int, int], None]
"""Called with how many values have been tried, and how many there are."""


@dataclass(frozen=True, slots=True)
class TuningRequest:
    """The footage, what users have said of it, and the labels to tune: none means those that make most events."""

    footage: ReplayRequest
    verdicts: tuple[UserVerdict, ...]
    labels: tuple[str, ...] = ()


def tune(
    wanted: TuningRequest, config: Config, detector: Detector, progress: Progress, trying: Trying = lambda _, __: None
) -> TuningReport:
    """Try values on footage and choose; of more than 24 hours, the first ones.

    Raises:
        MediaError: A file cannot be read.
    """
    footage = wanted.footage
    settings = analysis_settings(config, footage.camera, footage.learnt)
    first = max(footage.start, footage.clips[0].start_time)
    last = max(one.start_time + one.duration for one in footage.clips)
    end = min(footage.end, first + MOST_HOURS * 3600)
    filters = DetectionFilters(settings, Geometry(1, 1, 1, 1))
    labels = wanted.labels or settings.track
    floors = {label: filters.rule(label).min_score for label in (*settings.track, *filters.attribute_labels)}
    floors |= {label: tuning_values.floor(filters.rule(label)) for label in labels}
    deblock = config.cameras[footage.camera].detect.deblock
    kept, seconds = keep(replace(footage, end=end), settings, detector, floors, progress, deblock=deblock)
    run = _Tuning(kept, settings, rules_of(config)[footage.camera], wanted.verdicts, filters.rule)
    return TuningReport(
        footage.camera,
        detector.info.name,
        seconds,
        sum(not one.last for one in kept.frames),
        len(wanted.verdicts),
        kept.full or end < min(footage.end, last),
        tuple(run.run(wanted.labels, trying)),
    )


class _Tuning:
    def __init__(
        self,
        kept: KeptFootage,
        settings: AnalysisSettings,
        rules: CameraRules,
        verdicts: Sequence[UserVerdict],
        rule: Callable[[str], ObjectFilter],
    ) -> None:
        self._kept, self._settings, self._rules, self._verdicts, self._rule = kept, settings, rules, verdicts, rule
        self._tried = self._total = 0
        self._trying: Trying = lambda _, __: None

    def run(self, labels: Sequence[str], trying: Trying) -> list[LabelTuning]:
        """Tune each label by itself; by default those with most events, or that users have said something of."""
        self._trying = trying
        now = attempt(self._kept, self._settings, self._rules, self._verdicts)
        counts = Counter(one.event.label for one in now.events)
        counts.update(one.label for one in self._verdicts if one.label in self._settings.track)
        chosen = list(labels) or [label for label, _ in counts.most_common(MOST_LABELS)]
        changes = {label: self._changes(label) for label in chosen}
        self._total = sum(map(len, changes.values()))
        return [self._tuned(label, now.of(label), changes[label]) for label in chosen]

    def _changes(self, label: str) -> list[FilterChange]:
        rule = self._rule(label)
        geometry = self._kept.frames[-1].geometry if self._kept.frames else Geometry(1, 1, 1, 1)
        false = [
            (1.0, round(w * geometry.width * h * geometry.height), w * geometry.width / max(h * geometry.height, 1.0))
            for one in self._verdicts
            if one.label == label and not one.right and one.box is not None
            for _, _, w, h in [one.box]
        ]
        seen = self._kept.sizes.get(label, ())
        return [*tuning_values.scores(rule), *tuning_values.sizes(rule, geometry, seen, false)]

    def _tuned(self, label: str, now: FilterAttempt, changes: Sequence[FilterChange]) -> LabelTuning:
        verdicts = [one for one in self._verdicts if one.label == label]
        effects = [self._effect(label, now, (change,), verdicts) for change in changes]
        choice = choose(now, effects, verdicts)
        if choice.effect is not None:
            double = pairs(effects, len(now.shown(verdicts, right=False)))
            self._total += len(double)
            effects += [self._effect(label, now, change, verdicts) for change in double]
            choice = choose(now, effects, verdicts)
        return LabelTuning(
            label,
            tuple(one.event for one in now.events),
            sum(one.right for one in verdicts),
            sum(not one.right for one in verdicts),
            len(now.shown(verdicts, right=True)),
            len(now.shown(verdicts, right=False)),
            tuple(effects),
            choice,
        )

    def _effect(
        self, label: str, now: FilterAttempt, changes: tuple[FilterChange, ...], verdicts: Sequence[UserVerdict]
    ) -> Effect:
        rule = tuning_values.changed(self._rule(label), changes)
        settings = msgspec.structs.replace(self._settings, filters={**self._settings.filters, label: rule})
        other = attempt(self._kept, settings, self._rules, verdicts, changes).of(label)
        self._tried += 1
        self._trying(self._tried, self._total)
        return effect_of(now, other, verdicts)
