"""What an operator can set about accounts."""

from pydantic import Field

from runtime.settings import StoreSettings


class AuthSettings(StoreSettings):
    """Settings of `services/auth`; each is an environment variable, `PARLEY_` before its name."""

    access_seconds: int = Field(default=600, ge=10, le=3_600)
    """Life of an access token. A revocation is kept as long."""
    refresh_idle_days: float = 30.0
    """A device that has not been used for so long signs in again."""
    refresh_days: float = 180.0
    """A device signs in again after this time, used or not."""
    refresh_grace_seconds: float = 10.0
    """How long the last refresh token but one still answers: two tabs at once, or an answer lost
    on its way, while the client's own time limit lasts."""
    guest_hours: float = Field(default=24.0, le=24.0)
    key_days: float = 30.0
    """How often the key that signs access tokens is replaced."""

    argon2_time_cost: int = 3
    argon2_memory_kib: int = 65_536
    argon2_parallelism: int = 4
    hash_lanes: int = Field(default=1, ge=1)
    """Passwords hashed at once. One takes 64 MiB and every core for 0.15 s, so a second lane on a
    small machine makes both slower (measured)."""
    hash_wait_seconds: float = Field(default=4.0, gt=0)
    """How long a password may wait for a lane: less than callers wait for an answer (5 s)."""

    login_free_tries: int = 5
    """Wrong passwords for one account before its next try has to wait."""
    address_free_tries: int = 30
    """Wrong passwords from one address (IPv6: one /64), for whatever account."""
    names_free_tries: int = 30
    """Names found taken, and invitations found not to work, from one address."""
    registrations_free: int = 100
    """Accounts and guests made from one address before the next one has to wait."""
    throttle_longest_seconds: float = 300.0
    throttle_memory_seconds: float = 3_600.0
