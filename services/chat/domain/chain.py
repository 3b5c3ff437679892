"""The chain of a timeline: each entry holds the digest of the stored bytes before it."""

from base64 import urlsafe_b64encode
from hashlib import sha256

FIRST = ""
"""What the first entry of a room names as the one before it."""


def digest(data: bytes) -> str:
    """SHA-256 of an entry's stored bytes, base64url without padding: 43 characters."""
    return urlsafe_b64encode(sha256(data).digest())[:-1].decode()
