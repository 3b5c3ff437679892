"""Wiring of the rooms service."""

import secrets

from runtime import ids, mongo
from runtime.process import Process, run
from services.rooms.documents import DOCUMENTS
from services.rooms.domain.presence import Presence
from services.rooms.handlers.directory import Directory
from services.rooms.handlers.invites import InviteDesk
from services.rooms.handlers.membership import Memberships
from services.rooms.handlers.shaping import Shaping
from services.rooms.ledger import Ledger
from services.rooms.outbox import Outbox
from services.rooms.settings import Settings
from services.rooms.store import MembershipStore, RoomStore
from services.rooms.views import Views


async def start(process: Process) -> None:
    """Begins to serve rooms and presence."""
    settings = process.settings
    if not isinstance(settings, Settings):
        raise TypeError("the rooms service needs its own settings")
    client, _ = await mongo.connect(settings, DOCUMENTS)
    process.exit.callback(client.close)
    rooms, memberships = RoomStore(), MembershipStore()
    views = Views(process.bus)
    await views.ensure()
    presence = Presence()
    outbox = Outbox(process.bus, rooms, memberships, views, presence.online)
    ledger = Ledger(rooms, memberships, outbox)
    process.exit.push_async_callback(ledger.stop)
    await process.serve(
        {
            **Directory(rooms, memberships, presence).table(),
            **Shaping(ledger, presence, settings.max_rooms, ids.new_id).table(),
            **Memberships(ledger, presence, settings.max_rooms).table(),
            **InviteDesk(ledger, rooms, memberships, presence, secrets.token_bytes).table(),
        }
    )


def main() -> None:
    """Runs the service until it is told to stop."""
    run("rooms", Settings(), start)
