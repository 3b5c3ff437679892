"""What every process reads from its environment."""

from typing import Literal

from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class ProcessSettings(BaseSettings):
    """Settings that all processes share; services add their own by inheritance.

    Each is an environment variable: `PARLEY_` and the field's name, but for those of the broker and
    the store (`NATS_URL`, `NATS_USER`, `NATS_PASSWORD`, `MONGODB_URL`, `MONGODB_DATABASE`).
    """

    model_config = SettingsConfigDict(env_prefix="PARLEY_", extra="ignore", populate_by_name=True)

    nats_url: str = Field(
        default="nats://127.0.0.1:4222", validation_alias=AliasChoices("NATS_URL")
    )
    nats_user: str | None = Field(default=None, validation_alias=AliasChoices("NATS_USER"))
    nats_password: str | None = Field(default=None, validation_alias=AliasChoices("NATS_PASSWORD"))
    health_port: int = 0
    """Where `/healthz`, `/readyz` and `/metrics` are served; 0 for nowhere."""
    health_host: str = "127.0.0.1"
    log_format: Literal["console", "json"] = "console"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    drain_seconds: float = 10.0
    """How long requests under way may take to finish when the process is told to stop."""
    concurrency: int = 256
    """Requests worked on at once. More wait; see `runtime.serve` for when they are refused."""

    @property
    def nats_servers(self) -> list[str]:
        """Each server of `NATS_URL`, which may name several, separated by commas."""
        return [url.strip() for url in self.nats_url.split(",")]


class StoreSettings(ProcessSettings):
    """Settings of a process that keeps documents."""

    mongodb_url: str = Field(
        default="mongodb://127.0.0.1:27017", validation_alias=AliasChoices("MONGODB_URL")
    )
    mongodb_database: str = Field(
        default="parley", validation_alias=AliasChoices("MONGODB_DATABASE")
    )
