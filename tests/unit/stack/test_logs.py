"""Where the lines of processes go, and that nobody stumbles where they cannot."""

import os
from contextlib import suppress
from pathlib import Path

import pytest

from stack.logs import LogFolder


def test_each_process_has_a_file(tmp_path: Path) -> None:
    logs = LogFolder(tmp_path)
    logs.write("chat", "one")
    logs.write("chat", "two")
    logs.write("nats", "three")
    logs.close()
    assert (tmp_path / "chat.log").read_text() == "one\ntwo\n"
    assert (tmp_path / "nats.log").read_text() == "three\n"


def test_a_line_that_cannot_be_shown_is_kept_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    gone = os.fdopen(writer, "w", buffering=1)
    monkeypatch.setattr("sys.stderr", gone)
    logs = LogFolder(tmp_path, echo=True)
    logs.write("chat", "one")
    logs.write("chat", "two")
    logs.close()
    monkeypatch.undo()
    with suppress(BrokenPipeError):
        gone.close()
    assert (tmp_path / "chat.log").read_text() == "one\ntwo\n"


def test_a_line_that_cannot_be_kept_is_shown_and_the_next_one_tried(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    logs = LogFolder(tmp_path / "later", echo=True)
    logs.write("chat", "one")
    (tmp_path / "later").mkdir()
    logs.write("chat", "two")
    logs.close()
    assert [line.split()[-1] for line in capsys.readouterr().err.splitlines()] == ["one", "two"]
    assert (tmp_path / "later" / "chat.log").read_text() == "two\n"
