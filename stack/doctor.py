"""`parley doctor`: what is there, what answers, and how to mend what does not."""

import asyncio

from stack.bot.command import trust
from stack.call_check import examine_calls
from stack.data import DataFolder
from stack.findings import Finding, Health, absent, print_json, print_table
from stack.machine import examine_machine
from stack.reach import Target, examine_system


def examine(folder: DataFolder, *, as_json: bool, call: bool) -> int:
    """Look at everything and tell it; the exit code is 1 where something stands in the way.

    `call` has two bots talk to each other for some seconds.
    """
    findings = asyncio.run(_findings(folder, call=call))
    (print_json if as_json else print_table)(findings)
    return 1 if any(finding.health is Health.BAD for finding in findings) else 0


async def _findings(folder: DataFolder, *, call: bool) -> list[Finding]:
    running = folder.read_running()
    target = Target(running)
    findings = await examine_machine(folder, running=running is not None)
    if target.is_known:
        findings += await examine_system(target)
        return findings + await examine_calls(target, trust(folder), call=call)
    return [*findings, absent("system", f"none runs on {folder.path}", "parley up")]
