"""Refresh tokens: a family in which only the last one works."""

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from contracts.ids import DeviceId, UserId
from runtime.ids import new_id
from services.auth.domain import device as devices
from services.auth.domain.device import Lifetime, RefreshToken, Use, label_of, new_device, use

pytestmark = pytest.mark.auth

LIFE = Lifetime(whole=100_000, idle=30_000, grace=500)
SEALING = secrets.token_bytes(32)


def token() -> RefreshToken:
    return RefreshToken(
        user=UserId(new_id()), device=DeviceId(new_id()), secret=secrets.token_bytes(32)
    )


def test_what_is_written_is_read() -> None:
    ours = token()
    assert devices.read(devices.written(ours, SEALING), SEALING) == ours


@given(st.data())
def test_a_token_altered_anywhere_was_never_ours(data: st.DataObject) -> None:
    text = devices.written(token(), SEALING)
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters().filter(lambda c: c != text[place]))
    altered = text[:place] + other + text[place + 1 :]
    read = devices.read(altered, SEALING)
    # The last character of base64 carries bits that stand for nothing.
    assert read is None or read == devices.read(text, SEALING)
    assert devices.read(text, secrets.token_bytes(32)) is None


@given(st.text(max_size=200) | st.from_regex(r"[0-9a-z.]{0,80}", fullmatch=True))
def test_noise_is_no_token(text: str) -> None:
    assert devices.read(text, SEALING) is None


class Family(RuleBasedStateMachine):
    """A device that is used, late or at once, with the right token, the last but one, or older."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1_000_000
        secret = secrets.token_bytes(32)
        self.secrets = [secret]
        self.device = new_device(DeviceId(new_id()), "x", secret, self.now, LIFE, None)

    def present(self, place: int) -> Use | None:
        if place > len(self.secrets):
            return None
        fresh = secrets.token_bytes(32)
        verdict, self.device, out = use(self.device, self.secrets[-place], fresh, self.now, LIFE)
        if verdict is Use.ROTATED:
            self.secrets.append(out)
        if verdict is Use.FORGIVEN:
            assert out == self.secrets[-1]
        if verdict in (Use.EXPIRED, Use.REUSED):
            assert out == b""
        return verdict

    def alive(self) -> bool:
        return self.now < self.device.expires_at

    @rule(pause=st.sampled_from([0, 1, 499, 500, 501, 5_000, 29_999]))
    def time_passes(self, pause: int) -> None:
        self.now += pause

    @rule()
    def the_present_one_is_used(self) -> None:
        expected = Use.ROTATED if self.alive() else Use.EXPIRED
        assert self.present(1) is expected

    @rule()
    def the_last_but_one_is_used(self) -> None:
        late = self.now >= self.device.rotated_at + LIFE.grace
        verdict = self.present(2)
        if verdict is not None and self.alive():
            assert verdict is (Use.REUSED if late else Use.FORGIVEN)

    @rule(place=st.integers(3, 6))
    def an_older_one_is_used(self, place: int) -> None:
        verdict = self.present(place)
        if verdict is not None and self.alive():
            assert verdict is Use.REUSED

    @invariant()
    def no_secret_is_kept(self) -> None:
        kept = (self.device.token, self.device.previous, self.device.sealed)
        assert not set(kept) & set(self.secrets)


TestFamily = Family.TestCase


def test_a_device_ends_however_much_it_is_used() -> None:
    secret = secrets.token_bytes(32)
    device = new_device(DeviceId(new_id()), "x", secret, 0, LIFE, None)
    now = 0
    while now < LIFE.whole - 10_000:
        now += 10_000
        verdict, device, secret = use(device, secret, secrets.token_bytes(32), now, LIFE)
        assert verdict is Use.ROTATED
    assert device.expires_at == LIFE.whole
    assert use(device, secret, b"", LIFE.whole, LIFE)[0] is Use.EXPIRED


def test_a_guests_device_ends_with_the_visit() -> None:
    device = new_device(DeviceId(new_id()), "x", b"", 0, LIFE, 5_000)
    assert device.expires_at == 5_000


CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
SAFARI = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"


@pytest.mark.parametrize(
    ("agent", "label"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0",
            "Firefox on Linux",
        ),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Edg/140.0.0.0", "Edge on Windows"),
        (f"Mozilla/5.0 (Linux; Android 15; Pixel 9) {CHROME}", "Chrome on Android"),
        (f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) {SAFARI}", "Safari on iPhone"),
        ("curl/8.5.0", ""),
        ("", ""),
    ],
)
def test_what_a_device_is_called(agent: str, label: str) -> None:
    assert label_of(agent) == label
