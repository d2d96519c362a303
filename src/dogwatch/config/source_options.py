"""The options of a source of `go2rtc.streams`, which follow its address: `#video=copy#audio=opus#transport=udp`."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

NO_VIDEO = "a stream needs a source with video"
SOUND = ("aac", "copy", "opus", "pcma", "pcmu")
"""What `#audio=` may ask for: every player gets the sound that it can play."""
_IDLE = ("async", "backchannel", "hardware", "killsignal", "killtimeout", "pkt_size", "starttimeout")
"""Options that say nothing of what is read."""


class SourceEntryError(ValueError):
    """A source that Dogwatch does not read; the text says why, and repeats nothing that may be secret."""


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """What follows the address: `#video=copy#audio=opus#transport=udp`."""

    video: tuple[str, ...] = ()
    audio: tuple[str, ...] = ()
    sound: bool = True
    demuxer: Mapping[str, str] = field(default_factory=dict)
    timeout_us: str = ""
    ignored: tuple[str, ...] = ()


def source_options(text: str, *, derived: bool) -> SourceOptions:
    """Return the options in `text`, which are separated by `#`; `derived` are those of `ffmpeg:`."""
    found = SourceOptions()
    for part in text.split("#") if text else ():
        name, _, value = part.partition("=")
        found = _with(found, name.strip().lower(), value, derived=derived)
    return replace(found, sound=False) if found.video and not found.audio else found


def _with(found: SourceOptions, name: str, value: str, *, derived: bool) -> SourceOptions:
    if derived and name in ("video", "audio", "raw"):
        return _with_codec(found, name, value)
    if name in ("transport", "input", "timeout", "header", "headers", "user_agent"):
        return _with_demuxer(found, name, value)
    if name == "media":
        if value and "video" not in value:
            raise SourceEntryError(NO_VIDEO)
        return replace(found, sound="audio" in value)
    return found if not name or name in _IDLE else _ignoring(found, name)


def _with_codec(found: SourceOptions, name: str, value: str) -> SourceOptions:
    if name == "raw":
        try:
            words = shlex.split(value)
        except ValueError:
            words = []
        found = replace(found, sound=found.sound and "-an" not in words)
        return found if words == ["-an"] else _ignoring(found, name)
    codec = value.split(",")[0].split("/")[0].strip().lower()
    if name == "video":
        return replace(found, video=(*found.video, codec))
    found = replace(found, audio=(*found.audio, codec))
    return found if codec in SOUND else _ignoring(found, name)


def _with_demuxer(found: SourceOptions, name: str, value: str) -> SourceOptions:
    given = dict(found.demuxer)
    if name in ("transport", "input"):
        wanted = value.lower().removeprefix("rtsp/")
        if wanted not in ("tcp", "udp"):
            return found if wanted in ("", "rtsp", "http", "file") else _ignoring(found, name)
        given["rtsp_transport"] = wanted
    elif name == "timeout":
        if not re.fullmatch("[0-9]{1,4}", value):
            return _ignoring(found, name)
        return replace(found, timeout_us=str(int(value) * 1_000_000))
    elif name == "user_agent":
        given["user_agent"] = value
    else:
        given["headers"] = f"{given.get('headers', '')}{value.strip()}\r\n"
    return replace(found, demuxer=given)


def _ignoring(found: SourceOptions, name: str) -> SourceOptions:
    """Note an option that has no effect; one that is no name is not repeated, since it may be part of a password."""
    shown = f"#{name}" if re.fullmatch(r"\w{1,20}", name) else "an option"
    return found if shown in found.ignored else replace(found, ignored=(*found.ignored, shown))
