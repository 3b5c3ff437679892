"""One room's timeline: appending in order, and knowing what was appended."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from contracts.chat import Appended, MessagePosted, TimelineEntry
from contracts.errors import Code, Refusal
from contracts.ids import ClientId, RoomId, UserId
from runtime.codec import encode
from services.chat.backlog import Backlog
from services.chat.domain.deeds import Deed, mark_of_entry
from services.chat.domain.message import Message, fold, target_of
from services.chat.domain.tail import KEPT_ENTRIES, Head, Kept, Tail
from services.chat.index import Cursor, Index
from services.chat.journal import BATCH, Journal, Moved

ATTEMPTS = 16
"""How often an append may meet another replica's before it gives up. With two at full speed an
append meets 1–2."""

CATCH_UP_BATCHES = 4
"""A tail that is further behind than this is read afresh from the log's end."""

MAX_LAG = 10_000
"""Entries that the index may be behind for a page to be put together: 0.3 s of reading."""

_NEAR = 32
"""A place in the log is near enough to the entry looked for when so many others lie between."""

Compose = Callable[[Tail], Awaitable[TimelineEntry | Deed]]
"""Makes the entry for the place after the tail's head, or names the deed that has done it already.
Refuses what may not be. Called again when the head has moved."""


class Timeline:
    """A room's timeline in this process.

    Promises: entries are appended one after another, each with the seq after its predecessor's and
    that one's digest, whoever else appends; one client id of one author lands once.

    The proof of the latter: an entry is stored only where the log's head is the one known here
    (compare-and-set), and this author's deeds up to that head are known. So an earlier append of
    the same client id, even one whose acknowledgement was lost or that is still on its way, is
    either known, or has moved the head, or meets a moved head itself.
    """

    def __init__(self, room: RoomId, journal: Journal, index: Index, backlog: Backlog) -> None:
        self.room: RoomId = room
        self._journal = journal
        self._index = index
        self._backlog = backlog
        self._tail: Tail | None = None
        self._turn = asyncio.Lock()
        self._filling = asyncio.Lock()

    @property
    def busy(self) -> bool:
        """Whether somebody is appending."""
        return self._turn.locked()

    # -- what is known of the log's end ------------------------------------------------------

    async def tail(self) -> Tail:
        """The tail as remembered; another replica may have appended since."""
        return self._tail or await self._load()

    async def refresh(self) -> Tail:
        """The tail with every entry that was acknowledged before this call."""
        if self._tail is None:
            return await self._load()
        tail = self._tail
        for _ in range(CATCH_UP_BATCHES):
            more = await self._journal.after(self.room, tail.head.position)
            if not all(tail.learn(kept) for kept in more):
                break
            if len(more) < BATCH:
                return tail
        return await self._load()

    async def _load(self) -> Tail:
        last = await self._journal.last(self.room)
        self._tail = tail = Tail(Tail.head_of(last) if last else Head())
        return tail

    async def fill(self, tail: Tail, after: int = 0) -> None:
        """Has the tail reach back to `after`, or as far as a tail may."""
        wanted = max(after + 1, tail.head.seq - KEPT_ENTRIES + 1)
        async with self._filling:
            if tail.floor <= max(1, wanted):
                return
            tail.extend_back(await self.read(wanted - 1, tail.head))

    async def read(self, after: int, head: Head) -> list[Kept]:
        """The entries after `after` up to a head, from the log; those of them that are there."""
        place = await self._locate(after + 1, head) if after else 0
        found: list[Kept] = []
        while not found or found[-1].entry.seq < head.seq:
            batch = await self._journal.after(self.room, place)
            if not batch:
                break
            found += batch
            place = batch[-1].position
        return [kept for kept in found if after < kept.entry.seq <= head.seq]

    async def _locate(self, seq: int, head: Head) -> int:
        """A place of the stream at most a little before the entry `seq`, found in the log alone.

        A room's entries lie among other rooms', so first by proportion, then by halves.
        """
        low, low_seq, high, high_seq = 0, 0, head.position, head.seq
        proportion = True
        while high - low > 1 and seq - low_seq > _NEAR:
            step = (high - low) // 2
            if proportion:
                step = (high - low) * (seq - low_seq - _NEAR // 2) // (high_seq - low_seq)
            guess = low + min(max(step, 1), high - low - 1)
            proportion = not proportion
            found = await self._journal.next(self.room, guess)
            if found is None or found.entry.seq >= seq:
                high = guess
                high_seq = found.entry.seq if found else high_seq
            else:
                low, low_seq = found.position, found.entry.seq
        return low

    # -- appending ---------------------------------------------------------------------------

    async def append(
        self, author: UserId, client_id: ClientId, mark: int, compose: Compose
    ) -> tuple[Appended, TimelineEntry | None]:
        """Appends what `compose` makes, once for each client id of an author.

        Returns: the answer, and the entry where it was this call that stored it.

        Raises:
            Refusal: `compose` refused; or the client id stands for another deed; or too many others
                appended at the same time; or the broker is away, and the entry's fate open: asking
                again with the same client id tells.
        """
        async with self._turn:
            for _ in range(ATTEMPTS):
                tail = await self.tail()
                await self._meet(tail, author)
                composed = None
                if tail.deed(author, client_id) is None:
                    try:
                        composed = await compose(tail)
                    except Refusal:
                        if await self._has_moved(tail):
                            continue
                        raise
                # Composing may have taken a turn of the loop, and a reader met new entries in it.
                done = tail.deed(author, client_id)
                if done is not None:
                    return self._repeated(done, mark), None
                if isinstance(composed, Deed):
                    if await self._has_moved(tail):
                        continue
                    return self._answer(composed), None
                if composed is not None and composed.seq == tail.head.seq + 1:
                    stored = await self._store(tail, composed)
                    if stored is not None:
                        return stored
        raise Refusal(Code.CONFLICT, retry_after=0.2)

    async def _has_moved(self, tail: Tail) -> bool:
        """Whether another replica has appended what this tail does not show yet.

        An append finds out by itself; a "no", or a "done already", has to ask.
        """
        before = tail.head
        return (await self.refresh()).head != before

    async def _store(
        self, tail: Tail, entry: TimelineEntry
    ) -> tuple[Appended, TimelineEntry | None] | None:
        """Appends behind the tail's head; none where the head was another one."""
        data = encode(entry)
        before = tail.head
        try:
            stored = await self._journal.append(
                self.room, data, f"{self.room}.{entry.author}.{entry.client_id}", before.position
            )
        except Moved:
            tail = await self.refresh()
            if tail.head == before:
                # The log has another head and nothing after ours: it is not the log we knew.
                self._tail = None
            return None
        if stored.duplicate:
            # Longer ago than is remembered here, and within the server's own memory.
            kept = await self._journal.at(self.room, stored.position)
            if kept is None:
                return None
            done = Deed(kept.entry.seq, kept.entry.at, mark_of_entry(kept.entry))
            return self._repeated(done, mark_of_entry(entry)), None
        kept = Kept(entry, stored.position, data)
        tail.learn(kept)
        self._backlog.add(self.room, kept)
        return Appended(room=self.room, seq=entry.seq, at=entry.at), entry

    def _repeated(self, done: Deed, mark: int) -> Appended:
        if done.mark != mark:
            raise Refusal(Code.CLIENT_ID_REUSED, field="$.client_id")
        return self._answer(done)

    def _answer(self, done: Deed) -> Appended:
        return Appended(room=self.room, seq=done.seq, at=done.at, repeated=True)

    async def _meet(self, tail: Tail, author: UserId) -> None:
        """Makes sure that the author's latest deeds are known, from the index and the log."""
        while not tail.knows(author):
            try:
                cursor = await self._index.cursor(self.room)
                deeds, posted_at = await self._index.deeds(self.room, author)
            except Refusal:
                # The index is away. Posting goes on with what the log's end and the server's own
                # memory of two minutes tell; the next post asks again.
                await self.fill(tail)
                tail.meet(author, [], 0, sure=False)
                return
            floor = tail.floor
            for kept in await self.between(cursor, floor):
                entry = kept.entry
                if entry.author == author:
                    deeds.append((entry.client_id, Deed(entry.seq, entry.at, mark_of_entry(entry))))
                    if isinstance(entry, MessagePosted):
                        posted_at = max(posted_at, entry.at)
            # Entries may have left the tail meanwhile, for readers of other replicas' news.
            if tail.floor == floor:
                tail.meet(author, deeds, posted_at)

    # -- messages as they stand --------------------------------------------------------------

    async def between(self, cursor: Cursor, bound: int) -> list[Kept]:
        """The entries after the index's cursor and before seq `bound`, from the log.

        Raises:
            Refusal: there are too many; the index has to catch up first.
        """
        if bound - cursor.seq > MAX_LAG:
            raise Refusal(Code.UNAVAILABLE, retry_after=2.0)
        found: list[Kept] = []
        position = cursor.position
        while cursor.seq + len(found) + 1 < bound:
            batch = await self._journal.after(self.room, position)
            if not batch:
                break
            found += [kept for kept in batch if kept.entry.seq < bound]
            position = batch[-1].position
        return found

    async def unprojected(self, tail: Tail, cursor: Cursor) -> list[TimelineEntry]:
        """The entries after the index's cursor, up to the tail's head."""
        known = tail.after(cursor.seq)
        if known is None:
            known = await self.between(cursor, tail.head.seq + 1)
        return [kept.entry for kept in known]

    async def messages(self, tail: Tail, seqs: Iterable[int]) -> dict[int, Message]:
        """Those of these messages that exist, by seq, as they stand at the tail's head or later."""
        wanted = list(seqs)
        found = {seq: tail.messages[seq] for seq in wanted if seq in tail.messages}
        older = [seq for seq in wanted if seq < tail.floor]
        if older:
            cursor = await self._index.cursor(self.room)
            documents = await self._index.some(self.room, older)
            for entry in await self.unprojected(tail, cursor):
                if target_of(entry) in older:
                    fold(documents, entry)
            found |= documents
        return found

    async def message(self, tail: Tail, seq: int) -> Message:
        """A message as it stands.

        Raises:
            Refusal: there is no message at this place.
        """
        found = await self.messages(tail, [seq])
        if seq not in found:
            raise Refusal(Code.ENTRY_UNKNOWN)
        return found[seq]
