"""What a process costs, and what it runs on."""

import platform
import resource
from collections.abc import Iterable, Mapping
from typing import Any

import psutil

WANTED_FILES = 32_768
"""File descriptors: five thousand connections have two ends, and each end's process its own."""


def cpu_seconds(pid: int) -> float:
    """CPU time that a process has used, user and system."""
    times = psutil.Process(pid).cpu_times()
    return times.user + times.system


def rss_bytes(pid: int) -> int:
    """Memory of a process that is in RAM."""
    return int(psutil.Process(pid).memory_info().rss)


class CpuMeter:
    """CPU time of several processes by name, since it was made."""

    def __init__(self, pids: Mapping[str, int]) -> None:
        self._pids = pids
        self._began = self._now()

    def _now(self) -> dict[str, float]:
        return {name: cpu_seconds(pid) for name, pid in self._pids.items()}

    def spent(self) -> dict[str, float]:
        """Seconds of CPU of each process since the beginning."""
        now = self._now()
        return {name: now[name] - began for name, began in self._began.items()}


class Strangers:
    """What others use of the machine, in percent of all its cores, from one look to the next.

    A figure taken beside them is theirs as much as the server's: each window says how many.
    """

    def __init__(self) -> None:
        self.percents: list[float] = []
        self._known = self._now()

    def begin(self) -> None:
        """Looks away from what happened since the last look."""
        self._known = self._now()

    def end(self) -> None:
        """Notes what they used since the beginning."""
        known, now = self._known, self._now()
        whole, idle, ours = (after - before for before, after in zip(known, now, strict=True))
        self.percents.append(max(0.0, whole - idle - ours) / whole * 100)

    def _now(self) -> tuple[float, float, float]:
        # The kernel counts a guest's time as a user's, too.
        times = {k: v for k, v in psutil.cpu_times()._asdict().items() if "guest" not in k}
        idle = times["idle"] + times.get("iowait", 0.0)
        return sum(times.values()), idle, sum(map(cpu_seconds, self._family()))

    def _family(self) -> list[int]:
        me = psutil.Process()
        return [me.pid, *(child.pid for child in me.children(recursive=True))]


def total(spent: Mapping[str, float], names: Iterable[str]) -> float:
    """Seconds of CPU of some of the processes together."""
    return sum(spent[name] for name in names)


def raise_file_limit() -> None:
    """Lets this process and its children hold tens of thousands of connections."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = WANTED_FILES if hard == resource.RLIM_INFINITY else min(WANTED_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def described() -> dict[str, Any]:
    """The machine, as far as it matters for a figure; `busy` is what others use of it right now."""
    return {
        "cpu": _cpu_model(),
        "cores": psutil.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "busy_percent": psutil.cpu_percent(interval=1.0),
    }


def _cpu_model() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as info:  # noqa: PTH123 - not a real file
            for line in info:
                if line.startswith("model name"):
                    return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
