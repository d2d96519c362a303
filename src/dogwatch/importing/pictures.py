"""Brings the pictures of events and review items over."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dogwatch.events import files
from dogwatch.events.files import PictureFiles
from dogwatch.importing import event_rows
from dogwatch.importing.files import FileCarrier
from dogwatch.importing.layout import InstallationLayout, LeftOutError, MissingFileError
from dogwatch.importing.report import ImportReport

SNAPSHOTS, THUMBNAILS = "snapshots", "thumbnails"


class PictureImport:
    """Where pictures come from and go to."""

    def __init__(self, layout: InstallationLayout, carrier: FileCarrier, report: ImportReport) -> None:
        """Bring them by `carrier`."""
        self._layout, self._carrier, self._report = layout, carrier, report
        self._files, self._source = PictureFiles(carrier.target), PictureFiles(carrier.source)

    def snapshot(self, values: Mapping[str, Any]) -> bool:
        """Bring the snapshot of an event over, with and without drawings; return whether there is one."""
        camera, key = values["camera"], values["id"]
        drawn = self._source.drawn(camera, key)
        found = sum(self._bring(SNAPSHOTS, path) for path in (*self._source.elsewhere(camera, key), drawn))
        if not found:
            self._report.miss(SNAPSHOTS)
        return found > 0

    def thumbnail(self, row: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        """Bring the thumbnail of an event over, from its file or, of old versions, from its row."""
        thumb = self._source.thumb(values["camera"], values["id"])
        if any(self._bring(THUMBNAILS, thumb.with_suffix(suffix)) for suffix in (".webp", ".jpg")):
            return
        held = event_rows.thumbnail(row)
        if held is None:
            self._report.miss(THUMBNAILS)
            return
        data, suffix = held
        goal = self._files.thumb(values["camera"], values["id"]).with_suffix(suffix)
        if goal.exists():
            self._report.keep(THUMBNAILS)
            return
        if not self._carrier.dry:
            files.write(goal, data)
        self._report.bring(THUMBNAILS)

    def review(self, values: Mapping[str, Any]) -> str:
        """Bring the thumbnail of a review item over; return its path."""
        place = self._files.review(values["camera"], values["id"]).with_suffix(".webp")
        path = str(place.relative_to(self._files.root))
        with self._report.leaving(THUMBNAILS, values["id"]):
            try:
                fresh = self._carrier.bring(self._layout.inside(values["thumb_path"] or path), path)
            except MissingFileError:
                self._report.miss(THUMBNAILS)
            else:
                (self._report.bring if fresh else self._report.keep)(THUMBNAILS)
        return path

    def _bring(self, kind: str, path: Path) -> bool:
        try:
            fresh = self._carrier.bring(str(path.relative_to(self._source.root)))
        except MissingFileError:
            return False
        except LeftOutError as error:
            self._report.leave(kind, str(error), path.name)
            return False
        (self._report.bring if fresh else self._report.keep)(kind)
        return True
