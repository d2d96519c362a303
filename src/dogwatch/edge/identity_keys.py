"""Recognises a phone whose Bluetooth LE address changes by its identity resolving key (IRK).

Such an address is *resolvable*: its upper 24 bits are a random number, whose two top bits are 01, and its lower 24 bits
a hash of that number, made with the key (Bluetooth Core Specification, Vol 6, Part B, 1.3.2.2, and the function `ah` of
Vol 3, Part H, 2.2.2).
"""

from __future__ import annotations

import base64
import binascii

KEY_BYTES = 16


def ah(key: bytes, prand: bytes) -> bytes:
    """Return the 3 byte hash of a 3 byte random number; both and the 16 byte key with the highest byte first."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    # ECB of one block is what the specification defines: this is a hash of 24 bits, not an encryption of data.
    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305
    return encryptor.update(prand.rjust(KEY_BYTES, b"\0"))[-3:]


def parse_key(text: str) -> bytes:
    """Read a key, which phones and tools write as 32 hexadecimal digits or as base64.

    Raises:
        ValueError: The text is no key.
    """
    digits = text.removeprefix("0x").replace(":", "").replace("-", "")
    try:
        key = bytes.fromhex(digits) if len(digits) == 2 * KEY_BYTES else base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error) as error:
        raise ValueError("an identity resolving key has 32 hexadecimal digits") from error
    if len(key) != KEY_BYTES:
        raise ValueError("an identity resolving key has 32 hexadecimal digits")
    return key


def is_resolvable(address: str) -> bool:
    """Tell whether an address, such as `5A:BB:CC:DD:EE:FF`, may be one that a key made."""
    return int(address[:2], 16) >> 6 == 0b01


def made_by(key: bytes, address: str) -> bool:
    """Tell whether `key` made the address.

    Tools do not agree on which byte of a key to write first, so both orders count. A stranger's address is taken for
    this phone's once in eight million.
    """
    if not is_resolvable(address):
        return False
    octets = bytes.fromhex(address.replace(":", ""))
    return any(ah(order, octets[:3]) == octets[3:] for order in (key, key[::-1]))
