"""Reads a browser's offer, and makes of it one that aiortc can answer: one codec for video and one for sound.

aiortc knows two profiles of H.264, of which it answers with the first that it finds. Browsers offer more. So of all
H.264 that is offered the best for the camera is kept, under a profile that aiortc knows, and the answer gets the
browser's own words back. Sources: RFC 8829 (JSEP), RFC 6184 (H.264 over RTP), RFC 8839 (ICE in SDP).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from dogwatch.errors import MediaError

LONGEST_OFFER = 64 * 1024
MAX_SECTIONS = 8
MAX_CANDIDATES = 32
KNOWN_PROFILE = "42e01f"
"""The profile of H.264 under which aiortc gets the offer."""
PROFILES = ("64", "4d", "42")
"""High, main and baseline, by their `profile_idc`: decoders of one take those behind it too."""
SOUND = {"opus": "opus/48000/2", "pcm_alaw": "PCMA/8000", "pcm_mulaw": "PCMU/8000"}
"""What can be sent, by its libav name, and how SDP calls it."""
_STATIC = {"0": "PCMU/8000", "8": "PCMA/8000"}
_DIRECTIONS = ("sendrecv", "sendonly", "recvonly", "inactive")
_OF_PAYLOAD = re.compile(r"a=(?:rtpmap|fmtp|rtcp-fb):(\d+|\*)")


class OfferError(MediaError):
    """An offer that cannot be answered."""

    status = 400


@dataclass(slots=True)
class _Section:
    """One `m=` section of a description: its first line's fields, and the lines after it."""

    head: list[str]
    lines: list[str] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return self.head[0]

    @property
    def payloads(self) -> list[str]:
        return self.head[3:]

    @property
    def mid(self) -> str:
        """The section's name."""
        return next((line[6:] for line in self.lines if line.startswith("a=mid:")), "")

    @property
    def direction(self) -> str:
        """What the browser wants to do with it."""
        return next((line[2:] for line in self.lines if line[2:] in _DIRECTIONS), "sendrecv")

    def values(self, name: str) -> dict[str, str]:
        """Return what `a=<name>:<payload> <value>` says, by payload type."""
        found = {}
        for line in self.lines:
            if line.startswith(f"a={name}:"):
                payload, _, value = line.partition(":")[2].partition(" ")
                found[payload] = value
        return found

    def keep(self, payloads: list[str]) -> None:
        """Leave out all other payload types."""
        self.head = [*self.head[:3], *payloads]
        kept = {*payloads, "*"}
        self.lines = [
            line for line in self.lines if (match := _OF_PAYLOAD.match(line)) is None or match.group(1) in kept
        ]


@dataclass(frozen=True, slots=True)
class OfferedSections:
    """The names of an offer's sections: for pictures, for sound that the browser plays, and for its microphone.

    `asks_to_talk` if the microphone has a section of its own; others may have one just because that is usual.
    """

    video: str
    sound: str | None
    microphone: str | None
    asks_to_talk: bool = False


@dataclass(frozen=True, slots=True)
class ReadOffer:
    """An offer that aiortc can answer. `sound` is the libav name of the codec for sound, None without any.

    `mid` names the first section, to which all candidates belong.
    """

    sdp: str
    sound: str | None
    mid: str
    sections: OfferedSections
    _video: str
    _words: str

    def answer(self, sdp: str) -> str:
        """Return aiortc's answer with the profile that was chosen."""
        return re.sub(rf"(?m)^a=fmtp:{self._video} [^\r\n]*", lambda _: f"a=fmtp:{self._video} {self._words}", sdp)


def read_offer(text: str, profile: str, sound: str | None) -> ReadOffer:
    """Choose of an offer what fits a camera.

    Args:
        text: The offer, in SDP.
        profile: `profile-level-id` of the camera's H.264, six hexadecimal digits.
        sound: The camera's sound by its libav name; of what cannot be sent, Opus is made. None without sound.

    Raises:
        OfferError: It is no offer, or asks for no H.264.
    """
    session, sections = _split(text)
    videos = [section for section in sections if section.kind == "video"]
    if not videos:
        raise OfferError("the offer asks for no video")
    payload, words = _choose_video(videos[0], profile)
    audio = [section for section in sections if section.kind == "audio"]
    heard = next((one for one in audio if one.direction in ("recvonly", "sendrecv")), None)
    chosen = _choose_sound(heard, sound)
    microphone = _choose_microphone(audio, heard)
    for section in sections:
        section.lines = _reachable(section.lines)
    names = OfferedSections(
        videos[0].mid,
        heard.mid if heard is not None else None,
        microphone.mid if microphone is not None else None,
        microphone is not None and microphone.direction == "sendonly",
    )
    lines = [*session, *(line for one in sections for line in ("m=" + " ".join(one.head), *one.lines))]
    return ReadOffer("\r\n".join(lines) + "\r\n", chosen, sections[0].mid, names, payload, words)


