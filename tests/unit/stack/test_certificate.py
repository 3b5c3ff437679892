"""The certificate of `--https`: for every name of this machine, and kept while it serves."""

import ipaddress
import ssl
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509

from stack.addresses import lan_addresses
from stack.certificate import certificate

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def names(cert: Path) -> x509.SubjectAlternativeName:
    loaded = x509.load_pem_x509_certificate(cert.read_bytes())
    return loaded.extensions.get_extension_for_class(x509.SubjectAlternativeName).value


def test_it_names_this_machine_in_every_way(tmp_path: Path) -> None:
    cert, key = certificate(tmp_path, NOW)
    addresses = names(cert).get_values_for_type(x509.IPAddress)
    assert "localhost" in names(cert).get_values_for_type(x509.DNSName)
    for address in ("127.0.0.1", "::1", *lan_addresses()):
        assert ipaddress.ip_address(address) in addresses
    ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(cert, key)
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_it_is_kept_until_it_is_about_to_expire(tmp_path: Path) -> None:
    first = certificate(tmp_path, NOW)[0].read_bytes()
    assert certificate(tmp_path, NOW + timedelta(days=300))[0].read_bytes() == first
    assert certificate(tmp_path, NOW + timedelta(days=390))[0].read_bytes() != first
