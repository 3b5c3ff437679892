"""The web client's files over HTTP, and the headers that every answer carries."""

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from tests.integration.gateway.town import Town, browser

PACKED = gzip.compress(b"let parley = 1")

pytestmark = [pytest.mark.integration, pytest.mark.gateway]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "dist"
    (root / "assets").mkdir(parents=True)
    (root / "index.html").write_text("<!doctype html><p>Parley")
    (root / "assets" / "main-D3adB33f.js").write_text("let parley = 1")
    (root / "assets" / "main-D3adB33f.js.gz").write_bytes(PACKED)
    (tmp_path / "secret.txt").write_text("secret")
    return root


@pytest_asyncio.fixture
async def http(town: Town, root: Path) -> AsyncIterator[httpx.AsyncClient]:
    gateway = await town.gateway(web_root=root)
    async with browser(gateway) as client:
        yield client


async def test_deep_links_are_answered_by_the_index_which_is_never_kept(http):
    for path in ("/", "/index.html", "/rooms", "/rooms/01abc", "/i/some-code"):
        page = await http.get(path)
        assert (page.status_code, page.text) == (200, "<!doctype html><p>Parley")
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert page.headers["cache-control"] == "no-cache"
    known = {"if-none-match": page.headers["etag"]}
    unchanged = await http.get("/rooms", headers=known)
    assert (unchanged.status_code, unchanged.content) == (304, b"")


async def test_hashed_assets_are_kept_forever_and_packed_where_they_can_be(http):
    packed = await http.get("/assets/main-D3adB33f.js", headers={"accept-encoding": "identity"})
    assert packed.text == "let parley = 1"
    assert packed.headers["content-type"].startswith("text/javascript")
    assert "immutable" in packed.headers["cache-control"]
    assert packed.headers["vary"] == "accept-encoding"
    async with http.stream("GET", "/assets/main-D3adB33f.js") as small:
        assert small.headers["content-encoding"] == "gzip"
        assert b"".join([part async for part in small.aiter_raw()]) == PACKED


async def test_what_is_not_there_is_not_there(http):
    for path in (
        "/assets/other.js",
        "/favicon.ico",
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/assets/%2e%2e/%2e%2e/secret.txt",
    ):
        missing = await http.get(path)
        assert missing.status_code == 404
        assert "secret" not in missing.text


async def test_heads_have_headers_and_no_body(http):
    head = await http.head("/rooms")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len("<!doctype html><p>Parley"))


async def test_every_answer_carries_the_headers_that_protect_the_page(http):
    for method, path in (
        ("GET", "/"),
        ("GET", "/assets/main-D3adB33f.js"),
        ("GET", "/nowhere.js"),
        ("GET", "/api/health"),
        ("GET", "/api/me"),
        ("GET", "/api/nowhere"),
        ("POST", "/api/auth/refresh"),
        ("GET", "/api/docs"),
    ):
        headers = (await http.request(method, path)).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert "camera=(self)" in headers["permissions-policy"]
        assert "server" not in headers


async def test_only_a_secure_page_is_told_whom_it_may_open(http: httpx.AsyncClient, town: Town):
    opener = "cross-origin-opener-policy"
    for host in ("localhost:8080", "chat.localhost", "[::1]:8080"):
        assert opener in (await http.get("/", headers={"host": host})).headers
    for host in ("talk.example", "192.168.1.7:8080", "localhost.example"):
        plain = await http.get("/", headers={"host": host})
        assert opener not in plain.headers
        by_proxy = {"host": host, "x-forwarded-proto": "https"}
        assert opener in (await http.get("/", headers=by_proxy)).headers
    known = await town.gateway(public_origins="https://talk.example")
    async with browser(known) as client:
        assert opener in (await client.get("/", headers={"host": "talk.example"})).headers


async def test_a_refusal_at_the_door_carries_them_too(http):
    refused = await http.post("/api/auth/logout", headers={"origin": "https://evil.example"})
    assert refused.status_code == 403
    assert "default-src 'none'" in refused.headers["content-security-policy"]


async def test_without_a_build_a_page_says_so(town: Town, tmp_path: Path):
    gateway = await town.gateway(web_root=tmp_path / "nowhere")
    async with browser(gateway) as client:
        page = await client.get("/rooms")
        assert page.status_code == 503
        assert "make web" in page.text
        (tmp_path / "nowhere").mkdir()
        (tmp_path / "nowhere" / "index.html").write_text("built since")
        assert (await client.get("/rooms")).text == "built since"
