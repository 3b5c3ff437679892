"""`parley doctor`: what is there, what answers, and how to mend what does not."""

import asyncio

from stack.data import DataFolder
from stack.findings import Finding, Health, absent, print_json, print_table
from stack.machine import examine_machine
from stack.reach import Target, examine_system


def examine(folder: DataFolder, *, as_json: bool) -> int:
    """Look at everything and tell it; the exit code is 1 where something stands in the way."""
    findings = asyncio.run(_findings(folder))
    (print_json if as_json else print_table)(findings)
    return 1 if any(finding.health is Health.BAD for finding in findings) else 0


async def _findings(folder: DataFolder) -> list[Finding]:
    running = folder.read_running()
    target = Target(running)
    findings = await examine_machine(folder, running=running is not None)
    if target.is_known:
        return findings + await examine_system(target)
    return [*findings, absent("system", f"none runs on {folder.path}", "parley up")]
