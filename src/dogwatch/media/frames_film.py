"""Encodes single pictures, such as the timelapse frames of a day, as one MP4 file without sound."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.video.reformatter import ColorRange

from dogwatch.errors import MediaError
from dogwatch.framing import MAX_SIDE
from dogwatch.media import jpeg
from dogwatch.media.encoder_spec import FramesSpec
from dogwatch.media.picture import Picture, fitted, resize

THUMBNAIL_AT_S = 3
THUMBNAIL_QUALITY = 80
PROGRESS_EVERY = 20  # pictures
LARGEST_FILE = 64 << 20


def encode(spec: FramesSpec, tell: Callable[[float], None] = lambda _: None) -> int:
    """Write an H.264 MP4 file and its thumbnail; return its number of pictures. `tell` is called with the share done.

    Files that hold no picture are passed over; pictures of another size are fitted into that of the first one.

    Raises:
        MediaError: There is no picture, or the file cannot be encoded or written.
    """
    try:
        return _encode(spec, tell)
    except (av.error.FFmpegError, OSError) as error:
        raise MediaError(f"the film cannot be made: {getattr(error, 'strerror', None) or error}") from error


def _encode(spec: FramesSpec, tell: Callable[[float], None]) -> int:
    count = 0
    with av.open(spec.out, "w", format="mp4", options={"movflags": "+faststart"}) as container:
        stream: Any = container.add_stream("libx264", rate=spec.fps)
        for picture in _pictures(spec.paths, tell):
            if not count:
                height, width = (max(2, side & ~1) for side in picture.shape[:2])
                stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
                stream.options = {"preset": "veryfast", "crf": "23", "threads": "1"}
                stream.codec_context.time_base = Fraction(1, spec.fps)
            whole = fitted(picture, stream.width, stream.height)
            if count in (0, THUMBNAIL_AT_S * spec.fps):
                _thumbnail(whole, spec)
            frame = av.VideoFrame.from_ndarray(whole, format="bgr24").reformat(
                format="yuv420p", src_color_range=ColorRange.JPEG, dst_color_range=ColorRange.MPEG
            )
            frame.pts, frame.time_base = count, Fraction(1, spec.fps)
            container.mux(stream.encode(frame))
            count += 1
        if not count:
            raise MediaError("none of the files holds a picture")
        container.mux(stream.encode(None))
    return count


def _pictures(paths: tuple[str, ...], tell: Callable[[float], None]) -> Iterator[Picture]:
    for number, path in enumerate(map(Path, paths)):
        if not number % PROGRESS_EVERY:
            tell(number / len(paths))
        try:
            data = path.read_bytes() if path.stat().st_size <= LARGEST_FILE else b""
            if max(jpeg.size(data) or (MAX_SIDE + 1,)) <= MAX_SIDE:
                yield jpeg.decode(data)
        except (OSError, MediaError):
            continue  # a power cut may leave such a file


def _thumbnail(picture: Picture, spec: FramesSpec) -> None:
    rows, columns = picture.shape[:2]
    height = max(1, round(rows * spec.thumbnail_width / columns))
    small = resize(picture, spec.thumbnail_width, height)
    Path(spec.thumbnail).write_bytes(jpeg.encode(small, THUMBNAIL_QUALITY))
