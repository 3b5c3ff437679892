"""The HTTP API: problems, cookies, origins, pictures, histories."""

import msgspec
import pytest

from contracts.auth import MAX_AVATAR_BYTES
from contracts.errors import CODES
from gateway.app import Gateway
from gateway.metrics import HTTP
from runtime.ids import new_id
from tests.integration.gateway.town import (
    PASSWORD,
    Town,
    browser,
    greeted,
    person,
    room_of,
    url_of,
)
from tests.support.pictures import png
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.integration, pytest.mark.gateway]


def problem(answer) -> str:
    """The code of a problem, which is one by every sign."""
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == answer.status_code
    assert body["title"] == CODES[body["code"]].value.sentence
    assert answer.headers["cache-control"] == "no-store"
    return body["code"]


async def test_registering_keeps_the_refresh_token_out_of_the_pages_reach(gateway: Gateway):
    async with browser(gateway) as http:
        made = await http.post(
            "/api/auth/register", json={"name": "Ann-" + new_id()[-8:], "password": PASSWORD}
        )
        assert made.status_code == 201
        body = made.json()
        assert set(body) == {
            "profile", "device", "access_token", "access_expires_at", "guest_room"
        }  # fmt: skip
        cookie = made.headers["set-cookie"].lower()
        assert cookie.startswith("parley_refresh=")
        for part in ("httponly", "samesite=strict", "path=/api/auth", "max-age="):
            assert part in cookie
        assert "secure" not in cookie
        assert made.headers["cache-control"] == "no-store"

        again = await http.post("/api/auth/refresh")
        assert again.json()["profile"] == body["profile"]
        token = again.json()["access_token"]
        signed = {"authorization": f"Bearer {token}"}
        gone = await http.post("/api/auth/logout", headers=signed)
        assert gone.status_code == 204
        assert "max-age=0" in gone.headers["set-cookie"].lower()
        assert problem(await http.post("/api/auth/refresh")) == "auth.required"

        async def revoked() -> bool:
            return problem(await http.get("/api/me", headers=signed)) == "auth.revoked"

        # Gateways hear of it by the bus.
        await wait_until(revoked)


async def test_a_dead_cookie_is_taken_away(gateway: Gateway):
    async with browser(gateway) as http:
        http.cookies.set("parley_refresh", "forged", path="/api/auth")
        refused = await http.post("/api/auth/refresh")
        assert problem(refused) == "auth.token_invalid"
        assert "max-age=0" in refused.headers["set-cookie"].lower()


async def test_the_cookie_is_for_https_alone_where_there_is_https(town: Town):
    gateway = await town.gateway(public_origins=("https://talk.example",))
    async with browser(gateway) as http:
        made = await http.post(
            "/api/auth/register",
            json={"name": "bob-" + new_id()[-8:], "password": PASSWORD},
            headers={"origin": "https://talk.example"},
        )
        assert "secure" in made.headers["set-cookie"].lower()
        assert made.headers["strict-transport-security"] == "max-age=31536000"


