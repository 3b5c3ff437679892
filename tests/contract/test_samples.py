"""What was sent and stored once is read for good, and what is sent now is known byte by byte."""

from pathlib import Path

import msgspec
import pytest

from contracts.registry import CONTRACTS, EVENTS, FACTS, REPLIES, SESSION
from runtime.codec import strict
from tests.contract import samples

pytestmark = pytest.mark.contract

EVERY_SAMPLE = [
    pytest.param(kind, path, id=path.name)
    for name, kind in samples.types().items()
    for path in samples.versions(name)
]


@pytest.mark.parametrize("name", samples.types())
def test_newest_sample_is_what_is_sent_now(name: str) -> None:
    kept = samples.versions(name)
    assert kept, f"{name} has no sample: run `python -m tests.contract.samples`"
    assert kept[-1].read_bytes() == samples.encoded(samples.types()[name]), (
        f"{name} travels differently from its newest sample. If old peers can still read it, run "
        "`python -m tests.contract.samples`; if they can't, it needs another tag."
    )


@pytest.mark.parametrize(("kind", "path"), EVERY_SAMPLE)
def test_sample_of_any_age_is_read(kind: type[msgspec.Struct], path: Path) -> None:
    message = msgspec.json.decode(path.read_bytes(), type=kind)
    assert isinstance(message, kind)


@pytest.mark.parametrize(("kind", "path"), EVERY_SAMPLE)
def test_sample_with_a_field_of_tomorrow_is_read(kind: type[msgspec.Struct], path: Path) -> None:
    """A peer that was rolled out first may say more than we know; only browsers may not."""
    if kind.__struct_config__.forbid_unknown_fields:
        with pytest.raises(msgspec.ValidationError, match="unknown field"):
            msgspec.json.decode(_with_more(path), type=kind)
    else:
        now = msgspec.json.decode(path.read_bytes(), type=kind)
        assert msgspec.json.decode(_with_more(path), type=kind) == now


def _with_more(path: Path) -> bytes:
    return msgspec.json.encode(
        {**msgspec.json.decode(path.read_bytes()), "of_tomorrow": {"x": [1]}}
    )


def test_no_sample_is_of_nothing() -> None:
    known = {path for name in samples.types() for path in samples.versions(name)}
    assert set(samples.FOLDER.glob("*")) == known


def test_tags_are_told_apart() -> None:
    """Within each family one tag stands for one type, so that a union of it decodes."""
    for family in (
        [contract.command for contract in (*SESSION, *CONTRACTS)],
        REPLIES,
        EVENTS,
        FACTS,
    ):
        tags = [kind.__struct_config__.tag for kind in family]
        assert len(tags) == len(set(tags))


@pytest.mark.parametrize("contract", [*SESSION, *CONTRACTS], ids=lambda contract: contract.tag)
def test_command_with_an_unknown_field_is_refused_at_the_edge(contract) -> None:
    read = strict([contract.command])
    sample = samples.versions(contract.tag)[-1].read_bytes()
    assert isinstance(read(sample), contract.command)
    with pytest.raises(Exception, match=r"request\.invalid"):
        read(_with_more(samples.versions(contract.tag)[-1]))
