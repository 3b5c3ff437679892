"""Bots meet in a call: who offers, what happens when both do, and what remains when one goes."""

import pytest

from contracts.ids import SessionId
from stack.bot.caller import Caller
from stack.bot.peer import Peer
from tests.integration.calls.conftest import Calls, all_see_all
from tests.support.waiting import wait_until

# Half a second without a picture is no fault of a call that another worker's browser took it from.
pytestmark = [pytest.mark.calls, pytest.mark.alone]


class Eager(Caller):
    """Offers to everybody at once, whoever was there first."""

    def _meet(self, session: SessionId, *, newcomer: bool, pictures: bool) -> Peer:
        return super()._meet(session, newcomer=True, pictures=pictures)


class Shy(Caller):
    """Never offers before its patience is over."""

    def _meet(self, session: SessionId, *, newcomer: bool, pictures: bool) -> Peer:
        return super()._meet(session, newcomer=False, pictures=pictures)


def only_peer(caller: Caller) -> Peer:
    (peer,) = caller.peers.values()
    return peer


async def test_the_newcomer_offers_and_one_round_brings_both_directions(calls: Calls) -> None:
    ann, bob = await calls(), await calls(first=1)
    await all_see_all(ann, bob)
    assert (only_peer(ann).offers, only_peer(ann).answers) == (0, 1)
    assert (only_peer(bob).offers, only_peer(bob).answers) == (1, 0)
    assert only_peer(ann).proofs == only_peer(bob).proofs == 1
    # And the other way round: who was called is the caller now.
    await ann.leave()
    await wait_until(lambda: not bob.peers, missing="Ann's leaving")
    ann = await calls()
    await all_see_all(ann, bob)
    assert (only_peer(ann).offers, only_peer(bob).answers) == (1, 1)


async def test_offers_that_cross_are_settled_by_politeness(calls: Calls) -> None:
    ann, bob = await calls(Eager), await calls(Eager, first=1)
    await all_see_all(ann, bob)
    polite, other = sorted((ann, bob), key=lambda caller: caller.session)
    glares = only_peer(polite).glares + only_peer(other).glares
    # Where the first offer came before the second was made, they did not cross.
    assert only_peer(polite).connections <= 1 + only_peer(polite).glares
    assert only_peer(other).connections <= 2
    assert glares in (0, 2) or only_peer(polite).connections + only_peer(other).connections <= 3


async def test_who_waits_in_vain_offers_at_last(calls: Calls) -> None:
    ann, bob = await calls(Shy), await calls(Shy, first=1)
    await all_see_all(ann, bob)
    assert only_peer(ann).offers + only_peer(bob).offers >= 1


async def test_three_in_a_mesh_and_the_first_leaves(calls: Calls) -> None:
    ann, bob, cid = await calls(), await calls(first=1), await calls()
    await all_see_all(ann, bob, cid)
    await ann.leave()
    await wait_until(lambda: len(bob.peers) == len(cid.peers) == 1, missing="Ann's leaving")
    await all_see_all(bob, cid)
    assert only_peer(bob).connections == only_peer(cid).connections == 1


async def test_everyone_leaves_and_the_last_returns(calls: Calls) -> None:
    ann, bob = await calls(), await calls(first=1)
    first_call = ann.call
    await ann.leave()
    await bob.leave()
    bob = await calls(first=1)
    assert bob.call != first_call
    assert not bob.peers
    await all_see_all(bob, await calls())
