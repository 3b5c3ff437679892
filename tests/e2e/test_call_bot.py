"""Chromium and a bot on aiortc in one call: another implementation of WebRTC, both as caller."""

from collections.abc import Iterator

import pytest

from contracts.ids import RoomId
from tests.e2e.bot import Bot
from tests.e2e.conftest import NewPerson
from tests.e2e.person import fresh
from tests.support.servers import BackgroundLoop
from tests.support.system import RunningSystem

pytestmark = [pytest.mark.web, pytest.mark.calls, pytest.mark.timeout(300)]


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

    # A screen comes beside the camera, goes, and comes again, on the connection there is.
    for _ in range(2):
        seen = bot.peer.screen.frames
        ann.shares_screen()
        bot.until(lambda seen=seen: bot.peer.screen.frames > seen + 2, "pictures of the screen")
        bot.sees_and_hears()
        ann.stops_sharing()
        bot.until(lambda: not bot.peer.screen.expected, "the news of the screen")
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
