"""Opens video files that somebody has brought, by a file descriptor, and nothing beside them.

Libav may use only the descriptor: no other protocol, and no format that names other files or addresses (playlists,
concat scripts, image sequences). To be used in a process that may die without harm; see `workers.files`.
"""

from __future__ import annotations

import os
from typing import Any

import av
from av.stream import Disposition

from dogwatch.errors import FileError

DEMUXERS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mpegts,mpeg,avi,flv,live_flv,asf,ogg,h264,hevc,m4v,mpegvideo,ivf,obu,mxf,nut,"
    "dhav,dv,rm,wtv,gxf,swf"
)
"""Formats by their libav names; each is one file that holds packets."""
RAW = frozenset({"h264", "hevc", "m4v", "mpegvideo", "obu"})
"""Formats without timestamps."""
BY_BYTES = RAW | {"mpegts", "mpeg"}
"""Formats without an index, in which libav finds a position faster and more surely than a time."""
MOST_PX = 8192 * 8192
BUFFER_BYTES = 256 << 10
_PICTURES = Disposition.attached_pic | Disposition.timed_thumbnails | Disposition.still_image


class DescriptorFile:
    """Reads a descriptor from a position of its own, so that two containers can read one file at a time."""

    def __init__(self, descriptor: int) -> None:
        """Begin at the beginning of the file."""
        self._descriptor, self._at = descriptor, 0
        self._size = os.fstat(descriptor).st_size

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes, none at the end."""
        data = os.pread(self._descriptor, size, self._at)
        self._at += len(data)
        return data

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a position, and return it."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        """Return the position."""
        return self._at


def opened(descriptor: int, *, alone: bool = True, unseen: bool = False) -> Any:
    """Return a container that reads `descriptor`, to be closed by the caller.

    Another one may read it at the same time if this one is not to be `alone`, which is a little slower. If `unseen`, no
    picture is decoded to find out about the streams; see `opened_again`.

    Raises:
        FileError: It is no video that can be read.
    """
    if alone:
        container = _opened("fd:", unseen=unseen, fd=str(descriptor))
    else:
        container = opened_from(DescriptorFile(descriptor), unseen=unseen)
    try:
        video_stream(container)
    except BaseException:
        container.close()
        raise
    return container


def opened_from(file: DescriptorFile, *, unseen: bool = False) -> Any:
    """Return a container that reads `file`, whatever streams it has; see `opened`.

    Raises:
        FileError: It cannot be read.
    """
    return _opened(file, unseen=unseen, buffer_size=BUFFER_BYTES)


def _opened(file: str | DescriptorFile, *, unseen: bool, fd: str = "", **how: int) -> Any:
    options = {
        "protocol_whitelist": "fd",
        "format_whitelist": DEMUXERS,
        "enable_drefs": "0",
        "use_absolute_path": "0",
    }
    if fd:
        options["fd"] = fd
    if unseen:
        options["skip_frame"] = "all"
    opening: Any = av.open
    try:
        return opening(file, options=options, metadata_errors="replace", **how)
    except (av.error.FFmpegError, OSError, ValueError, MemoryError) as error:
        raise not_a_video(said(error)) from error


def opened_again(descriptor: int, *, reordered: bool) -> Any:
    """Return a container as `opened` does, in less time, for a file that was opened before.

    A decoder that does not know for how many pictures to wait leaves some out. Mostly the headers tell it. If they do
    not, which shows where it is `reordered`, whether pictures come in another order than they are shown, the file is
    opened as the first time.

    Raises:
        FileError: It is no video that can be read.
    """
    container = opened(descriptor, unseen=True)
    if bool(video_stream(container).codec_context.has_b_frames) is reordered:
        return container
    container.close()
    os.lseek(descriptor, 0, os.SEEK_SET)
    return opened(descriptor)


def video_stream(container: Any) -> Any:
    """Return the default video stream that is no cover picture.

    Raises:
        FileError: There is none, or its pictures are too large.
    """
    films = [one for one in container.streams.video if not one.disposition & _PICTURES and one.codec_context]
    if not films:
        raise not_a_video("it has no video that can be decoded")
    stream = next((one for one in films if one.disposition & Disposition.default), films[0])
    if stream.width * stream.height > MOST_PX:
        raise not_a_video(f"its pictures of {stream.width} x {stream.height} pixels are too large")
    return stream


def prepare(stream: Any, *, threads: int = 1) -> Any:
    """Return the decoder of `stream`, with limits; to be called before it decodes."""
    context = stream.codec_context
    if not context.is_open:
        prepare_context(context, threads=threads, options={})
    return context


def prepare_context(context: Any, *, threads: int, options: dict[str, str]) -> None:
    """Set the limits of a decoder that was not opened, and more `options`."""
    context.options = {"max_pixels": str(MOST_PX), **options}
    context.copy_opaque = True
    context.thread_count = threads
    context.thread_type = "AUTO" if threads > 1 else "NONE"


def let_go(context: Any) -> None:
    """Have a decoder with several threads end what they do, before it is let go of.

    PyAV holds the interpreter while it waits for them, and they need the interpreter to let go of packets: they would
    wait for each other for ever. Here the interpreter is free.
    """
    context.flush_buffers()


def not_a_video(reason: str) -> FileError:
    """Return the error for a file that is refused."""
    return FileError(415, "not_a_video", f"the file is not a video that can be decoded: {reason}")


def said(error: BaseException) -> str:
    """Return what libav says, without the name of the file."""
    if isinstance(error, av.error.InvalidDataError):
        return "its data is damaged, or of a format that is not supported"
    return str(getattr(error, "strerror", None) or type(error).__name__)
