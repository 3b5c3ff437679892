"""Wiring of the rooms service."""

import secrets

from runtime import ids, mongo
from runtime.process import Process, run
from services.rooms.documents import DOCUMENTS
from services.rooms.domain.presence import Presence
from services.rooms.facts import Following
from services.rooms.handlers.directory import Directory
from services.rooms.handlers.invites import InviteDesk
from services.rooms.handlers.membership import Memberships
from services.rooms.handlers.presence import PresenceDesk
from services.rooms.handlers.shaping import Shaping
from services.rooms.leadership import Leadership
from services.rooms.ledger import Ledger
from services.rooms.outbox import Outbox
from services.rooms.people import People
from services.rooms.settings import Settings
from services.rooms.sightings import Sightings
from services.rooms.speaker import Speaker
from services.rooms.store import MembershipStore, RoomStore
from services.rooms.sweep import Sweep
from services.rooms.views import Views
from services.rooms.watch import Watch


async def start(process: Process) -> None:
    """Begins to serve rooms and presence."""
    settings = process.settings
    if not isinstance(settings, Settings):
        raise TypeError("the rooms service needs its own settings")
    client, _ = await mongo.connect(settings, DOCUMENTS)
    process.exit.callback(client.close)
    bus = process.bus
    rooms, memberships, sightings = RoomStore(), MembershipStore(), Sightings()
    views = Views(bus)
    await views.ensure()

    presence = Presence()
    leadership = Leadership(bus, "presence", ids.new_id(), on_gain=lambda: speaker.wake())
    speaker = Speaker(bus, presence, leadership, sightings)
    watch = Watch(bus, presence, speaker.wake)
    process.exit.push_async_callback(watch.stop)
    process.exit.push_async_callback(speaker.stop)
    await watch.start_members()

    outbox = Outbox(bus, memberships, views, presence.online)
    ledger = Ledger(rooms, memberships, outbox)
    process.exit.push_async_callback(ledger.stop)

    async def watch_leases() -> None:
        await watch.start_leases()
        speaker.begin()

    # The leases' bucket is a gateway's to make: rooms are served without one.
    process.spawn(watch_leases(), name="watch leases")
    process.spawn(leadership.run(), name="lead presence")
    process.spawn(speaker.run(), name="speak for presence")
    process.spawn(speaker.record(), name="record presence")
    process.spawn(Sweep(rooms, memberships, ledger, outbox).run(), name="sweep")
    process.follow("rooms", Following(bus, ledger, rooms, memberships, presence).table())
    await process.serve(
        {
            **Directory(rooms, memberships, presence, People(bus, presence)).table(),
            **Shaping(ledger, presence, settings.max_rooms, ids.new_id).table(),
            **Memberships(ledger, presence, settings.max_rooms).table(),
            **InviteDesk(ledger, rooms, memberships, presence, secrets.token_bytes).table(),
            **PresenceDesk(bus, rooms, watch.members, presence, speaker, sightings).table(),
        }
    )


def main() -> None:
    """Runs the service until it is told to stop."""
    run("rooms", Settings(), start)
