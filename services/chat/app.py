"""Puts `services/chat` together."""

from contracts.rooms import MemberView, RoomEnded, RoomView
from contracts.streams import MEMBERS, ROOMS, TIMELINES
from runtime import mongo
from runtime.process import Process, run
from runtime.readmodel import ReadModel
from services.chat.backlog import Backlog
from services.chat.documents import DOCUMENTS
from services.chat.domain.limits import Buckets
from services.chat.ending import Ending
from services.chat.handlers import table
from services.chat.index import Index
from services.chat.journal import Journal
from services.chat.markers import Markers
from services.chat.membership import Membership
from services.chat.partitioning import Partitioning
from services.chat.posting import Limits, Posting
from services.chat.projection import Projection
from services.chat.projector import Projector
from services.chat.reading import Reading
from services.chat.reproject import Rebuild
from services.chat.settings import ChatSettings
from services.chat.store import Store
from services.chat.timelines import Timelines
from services.chat.typing import TypingSigns
from services.chat.unread import Unreads


async def start(process: Process, settings: ChatSettings) -> None:
    """Opens the log and the index, mirrors who is where, then projects and answers."""
    bus = process.bus
    for stream in TIMELINES:
        await bus.ensure_stream(stream)
    client, database = await mongo.connect(settings, DOCUMENTS)
    process.exit.callback(client.close)
    journal = Journal(bus)
    await journal.start()
    process.exit.push_async_callback(journal.stop)
    rooms = ReadModel(bus, ROOMS, RoomView)
    members = ReadModel(bus, MEMBERS, MemberView)
    for model in (rooms, members):
        await model.start()
        process.exit.push_async_callback(model.stop)

    store = Store(database, index_journaled=settings.chat_index_journaled)
    index = Index(store)
    backlog = Backlog()
    timelines = Timelines(journal, index, backlog)
    membership = Membership(rooms, members)
    limits = Limits(
        people=Buckets(settings.chat_person_rate, settings.chat_person_burst),
        rooms=Buckets(settings.chat_room_rate, settings.chat_room_burst),
    )
    posting = Posting(bus, timelines, membership, limits)
    reading = Reading(timelines, index, membership)
    markers = Markers(store)
    unreads = Unreads(bus, timelines, index, markers, membership)
    projection = Projection(store, journal)
    await Partitioning(bus, journal, Rebuild(journal, store, projection)).run()
    projector = Projector(journal, projection, backlog, settings.chat_audit_seconds)
    process.spawn(projector.project(), name="project")
    process.spawn(projector.audit(), name="audit")
    ending = Ending(journal, projection, markers, timelines)
    process.follow("chat", {RoomEnded: ending.end})
    await process.serve(table(posting, reading, unreads, TypingSigns(bus, membership)))


def main() -> None:
    """Runs the process until it is told to stop."""
    settings = ChatSettings()
    run("chat", settings, lambda process: start(process, settings))
