"""What can happen to an account, and what it then promises to tell."""

import pytest

from contracts.auth import AccountCreated, AccountDeleted, ProfileUpdated
from contracts.ids import DeviceId, RoomId, UserId
from contracts.notices import SignedOut
from runtime.ids import new_id
from services.auth.domain import account as accounts
from services.auth.domain.account import MAX_DEVICES, Account, DropPictures, RevokeTokens, Word
from services.auth.domain.device import DeviceRecord, Lifetime, new_device

pytestmark = pytest.mark.auth

LIFE = Lifetime(whole=1_000_000, idle=500_000, grace=1_000)
T = 1_700_000_000_000


def person(**fields: object) -> Account:
    account = Account(
        id=UserId(new_id()),
        name="Anna",
        key="anna",
        password="hash",
        display_name="Anna",
        created_at=T,
    )
    return accounts.replace(account, **fields)


def device(at: int = T) -> DeviceRecord:
    return new_device(DeviceId(new_id()), "x", b"", at, LIFE, None)


def words(account: Account) -> list[Word]:
    return [promise.word for promise in account.outbox]


def kinds(account: Account) -> list[type]:
    return [type(word) for word in words(account)]


def test_a_new_account_is_announced_as_others_see_it() -> None:
    account = accounts.registered(person(), T)
    assert words(account) == [AccountCreated(profile=accounts.profile(account), at=T)]


def test_promises_are_numbered_for_good() -> None:
    account = accounts.registered(person(), T)
    account = accounts.changed(account, T, bio="I sail.")
    assert [promise.seq for promise in account.outbox] == [1, 2]
    account = accounts.kept(account, 1)
    assert [promise.seq for promise in account.outbox] == [2]
    account = accounts.changed(accounts.kept(account, 2), T, bio="I row.")
    assert [promise.seq for promise in account.outbox] == [3]


def test_a_change_that_changes_nothing_tells_nothing() -> None:
    account = person()
    assert accounts.changed(account, T, display_name="Anna") is account
    assert accounts.with_avatar(account, None, T) is account


def test_a_new_picture_drops_the_old_one() -> None:
    account = accounts.with_avatar(person(), "digest", T)
    assert kinds(account) == [ProfileUpdated, DropPictures]
    assert accounts.profile(account).avatar == f"/api/avatars/{account.id}/digest"


def test_signing_out_one_device_spares_the_others() -> None:
    one, two = device(), device()
    account = accounts.signed_out(person(devices=(one, two)), one.id, "revoked", T)
    assert account.devices == (two,)
    assert words(account)[1] == SignedOut(user=account.id, device=one.id, why="revoked")
    assert [w.device for w in words(account) if isinstance(w, RevokeTokens)] == [one.id]
    assert accounts.signed_out(account, one.id, "revoked", T) is account


def test_signing_out_elsewhere_spares_one() -> None:
    here, there = device(), device()
    account = accounts.signed_out_elsewhere(
        person(devices=(here, there)), here.id, "password_changed", T
    )
    assert account.devices == (here,)
    assert [w.device for w in words(account) if isinstance(w, RevokeTokens)] == [there.id]
    notice = words(account)[-1]
    assert notice == SignedOut(
        user=account.id,
        device=None,
        except_device=here.id,
        before=revoked_until(account),
        why="password_changed",
    )


def revoked_until(account: Account) -> int:
    return max(word.before for word in words(account) if isinstance(word, RevokeTokens))


def test_who_comes_back_within_the_second_gets_a_token_that_holds() -> None:
    account = person()
    for _ in range(3):
        account = accounts.signed_in(account, device(), T)
        issued = accounts.issued_at(account, T)
        account = accounts.signed_out_everywhere(account, "logged_out", T)
        assert issued <= revoked_until(account) < accounts.issued_at(account, T)


def test_a_token_dated_by_a_clock_ahead_of_ours_ends_too() -> None:
    ahead = T + 3_000
    account = accounts.signed_in(person(), device(ahead), ahead)
    issued = accounts.issued_at(account, ahead)
    account = accounts.signed_out_everywhere(account, "logged_out", T)
    assert issued <= revoked_until(account)


def test_devices_are_bounded_and_the_one_used_least_recently_goes() -> None:
    account = person()
    for number in range(MAX_DEVICES):
        account = accounts.signed_in(account, device(T + number), T + number)
    first, newcomer = account.devices[0], device(T + 99)
    account = accounts.signed_in(account, newcomer, T + 99)
    assert len(account.devices) == MAX_DEVICES
    assert account.device(newcomer.id) == newcomer
    assert account.device(first.id) is None
    assert kinds(account) == [RevokeTokens, SignedOut]


def test_devices_whose_time_has_run_out_make_room_by_themselves() -> None:
    old = device()
    account = accounts.signed_in(person(devices=(old,)), device(), T + LIFE.idle)
    assert account.device(old.id) is None
    assert account.outbox == ()


def test_a_deleted_account_leaves_its_id_and_nothing_else() -> None:
    account = person(bio="I sail.", avatar="digest", devices=(device(),), last_online=T)
    gone = accounts.deleted(account, "account_deleted", T)
    assert (gone.key, gone.password, gone.devices) == (None, None, ())
    profile = accounts.profile(gone)
    assert (profile.name, profile.display_name, profile.bio, profile.avatar) == ("", "", "", None)
    assert profile.gone
    assert profile.last_online is None
    assert profile.user == account.id
    assert kinds(gone) == [RevokeTokens, SignedOut, DropPictures, AccountDeleted]
    assert accounts.deleted(gone, "account_deleted", T) is gone
    assert accounts.seen(gone, T + 1) is gone


def test_a_guest_who_signs_out_is_gone_but_keeps_the_name_that_history_shows() -> None:
    here = device()
    visit = person(
        name="", key=None, password=None, room=RoomId(new_id()), guest_until=T, devices=(here,)
    )
    gone = accounts.signed_out(visit, here.id, "logged_out", T)
    assert gone.gone
    assert gone.display_name == "Anna"
    assert AccountDeleted in kinds(gone)


def test_old_news_of_being_online_changes_nothing() -> None:
    account = accounts.seen(person(), T)
    assert account.last_online == T
    assert accounts.seen(account, T - 1) is account
    assert accounts.seen(account, T) is account
    assert accounts.seen(account, T + 1).last_online == T + 1


def test_only_its_own_attempt_repeats_a_registration_and_not_for_long() -> None:
    first = device()
    made = accounts.attempted(accounts.signed_in(person(), first, T), "mine", first.id, T)
    assert accounts.is_repeat(made, "mine", T + accounts.ATTEMPT_MS - 1)
    assert not accounts.is_repeat(made, "mine", T + accounts.ATTEMPT_MS)
    assert not accounts.is_repeat(made, "another", T)
    assert not accounts.is_repeat(made, None, T)
    assert not accounts.is_repeat(person(), None, T)


def test_a_repeated_registration_takes_the_place_of_the_sign_in_that_was_lost() -> None:
    first, second = device(), device(T + 5)
    made = accounts.attempted(accounts.signed_in(person(), first, T), "mine", first.id, T)
    again = accounts.registered_again(made, second, T + 5)
    assert [known.id for known in again.devices] == [second.id]
    assert kinds(again) == [RevokeTokens, SignedOut]
    assert accounts.deleted(again, "account_deleted", T + 6).attempt is None
