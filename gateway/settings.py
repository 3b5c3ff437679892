"""What a gateway reads from its environment, besides what every process does."""

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, field_validator
from pydantic_settings import NoDecode

from contracts.signaling import LISTENER_LIMIT, MESH_LIMIT
from runtime.settings import ProcessSettings

Network = IPv4Network | IPv6Network

WEB_ROOT = Path(__file__).parents[1] / "web" / "dist"


class GatewaySettings(ProcessSettings):
    """Settings of a gateway. Lists are written with commas between their parts."""

    host: str = "127.0.0.1"
    port: int = 8080
    """Where browsers connect; 0 takes a free port."""
    tls_cert: Path | None = None
    tls_key: Path | None = None
    """A certificate and its key, in PEM; with both, the gateway speaks HTTPS itself."""
    public_origins: Annotated[tuple[str, ...], NoDecode] = ()
    """Origins of pages that may connect (`https://talk.example`). Without any, a page may connect
    to the host it came from, and to no other."""
    trusted_proxies: Annotated[tuple[Network, ...], NoDecode] = ()
    """Networks whose `X-Forwarded-For` is believed. From anybody else it is a client's fancy."""
    web_root: Path = WEB_ROOT
    """The folder of the built web client."""

    outbox_bytes: int = 1024 * 1024
    """What may wait for a slow reader. About a minute of a very busy room; the kernel holds up to
    4 MB more before anything waits here at all."""
    heartbeat_ms: int = 25_000
    """Below the 30–60 s at which proxies end a connection that says nothing."""
    hello_seconds: float = 5.0
    mesh_limit: int = Field(default=MESH_LIMIT, ge=2, le=16)
    """People in one call, as signaling holds to it: browsers are told it when they connect."""
    listener_limit: int = Field(default=LISTENER_LIMIT, ge=0, le=64)
    """People who listen to one call beside them, told in the same breath."""
    requests_per_session: int = 64
    """Requests of one connection that may wait for their services at the same time: a page that
    opens asks for everything it shows at once."""
    connections_per_account: int = 40
    connections_per_address: int = 400
    """An address may be a whole school behind one router. 0 switches a cap off."""
    http_per_minute: int = 600
    """Requests under `/api` that one address may make in a minute; 0 for no limit."""
    rate_factor: float = 1.0
    """Multiplies what a connection may ask in a second; 0 for no limit."""
    drain_spread_ms: int = 5_000
    """Over how long, at the most, the clients of a gateway that stops come back elsewhere."""

    @field_validator("public_origins", "trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(part.strip().rstrip("/") for part in value.split(",") if part.strip())
        return value

    @property
    def secure(self) -> bool:
        """Whether browsers reach this gateway by HTTPS, here or at a proxy before it."""
        return self.tls_cert is not None or any(
            origin.startswith("https://") for origin in self.public_origins
        )
