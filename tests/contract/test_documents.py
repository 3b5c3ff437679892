"""What is generated is fresh, whole and says what the registry says."""

import re
from pathlib import Path

import pytest

from contracts import generate
from contracts.catalogue import PARAMETERS, SUBJECTS
from contracts.closing import Closing
from contracts.errors import Code
from contracts.registry import ALWAYS, CONTRACTS, EVENTS, SESSION
from contracts.schema import protocol

pytestmark = pytest.mark.contract

ROOT = Path(__file__).parents[2]
DOCUMENTS = generate.documents()


def rows(name: str) -> dict[str, str]:
    """The rows of a generated table by their first cell."""
    found = re.findall(r"^\| `?([^`|]+?)`? \|(.*)\|$", DOCUMENTS[name], re.MULTILINE)
    return dict(found)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_document_is_fresh(name: str) -> None:
    assert (generate.FOLDER / name).read_text() == DOCUMENTS[name], "run `make docs`"


def test_staleness_is_noticed(tmp_path: Path) -> None:
    assert generate.stale(tmp_path) == list(DOCUMENTS)
    for name, text in DOCUMENTS.items():
        (tmp_path / name).write_text(text)
    assert generate.stale(tmp_path) == []
    (tmp_path / "errors.md").write_text("old")
    assert generate.stale(tmp_path) == ["errors.md"]


def test_generating_twice_gives_the_same() -> None:
    assert generate.documents() == DOCUMENTS


def test_every_error_code_is_documented() -> None:
    documented = rows("errors.md")
    for code in Code:
        row = documented[code.code]
        assert code.value.sentence in row
        assert str(code.value.status) in row


def test_every_close_code_is_documented() -> None:
    documented = rows("close-codes.md")
    assert {str(closing.value.code) for closing in Closing} <= set(documented)


def test_every_command_is_documented_with_its_refusals() -> None:
    documented = rows("commands.md")
    for contract in (*SESSION, *CONTRACTS):
        row = documented[contract.tag]
        assert contract.reply.__name__ in row
        for code in contract.errors:
            assert f"`{code.code}`" in row


def test_refusals_of_limits_are_among_the_commands_refusals() -> None:
    for contract in (*SESSION, *CONTRACTS):
        assert set(contract.invalid.values()) <= {*contract.errors, *ALWAYS}


def test_every_reference_of_the_schema_leads_somewhere() -> None:
    schema = protocol()
    text = DOCUMENTS["protocol.schema.json"]
    asked = set(re.findall(r'"#/\$defs/(\w+)"', text))
    assert asked <= set(schema["$defs"])


def test_what_every_subject_carries_and_is_called_by_is_described() -> None:
    known = set(protocol()["$defs"])
    for subject in SUBJECTS:
        assert {message.__name__ for message in subject.messages} <= known, subject.name
        assert set(re.findall(r"<(\w+)>", subject.pattern)) <= set(PARAMETERS), subject.name


def test_web_client_hears_every_event() -> None:
    """Its switch ends in `satisfies never`, which holds only if the types are fresh, too."""
    source = (ROOT / "web/src/net/follow.ts").read_text()
    assert "event satisfies never" in source
    heard = set(re.findall(r"case '([a-z_.]+)':", source))
    assert heard == {str(event.__struct_config__.tag) for event in EVENTS}


def test_web_client_words_every_error() -> None:
    source = (ROOT / "web/src/i18n/errors.ts").read_text()
    worded = set(re.findall(r"'([a-z]+\.[a-z_]+)':", source))
    assert {code.code for code in Code} <= worded
