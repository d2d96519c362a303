"""What a player takes by the list that it sends."""

import pytest

from dogwatch.live.player_codecs import PlayerCodecs

GO2RTC = "avc1.640029,avc1.64002A,avc1.640033,hvc1.1.6.L153.B0,mp4a.40.2,mp4a.40.5,flac,opus"


@pytest.mark.parametrize(
    ("listed", "codec", "taken"),
    [
        (GO2RTC, "avc1.4d401f", True),
        (GO2RTC, "hev1.1.6.L120.90", True),
        (GO2RTC, "opus", True),
        ("avc1.640029, MP4A.40.2", "mp4a.40.2", True),
        ("avc1.640029", "hvc1.1.6.L93.B0", False),
        ("avc1.640029", "mp4a.40.2", False),
        ("", "hvc1.1.6.L93.B0", True),
        (" , ", "hvc1.1.6.L93.B0", True),
        (None, "avc1.640029", True),
        ([1], "avc1.640029", True),
    ],
)
def test_taken(listed: object, codec: str, taken: bool) -> None:
    assert PlayerCodecs(listed).take(codec) is taken
