"""What the permissions promise on paper; the integration tests prove it on a server."""

import pytest

from contracts import subjects
from contracts.registry import FACTS
from contracts.streams import BUCKETS, STREAMS
from stack.permissions import SERVICES, grant


def test_only_chat_appends_to_the_timeline_and_nobody_publishes_past_the_log() -> None:
    assert [s for s in SERVICES if subjects.TIMELINE_LOG in grant(s).publish] == ["chat"]
    assert [s for s in SERVICES if subjects.ROOM_TIMELINE in grant(s).publish] == []


@pytest.mark.parametrize("kept", [*STREAMS, *BUCKETS], ids=lambda kept: kept.name)
def test_each_stream_and_bucket_is_made_by_its_owner_alone(kept: object) -> None:
    name = kept.name if kept in STREAMS else f"KV_{kept.name}"
    makers = [s for s in SERVICES if f"$JS.API.STREAM.CREATE.{name}" in grant(s).publish]
    assert makers == [kept.owner]


@pytest.mark.parametrize("bucket", BUCKETS, ids=lambda bucket: bucket.name)
def test_each_bucket_has_one_writer(bucket: object) -> None:
    writers = [s for s in SERVICES if f"$KV.{bucket.name}.>" in grant(s).publish]
    assert writers == [bucket.owner]


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.__name__)
def test_each_fact_has_one_speaker(fact: type) -> None:
    speakers = [s for s in SERVICES if subjects.event(fact) in grant(s).publish]
    assert speakers == [subjects.event(fact).split(".")[1]]


def test_nobody_hears_anothers_answers() -> None:
    for service in SERVICES:
        heard = [s for s in grant(service).subscribe if s.startswith("_INBOX")]
        assert heard == [f"_INBOX_{service}.>"]
