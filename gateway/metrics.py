"""What a gateway counts, besides what every process does. Labels come from short fixed lists."""

from functools import cache

from prometheus_client import Counter, Gauge

CONNECTIONS = Gauge("parley_gateway_connections", "Websockets that are open.")
SESSIONS = Gauge("parley_gateway_sessions", "Sessions held here: connections past their hello.")
CHANNELS = Gauge(
    "parley_gateway_channels", "Rooms, people and sessions heard on the bus.", ["kind"]
)
FRAMES_IN = Counter("parley_gateway_frames_in_total", "Frames from clients, by kind.", ["kind"])
FRAMES_OUT = Counter("parley_gateway_frames_out_total", "Frames to clients, by kind.", ["kind"])
CLOSES = Counter(
    "parley_gateway_closes_total", "Websockets ended, by code; 0 by the client.", ["code"]
)
HTTP = Counter("parley_gateway_http_total", "Answers under /api, by status class.", ["status"])

REPLIES_OUT = FRAMES_OUT.labels("reply")
EVENTS_OUT = FRAMES_OUT.labels("event")


@cache
def frames_in(kind: str) -> Counter:
    """The counter of this kind of frame; finding it by its label takes 2 µs."""
    return FRAMES_IN.labels(kind)
