"""Describes a stream for RTSP clients.

Sources: RFC 8866 for the text; RFC 6184, 7798, 3640, 7587, 2435 and 3551 for H.264, H.265, AAC, Opus, JPEG and the
rest.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence

from dogwatch.media import parameter_sets as sets_of
from dogwatch.media.parameter_sets import PPS, SPS, VPS
from dogwatch.media.rtp_track import RtpTrack

FIRST_DYNAMIC = 96
_STATIC = {("pcm_mulaw", 8000, 1): 0, ("pcm_alaw", 8000, 1): 8, ("g722", 16000, 1): 9}
JPEG = 26
_NAMES = {"pcm_mulaw": "PCMU", "pcm_alaw": "PCMA", "pcm_s16be": "L16", "g722": "G722"}
AAC_SIZES = "profile-level-id=1;mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3"
_SAFE = re.compile(r"[^\w .-]")


def payload_type(track: RtpTrack, number: int) -> int:
    """Return the RTP payload type of track `number`: the static one where RFC 3551 has one."""
    if track.codec == "mjpeg":
        return JPEG
    return _STATIC.get((track.codec, track.clock_rate, track.channels), FIRST_DYNAMIC + number)


def description(name: str, tracks: Sequence[RtpTrack]) -> str:
    """Return the SDP of a stream; track n is controlled at `trackID=n`."""
    lines = [
        "v=0",
        "o=- 0 0 IN IP4 0.0.0.0",
        f"s={_SAFE.sub('_', name) or '-'}",
        "c=IN IP4 0.0.0.0",
        "t=0 0",
        "a=tool:dogwatch",
        "a=control:*",
        "a=range:npt=now-",
    ]
    for number, track in enumerate(tracks):
        kind, found = "video" if track.width else "audio", payload_type(track, number)
        lines += [f"m={kind} 0 RTP/AVP {found}", f"a=rtpmap:{found} {_encoding(track)}"]
        if parameters := _parameters(track):
            lines.append(f"a=fmtp:{found} {parameters}")
        lines.append(f"a=control:trackID={number}")
    return "".join(f"{line}\r\n" for line in lines)


def _encoding(track: RtpTrack) -> str:
    rate, channels = track.clock_rate, f"/{track.channels}" if track.channels > 1 else ""
    match track.codec:
        case "h264":
            return f"H264/{rate}"
        case "hevc":
            return f"H265/{rate}"
        case "mjpeg":
            return f"JPEG/{rate}"
        case "aac":
            return f"MPEG4-GENERIC/{rate}/{track.channels}"
        case "opus":
            return "opus/48000/2"  # whatever it holds: RFC 7587, section 7
        case "g722":
            return f"G722/8000{channels}"  # an old mistake that stays: RFC 3551, section 4.5.2
        case codec:
            return f"{_NAMES[codec]}/{rate}{channels}"


def _parameters(track: RtpTrack) -> str:
    match track.codec:
        case "h264":
            return _h264(track.extradata)
        case "hevc":
            return _hevc(track.extradata)
        case "aac":
            return f"{AAC_SIZES};config={track.extradata.hex()}"
        case "opus":
            return f"sprop-stereo={int(track.channels == 2)}"
    return ""


def _h264(extradata: bytes) -> str:
    found = _sets("h264", extradata)
    text = "packetization-mode=1"
    if SPS not in found or PPS not in found:
        return text
    sets = ",".join(_base64(one) for one in (*found[SPS], *found[PPS]))
    return f"{text};profile-level-id={found[SPS][0][1:4].hex()};sprop-parameter-sets={sets}"


def _hevc(extradata: bytes) -> str:
    found = _sets("hevc", extradata)
    kinds = ((VPS, "vps"), (SPS, "sps"), (PPS, "pps"))
    return ";".join(f"sprop-{name}={','.join(map(_base64, found[kind]))}" for kind, name in kinds if kind in found)


def _sets(codec: str, extradata: bytes) -> dict[str, list[bytes]]:
    found: dict[str, list[bytes]] = {}
    for one in sets_of.read_sets(codec, sets_of.configured(codec, extradata)).values():
        found.setdefault(one.kind, []).append(one.data)
    return found


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
