import pytest

from contracts import subjects
from contracts.chat import Appended, MessagePosted, PostMessage, ReadHistory, ReadSince
from contracts.ids import ClientId
from runtime.ids import new_id
from runtime.process import Process
from tests.integration.chat.directory import Directory, people
from tests.support.asking import Asker
from tests.support.waiting import wait_until

pytestmark = pytest.mark.chat


async def test_posting_reaches_followers_and_history(
    asker: Asker, directory: Directory, chat: Process
) -> None:
    ann, bob = people(2)
    room = await directory.room(ann, bob)
    heard = await asker.hear(subjects.timeline(room))
    for number in range(1, 6):
        answer = await asker.ask(
            ann, PostMessage(room=room, client_id=ClientId(new_id()), text=f"hello {number}")
        )
        assert isinstance(answer, Appended)
        assert answer.seq == number
    await wait_until(lambda: len(heard.of(MessagePosted)) == 5)
    history = await asker.ask(bob, ReadHistory(room=room))
    assert [shown.text for shown in history.messages] == [f"hello {n}" for n in range(1, 6)]
    since = await asker.ask(bob, ReadSince(room=room, after=2))
    assert since.recovered
    assert len(since.entries) == 3
