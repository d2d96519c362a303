"""Reads the parameter sets of H.264 and H.265, and finds out which of them a picture uses.

Sources: ITU-T H.264, sections 7.3.2 and 7.3.3; ITU-T H.265, sections 7.3.1 to 7.3.6; ISO/IEC 14496-15, sections 5.3.3
and 8.3.3, for the decoder configuration records of MP4 and RTMP.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from dogwatch.media import nal

VPS, SPS, PPS = "vps", "sps", "pps"
KINDS = {"h264": {7: SPS, 8: PPS}, "hevc": {32: VPS, 33: SPS, 34: PPS}}
SLICES = {"h264": range(1, 6), "hevc": range(32)}
HIGHEST_ID = {"h264": {SPS: 31, PPS: 255}, "hevc": {VPS: 15, SPS: 15, PPS: 63}}
IRAP = range(16, 24)  # H.265: pictures from which decoding can begin
_PROFILE = {"h264": slice(1, 4), "hevc": slice(3, 15)}  # profile, constraints and level in an SPS


@dataclass(frozen=True, slots=True)
class ParameterSet:
    """One set: the whole NAL unit in `data`. A PPS refers to an SPS by its number, an SPS of H.265 to a VPS."""

    kind: str
    number: int
    refers_to: int
    data: bytes


Sets: TypeAlias = dict[tuple[str, int], ParameterSet]
"""By kind and number: a newer set replaces an older one with its number."""


@dataclass(frozen=True, slots=True)
class SliceStart:
    """The beginning of a slice: the number of its PPS, and whether a picture begins with it."""

    pps: int
    first: bool


def read_sets(codec: str, units: Iterable[bytes]) -> Sets:
    """Return the parameter sets among NAL units of `codec`, h264 or hevc; malformed ones are skipped."""
    found: Sets = {}
    for unit in units:
        kind = KINDS[codec].get(nal.kind(codec, unit))
        if kind is None:
            continue
        data = unit.rstrip(b"\0")  # a start code of four bytes leaves one behind
        try:
            number, refers_to = _hevc_numbers(kind, data) if codec == "hevc" else _h264_numbers(kind, data)
        except ValueError:
            continue
        if number <= HIGHEST_ID[codec][kind]:
            found[kind, number] = ParameterSet(kind, number, refers_to, data)
    return found


def read_slice(codec: str, units: Iterable[bytes]) -> SliceStart | None:
    """Return the beginning of the first slice among NAL units; None if there is none, or if it is malformed."""
    for unit in units:
        kind = nal.kind(codec, unit)
        if kind not in SLICES[codec]:
            continue
        try:
            if codec == "hevc":
                bits = nal.Bits(unit[:32], skip=2)
                first = bool(bits.take(1))
                if kind in IRAP:
                    bits.take(1)
                return SliceStart(bits.exp_golomb() if first else 0, first)
            bits = nal.Bits(unit[:32], skip=1)
            first = bits.exp_golomb() == 0
            bits.exp_golomb()  # its type
            return SliceStart(bits.exp_golomb(), first)
        except ValueError:
            return None
    return None


def configured(codec: str, extradata: bytes) -> list[bytes]:
    """Return the NAL units in a stream's extradata: a decoder configuration record, or Annex B."""
    if not nal.length_size(codec, extradata):
        return nal.split(extradata)
    walk = _hevc_record if codec == "hevc" else _avc_record
    return [unit for unit in walk(extradata) if unit]


def _avc_record(record: bytes) -> Iterator[bytes]:
    at = 5
    for mask in (31, 255):  # of the numbers of SPS and of PPS
        count, at = int.from_bytes(record[at : at + 1], "big") & mask, at + 1
        for _ in range(count):
            size = int.from_bytes(record[at : at + 2], "big")
            yield record[at + 2 : at + 2 + size]
            at += 2 + size


def _hevc_record(record: bytes) -> Iterator[bytes]:
    at = 23
    for _ in range(int.from_bytes(record[22:23], "big")):
        count, at = int.from_bytes(record[at + 1 : at + 3], "big"), at + 3
        for _ in range(count):
            if at >= len(record):
                return
            size = int.from_bytes(record[at : at + 2], "big")
            yield record[at + 2 : at + 2 + size]
            at += 2 + size


def used(sets: Mapping[tuple[str, int], ParameterSet], pps: int) -> list[ParameterSet]:
    """Return the sets that a picture with PPS `pps` uses, as far as they are known; the SPS comes before the PPS."""
    found: list[ParameterSet] = []
    kind, number = PPS, pps
    while (one := sets.get((kind, number))) is not None:
        found.insert(0, one)
        if one.refers_to < 0:
            break
        kind, number = (SPS if kind == PPS else VPS), one.refers_to
    return found


def profile(codec: str, sps: ParameterSet) -> bytes:
    """Return the bytes of an SPS with profile, constraints and level."""
    return sps.data.replace(b"\0\0\3", b"\0\0")[_PROFILE[codec]]


def annex_b(units: Iterable[bytes]) -> bytes:
    """Return NAL units with a start code before each."""
    return b"".join(b"\0" + nal.START + unit for unit in units)


def _h264_numbers(kind: str, unit: bytes) -> tuple[int, int]:
    if kind == SPS:
        return nal.Bits(unit[:32], skip=4).exp_golomb(), -1
    bits = nal.Bits(unit[:32], skip=1)
    return bits.exp_golomb(), bits.exp_golomb()


def _hevc_numbers(kind: str, unit: bytes) -> tuple[int, int]:
    bits = nal.Bits(unit[:128], skip=2)
    if kind == PPS:
        return bits.exp_golomb(), bits.exp_golomb()
    vps = bits.take(4)
    if kind == VPS:
        return vps, -1
    layers = bits.take(3)  # sub-layers less one
    bits.take(1)
    bits.take(96)  # profile and level
    if layers:
        present = [(bits.take(1), bits.take(1)) for _ in range(8)][:layers]
        for has_profile, has_level in present:
            bits.take(88 * has_profile + 8 * has_level)
    return bits.exp_golomb(), vps
