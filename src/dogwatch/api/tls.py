"""The certificate of the external listener: the user's, or a self-signed one made at first start."""

from __future__ import annotations

import base64
import logging
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from dogwatch.errors import DogwatchError

log = logging.getLogger(__name__)

GIVEN = (Path("/etc/letsencrypt/live/dogwatch"), Path("/etc/letsencrypt/live/frigate"))
NAME = "Dogwatch self-signed"
VALID = timedelta(days=825)  # the longest that Apple's systems accept
RENEW = timedelta(days=30)
MAKER = (sys.executable, "-m", "dogwatch.api.self_signed")
LATE_S = 60.0  # it takes a fraction of a second
BLOCK = re.compile(rb"-----BEGIN CERTIFICATE-----(.+?)-----END CERTIFICATE-----", re.DOTALL)
UNTIL = re.compile(rb"\x17\x0d\d{12}Z\x17\x0d(\d{12}Z)")  # RFC 5280, 4.1.2.5: two times in a row, here in UTC


@dataclass(frozen=True, slots=True)
class Certificate:
    """The PEM files of a certificate chain and its key."""

    chain: Path
    key: Path


def certificate(secrets: Path, given: tuple[Path, ...] = GIVEN, now: datetime | None = None) -> Certificate:
    """Return the certificate to serve: from a directory in `given`, else from `secrets`, where one is made if needed.

    A file `fullchain.pem` of the user's own in `secrets` is left alone; a self-signed one is renewed in time.

    Raises:
        DogwatchError: It cannot be read or written.
    """
    for directory in (*given, secrets):
        found = Certificate(directory / "fullchain.pem", directory / "privkey.pem")
        if not (found.chain.is_file() and found.key.is_file()):
            continue
        if directory != secrets or not _is_over(found.chain, now or datetime.now(UTC)):
            return found
    made = Certificate(secrets / "fullchain.pem", secrets / "privkey.pem")
    try:
        _make(made, now or datetime.now(UTC))
    except OSError as error:
        raise DogwatchError(f"{error.filename}: the certificate cannot be kept: {error.strerror}") from error
    log.info("made a self-signed certificate in %s", secrets)
    return made


def _is_over(chain: Path, now: datetime) -> bool:
    """Whether this is a certificate of our own making that ends soon."""
    try:
        pem = chain.read_bytes()
        if _lasts(pem, now):
            return False
        from cryptography import x509  # here: with what it needs, it takes 60 ms of a start and 11 MiB
        from cryptography.x509.oid import NameOID

        found = x509.load_pem_x509_certificate(pem)
    except (OSError, ValueError) as error:
        raise DogwatchError(f"{chain} is no readable certificate: {error}") from error
    names = found.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return bool(names) and names[0].value == NAME and found.not_valid_after_utc - now < RENEW


def _lasts(pem: bytes, now: datetime) -> bool:
    """Whether this is the user's own certificate, or one of our making that does not end soon.

    False if that is not seen at a glance.
    """
    block = BLOCK.search(pem)
    if block is None:
        return False
    der = base64.b64decode(block[1])
    if NAME.encode() not in der:
        return True
    found = UNTIL.search(der)
    return found is not None and datetime.strptime(found[1].decode(), "%y%m%d%H%M%S%z") - now >= RENEW


def _make(files: Certificate, now: datetime) -> None:
    """Make a certificate in a process of its own, so that this one never loads what only that needs.

    Raises:
        DogwatchError: It cannot be made.
        OSError: A file cannot be written.
    """
    request = {"name": NAME, "begins": (now - timedelta(days=1)).isoformat(), "ends": (now + VALID).isoformat()}
    try:
        made = subprocess.run(
            MAKER, input=msgspec.json.encode(request), capture_output=True, timeout=LATE_S, check=True
        )
    except subprocess.CalledProcessError as error:
        reason = error.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise DogwatchError(f"a self-signed certificate cannot be made: {reason}") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise DogwatchError(f"a self-signed certificate cannot be made: {error}") from error
    private, begins, chain = made.stdout.partition(b"-----BEGIN CERTIFICATE-----")
    files.key.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    for file, data in ((files.key, private), (files.chain, begins + chain)):
        file.unlink(missing_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(data)
