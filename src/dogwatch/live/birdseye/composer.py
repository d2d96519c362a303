"""Keeps the picture of several cameras up to date: what is in it, and where."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from dogwatch.bus.encoded_names import BIRDSEYE
from dogwatch.bus.messages import FrameTracks, Message, PictureCell, ShowCells
from dogwatch.errors import NotFoundError
from dogwatch.live.birdseye.layout import Cell, place
from dogwatch.live.birdseye.rule import LastActivity, shown
from dogwatch.live.birdseye.settings import BirdseyeSettings
from dogwatch.live.birdseye.still import still
from dogwatch.live.pictures import RingName, Still

if TYPE_CHECKING:
    from dogwatch.live.drawing import PictureStyle

Publish = Callable[[str, object], None]
"""Publishes a payload on a topic."""
TOPIC = "birdseye_layout"
Rings = Callable[[], Mapping[str, RingName]]
"""Returns the frame ring of each camera that has one."""


class Birdseye:
    """The picture of several cameras. For the event loop; `layout` and `cells` for any thread."""

    def __init__(
        self,
        settings: BirdseyeSettings | None,
        rings: Rings,
        tell: Callable[[str, Message], object],
        publish: Publish,
        ring_directory: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Begin; nothing is composed before somebody watches.

        Args:
            settings: What the configuration says; None if there is no such picture.
            rings: Returns what there are of frame rings.
            tell: Sends a message to the encoding process of a name.
            publish: Takes the layout when it changes.
            ring_directory: Where the rings are.
            clock: Gives epoch seconds.
        """
        self._settings, self._rings, self._tell, self._publish, self._clock = settings, rings, tell, publish, clock
        self._directory = ring_directory
        self._activity: dict[str, LastActivity] = {}
        self._shown: tuple[str, ...] = ()
        self._told: ShowCells | None = None
        self._published: dict[str, dict[str, int]] | None = None
        self.watched = False
        """Whether somebody watches; then changes are told and published."""

    @property
    def offered(self) -> bool:
        """Whether there is such a picture."""
        return self._settings is not None

    def configure(self, settings: BirdseyeSettings | None) -> None:
        """Go by these settings from now on."""
        self._settings = settings
        self._activity = {name: one for name, one in self._activity.items() if settings and name in settings.cameras}
        self.update()

    def on_tracks(self, tracks: FrameTracks) -> None:
        """Note what was seen; a camera that has become active is shown at once."""
        moving = any(one.active and not one.false_positive for one in tracks.objects)
        if not moving and not tracks.motion_boxes:
            return
        if self._settings is None or tracks.camera not in self._settings.cameras:
            return
        last = self._activity.setdefault(tracks.camera, LastActivity())
        if tracks.motion_boxes:
            last.motion = tracks.frame_time
        if moving:
            last.objects = tracks.frame_time
        if self.watched and tracks.camera not in self._shown:
            self.update()

    def watch(self, watched: bool) -> None:
        """Take note of whether somebody watches from now on."""
        self.watched = watched
        if watched:
            self.update()
        else:
            self._told = self._published = None

    def tell(self) -> None:
        """Tell a process that has just come what to show."""
        self._told = None
        self.update()

    def update(self) -> None:
        """Tell and publish what has changed; call it about every second, and when a ring has changed."""
        if not self.watched or self._settings is None:
            return
        cells = self.cells()
        if cells != self._told:
            self._told = cells
            self._tell(BIRDSEYE, cells)
        layout = self._layout_of(cells)
        if layout != self._published:
            self._published = layout
            self._publish(TOPIC, layout)

    def still(self, style: PictureStyle) -> Still:
        """Return what is shown now as an encoded picture.

        Raises:
            NotFoundError: There is no such picture, or no longer.
            MediaError: It cannot be encoded.
        """
        cells = self.cells()
        if not cells.width:
            raise NotFoundError("Camera not found")
        return still(cells, self._directory, style)

    def layout(self) -> dict[str, dict[str, int]]:
        """Return where each camera is that is shown now, in pixels of the picture."""
        return self._layout_of(self.cells())

    def cells(self) -> ShowCells:
        """Return what is shown now."""
        settings = self._settings
        if settings is None:
            return ShowCells(0, 0, ())
        names = shown(settings.cameras, self._activity, self._clock(), settings.threshold_s, settings.most, self._shown)
        self._shown = tuple(names)
        rings = self._rings()
        aspects = [rings[name].aspect if name in rings else settings.aspects[name] for name in names]
        placed = _placed(tuple(aspects), settings.width, settings.height, settings.enlarging)
        drawn = tuple(_drawn(name, rings.get(name), cell) for name, cell in zip(names, placed, strict=True))
        return ShowCells(settings.width, settings.height, drawn)

    def _layout_of(self, cells: ShowCells) -> dict[str, dict[str, int]]:
        return {
            cell.camera: {"x": cell.x, "y": cell.y, "width": cell.width, "height": cell.height} for cell in cells.cells
        }


@lru_cache(maxsize=64)
def _placed(aspects: tuple[float, ...], width: int, height: int, enlarging: float) -> list[Cell]:
    return place(aspects, width, height, enlarging)


def _drawn(name: str, ring: RingName | None, cell: Cell) -> PictureCell:
    return PictureCell(name, ring.name if ring is not None else "", cell.x, cell.y, cell.width, cell.height)
