from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dogwatch.edge.identity_keys import ah, is_resolvable, made_by, parse_key

# The sample data of the Bluetooth Core Specification, Vol 3, Part H, appendix D.7.
KEY = bytes.fromhex("ec0234a357c8ad05341010a60a397d9b")
ADDRESS = "70:81:94:0D:FB:AA"


def test_the_specifications_sample() -> None:
    assert ah(KEY, bytes.fromhex("708194")) == bytes.fromhex("0dfbaa")
    assert made_by(KEY, ADDRESS)
    assert made_by(KEY, ADDRESS.lower())


def test_a_key_written_from_its_lowest_byte_is_recognised() -> None:
    assert made_by(KEY[::-1], ADDRESS)


@pytest.mark.parametrize("address", ["70:81:94:0D:FB:AB", "F0:81:94:0D:FB:AA", "30:81:94:0D:FB:AA"])
def test_other_addresses_are_not_its_own(address: str) -> None:
    assert not made_by(KEY, address)


@pytest.mark.parametrize(("address", "may_be"), [("40:00:00:00:00:00", True), ("7F:00:00:00:00:00", True)])
def test_the_two_top_bits_tell_resolvable_addresses(address: str, may_be: bool) -> None:
    assert is_resolvable(address) is may_be
    assert not is_resolvable("C0" + address[2:])
    assert not is_resolvable("00" + address[2:])


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=3, max_size=3))
def test_what_a_key_makes_it_recognises(key: bytes, prand: bytes) -> None:
    prand = bytes([prand[0] & 0x3F | 0x40]) + prand[1:]
    address = (prand + ah(key, prand)).hex(":")
    assert made_by(key, address)


@pytest.mark.parametrize("text", [KEY.hex(), KEY.hex().upper(), KEY.hex(":"), "0x" + KEY.hex(), base64.b64encode(KEY)])
def test_keys_are_read_as_they_are_written(text: str | bytes) -> None:
    assert parse_key(text if isinstance(text, str) else text.decode()) == KEY


@pytest.mark.parametrize("text", ["", "ec02", "x" * 32, KEY.hex() + "00", "AAAA", "é" * 32])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="32 hexadecimal digits"):
        parse_key(text)