@pytest.mark.parametrize(
    ("method", "path", "sent", "status", "code"),
    [
        ("GET", "/api/nowhere", None, 404, "request.unknown"),
        ("PUT", "/api/auth/login", b"{}", 405, "request.unknown"),
        ("POST", "/api/auth/login", b"{", 400, "request.malformed"),
        ("POST", "/api/auth/login", b"\xff", 400, "request.malformed"),
        ("POST", "/api/auth/login", b"[]", 422, "request.invalid"),
        ("POST", "/api/auth/login", b"{}", 422, "request.invalid"),
        ("POST", "/api/auth/login", b'{"name":"a","password":"b","x":1}', 422, "request.invalid"),
        ("POST", "/api/auth/login", b'{"t":"x","name":"a"}', 422, "request.invalid"),
        ("POST", "/api/auth/login", b'{"name":"nobody","password":"wrong one"}', 401,
         "auth.wrong_credentials"),
        ("POST", "/api/auth/login", b"x" * 70_000, 413, "request.too_large"),
        ("POST", "/api/auth/guest", b'{"invite":"no","display_name":"G"}', 404,
         "rooms.invite_invalid"),
        ("GET", "/api/invites/no", None, 404, "rooms.invite_invalid"),
        ("GET", "/api/me", None, 401, "auth.required"),
        ("GET", "/api/rooms", None, 401, "auth.required"),
        ("GET", "/api/people?prefix=a", None, 401, "auth.required"),
        ("POST", "/api/auth/refresh", None, 401, "auth.required"),
    ],
)  # fmt: skip
async def test_what_is_refused_says_why(gateway: Gateway, method, path, sent, status, code):
    async with browser(gateway) as http:
        answer = await http.request(method, path, content=sent)
        assert (answer.status_code, problem(answer)) == (status, code)


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/rooms/nonsense", 422, "request.invalid"),
        ("/api/rooms/01jd00000000000000000000aa", 404, "rooms.unknown"),
        ("/api/rooms/01jd00000000000000000000aa/history", 404, "rooms.unknown"),
        ("/api/rooms/01jd00000000000000000000aa/export", 404, "rooms.unknown"),
        ("/api/rooms?limit=many", 422, "request.invalid"),
        ("/api/rooms?limit=1000", 422, "request.invalid"),
        ("/api/rooms?sort=worst", 422, "request.invalid"),
        ("/api/people", 422, "request.invalid"),
        ("/api/profiles?users=x", 422, "request.invalid"),
        ("/api/avatars/01jd00000000000000000000aa/abc", 404, "auth.user_unknown"),
    ],
)
async def test_bad_questions_of_someone_signed_in(gateway: Gateway, path, status, code):
    async with browser(gateway, await person(gateway)) as http:
        answer = await http.get(path)
        assert (answer.status_code, problem(answer)) == (status, code)


async def test_another_sites_page_changes_nothing(gateway: Gateway):
    ann = await person(gateway)
    async with browser(gateway, ann) as http:
        for headers in (
            {"origin": "https://evil.example"},
            {"origin": "null"},
            {"origin": url_of(gateway).replace("127.0.0.1", "localhost")},
        ):
            refused = await http.post("/api/auth/logout", headers=headers)
            assert (refused.status_code, problem(refused)) == (403, "request.forbidden")
        assert (await http.get("/api/me")).status_code == 200


async def test_an_address_asks_only_so_often(town: Town):
    gateway = await town.gateway(http_per_minute=6)
    async with browser(gateway) as http:
        answers = [await http.get("/api/health") for _ in range(4)]
        assert [a.status_code for a in answers] == [200, 200, 429, 429]
        assert problem(answers[-1]) == "request.rate_limited"
        assert int(answers[-1].headers["retry-after"]) >= 1
        assert (await http.get("/")).status_code != 429


async def test_a_path_is_of_the_api_however_many_slashes_it_has(town: Town):
    gateway = await town.gateway(http_per_minute=1)
    counted = HTTP.labels("4xx")._value
    async with browser(gateway) as http:
        assert (await http.get("/api/health")).status_code == 200
        for path in ("//api/health", "/api//health", "///api/health//", "/%61pi/health", "/api"):
            before = counted.get()
            refused = await http.get(url_of(gateway) + path)
            assert (path, refused.status_code) == (path, 429)
            assert problem(refused) == "request.rate_limited"
            assert counted.get() == before + 1
        assert (await http.get("/apish")).status_code != 429


