"""Ties a description to the device that made it, as `contracts.signaling.Proof` says.

The server only passes descriptions on; with the key in the hands of the peers it can't put its own
fingerprints, and so itself, between them without being seen.
"""

import base64
import binascii
import hashlib
import re

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from contracts.signaling import Proof

_FINGERPRINT = re.compile(r"^a=fingerprint:(\S+ \S+)\s*$", re.MULTILINE)
_HALF = 32
"""Bytes of each of the two numbers of a P-256 signature in raw form (IEEE P1363, as WebCrypto)."""


class Prover:
    """A key of one device."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.public = _text(
            self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        )

    def prove(self, call: str, sender: str, to: str, sdp: str) -> Proof:
        """Signs the fingerprints of a description that goes from `sender` to `to`."""
        der = self._key.sign(signed_text(call, sender, to, sdp), ec.ECDSA(hashes.SHA256()))
        one, two = decode_dss_signature(der)
        raw = one.to_bytes(_HALF, "big") + two.to_bytes(_HALF, "big")
        return Proof(key=self.public, signature=_text(raw))


def holds(proof: Proof, call: str, sender: str, to: str, sdp: str) -> bool:
    """Whether the owner of the proof's key made this description, for this call and this peer."""
    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _bytes(proof.key))
        raw = _bytes(proof.signature)
        if len(raw) != 2 * _HALF:
            return False
        der = encode_dss_signature(
            int.from_bytes(raw[:_HALF], "big"), int.from_bytes(raw[_HALF:], "big")
        )
        key.verify(der, signed_text(call, sender, to, sdp), ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True


def signed_text(call: str, sender: str, to: str, sdp: str) -> bytes:
    """What is signed: the call, both ends, and each fingerprint once, in the order of the SDP."""
    fingerprints = dict.fromkeys(_FINGERPRINT.findall(sdp))
    return " ".join((call, sender, to, *fingerprints)).encode()


def digest(key: str) -> str:
    """A short form of a key, for showing."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
