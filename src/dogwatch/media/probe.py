"""Tells what a stream consists of, and takes one picture of it, for somebody who is setting up a camera."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import av

from dogwatch.address import encode_credentials
from dogwatch.errors import SourceError
from dogwatch.media import jpeg
from dogwatch.media.source import SCHEMES, SourceRequest, demuxer_options, open_source, scheme_of
from dogwatch.media.source_errors import SourceStalledError, explain
from dogwatch.redact import redact_url

NETWORK_SCHEMES = tuple(scheme for scheme in SCHEMES if scheme not in ("file", "synthetic", "rpicam"))
_PROTOCOLS = "rtsp,rtsps,rtp,srtp,udp,tcp,tls,rtmp,rtmps,http,https,httpproxy,crypto"
"""What a stream may lead to: never to a file of this machine."""
MOST_PX = 8192 * 8192
QUALITY = 85


def is_network(url: str) -> bool:
    """Whether `url` is the address of a stream, not a file of this machine."""
    return url.partition("://")[0].lower() in NETWORK_SCHEMES and "://" in url


def probe(request: SourceRequest) -> list[dict[str, Any]]:
    """Return the tracks of a stream, as the ffprobe program names their properties.

    Raises:
        SourceError: It cannot be opened.
    """
    if scheme_of(request.url) == "synthetic":
        source = open_source(request, threading.Event())
        try:
            return [track(0, source.video_stream)]
        finally:
            source.close()
    with opened(request) as container:
        return [track(index, stream) for index, stream in enumerate(container.streams)]


def snapshot(request: SourceRequest) -> bytes:
    """Return the first picture of a stream as JPEG; `request.timeout` limits all of it.

    Raises:
        SourceStalledError: No picture came in time.
        SourceError: The stream cannot be opened or has no video.
    """
    late = time.monotonic() + request.timeout
    try:
        data = _first_picture(request, late)
    except SourceError as error:
        if time.monotonic() < late:
            raise
        raise SourceStalledError(str(error)) from error
    if data is None:
        raise SourceStalledError(f"{redact_url(request.url)}: no picture came within {request.timeout:g} s")
    return data


def _first_picture(request: SourceRequest, late: float) -> bytes | None:
    """Return the first picture as JPEG; None if none came until `late` (monotonic s)."""
    with opened(request) as container:
        if not container.streams.video:
            raise SourceError(f"{redact_url(request.url)}: it has no video")
        stream = container.streams.video[0]
        if stream.width * stream.height > MOST_PX:
            raise SourceError(f"{redact_url(request.url)}: its pictures are too large")
        stream.thread_type = "NONE"
        for packet in container.demux(stream):
            if time.monotonic() > late:
                break
            for frame in packet.decode():
                return jpeg.encode(frame.to_ndarray(format="bgr24"), QUALITY)
    return None


@contextmanager
def opened(request: SourceRequest) -> Iterator[Any]:
    """Open a stream, which leads to no file of this machine; what fails within is explained.

    Raises:
        SourceError: It cannot be opened or read.
    """
    request = replace(request, url=encode_credentials(request.url))
    scheme = scheme_of(request.url)
    limits = {"protocol_whitelist": _PROTOCOLS} if scheme in NETWORK_SCHEMES else {}
    try:
        with av.open(
            request.url.removeprefix("file://"),
            format=request.format,
            options=demuxer_options(request, scheme) | limits,
            timeout=(request.timeout, request.timeout),
            metadata_errors="replace",
        ) as container:
            yield container
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise explain(error, request.url, request.timeout) from error


def track(index: int, stream: Any) -> dict[str, Any]:
    """Return the properties of a track, as the ffprobe program names them."""
    context = stream.codec_context
    found: dict[str, Any] = {
        "index": index,
        "codec_type": stream.type,
        "codec_name": context.name if context is not None else "unknown",
        "codec_long_name": context.codec.long_name if context is not None else "unknown",
        "profile": (context.profile if context is not None else None) or "unknown",
    }
    if stream.type == "video" and context is not None:
        found |= {
            "width": context.width,
            "height": context.height,
            "pix_fmt": context.pix_fmt,
            "avg_frame_rate": _rate(stream.average_rate),
            "r_frame_rate": _rate(stream.base_rate),
        }
    elif stream.type == "audio" and context is not None:
        found |= {"sample_rate": str(context.sample_rate), "channels": context.channels}
    return found


def _rate(rate: Any) -> str:
    return f"{rate.numerator}/{rate.denominator}" if rate else "0/0"
