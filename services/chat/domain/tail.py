"""The end of a room's timeline as this process remembers it: entries, messages and client ids."""

from collections import OrderedDict, deque
from dataclasses import dataclass, field

from contracts.chat import MessagePosted, TimelineEntry
from contracts.ids import ClientId, UserId
from services.chat.domain.chain import FIRST, digest
from services.chat.domain.deeds import Deed, mark_of_entry
from services.chat.domain.message import Message, fold

KEPT_ENTRIES = 512
"""A page and what happened since: enough for nearly every client that comes back."""

KEPT_BYTES = 1 << 20
"""Of entries in one room; the longest text takes 16 KB, and some rooms paste."""

KEPT_DEEDS = 200
"""Client ids remembered for each author in a room: more than a browser sends again at once."""

KEPT_AUTHORS = 2_000
"""Authors remembered in one room; another's client ids are looked up again when they post."""


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of a room: its seq, its place in the stream, its time and its digest."""

    seq: int = 0
    position: int = 0
    at: int = 0
    digest: str = FIRST


@dataclass(frozen=True, slots=True)
class Kept:
    """An entry: decoded, as it is stored, and at which place of the stream."""

    entry: TimelineEntry
    position: int
    data: bytes


@dataclass(slots=True)
class Author:
    """What one author did in the room of late."""

    deeds: OrderedDict[ClientId, Deed] = field(default_factory=OrderedDict[ClientId, Deed])
    posted_at: int = 0
    sure: bool = True

    def remember(self, client_id: ClientId, deed: Deed) -> None:
        """Adds a deed, and forgets the oldest past the limit."""
        self.deeds[client_id] = deed
        if len(self.deeds) > KEPT_DEEDS:
            self.deeds.popitem(last=False)


class Tail:
    """A contiguous run of entries up to the head, the messages in it, and who did what.

    Of each message that was posted within the run, the state is known without asking anybody: all
    later entries about it are in the run too.
    """

    def __init__(self, head: Head) -> None:
        self.head = head
        self.entries: deque[Kept] = deque()
        self.messages: dict[int, Message] = {}
        self._bytes = 0
        self._authors: OrderedDict[UserId, Author] = OrderedDict()
        self._complete = head.seq == 0

    @staticmethod
    def head_of(last: Kept) -> Head:
        """The head that a room has with this entry as its last."""
        return Head(last.entry.seq, last.position, last.entry.at, digest(last.data))

    @property
    def floor(self) -> int:
        """The seq of the first entry that is remembered; past the head where none is."""
        return self.entries[0].entry.seq if self.entries else self.head.seq + 1

    def learn(self, kept: Kept) -> bool:
        """Adds the next entry; one that is known already changes nothing.

        Returns: whether it fits. One that skips does not, and the tail has missed something.
        """
        entry = kept.entry
        if entry.seq <= self.head.seq:
            return True
        if entry.seq != self.head.seq + 1:
            return False
        self.head = self.head_of(kept)
        self.entries.append(kept)
        self._bytes += len(kept.data)
        fold(self.messages, entry)
        self._remember(entry)
        while len(self.entries) > KEPT_ENTRIES or self._bytes > KEPT_BYTES:
            self._drop_first()
        return True

    def _drop_first(self) -> None:
        dropped = self.entries.popleft()
        self._bytes -= len(dropped.data)
        self.messages.pop(dropped.entry.seq, None)

    def extend_back(self, older: list[Kept]) -> None:
        """Puts entries before the floor, as far as they join it and are few enough."""
        for kept in reversed(older):
            full = len(self.entries) >= KEPT_ENTRIES or self._bytes + len(kept.data) > KEPT_BYTES
            if kept.entry.seq != self.floor - 1 or full:
                continue
            self.entries.appendleft(kept)
            self._bytes += len(kept.data)
        self.messages = {}
        for kept in self.entries:
            fold(self.messages, kept.entry)

    def after(self, seq: int) -> list[Kept] | None:
        """All entries after `seq`; none where the run does not reach back so far."""
        if seq + 1 < self.floor:
            return None
        skipped = seq + 1 - self.floor
        return [kept for index, kept in enumerate(self.entries) if index >= skipped]

    def _remember(self, entry: TimelineEntry) -> None:
        author = self._authors.get(entry.author)
        if author is None:
            if not self._complete:
                # What this author did before is not known; see `knows`.
                return
            author = self.meet(entry.author, [], 0)
        self._authors.move_to_end(entry.author)
        author.remember(entry.client_id, Deed(entry.seq, entry.at, mark_of_entry(entry)))
        if isinstance(entry, MessagePosted):
            author.posted_at = entry.at

    def knows(self, author: UserId) -> bool:
        """Whether the author's latest deeds are all here, so that a new client id is new."""
        known = self._authors.get(author)
        return known.sure if known else self._complete

    def meet(
        self,
        author: UserId,
        deeds: list[tuple[ClientId, Deed]],
        posted_at: int,
        *,
        sure: bool = True,
    ) -> Author:
        """Remembers an author by deeds from the index, oldest first, and by the run itself.

        `sure`: those before the run are all here. Else the author stays one to be asked about.
        """
        met = self._authors[author] = Author(posted_at=posted_at, sure=sure)
        for client_id, deed in deeds:
            met.remember(client_id, deed)
        for kept in self.entries:
            entry = kept.entry
            if entry.author == author:
                met.remember(entry.client_id, Deed(entry.seq, entry.at, mark_of_entry(entry)))
                if isinstance(entry, MessagePosted):
                    met.posted_at = max(met.posted_at, entry.at)
        if len(self._authors) > KEPT_AUTHORS:
            self._authors.popitem(last=False)
            self._complete = False
        return met

    def deed(self, author: UserId, client_id: ClientId) -> Deed | None:
        """What this author used this client id for, as far as is remembered."""
        known = self._authors.get(author)
        return known.deeds.get(client_id) if known else None

    def posted_at(self, author: UserId) -> int:
        """When this author last posted, as far as is remembered; 0 for never."""
        known = self._authors.get(author)
        return known.posted_at if known else 0
