import base64
import hashlib

import pytest

from dogwatch.auth.passwords import hash_password, is_known, is_outdated, random_password, verify_password, weakness


def test_the_stored_form() -> None:
    stored = hash_password("a long password", 7)
    algorithm, iterations, salt, digest = stored.split("$")
    assert (algorithm, iterations) == ("pbkdf2_sha256", "7")
    raw = hashlib.pbkdf2_hmac("sha256", b"a long password", salt.encode(), 7)
    assert base64.b64encode(raw).decode() == digest
    assert hash_password("a long password", 7) != stored


def test_verify() -> None:
    stored = hash_password("pässword über alles", 3)
    assert verify_password("pässword über alles", stored)
    assert not verify_password("pässword über alle", stored)


@pytest.mark.parametrize(
    "stored", ["", "x", "pbkdf2_sha256$0$a$b", "pbkdf2_sha256$x$a$b", "md5$1$a$b", "pbkdf2_sha256$1$a$b$c"]
)
def test_a_damaged_hash_fits_nothing(stored: str) -> None:
    assert not verify_password("", stored)


def test_rules() -> None:
    assert weakness("") is not None
    assert weakness("elevenchars") is not None
    assert weakness("twelve chars") is None
    assert weakness(random_password()) is None
    assert len(random_password()) == 32
    assert random_password() != random_password()


def test_passwords_of_werkzeug() -> None:
    digest = hashlib.pbkdf2_hmac("sha256", b"a long password", b"SaltSaltSalt", 5).hex()
    stored = f"pbkdf2:sha256:5$SaltSaltSalt${digest}"
    assert verify_password("a long password", stored)
    assert not verify_password("a long passwore", stored)
    assert not verify_password("a long password", stored.replace("sha256", "sha1"))
    assert is_outdated(stored, 1)


def test_what_is_known_and_what_is_outdated() -> None:
    stored = hash_password("a long password", 7)
    assert (is_known(stored), is_outdated(stored, 7), is_outdated(stored, 8), is_outdated(stored, 6)) == (
        True, False, True, False,
    )  # fmt: skip
    for other in ("", "scrypt:32768:8:1$salt$00", "pbkdf2:sha256:5$salt$nohex", "pbkdf2_sha256$99999999$a$b"):
        assert not is_known(other)
