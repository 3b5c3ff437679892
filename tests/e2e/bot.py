"""A bot in a call with people at browsers: another implementation of WebRTC, without a face."""

from contextlib import AsyncExitStack

from contracts.base import Event, Reply
from contracts.ids import RoomId
from contracts.rooms import JoinRoom
from stack.bot.account import Account
from stack.bot.caller import Caller, Sends
from stack.bot.connection import Connection
from stack.bot.peer import Peer
from stack.bot.routes import reach_oneself_without_a_network
from tests.support.servers import BackgroundLoop
from tests.support.system import RunningSystem
from tests.support.waiting import wait_until

PATIENCE = 30


class Bot:
    """A bot on the loop beside the browser."""

    def __init__(
        self, background: BackgroundLoop, system: RunningSystem, sends: Sends | None = None
    ) -> None:
        reach_oneself_without_a_network()
        self._background = background
        self._system = system
        self._sends = sends or Sends(size=(320, 240), rate=10)
        self._visit = AsyncExitStack()
        self.caller: Caller | None = None
        self.account = background.run(Account.make(system.url))
        self._visit.push_async_callback(self.account.leave)

    def comes(self, room: RoomId) -> None:
        """Joins the public room, and its call."""
        self._background.run(self._come(room))

    async def _come(self, room: RoomId) -> None:
        def ignore(_event: Event) -> None:
            pass

        async def nothing(_resumed: bool) -> None:
            pass

        desk = Connection(self._system.gateways, lambda: self.account.token, ignore, nothing)
        desk.open()
        await desk.until_online(PATIENCE)
        await desk.insist(JoinRoom(room=room), Reply)
        await desk.close()
        self.caller = Caller(self._system.gateways, self.account, room, self._sends)
        await self.caller.join()

    def leaves(self) -> None:
        """Leaves the call, and may come again."""
        assert self.caller is not None
        self._background.run(self.caller.leave())
        self.caller = None

    def goes_away(self) -> None:
        """Is gone for good, in the call or not."""
        if self.caller is not None:
            self.leaves()
        self._background.run(self._visit.aclose())

    @property
    def peer(self) -> Peer:
        """The only other one in the call."""
        assert self.caller is not None
        (peer,) = self.caller.peers.values()
        return peer

    @property
    def peers(self) -> list[Peer]:
        """Everybody else in the call."""
        assert self.caller is not None
        return list(self.caller.peers.values())

    def sees_and_hears(self) -> None:
        """Pictures that change and sound that is no silence, proven to be the sender's own."""

        async def well() -> None:
            peer = self.peer
            moves, loud = peer.video.moves, peer.audio.loud

            def more() -> bool:
                return peer.video.moves > moves + 2 and peer.audio.loud > loud

            await wait_until(more, PATIENCE, missing=lambda: f"{peer.video} {peer.audio}")
            figures = await peer.figures("")
            assert figures.state == "connected", figures
            assert figures.verified, figures

        self._background.run(well())

    def sees_everybody(self, others: int) -> None:
        """Pictures that change, from each of so many others and from nobody else."""
        assert self.caller is not None
        peers = self.caller.peers
        before = {session: peer.video.moves for session, peer in peers.items()}

        def moving() -> list[bool]:
            return [p.video.moves > before.get(session, 0) + 2 for session, p in peers.items()]

        async def well() -> None:
            await wait_until(
                lambda: len(peers) == others and all(moving()),
                PATIENCE,
                missing=lambda: [f"{peer.state} {peer.video}" for peer in peers.values()],
            )

        self._background.run(well())

    def until(self, check: object, missing: str) -> None:
        """Waits on the bot's own loop."""
        self._background.run(wait_until(check, PATIENCE, missing=missing))