def usable_candidate(text: str) -> bool:
    """Whether a candidate (`candidate:...`) is one that can be connected to: UDP, and an address, not a name.

    Browsers hide their address behind a name (`.local`) from pages that may not use the microphone. The browser finds
    us all the same, and its address shows then.
    """
    parts = text.partition(":")[2].split()
    return len(parts) >= 8 and parts[2].lower() == "udp" and re.fullmatch(r"[0-9a-fA-F:.]+", parts[4]) is not None


def _split(text: str) -> tuple[list[str], list[_Section]]:
    if len(text) > LONGEST_OFFER:
        raise OfferError("the offer is too long")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines or lines[0] != "v=0":
        raise OfferError("this is no offer in SDP")
    session: list[str] = []
    sections: list[_Section] = []
    for line in lines:
        if line.startswith("m="):
            head = line[2:].split()
            if len(head) < 4 or len(sections) >= MAX_SECTIONS:
                raise OfferError("the offer has a section that makes no sense, or too many")
            sections.append(_Section(head))
        elif sections:
            sections[-1].lines.append(line)
        else:
            session.append(line)
    return session, sections


def _choose_video(section: _Section, profile: str) -> tuple[str, str]:
    """Keep one payload type of H.264, and what retransmits it; return it and its parameters as offered."""
    names, words = section.values("rtpmap"), section.values("fmtp")
    found = {
        payload: parameters
        for payload in section.payloads
        if names.get(payload, "").lower() == "h264/90000"
        and "packetization-mode=1" in (parameters := words.get(payload, ""))
    }
    if not found:
        raise OfferError("codecs not matched: the offer has no H264 with packetization-mode=1")
    order = [profile[:2].lower(), *PROFILES]

    def fit(payload: str) -> tuple[int, bool]:
        offered = _profile(found[payload])
        return order.index(offered[:2]) if offered[:2] in order else len(order), offered[:4] != profile[:4].lower()

    payload = min(found, key=fit)
    again = [one for one, parameters in words.items() if parameters == f"apt={payload}"]
    section.keep([payload, *again])
    known = re.sub(r"profile-level-id=[0-9a-fA-F]{6}", f"profile-level-id={KNOWN_PROFILE}", found[payload])
    own = f"a=fmtp:{payload} "
    section.lines = [own + known if line.startswith(own) else line for line in section.lines]
    return payload, found[payload]


def _profile(parameters: str) -> str:
    match = re.search(r"profile-level-id=([0-9a-fA-F]{6})", parameters)
    return match.group(1).lower() if match else KNOWN_PROFILE


def _choose_sound(section: _Section | None, sound: str | None) -> str | None:
    """Keep one payload type of sound, the camera's own if it can be; return its libav name, None without sound."""
    if section is None:
        return None
    for codec in (sound if sound in SOUND else "opus", "opus"):
        if (payload := _named(section, (SOUND[codec],))) is not None:
            section.keep([payload])
            return codec if sound is not None else None
    return None


def _choose_microphone(audio: list[_Section], heard: _Section | None) -> _Section | None:
    """Return the section of the microphone: one of its own, or that in which the browser also plays sound."""
    found = next((one for one in audio if one.direction == "sendonly"), None)
    if found is None:
        return heard if heard is not None and heard.direction == "sendrecv" and _named(heard, SOUND.values()) else None
    payload = _named(found, (SOUND["opus"], *SOUND.values()))
    if payload is None:
        return None
    found.keep([payload])
    return found


def _named(section: _Section, codecs: Iterable[str]) -> str | None:
    """Return the payload type of the first of these codecs that is offered."""
    names = {**_STATIC, **section.values("rtpmap")}
    for codec in codecs:
        for payload in section.payloads:
            if names.get(payload, "").lower() == codec.lower():
                return payload
    return None


def _reachable(lines: list[str]) -> list[str]:
    """Leave out the end of candidates, since more may be found, and candidates that cannot be used."""
    found, candidates = [], 0
    for line in lines:
        if line == "a=end-of-candidates":
            continue
        if line.startswith("a=candidate:"):
            candidates += 1
            if candidates > MAX_CANDIDATES or not usable_candidate(line[2:]):
                continue
        found.append(line)
    return found
