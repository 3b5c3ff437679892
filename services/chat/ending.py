"""What becomes of a timeline when its room is over."""

from contracts.ids import RoomId
from contracts.rooms import RoomEnded
from services.chat.journal import Journal
from services.chat.markers import Markers
from services.chat.projection import Projection
from services.chat.timelines import Timelines


class Ending:
    """Forgets a room: its log, its index and how far anybody has read."""

    def __init__(
        self, journal: Journal, projection: Projection, markers: Markers, timelines: Timelines
    ) -> None:
        self._journal = journal
        self._projection = projection
        self._markers = markers
        self._timelines = timelines

    async def end(self, fact: RoomEnded) -> None:
        """Purges everything; doing it twice changes nothing."""
        room: RoomId = fact.room
        # First the stone, so that an entry under way is not indexed again behind our back.
        await self._projection.entomb(room)
        await self._journal.purge(room)
        await self._projection.clear(room)
        await self._markers.clear(room)
        self._timelines.forget(room)
