"""Passwords, TLS and certificates of clients, over a real Mosquitto."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from dogwatch.stats.problems import KINDS
from dogwatch.testing.app import Nvr, nvr, until
from tests import mosquitto
from tests.integration.outputs.conftest import running, with_mqtt
from tests.integration.outputs.test_mqtt import connected

pytestmark = pytest.mark.skipif(mosquitto.program() is None, reason="mosquitto is not installed")


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate of the broker's, which is its own authority, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = tmp_path / "broker.pem", tmp_path / "broker.key"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    paths[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    return paths


async def trouble(app: Nvr) -> str:
    """Wait until there is no connection, and return why."""
    await until(lambda: app.parts.mqtt.trouble() is not None, 30)
    found = app.parts.mqtt.trouble()
    assert found is not None
    return found.reason


@pytest.fixture
def passwords(tmp_path: Path) -> Path:
    """The broker's file with the password of `dog`."""
    if (program := shutil.which("mosquitto_passwd")) is None:
        pytest.skip("mosquitto_passwd is not installed")
    file = tmp_path / "passwords"
    subprocess.run([program, "-b", "-c", str(file), "dog", "hunter2"], check=True, capture_output=True)
    file.chmod(0o644)
    return file


async def test_a_password(tmp_path: Path, passwords: Path, caplog: pytest.LogCaptureFixture) -> None:
    with mosquitto.broker(tmp_path, f"allow_anonymous false\npassword_file {passwords}\nuser root") as made:
        place = f"host: 127.0.0.1, port: {made.port}, user: dog"
        with nvr(tmp_path, with_mqtt(f"{place}, password: hunter2")) as app:
            async with running(app):
                await until(lambda: connected(app), 30)
        other = tmp_path / "other"
        other.mkdir()
        with nvr(other, with_mqtt(f"{place}, password: hunter3")) as app:
            async with running(app):
                assert "refuses the login" in await trouble(app)
    assert "hunter" not in caplog.text


# paho leaves the socket of a handshake that has failed to the garbage collector.
leaves_sockets = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@leaves_sockets
async def test_tls(tmp_path: Path, certificate: tuple[Path, Path]) -> None:
    pem, key = certificate
    settings = f"allow_anonymous true\ncertfile {pem}\nkeyfile {key}\nuser root"
    with mosquitto.broker(tmp_path, settings) as made:
        place = f"host: localhost, port: {made.port}"
        with nvr(tmp_path, with_mqtt(f"{place}, tls_ca_certs: {pem}")) as app:
            async with running(app):
                await until(lambda: connected(app), 30)
        other = tmp_path / "other"
        other.mkdir()
        # Another name than that in the certificate is refused, unless the configuration says otherwise.
        with nvr(other, with_mqtt(f"host: 127.0.0.1, port: {made.port}, tls_ca_certs: {pem}")) as app:
            async with running(app):
                assert "certificate" in (await trouble(app)).lower()
        with nvr(
            other, with_mqtt(f"host: 127.0.0.1, port: {made.port}, tls_ca_certs: {pem}, tls_insecure: true")
        ) as app:
            async with running(app):
                await until(lambda: connected(app), 30)


@leaves_sockets
async def test_a_clients_certificate(tmp_path: Path, certificate: tuple[Path, Path]) -> None:
    pem, key = certificate
    settings = f"allow_anonymous true\ncertfile {pem}\nkeyfile {key}\ncafile {pem}\nrequire_certificate true\nuser root"
    with mosquitto.broker(tmp_path, settings) as made:
        place = f"host: localhost, port: {made.port}, tls_ca_certs: {pem}"
        with nvr(tmp_path, with_mqtt(f"{place}, tls_client_cert: {pem}, tls_client_key: {key}")) as app:
            async with running(app):
                await until(lambda: connected(app), 30)
        other = tmp_path / "other"
        other.mkdir()
        with nvr(other, with_mqtt(place)) as app:
            async with running(app):
                assert await trouble(app)


async def test_a_file_that_is_missing_is_told(tmp_path: Path) -> None:
    section = f"host: localhost, port: 9, tls_ca_certs: {tmp_path}/none.pem"
    with nvr(tmp_path, with_mqtt(section)) as app:
        async with running(app):
            assert "No such file" in await trouble(app)
    assert KINDS["broker_away"].severity == "warning"
