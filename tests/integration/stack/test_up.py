"""`parley up` as a person or a supervisor lives with it."""

import asyncio
import json
import os
import signal
import ssl
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import nats
import psutil
import pytest

from stack.permissions import OPERATOR, inbox
from stack.ports import listens
from stack.turn import installed
from tests.support.servers import BackgroundLoop, FreshNats, FreshStore
from tests.support.system import RunningSystem, running_system
from tests.support.waiting import wait_until


@pytest.fixture(scope="module")
def shared(
    background: BackgroundLoop, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningSystem]:
    """A system for the tests that only look at one."""
    system = RunningSystem(tmp_path_factory.mktemp("shared") / "data")
    background.run(system.start())
    yield system
    background.run(system.stop())


RELAY = {"turn"} if installed() else set()
PROCESSES = {"nats", "store", "auth", "rooms", "chat", "signaling", "gateway"} | RELAY


async def page(url: str) -> httpx.Response:
    async with httpx.AsyncClient(verify=False, trust_env=False) as client:
        return await client.get(url)


async def test_it_starts_serves_and_leaves_nothing_behind(tmp_path: Path) -> None:
    async with running_system(tmp_path / "data") as system:
        assert set(system.ready["pids"]) == PROCESSES
        assert (await page(f"{system.url}/api/health")).is_success
        for health in system.ready["health"].values():
            assert (await page(f"{health}/readyz")).is_success
        port = int(system.url.rsplit(":", 1)[1])
        assert listens(system.pid("gateway"), port)
        assert await system.stop() == 0
        await system.assert_nothing_left()
    stopped = [line["process"] for line in system.lines if line.get("state") == "stopped"]
    assert set(stopped) == PROCESSES
    assert stopped.index("gateway") < stopped.index("chat") < stopped.index("nats")
    assert system.lines[-1] == {"event": "stopped"}
    assert not (tmp_path / "data" / "running.json").exists()


