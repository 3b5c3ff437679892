"""A self-signed certificate, so that browsers of other machines on the LAN get their cameras."""

import datetime
import ipaddress
import socket
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from stack.addresses import Address, own_addresses
from stack.data import write_private

# Browsers refuse certificates that are valid for longer than 825 days, self-signed or not.
_VALID = datetime.timedelta(days=397)
_RENEW_BEFORE = datetime.timedelta(days=14)


def certificate(folder: Path, now: datetime.datetime) -> tuple[Path, Path]:
    """The certificate and its key in `folder`; made anew where it expires or an address is new."""
    cert, key = folder / "certificate.pem", folder / "key.pem"
    addresses = {ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("::1"), *own_addresses()}
    if not (cert.exists() and key.exists() and _serves(cert, addresses, now)):
        folder.mkdir(parents=True, exist_ok=True)
        _make(cert, key, addresses, now)
    return cert, key


def _serves(path: Path, addresses: set[Address], now: datetime.datetime) -> bool:
    known = x509.load_pem_x509_certificate(path.read_bytes())
    names = known.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    covered = set(names.get_values_for_type(x509.IPAddress))
    return known.not_valid_after_utc - now > _RENEW_BEFORE and addresses <= covered


def _make(cert: Path, key: Path, addresses: set[Address], now: datetime.datetime) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Parley on this machine")])
    hosts = sorted({"localhost", socket.gethostname()})
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + _VALID)
        .add_extension(
            x509.SubjectAlternativeName(
                [
                    *(x509.DNSName(host) for host in hosts),
                    *(x509.IPAddress(address) for address in sorted(addresses, key=str)),
                ]
            ),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(private, hashes.SHA256())
    )
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    write_private(key, pem.decode())
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
