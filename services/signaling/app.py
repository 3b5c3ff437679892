"""Puts `services/signaling` together."""

from contracts.rooms import MemberView
from contracts.streams import MEMBERS
from runtime.process import Process, run
from runtime.readmodel import ReadModel
from services.signaling.handlers import Handlers
from services.signaling.settings import SignalingSettings


async def start(process: Process, settings: SignalingSettings) -> None:
    """Mirrors who is where, then answers."""
    members = ReadModel(process.bus, MEMBERS, MemberView)
    await members.start()
    process.exit.push_async_callback(members.stop)
    await process.serve(Handlers(members, settings).table())


def main() -> None:
    """Runs the process until it is told to stop.

    Raises:
        SystemExit: TURN servers are named without the secret that they share with us.
    """
    settings = SignalingSettings()
    if settings.turn_urls and not settings.turn_secret:
        raise SystemExit("PARLEY_TURN_URLS needs PARLEY_TURN_SECRET: coturn's static-auth-secret.")
    run("signaling", settings, lambda process: start(process, settings))
