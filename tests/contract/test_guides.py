"""What the guides name is there, and what an operator can set or run is in them."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from gateway.settings import GatewaySettings
from runtime.settings import ProcessSettings, StoreSettings
from services.auth.settings import AuthSettings
from services.chat.settings import ChatSettings
from services.rooms.settings import Settings as RoomsSettings
from services.signaling.settings import SignalingSettings
from stack.cli import Name, app
from stack.permissions import USERS, password_variable
from stack.serving import ENTRIES

pytestmark = pytest.mark.contract

ROOT = Path(__file__).parents[2]
GUIDES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "docs" / "adr").glob("*.md")),
]
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
PROCESSES = (
    ProcessSettings,
    StoreSettings,
    GatewaySettings,
    AuthSettings,
    RoomsSettings,
    ChatSettings,
    SignalingSettings,
)
BUILT = ("web/dist",)
guides = pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.name)


def variable(kind: type[ProcessSettings], field: str) -> str:
    alias = kind.model_fields[field].validation_alias
    return alias.choices[0] if alias else f"PARLEY_{field.upper()}"


SETTINGS = {variable(kind, field) for kind in PROCESSES for field in kind.model_fields}
COMMANDS = typer.main.get_command(app)


def commands(group: Any, *before: str) -> Iterator[tuple[str, Any]]:
    """Every command under its whole name."""
    if not hasattr(group, "commands"):
        yield " ".join(before), group
        return
    for name, command in group.commands.items():
        yield from commands(command, *before, name)


BY_NAME = dict(commands(COMMANDS))
OPTIONS = {
    option for c in BY_NAME.values() for p in c.params for option in [*p.opts, *p.secondary_opts]
}


def test_every_setting_is_documented() -> None:
    named = set(re.findall(r"\b[A-Z][A-Z0-9_]+\b", OPERATIONS))
    assert sorted(SETTINGS - named) == []


@guides
def test_every_variable_that_is_named_is_read_somewhere(guide: Path) -> None:
    named = set(re.findall(r"\bPARLEY_[A-Z0-9_]*[A-Z0-9]\b", guide.read_text()))
    by_commands = {p.envvar for command in BY_NAME.values() for p in command.params}
    by_broker = {password_variable(user) for user in USERS} | {"PARLEY_NATS_SERVER_NAME"}
    assert sorted(named - SETTINGS - by_commands - by_broker - by_name()) == []


def by_name() -> set[str]:
    """What Python reads from the environment by its name."""
    sources = [f for folder in ("stack", "tests", "bench") for f in (ROOT / folder).rglob("*.py")]
    return {
        word
        for source in sources
        for word in re.findall(r'environ[^"\n]*"(PARLEY_\w+)"', source.read_text())
    }


def test_every_command_and_option_is_documented() -> None:
    lacking = [
        name for name in BY_NAME if f"`parley {name}" not in (ROOT / "README.md").read_text()
    ]
    assert lacking == []
    for name in ("up", "bot", "doctor"):
        options = {p.opts[0] for p in BY_NAME[name].params} - {"--call"}
        assert sorted(o for o in options if f"`{o}" not in OPERATIONS) == [], name
    assert {name.value for name in Name} == set(ENTRIES)


@guides
def test_every_command_that_is_named_can_be_run(guide: Path) -> None:
    text = guide.read_text()
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"(?:`|^)make ([a-z]+)", text, re.M))
    assert sorted(t for t in targets if not re.search(rf"^{t}:", makefile, re.M)) == []
    for words in re.findall(r"(?:`|^)parley ([a-z]+(?: [a-z]+)*)", text, re.M):
        assert any(f"{words} ".startswith(f"{name} ") for name in BY_NAME), words


def test_every_option_that_is_named_is_one() -> None:
    for line in OPERATIONS.splitlines():
        if line.startswith("| `--"):
            named = re.findall(r"`(--[a-z-]+)", line.split("|")[1])
            assert set(named) <= OPTIONS, line


@guides
def test_every_link_and_every_file_that_is_named_is_there(guide: Path) -> None:
    text = guide.read_text()
    missing: list[str] = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        path, _, anchor = target.partition("#")
        if "://" in target:
            continue
        file = (guide.parent / path).resolve() if path else guide
        if not file.exists() or (anchor and anchor not in anchors(file)):
            missing.append(target)
    top = "|".join(sorted(entry.name for entry in ROOT.iterdir() if entry.is_dir()))
    paths = re.findall(rf"`((?:{top})/[\w./-]+)`", text)
    missing += [path for path in paths if not (ROOT / path).exists() and path not in BUILT]
    assert missing == []


def anchors(file: Path) -> set[str]:
    """The headings of a document, as links name them."""
    headings = re.findall(r"^#+ (.+)$", file.read_text(), re.M)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}


def test_the_glossary_is_in_order() -> None:
    words = re.findall(r"^\| ([a-z][^|]*?) \|", (ROOT / "docs" / "glossary.md").read_text(), re.M)
    words.remove("word")
    assert len(words) > 50
    assert words == sorted(words)
