"""What `parley up` says, to a program and to a person."""

import io
import json

import pytest
from rich.console import Console

from stack.report import ConsoleReport, JsonReport, State

TURN = "turn:192.0.2.7:3478?transport=udp"
SYSTEM = {
    "url": "http://localhost:8080",
    "urls": ["http://localhost:8080"],
    "turn": {"urls": [TURN], "absent": ""},
    "data": "/data",
}


def test_json_is_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    report = JsonReport()
    report.state("chat", State.READY, pid=7, seconds=0.5)
    report.state("chat", State.DIED, reason="killed by SIGKILL", last_words="a\nb")
    report.ready(SYSTEM)
    report.stopped()
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["event"] for line in lines] == ["state", "state", "ready", "stopped"]
    assert lines[0] == {
        "event": "state", "process": "chat", "state": "ready", "pid": 7, "seconds": 0.5
    }  # fmt: skip
    assert lines[2]["url"] == "http://localhost:8080"


def test_a_person_reads_one_line_for_each_process_and_the_url() -> None:
    text = io.StringIO()
    report = ConsoleReport(Console(file=text, width=100))
    report.state("chat", State.STARTING)
    report.state("chat", State.READY, pid=7, seconds=0.5)
    report.ready(SYSTEM)
    report.state(
        "chat", State.DIED, reason="killed by SIGKILL", restart_in=0.2, last_words="its last line"
    )
    said = text.getvalue()
    assert said.splitlines()[0].split() == ["✓", "chat", "ready", "in", "0.5", "s"]
    assert "http://localhost:8080" in said
    assert "killed by SIGKILL; starting again in 0.2 s" in said
    assert "its last line" in said


@pytest.mark.parametrize(
    ("turn", "sentence"),
    [
        ({"urls": [TURN], "absent": ""}, f"Calls find a way by direct routes and {TURN}."),
        (
            {"urls": [], "absent": "coturn is not installed (apt-get install coturn)"},
            (
                "Calls work only where a direct route exists: coturn is not installed "
                "(apt-get install coturn)."
            ),
        ),
    ],
    ids=["relay", "no relay"],
)
def test_a_person_reads_in_one_line_how_calls_find_a_way(
    turn: dict[str, object], sentence: str
) -> None:
    text = io.StringIO()
    ConsoleReport(Console(file=text, width=200)).ready({**SYSTEM, "turn": turn})
    assert sentence in [line.strip() for line in text.getvalue().splitlines()]
