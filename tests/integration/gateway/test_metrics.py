"""What a gateway counts, and that its labels are few."""

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from contracts.closing import Closing
from contracts.contract import Rate
from stack.ports import OwnPort
from tests.integration.gateway.town import Town, greeted, person, room_of

pytestmark = [pytest.mark.integration, pytest.mark.gateway]

LABELS = {
    "kind": {rate.value for rate in Rate}
    | {"hello", "follow", "session", "reply", "event", "room", "user"},
    "code": {"0", *(str(closing.value.code) for closing in Closing)},
    "status": {"2xx", "3xx", "4xx", "5xx"},
}


async def test_what_goes_through_is_counted_under_few_labels(town: Town):
    own = OwnPort()
    port = own.number
    gateway = await town.gateway(health_port=port)

    async def counted() -> dict[tuple[str, str], float]:
        async with httpx.AsyncClient(trust_env=False) as http:
            text = (await http.get(f"http://127.0.0.1:{port}/metrics/")).text
        samples = [
            sample
            for family in text_string_to_metric_families(text)
            if family.name.startswith("parley_gateway")
            for sample in family.samples
            if not sample.name.endswith("_created")
        ]
        for sample in samples:
            for label, value in sample.labels.items():
                assert value in LABELS[label], f"{sample.name} has {label}={value}"
        return {(s.name, "".join(s.labels.values())): s.value for s in samples}

    ann, bob = await person(gateway), await person(gateway)
    before = await counted()
    async with greeted(gateway, ann) as hers, greeted(gateway, bob) as his:
        room = await room_of(hers, his)
        for wire in (hers, his):
            await wire.follow(room)
        await hers.say(room, "Hello")
        for wire in (hers, his):
            await wire.event("message.posted")
        await hers.send("garbage")
        await hers.answer("")
        after = await counted()

    def grew(name: str, label: str = "") -> float:
        return after.get((name, label), 0) - before.get((name, label), 0)

    assert grew("parley_gateway_connections") == 2
    assert grew("parley_gateway_sessions") == 2
    assert grew("parley_gateway_channels", "room") == 1
    assert grew("parley_gateway_frames_in_total", "post") == 1
    assert grew("parley_gateway_frames_in_total", "hello") == 2
    assert grew("parley_gateway_frames_in_total", "session") == 1
    assert grew("parley_gateway_frames_out_total", "event") >= 2
