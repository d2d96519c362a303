"""How a client may want its packets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dogwatch.live.rtsp.transport import Datagrams, Interleaved, parse


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("RTP/AVP/TCP;unicast;interleaved=0-1", Interleaved((0, 1))),
        ("RTP/AVP/TCP;interleaved=4", Interleaved((4, 5))),
        ("RTP/AVP/TCP;unicast", Interleaved(None)),
        ('RTP/AVP/TCP;unicast;interleaved=2-3;mode="PLAY"', Interleaved((2, 3))),
        ("RTP/AVP;unicast;client_port=5000-5001", Datagrams((5000, 5001))),
        ("RTP/AVP/UDP;unicast;client_port=5000", Datagrams((5000, 5001))),
        ("RTP/AVP;multicast, RTP/AVP/TCP;unicast;interleaved=0-1", Interleaved((0, 1))),
        ("RTP/AVP;unicast;client_port=5000-5001;mode=record", None),
        ("RTP/AVP;multicast;client_port=5000-5001", None),
        ("RTP/SAVP;unicast;client_port=5000-5001", None),
        ("RTP/AVP;unicast;client_port=53-54", None),
        ("RTP/AVP;unicast;client_port=5000-5000", None),
        ("RTP/AVP;unicast;client_port=65535-65536", None),
        ("RTP/AVP/TCP;interleaved=255-256", None),
        ("RTP/AVP/TCP;interleaved=a-b", None),
        ("RTP/AVP;unicast", None),
        ("", None),
    ],
)
def test_headers(header: str, found: Interleaved | Datagrams | None) -> None:
    assert parse(header) == found


@given(st.text(max_size=200))
def test_anything(header: str) -> None:
    found = parse(header)
    if isinstance(found, Datagrams):
        assert min(found.ports) >= 1024
        assert max(found.ports) < 65536
