"""What an operator says about calls."""

from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import NoDecode

from contracts.signaling import LISTENER_LIMIT, MESH_LIMIT
from runtime.settings import ProcessSettings
from services.signaling.calls import Places


class SignalingSettings(ProcessSettings):
    """Settings of `services/signaling`, each an environment variable `PARLEY_…`."""

    mesh_limit: int = Field(default=MESH_LIMIT, ge=2, le=16)
    """People in one call, each of whom sends to each other one."""
    listener_limit: int = Field(default=LISTENER_LIMIT, ge=0, le=64)
    """People who listen to one call beside them. 0: nobody does."""
    stun_urls: Annotated[tuple[str, ...], NoDecode] = ()
    """`stun:host:port`, separated by commas. Empty: peers on one network meet without."""
    turn_urls: Annotated[tuple[str, ...], NoDecode] = ()
    """`turn:host:port?transport=udp`, `turns:…`, separated by commas."""
    turn_secret: str = ""
    """What coturn has as `static-auth-secret`."""
    turn_lifetime: int = 12 * 3600
    """Seconds that credentials open new allocations; an allocation made in time lives on."""
    turn_relay_only: bool = False
    """Whether clients must go through TURN, to hide their addresses from each other."""

    @property
    def places(self) -> Places:
        """How many one call takes."""
        return Places(speakers=self.mesh_limit, listeners=self.listener_limit)

    @field_validator("stun_urls", "turn_urls", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value
