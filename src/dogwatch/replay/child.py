"""Replays footage in a process of its own, for the job that `/api/debug_replay/start` makes.

Run as `python -m dogwatch.replay.child`: `runtime.debug_replay.ReplaySpec` comes as a line of JSON on standard input,
and the report goes into the file that it names. See `media.encoder` for the rest.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2

from dogwatch.analysis import Learnt
from dogwatch.detectors.base import load
from dogwatch.media.encoder import serve
from dogwatch.replay import footage
from dogwatch.replay.footage import Clip
from dogwatch.replay.run import ReplayRequest, analyse
from dogwatch.runtime.debug_replay import ReplaySpec

MOST_EVENTS, MOST_CANDIDATES = 300, 200  # of a job's result


def main() -> int:
    """Replay what standard input asks for; return the exit code."""
    cv2.setNumThreads(1)  # live analysis needs the processors
    return serve(ReplaySpec, replay)


def replay(spec: ReplaySpec, tell: Callable[[float], None]) -> int:
    """Write the report of a replay; return the number of events.

    Raises:
        DogwatchError: There is no footage, it cannot be read, or the detector cannot be loaded.
    """
    clips = _of_export(spec) if spec.file else footage.recorded(Path(spec.media), spec.camera, spec.start, spec.end)
    length = max(spec.end - spec.start, 1.0)
    report = analyse(
        ReplayRequest(
            spec.camera, clips, spec.start, spec.end, Learnt(spec.settings.grids, spec.settings.false_places)
        ),
        spec.settings,
        spec.rules,
        load(spec.detector),
        lambda seconds: tell(min(seconds / length, 1.0)),
        deblock=spec.deblock,
    )
    body = report.limited(MOST_EVENTS, MOST_CANDIDATES).as_json()
    Path(spec.out).write_text(json.dumps(body))
    return len(report.events)


def _of_export(spec: ReplaySpec) -> list[Clip]:
    """Return an exported file, whose own times may begin anywhere, at the time of its footage."""
    (clip,) = footage.of_files([Path(spec.file)])
    return [replace(clip, start_time=spec.start, shift=clip.shift + spec.start - clip.start_time)]


if __name__ == "__main__":
    os._exit(main())  # as `media.encoder`