async def test_it_starts_again_on_the_same_data_with_the_same_secrets(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with running_system(data) as system:
        before = system.environment("chat")["NATS_PASSWORD"]
        streams = await _streams(system)
        assert await system.stop(signal.SIGINT) == 0
        await system.start()
        assert system.environment("chat")["NATS_PASSWORD"] == before
        assert streams
        assert streams <= await _streams(system)


async def _streams(system: RunningSystem) -> set[str]:
    environment = system.environment(OPERATOR)
    client = await nats.connect(
        environment["NATS_URL"],
        user=environment["NATS_USER"],
        password=environment["NATS_PASSWORD"],
        inbox_prefix=inbox(OPERATOR).encode(),
    )
    try:
        # Leases live in memory: they end with the server, as they should.
        infos = await client.jetstream().streams_info()
        return {info.config.name or "" for info in infos} - {"KV_LEASES"}
    finally:
        await client.close()


@pytest.mark.faults
async def test_each_process_that_is_killed_is_announced_and_heals(tmp_path: Path) -> None:
    async with running_system(tmp_path / "data") as system:
        for name in sorted(PROCESSES):
            await system.kill(name)
            await system.healed(name)
            assert system.states(name, "died")[0]["reason"] == "killed by SIGKILL"
        await wait_until(lambda: _all_ready(system), 30, missing="every process ready again")
        assert (await page(f"{system.url}/api/health")).is_success


async def _all_ready(system: RunningSystem) -> bool:
    answers = [await page(f"{url}/readyz") for url in system.ready["health"].values()]
    return all(answer.is_success for answer in answers)


@pytest.mark.faults
async def test_nothing_survives_a_kill_of_parley_itself(tmp_path: Path) -> None:
    async with running_system(tmp_path / "data") as system:
        assert await system.stop(signal.SIGKILL) == -signal.SIGKILL
        await system.assert_nothing_left()
        # The folder is free at once: a lock dies with its holder.
        await system.start()


async def test_two_gateways_answer_and_trust_each_others_pages(tmp_path: Path) -> None:
    async with running_system(tmp_path / "data", "--port", "0", "--gateways", "2") as system:
        assert len(set(system.gateways)) == 2
        for url in system.gateways:
            assert (await page(f"{url}/api/health")).is_success
        assert {"gateway-1", "gateway-2"} <= set(system.ready["pids"])


async def test_https_shows_the_certificate_of_the_data_folder(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with running_system(data, "--port", "0", "--https", "--host", "127.0.0.1") as system:
        assert system.url.startswith("https://localhost:")
        trusted = ssl.create_default_context(cafile=str(data / "tls" / "certificate.pem"))
        async with httpx.AsyncClient(verify=trusted, trust_env=False) as client:
            assert (await client.get(f"{system.url}/api/health")).is_success


async def test_servers_that_exist_are_used_and_left_running(
    tmp_path: Path, fresh_nats: FreshNats, fresh_store: FreshStore
) -> None:
    broker, store = await fresh_nats(), await fresh_store()
    env = {"NATS_URL": broker.url, "MONGODB_URL": store.url}
    async with running_system(tmp_path / "data", env=env) as system:
        assert {"nats", "store"}.isdisjoint(system.ready["pids"])
        assert system.ready["nats"] == broker.url
        assert await system.stop() == 0
    async with await nats.connect(broker.url) as client:
        assert await client.jetstream().streams_info()


async def test_without_coturn_everything_else_runs_and_it_is_said(tmp_path: Path) -> None:
    # A path on which nothing is: what else the system runs, it names in full.
    async with running_system(tmp_path / "data", env={"PATH": str(tmp_path)}) as system:
        assert "turn" not in system.ready["pids"]
        assert system.ready["turn"]["urls"] == []
        assert "apt-get install coturn" in system.ready["turn"]["absent"]
        assert (await page(f"{system.url}/api/health")).is_success


async def _say(*options: str) -> tuple[int | None, str]:
    asked = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "stack.cli", *options, stdout=-1, stderr=-2
    )
    said, _ = await asyncio.wait_for(asked.communicate(), 60)
    return asked.returncode, said.decode()


async def test_a_port_that_was_asked_for_must_be_free(tmp_path: Path) -> None:
    stranger = await asyncio.start_server(lambda _r, _w: None, "127.0.0.1", 0)
    port = stranger.sockets[0].getsockname()[1]
    code, said = await _say("up", "--json", "--data", str(tmp_path / "data"), "--port", str(port))
    stranger.close()
    await stranger.wait_closed()
    assert code == 1
    assert f"port {port} on 127.0.0.1 is taken" in said


async def test_a_host_of_another_machine_is_refused(tmp_path: Path) -> None:
    code, said = await _say(
        "up", "--json", "--data", str(tmp_path / "data"), "--host", "198.51.100.77"
    )
    assert code == 1
    assert "cannot listen on 198.51.100.77" in said
    assert "Traceback" not in said


async def test_every_address_means_those_of_both_families(tmp_path: Path) -> None:
    async with running_system(tmp_path / "data", "--host", "::") as system:
        port = int(system.url.rsplit(":", 1)[1])
        for host in ("127.0.0.1", "[::1]"):
            assert (await page(f"http://{host}:{port}/api/health")).is_success


async def test_a_second_system_on_the_same_folder_is_refused(shared: RunningSystem) -> None:
    code, said = await _say("up", "--json", "--data", str(shared.data), "--port", "0")
    assert code == 1
    assert "another parley runs on" in said


async def test_the_doctor_finds_a_running_system_well(shared: RunningSystem) -> None:
    _, said = await _say("doctor", "--json", "--data", str(shared.data))
    found = {finding["what"]: finding["health"] for finding in json.loads(said)}
    needed = {
        "nats",
        "jetstream",
        "stream TIMELINE_0",
        "stream TIMELINE_3",
        "bucket KEYS",
        "mongodb",
        "python",
        "disk",
    }
    needed |= {"auth", "rooms", "chat", "signaling"}
    needed.add(f"socket {shared.url.replace('http', 'ws')}/ws")
    assert needed <= found.keys()
    assert {found[what] for what in needed} == {"good"}


async def test_the_doctor_says_what_does_not_answer_and_how_to_mend_it(
    shared: RunningSystem,
) -> None:
    # Stopped, not killed: a process that hangs is nothing that a supervisor sees.
    os.kill(shared.pid("chat"), signal.SIGSTOP)
    try:
        code, said = await _say("doctor", "--json", "--data", str(shared.data))
    finally:
        os.kill(shared.pid("chat"), signal.SIGCONT)
    assert code == 1
    chat = next(finding for finding in json.loads(said) if finding["what"] == "chat")
    assert chat["health"] == "bad"
    assert chat["detail"] == "it does not answer"
    assert "parley serve chat" in chat["mend"]


@pytest.mark.parametrize("command", [("chat", "reproject"), ("rooms", "rebuild")], ids=" ".join)
async def test_a_command_finds_the_system_that_runs_on_its_folder(
    shared: RunningSystem, command: tuple[str, str]
) -> None:
    code, said = await _say(*command, "--data", str(shared.data))
    assert code == 0, said


@pytest.mark.parametrize("command", [("chat", "reproject"), ("rooms", "rebuild")], ids=" ".join)
async def test_a_command_says_that_nothing_runs_on_its_folder(
    tmp_path: Path, command: tuple[str, str]
) -> None:
    code, said = await _say(*command, "--data", str(tmp_path))
    assert code == 2
    assert "start one with" in said


async def test_a_signal_during_the_start_stops_what_has_started(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "stack.cli", "up", "--json", "--port", "0",
        "--data", str(tmp_path / "data"), stdout=-1,
    )  # fmt: skip
    assert process.stdout is not None
    await process.stdout.readuntil(b'"process": "chat", "state": "starting"}\n')
    family = [child.pid for child in psutil.Process(process.pid).children(recursive=True)]
    process.send_signal(signal.SIGTERM)
    await process.stdout.read()
    assert await process.wait() == 0
    assert family
    assert not [pid for pid in family if psutil.pid_exists(pid)]


@pytest.mark.faults
@pytest.mark.parametrize("options", [("--json",), ()], ids=["json", "lines"])
async def test_with_nobody_who_reads_it_heals_and_stops_in_good_order(
    options: tuple[str, ...], tmp_path: Path
) -> None:
    # `parley up | tee log`, whose Ctrl-C ends `tee` as well.
    data = tmp_path / "data"
    reader, writer = os.pipe()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "stack.cli", "up", "--port", "0", "--data", str(data), *options,
        stdout=writer,
    )  # fmt: skip
    os.close(writer)

    def logged(name: str, event: str) -> int:
        return (data / "logs" / f"{name}.log").read_text().count(event)

    try:
        await wait_until(lambda: (data / "running.json").exists(), 60, missing="a start")
        running = json.loads((data / "running.json").read_text())
        os.close(reader)
        os.kill(running["pids"]["chat"], signal.SIGKILL)
        await wait_until(lambda: logged("chat", "process.ready") == 2, 60, missing="chat's return")
        family = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGINT)
        assert await asyncio.wait_for(process.wait(), 60) == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert not [child for child in family if child.is_running()]
    for name in ("gateway", "auth", "rooms", "chat", "signaling"):
        assert logged(name, "process.stopped") == 1, name
    assert logged("nats", "Server Exiting") == 1
