"""What every process counts. Labels come from the registry alone, so their number is bounded."""

from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Counter(
    "parley_requests_total", "Commands answered, by what became of them.", ["command", "outcome"]
)
REQUEST_SECONDS = Histogram(
    "parley_request_seconds",
    "Time from a command's arrival in the process to its answer.",
    ["command"],
    # From one bus hop (0.2 ms) to the point where callers give up.
    buckets=(0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0),
)
IN_FLIGHT = Gauge("parley_requests_in_flight", "Commands admitted and not answered yet.")
BUS_ERRORS = Counter(
    "parley_bus_errors_total", "Errors that the bus connection reported.", ["kind"]
)
BUS_RECONNECTS = Counter("parley_bus_reconnects_total", "Times the bus connection came back.")
FACTS = Counter("parley_facts_total", "Facts taken from the bus, by outcome.", ["fact", "outcome"])
