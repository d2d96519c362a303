"""Makes pictures of H.264 and H.265 such that they can be played without anything from outside of the stream.

RTP has no place for parameter sets before the stream. So each keyframe gets those that it needs in front, and all units
have start codes (ITU-T H.264, annex B).
"""

from __future__ import annotations

from dogwatch.media import nal
from dogwatch.media.parameter_sets import KINDS, SPS, annex_b, configured

FIRST_PROFILE = "42e01f"  # constrained baseline, of a stream that does not tell


class InBandStream:
    """One stream's pictures, with their parameter sets."""

    def __init__(self, codec: str, extradata: bytes) -> None:
        """Read the `extradata` of a stream of `codec`, h264 or hevc: a configuration record, or Annex B."""
        self._codec = codec
        self._lengths = nal.length_size(codec, extradata)
        units = [unit.rstrip(b"\0") for unit in configured(codec, extradata)]  # of a start code of four bytes
        self._sets = [unit for unit in units if unit and nal.kind(codec, unit) in KINDS[codec]]

    @property
    def profile(self) -> str:
        """The `profile-level-id` of H.264 (RFC 6184): six hexadecimal digits."""
        for unit in self._sets:
            if KINDS[self._codec][nal.kind(self._codec, unit)] == SPS and len(unit) >= 4:
                return unit[1:4].hex()
        return FIRST_PROFILE

    def picture(self, data: bytes, *, keyframe: bool) -> bytes:
        """Return a packet of the stream as Annex B; a keyframe has parameter sets in front."""
        if not self._lengths:
            if not keyframe or self._has_sets(nal.split(data[: nal.HEAD_BYTES])):
                return data
            return annex_b(self._sets) + data
        units = nal.split_by_lengths(data, self._lengths)
        if keyframe and not self._has_sets(units):
            units = [*self._sets, *units]
        return annex_b(units)

    def _has_sets(self, units: list[bytes]) -> bool:
        return any(KINDS[self._codec].get(nal.kind(self._codec, unit)) == SPS for unit in units)
