"""The tiers: a test belongs to the one whose folder it lies in; a run says which ones it ran."""

import shutil
import subprocess
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

MONGODB_IMAGE = "mongo:7"
"""The official image; no package brings that server."""

TIERS = ("unit", "contract", "integration", "containers", "e2e")
_TESTS = Path(__file__).parents[1]
_WEB = _TESTS.parent / "web" / "dist" / "index.html"


def _answers(*command: str) -> bool:
    """Whether a command ends well, in time."""
    try:
        return subprocess.run(command, capture_output=True, timeout=60, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def _docker_missing() -> str:
    if shutil.which("docker") is None:
        return "no docker command"
    return "" if _answers("docker", "info") else "no Docker engine answers"


def _browser_missing() -> str:
    if shutil.which("chromium") is None:
        return "no chromium: apt-get install chromium"
    return "" if _WEB.exists() else "the web client is not built: make web"


def _mongodb_missing() -> str:
    if _answers("docker", "image", "inspect", MONGODB_IMAGE):
        return ""
    # Asks what the image is made of, and fetches none of it.
    reachable = _answers("docker", "manifest", "inspect", MONGODB_IMAGE)
    return "" if reachable else f"no registry gives the image {MONGODB_IMAGE}"


_MISSING: dict[str, Callable[[], str]] = {
    "containers": _docker_missing,
    "mongodb": _mongodb_missing,
    "e2e": _browser_missing,
}


@cache
def missing(need: str) -> str:
    """What this machine lacks for a tier, or for a marker's sake; empty where it can run."""
    return _MISSING[need]() if need in _MISSING else ""


def _lacks(item: pytest.Item) -> bool:
    if missing(tier_of(item.nodeid)):
        return True
    return item.get_closest_marker("mongodb") is not None and bool(missing("mongodb"))


def tier_of(nodeid: str) -> str:
    """The tier of a test, from its path."""
    parts = nodeid.split("::")[0].split("/")
    return parts[1] if len(parts) > 2 and parts[0] == _TESTS.name else ""


@pytest.hookimpl(tryfirst=True)  # before `-m` looks at the markers
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        tier = tier_of(item.nodeid)
        if tier not in TIERS:
            raise pytest.UsageError(f"{item.nodeid} lies in no tier's folder: {', '.join(TIERS)}")
        item.add_marker(tier)
    # The cheapest first; and the browser's last, since Playwright keeps hold of the main thread's
    # event loop, and no coroutine test of the same process could run after it.
    items.sort(key=lambda item: TIERS.index(tier_of(item.nodeid)))
    beyond = [item for item in items if _lacks(item)]
    if beyond:
        config.hook.pytest_deselected(items=beyond)
        items[:] = [item for item in items if item not in beyond]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    ran = Counter(
        tier_of(report.nodeid)
        for outcome in ("passed", "failed", "error")
        for report in terminalreporter.stats.get(outcome, [])
        if report.when == "call" or outcome == "error"
    )
    did = [f"{tier} ({ran[tier]}{_without(tier)})" for tier in TIERS if ran[tier]]
    did_not = [f"{tier} ({_why_not(tier)})" for tier in TIERS if not ran[tier]]
    line = f"tiers that ran: {', '.join(did) or 'none'}; did not: {', '.join(did_not) or 'none'}"
    terminalreporter.write_line(line)


def _without(tier: str) -> str:
    """What a tier that ran had to leave out."""
    why = missing("mongodb") if tier == "containers" else ""
    return f", without MongoDB: {why}" if why else ""


def _why_not(tier: str) -> str:
    if not any((_TESTS / tier).rglob("test_*.py")):
        return "it has no tests"
    return missing(tier) or "not selected"
