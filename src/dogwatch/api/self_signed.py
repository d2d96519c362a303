"""Makes a self-signed certificate and prints it; run by `tls`, whose process needs cryptography for nothing else.

A JSON object comes on standard input: `name`, and `begins` and `ends` (ISO 8601). The key and the certificate go to
standard output as PEM.
"""

from __future__ import annotations

import ipaddress
import json
import socket
import sys
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID


def make(name: str, begins: datetime, ends: datetime) -> bytes:
    """Return a new key and a certificate for this machine's names, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    hosts = dict.fromkeys(("localhost", socket.gethostname()))
    addresses = [ipaddress.ip_address(text) for text in ("127.0.0.1", "::1")]
    alternatives = [*(x509.DNSName(host) for host in hosts), *(x509.IPAddress(one) for one in addresses)]
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private + made.public_bytes(serialization.Encoding.PEM)


if __name__ == "__main__":
    wanted = json.load(sys.stdin)
    sys.stdout.buffer.write(
        make(wanted["name"], datetime.fromisoformat(wanted["begins"]), datetime.fromisoformat(wanted["ends"]))
    )
