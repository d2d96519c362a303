"""Finds out whose faces the traces of a film are: a file worker cuts pictures, and somebody who knows faces looks."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from dogwatch.errors import DogwatchError
from dogwatch.jobs.kinds import CancelledError
from dogwatch.library.face_choice import FaceChoice
from dogwatch.library.file_workers import FileWorkers
from dogwatch.library.ports import FaceNames
from dogwatch.store.video_files import VideoFile
from dogwatch.workers.files.spec import CutPart, CutTask

log = logging.getLogger(__name__)


def names_of(
    file: VideoFile,
    source: Path,
    index: Path,
    choice: FaceChoice,
    workers: FileWorkers,
    faces: FaceNames,
    check: Callable[[], object],
) -> dict[int, str]:
    """Return the names of those traces that show somebody who is known.

    Traces without a name are no failure of an analysis: neither are those that nobody can name just now.

    Raises:
        CancelledError: By `check`, which is called several times a second.
    """
    parts = list(choice.parts())
    facts = file.facts or {}
    task = CutTask(
        parts=tuple((frame, corners) for _, frame, corners in parts),
        rotation=int(facts.get("rotation") or 0),
        reordered=(facts.get("video") or {}).get("has_b_frames"),
    )
    naming = _Naming([trace for trace, _, _ in parts], faces, check)
    try:
        workers.run(task, source, index, check=check, told=naming.told)
        naming.finish()
    except CancelledError:
        raise
    except DogwatchError as error:
        check()  # if the program stops, the job is to begin again
        log.warning("not all faces in video file %s could be named: %s", file.uuid, error)
    return naming.names


class _Naming:
    """Takes pictures, trace by trace."""

    def __init__(self, traces: list[int], faces: FaceNames, check: Callable[[], object]) -> None:
        self._traces, self._faces, self._check = traces, faces, check
        self._trace = 0
        self._pictures: list[bytes] = []
        self.names: dict[int, str] = {}

    def told(self, value: Any) -> None:
        """Take a picture that the worker has told."""
        part = msgspec.convert(value, CutPart)
        trace = self._traces[part.number]
        if trace != self._trace:
            self.finish()
            self._trace = trace
        self._pictures.append(part.jpeg)

    def finish(self) -> None:
        """Name the trace whose pictures are complete."""
        pictures, self._pictures = self._pictures, []
        if pictures:
            self._check()
            who = self._faces.name(pictures)
            if who is not None:
                self.names[self._trace] = who
