"""Which of a stream's codecs a player takes, by the list that it sends (RFC 6381 names, separated by commas)."""

from __future__ import annotations

_FAMILIES = {"avc1": "h264", "avc3": "h264", "hvc1": "hevc", "hev1": "hevc"}


def _family(codec: str) -> str:
    """Return what a codec is called without its parameters: players list one profile and level, and take more."""
    name = codec.strip().lower().partition(".")[0]
    return _FAMILIES.get(name, name)


class PlayerCodecs:
    """What a player takes; one that lists nothing takes everything."""

    def __init__(self, listed: object) -> None:
        """Read the `value` of a player's message, which may be anything."""
        text = listed if isinstance(listed, str) else ""
        self._families = frozenset(_family(codec) for codec in text.split(",") if codec.strip())

    def take(self, codec: str) -> bool:
        """Whether the player takes `codec`."""
        return not self._families or _family(codec) in self._families
