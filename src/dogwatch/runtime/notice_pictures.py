"""The picture that goes with a notification."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dogwatch.events.rendering import Style

if TYPE_CHECKING:
    from dogwatch.events.files import PictureFiles
    from dogwatch.events.media import EventMedia
    from dogwatch.outputs.push.occasions import ReviewNotice

HEIGHT = 720


class NoticePictures:
    """Makes pictures of review items; for worker threads."""

    def __init__(self, media: EventMedia, files: PictureFiles) -> None:
        """Take snapshots from `media`, and thumbnails of review items from `files`."""
        self._media, self._files = media, files

    def of(self, notice: ReviewNotice) -> bytes | None:
        """Return a JPEG: the snapshot of the first object that has one, else the item's thumbnail; None without any."""
        for event_id in notice.detections[:5]:
            found = self._media.find(event_id)
            if found is not None and (picture := self._media.snapshot(found, Style(height=HEIGHT))) is not None:
                return picture
        return self._files.read(self._files.review(notice.camera, notice.id))
