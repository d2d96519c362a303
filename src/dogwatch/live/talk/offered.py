"""Reads in a camera's SDP what sound it takes. Sources: RFC 8866; ONVIF Streaming Specification, section 5.3."""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_LINES = 2000
_STATIC = {0: "PCMU/8000", 8: "PCMA/8000", 9: "G722/8000"}
_RTPMAP = re.compile(r"a=rtpmap:(\d{1,3})\s+([\w.+-]{1,32})/(\d{1,6})(?:/(\d{1,2}))?")
_FMTP = re.compile(r"a=fmtp:(\d{1,3})\s+(.{1,1024})")
_CONFIG = re.compile(r"(?:^|;)\s*config\s*=\s*([0-9a-f]{4,64})\s*(?:;|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TalkFormat:
    """One codec that a camera takes: its RTP payload type, its name in SDP, its clock (Hz) and channels.

    `config` is the AudioSpecificConfig of AAC.
    """

    payload_type: int
    name: str
    rate: int
    channels: int = 1
    config: bytes = b""

    def __str__(self) -> str:
        """Return it as stream servers list it: `PCMU/8000`, `OPUS/48000/2`."""
        return f"{self.name}/{self.rate}" + (f"/{self.channels}" if self.channels > 1 else "")


@dataclass(frozen=True, slots=True)
class TalkMedia:
    """One stream of sound that a camera takes: how it is addressed, and its codecs in the camera's order."""

    control: str
    formats: tuple[TalkFormat, ...]


def talk_medias(text: str) -> tuple[TalkMedia, ...]:
    """Return the streams of sound that a camera takes: those of which it says `sendonly`, as a client is to do."""
    found: list[TalkMedia] = []
    head: list[str] = []
    section: list[str] = []
    for line in [*(one.strip() for one in text.splitlines()[:MAX_LINES]), "m="]:
        if not line.startswith("m="):
            section.append(line)
            continue
        if head[:1] == ["audio"] and "a=sendonly" in section and (formats := _formats(head[3:], section)):
            control = next((one[10:].strip() for one in section if one.startswith("a=control:")), "")
            found.append(TalkMedia(control, formats))
        head, section = line[2:].split(), []
    return tuple(found)


def _formats(payloads: list[str], section: list[str]) -> tuple[TalkFormat, ...]:
    names = {match[1]: match for line in section if (match := _RTPMAP.fullmatch(line))}
    words = {match[1]: match[2] for line in section if (match := _FMTP.fullmatch(line))}
    found = []
    for payload in payloads:
        if not (payload.isascii() and payload.isdigit() and int(payload) < 128):
            continue
        match = names.get(payload) or _RTPMAP.fullmatch(f"a=rtpmap:{payload} {_STATIC.get(int(payload), '')}")
        if match is not None and int(match[3]):
            config = _CONFIG.search(words.get(payload, ""))
            data = bytes.fromhex(config[1]) if config and len(config[1]) % 2 == 0 else b""
            found.append(TalkFormat(int(payload), match[2].upper(), int(match[3]), int(match[4] or 1), data))
    return tuple(found)
