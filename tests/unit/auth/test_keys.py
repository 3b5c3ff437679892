"""When which key signs, and until when it verifies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.auth.domain.keys import Rotation, SigningKey, plan

pytestmark = pytest.mark.auth

ROTATION = Rotation(every=10_000, lead=100, tail=700)
TOKEN_LIFE = 600


def key(generation: int, at: int, signs_from: int) -> SigningKey:
    return SigningKey(
        generation=generation,
        kid=f"k{generation}",
        private=b"",
        public=b"",
        created_at=at,
        signs_from=signs_from,
    )


def test_the_first_key_signs_at_once() -> None:
    assert plan([], 5, ROTATION).wanted == (1, 5)
    now = plan([key(1, 5, 5)], 5, ROTATION)
    assert now.signs is not None
    assert (now.signs.kid, now.wanted, now.retired, now.remove) == ("k1", None, {}, ())


def test_the_next_one_is_known_before_it_signs() -> None:
    keys = [key(1, 0, 0)]
    assert plan(keys, 9_999, ROTATION).wanted is None
    assert plan(keys, 10_000, ROTATION).wanted == (2, 10_100)
    keys.append(key(2, 10_000, 10_100))
    known = plan(keys, 10_099, ROTATION)
    assert known.signs == keys[0]
    assert known.verifies == tuple(keys)
    assert known.retired == {}
    assert known.wanted is None


def test_the_old_one_verifies_until_its_last_token_has_expired() -> None:
    keys = [key(1, 0, 0), key(2, 10_000, 10_100)]
    for now in (10_100, 10_799):
        found = plan(keys, now, ROTATION)
        assert found.signs == keys[1]
        assert found.verifies == tuple(keys)
        assert found.retired == {"k1": 10_100}
        assert found.remove == ()
    over = plan(keys, 10_800, ROTATION)
    assert over.verifies == (keys[1],)
    assert over.remove == (keys[0],)
    assert over.retired == {}


@given(st.lists(st.integers(1, 4_000), min_size=1, max_size=200))
def test_whenever_replicas_look_each_token_verifies_for_its_life(pauses: list[int]) -> None:
    now, keys = 0, list[SigningKey]()
    issued: list[tuple[int, str]] = []
    for pause in pauses:
        now += pause
        found = plan(keys, now, ROTATION)
        if found.wanted is not None:
            generation, signs_from = found.wanted
            keys.append(key(generation, now, signs_from))
            found = plan(keys, now, ROTATION)
            assert found.wanted is None
        assert found.signs is not None
        verifying = {found.kid for found in found.verifies}
        assert found.signs.kid in verifying
        # A replica that looked last before the change of keys may sign with the old one until now.
        assert all(kid in verifying for at, kid in issued if now < at + TOKEN_LIFE)
        issued.append((now, found.signs.kid))
        keys = [known for known in keys if known not in found.remove]
        assert len(keys) <= 3
