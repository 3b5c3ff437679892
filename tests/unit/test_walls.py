"""Each wall of the house is proved once by somebody who walks through it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("contracts", "runtime", "services", "gateway", "stack")
LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the packages, to be damaged."""
    copy = tmp_path_factory.mktemp("house")
    shutil.copy(ROOT / "pyproject.toml", copy)
    for package in PACKAGES:
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("*.pyc"))
    return copy


def lint(house: Path) -> tuple[int, str]:
    """The verdict on the house as it stands: exit code and what was said."""
    # With -c the working folder is first on the path: the copy is read, not this checkout.
    asked = subprocess.run(
        [sys.executable, "-c", LINT, "--no-cache"], cwd=house, capture_output=True, text=True
    )
    return asked.returncode, asked.stdout + asked.stderr


def test_the_house_as_it_stands_keeps_its_walls(house: Path) -> None:
    code, said = lint(house)
    assert code == 0, said


STANDING = "gateway and services stand on runtime, runtime on contracts"
APART = "services never import each other"
PURE = "domain code knows no framework, clock or I/O"
BARE = "contracts stand on msgspec and the standard library alone"


@pytest.mark.parametrize(
    ("module", "bad_import", "wall"),
    [
        ("gateway/trespass.py", "import services.auth", STANDING),
        ("services/chat/trespass.py", "import gateway", STANDING),
        ("runtime/trespass.py", "import services.rooms", STANDING),
        ("contracts/trespass.py", "import runtime", STANDING),
        ("services/auth/trespass.py", "import stack", STANDING),
        ("services/auth/trespass.py", "import services.rooms", APART),
        ("services/chat/trespass.py", "from services.auth import *", APART),
        ("services/auth/domain.py", "import asyncio", PURE),
        ("services/rooms/domain.py", "from time import time", PURE),
        ("services/chat/domain.py", "import beanie", PURE),
        ("contracts/trespass.py", "import pydantic", BARE),
    ],
)
def test_a_bad_import_is_found(house: Path, module: str, bad_import: str, wall: str) -> None:
    path = house / module
    as_it_stood = path.read_text() if path.exists() else None
    path.write_text(f"{as_it_stood or ''}\n{bad_import}\n")
    try:
        code, said = lint(house)
    finally:
        if as_it_stood is None:
            path.unlink()
        else:
            path.write_text(as_it_stood)
    assert code != 0
    assert f"{wall} BROKEN" in said
