"""Puts `services/signaling` together."""

from contracts.streams import CALLS
from runtime.process import Process, run
from services.signaling.handlers import Handlers
from services.signaling.membership import Membership
from services.signaling.relay import Relay
from services.signaling.seats import Seats
from services.signaling.settings import SignalingSettings
from services.signaling.sweeper import Sweeper
from services.signaling.switchboard import Switchboard, mirror


async def start(process: Process, settings: SignalingSettings) -> None:
    """Mirrors who is where, then answers, relays and sweeps."""
    bus = process.bus
    store = await bus.ensure_bucket(CALLS)
    calls, members = mirror(bus), Membership(bus)
    for model in (calls, members):
        await model.start()
        process.exit.push_async_callback(model.stop)
    switchboard = Switchboard(bus, store, calls)
    seats = Seats()
    sweeper = Sweeper(bus, switchboard, members, seats)
    process.exit.push_async_callback(sweeper.stop)
    await process.serve(
        {
            **Handlers(switchboard, members, seats, settings).table(),
            **Relay(bus, switchboard).table(),
        }
    )
    process.spawn(sweeper.run(), name="sweeper")


def main() -> None:
    """Runs the process until it is told to stop.

    Raises:
        SystemExit: TURN servers are named without the secret that they share with us.
    """
    settings = SignalingSettings()
    if settings.turn_urls and not settings.turn_secret:
        raise SystemExit("PARLEY_TURN_URLS needs PARLEY_TURN_SECRET: coturn's static-auth-secret.")
    run("signaling", settings, lambda process: start(process, settings))
