"""Chromium and a bot on aiortc in one call: another implementation of WebRTC, both as caller."""

from collections.abc import Iterator
from contextlib import AsyncExitStack

import pytest

from contracts.base import Event, Reply
from contracts.ids import RoomId
from contracts.rooms import JoinRoom
from stack.bot.account import Account
from stack.bot.caller import Caller, Sends
from stack.bot.connection import Connection
from stack.bot.peer import Peer
from stack.bot.routes import reach_oneself_without_a_network
from tests.e2e.conftest import NewPerson
from tests.e2e.person import fresh
from tests.support.servers import BackgroundLoop
from tests.support.system import RunningSystem
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.web, pytest.mark.calls]

PATIENCE = 30


class Bot:
    """A bot on the loop beside the browser."""

    def __init__(self, background: BackgroundLoop, system: RunningSystem) -> None:
        reach_oneself_without_a_network()
        self._background = background
        self._system = system
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
        sends = Sends(size=(320, 240), rate=10)
        self.caller = Caller(self._system.gateways, self.account, room, sends)
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

    def until(self, check: object, missing: str) -> None:
        """Waits on the bot's own loop."""
        self._background.run(wait_until(check, PATIENCE, missing=missing))


@pytest.fixture
def bot(background: BackgroundLoop, system: RunningSystem) -> Iterator[Bot]:
    bot = Bot(background, system)
    yield bot
    bot.goes_away()


def test_a_browser_and_a_bot_see_and_hear_each_other(caller: NewPerson, bot: Bot) -> None:
    ann = caller("Ann").registers()
    room = RoomId(ann.creates_room(fresh("Workshop")).rsplit("/", 1)[1])
    name = bot.account.name

    # The bot comes second, so it is the bot that offers.
    ann.starts_call()
    bot.comes(room)
    ann.sees_tile_of(name).hears(name)
    bot.sees_and_hears()
    assert bot.peer.offers >= 1
    assert bot.peer.connections == 1

    # A camera that goes off and comes back is news, and no loss of the connection.
    ann.turns_camera(False)
    bot.until(lambda: not bot.peer.video.expected, "the news of the camera")
    ann.turns_camera(True)
    bot.until(lambda: bot.peer.video.expected, "the news of the camera")
    bot.sees_and_hears()
    assert bot.peer.connections == 1
    ann.sees_tile_of(name).hears(name)

    # The bot leaves, and no frozen tile remains; then it is there first, and the browser offers.
    bot.leaves()
    ann.sees_no_tile_of(name).sees_people_in_call(1)
    ann.leaves_call()
    bot.comes(room)
    ann.joins_call()
    ann.sees_tile_of(name).hears(name)
    bot.sees_and_hears()
    assert bot.peer.answers >= 1
    assert bot.peer.offers == 0

    ann.leaves_call()
    bot.until(lambda: bot.caller is not None and not bot.caller.peers, "Ann's leaving")