async def test_a_profile_and_its_picture(gateway: Gateway):
    ann, bob = await person(gateway), await person(gateway)
    async with browser(gateway, ann) as http, browser(gateway, bob) as his:
        me = (await http.patch("/api/me", json={"display_name": "Ann", "bio": "Hi"})).json()
        assert (me["display_name"], me["bio"]) == ("Ann", "Hi")
        assert (await http.get("/api/me")).json() == me
        picture = png(16, 16)
        pictured = (await http.put("/api/me/avatar", content=picture)).json()
        shown = await his.get(pictured["avatar"])
        assert (shown.content, shown.headers["content-type"]) == (picture, "image/png")
        assert "immutable" in shown.headers["cache-control"]
        stale = await his.get(pictured["avatar"] + "x")
        assert problem(stale) == "auth.user_unknown"
        for body in (b"", b"not a picture", b"x" * (MAX_AVATAR_BYTES + 1)):
            refused = await http.put("/api/me/avatar", content=body)
            assert problem(refused) == "auth.avatar_invalid"
        assert (await http.delete("/api/me/avatar")).json()["avatar"] is None
        found = (await his.get("/api/people", params={"prefix": ann.name})).json()
        assert [who["user"] for who in found["profiles"]] == [ann.user]
        known = (await his.get("/api/profiles", params={"users": f"{ann.user},{bob.user}"})).json()
        assert {who["user"] for who in known["profiles"]} == {ann.user, bob.user}


async def test_a_room_from_its_making_to_its_end(gateway: Gateway):
    ann, bob = await person(gateway), await person(gateway)
    async with browser(gateway, ann) as hers, browser(gateway, bob) as his:
        made = await hers.post("/api/rooms", json={"name": "Kitchen", "description": "Food"})
        assert made.status_code == 201
        room = made.json()["info"]["room"]
        page = (await his.get("/api/rooms", params={"query": "kitchen"})).json()
        assert [card["info"]["room"] for card in page["rooms"]] == [room]
        renamed = await hers.patch(f"/api/rooms/{room}", json={"name": "Cellar"})
        assert renamed.json()["info"]["name"] == "Cellar"
        twice = await hers.patch(f"/api/rooms/{room}", json={"room": room, "name": "Attic"})
        assert problem(twice) == "request.invalid"
        assert problem(await his.delete(f"/api/rooms/{room}")) in (
            "rooms.not_member", "rooms.role_too_low"
        )  # fmt: skip
        assert (await his.get(f"/api/rooms/{room}")).json()["me"] is None
        assert (await hers.delete(f"/api/rooms/{room}")).status_code == 204
        assert problem(await hers.get(f"/api/rooms/{room}")) == "rooms.unknown"


async def test_a_history_is_paged_and_exported_whole(gateway: Gateway, monkeypatch):
    monkeypatch.setattr("gateway.http.export.MAX_HISTORY", 7)
    ann, eve = await person(gateway), await person(gateway)
    async with (
        greeted(gateway, ann) as wire,
        browser(gateway, ann) as http,
        browser(gateway, eve) as stranger,
    ):
        room = await room_of(wire)
        texts = [f"message {number}\n“{number}”" for number in range(30)]
        for text in texts:
            assert (await wire.say(room, text))["t"] == "chat.appended"
        page = (await http.get(f"/api/rooms/{room}/history", params={"limit": 5})).json()
        assert [message["text"] for message in page["messages"]] == texts[-5:]
        first = page["messages"][0]["seq"]
        earlier = {"before": first, "limit": 5}
        page = (await http.get(f"/api/rooms/{room}/history", params=earlier)).json()
        assert [message["text"] for message in page["messages"]] == texts[-10:-5]

        export = await http.get(f"/api/rooms/{room}/export")
        assert export.headers["content-type"].startswith("application/x-ndjson")
        assert room in export.headers["content-disposition"]
        messages = [msgspec.json.decode(line) for line in export.content.splitlines()]
        assert [message["text"] for message in messages] == texts
        assert problem(await stranger.get(f"/api/rooms/{room}/export")) == "rooms.not_member"


async def test_the_api_describes_itself(gateway: Gateway):
    async with browser(gateway) as http:
        described = (await http.get("/api/openapi.json")).json()
        assert described["openapi"].startswith("3.1")
        assert described["x-codes"]["rooms.full"] == 409
        page = await http.get("/api/docs")
        assert page.headers["content-type"].startswith("text/html")
        for path in described["paths"]:
            assert path in page.text
        assert "<script" not in page.text
        assert (await http.get("/api/health")).json() == {"status": "ok"}
