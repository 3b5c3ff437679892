"""Short-lived credentials for TURN, as coturn's `use-auth-secret` understands them.

The scheme is the one of draft-uberti-behave-turn-rest: the user name begins with the time at which
it stops working, and the password is its HMAC under a secret that only we and the TURN server know.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence

from contracts.ids import UserId
from contracts.signaling import IceServer


def ice_servers(
    stun: Sequence[str], turn: Sequence[str], secret: str, user: UserId, expires: int
) -> list[IceServer]:
    """The servers for one user; `expires` is in seconds since the epoch."""
    servers = [IceServer(urls=list(stun))] if stun else []
    if turn:
        name = f"{expires}:{user}"
        servers.append(
            IceServer(urls=list(turn), username=name, credential=credential(secret, name))
        )
    return servers


def credential(secret: str, username: str) -> str:
    """The password that belongs to a user name: base64 of its HMAC-SHA1."""
    digest = hmac.new(secret.encode(), username.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()
