"""Wires `services/auth` together."""

from contracts.streams import EVENTS, REVOKED
from runtime import ids
from runtime.process import Process, run
from services.auth import store
from services.auth.accounts import Accounts
from services.auth.handlers.credentials import Credentials
from services.auth.handlers.entering import Entering
from services.auth.handlers.leaving import Leaving
from services.auth.handlers.profiles import People
from services.auth.hashing import Hasher
from services.auth.issuing import Issuer
from services.auth.keyring import Keyring
from services.auth.outbox import Outbox
from services.auth.pictures import Pictures
from services.auth.settings import AuthSettings
from services.auth.throttles import Throttles
from services.auth.upkeep import Upkeep


async def start(process: Process) -> None:
    """Opens what auth stands on, then answers."""
    settings = process.settings
    assert isinstance(settings, AuthSettings)
    bus = process.bus

    async def ensure() -> None:
        await bus.ensure_stream(EVENTS)
        await bus.ensure_bucket(REVOKED)

    await ensure()
    await store.connect(process, settings)
    keyring = Keyring(bus, settings)
    await keyring.look(ids.now_ms())
    bus.on_reconnect(ensure)
    bus.on_reconnect(keyring.look_soon)

    accounts, pictures = Accounts(), Pictures()
    hasher = Hasher(settings)
    throttles = Throttles(settings, await store.deployment_secret("throttles"))
    issuer = Issuer(keyring, settings, await store.deployment_secret("refresh"))
    outbox = Outbox(bus, accounts, pictures, settings.access_seconds)
    upkeep = Upkeep(accounts, throttles, outbox)
    entering = Entering(bus, accounts, hasher, throttles, issuer, outbox, settings.guest_hours)

    process.spawn(keyring.run(), name="keyring")
    process.spawn(outbox.run(), name="outbox")
    process.spawn(upkeep.run(), name="upkeep")
    process.follow("auth", upkeep.facts())
    await process.serve(
        {
            **entering.table(),
            **Leaving(accounts, outbox).table(),
            **Credentials(accounts, hasher, throttles, outbox).table(),
            **People(accounts, pictures, outbox).table(),
        }
    )


def main() -> None:
    """Runs the service until it is told to stop."""
    run("auth", AuthSettings(), start)
