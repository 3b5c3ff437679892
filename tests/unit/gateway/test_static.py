"""The web client's files: known beforehand, of the right type, kept as long as they are true."""

import gzip
from pathlib import Path

import pytest

from gateway.static import ASK_AGAIN, FOREVER, Site

pytestmark = [pytest.mark.unit, pytest.mark.gateway]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "dist"
    (root / "assets").mkdir(parents=True)
    (root / "index.html").write_text("<p>index")
    (root / "assets" / "main-D3adB33f.js").write_text("1")
    (root / "assets" / "main-D3adB33f.js.br").write_bytes(b"packed")
    (root / "assets" / "plain.css").write_text("p{}")
    (root / "icon.svg").write_text("<svg/>")
    (tmp_path / "secret.txt").write_text("secret")
    return root


def test_hashed_assets_are_kept_forever_and_nothing_else_is(root):
    site = Site(root)
    script = site.find("assets/main-D3adB33f.js")
    assert script is not None
    assert (script.cache, script.media_type) == (FOREVER, "text/javascript")
    assert script.bodies == {"": b"1", "br": b"packed"}
    for name in ("", "index.html", "icon.svg", "assets/plain.css"):
        found = site.find(name)
        assert found is not None
        assert found.cache == ASK_AGAIN


def test_pages_are_the_index_and_missing_files_are_missing(root):
    site = Site(root)
    index = site.find("")
    assert index is not None
    assert index.bodies[""] == b"<p>index"
    for page in ("rooms", "rooms/01abc", "r/a.b/c"):
        assert site.find(page) is index
    for missing in (
        "app.js",
        "assets/main-00000000.js",
        "favicon.ico",
        "assets/main-D3adB33f.js.br",
    ):
        assert site.find(missing) is None


@pytest.mark.parametrize(
    "path",
    ["../secret.txt", "..%2fsecret.txt", "assets/../../secret.txt", "/etc/passwd.txt", "//x.txt"],
)
def test_nothing_beside_the_folder_can_be_had(root, path):
    assert Site(root).find(path) is None


def test_a_new_build_is_seen_and_a_missing_one_is_said(root):
    site = Site(root)
    assert site.built
    (root / "index.html").write_text("<p>another index")
    index = site.find("")
    assert index is not None
    assert index.bodies[""] == b"<p>another index"
    (root / "index.html").unlink()
    assert not site.built
    assert site.find("") is None


def test_what_is_large_and_not_packed_already_is_packed_once(root):
    (root / "assets" / "large-D3adB33f.css").write_text("p { color: red }\n" * 200)
    (root / "picture.png").write_bytes(b"0" * 4_000)
    site = Site(root)
    styles, picture = site.find("assets/large-D3adB33f.css"), site.find("picture.png")
    assert styles is not None
    assert picture is not None
    assert gzip.decompress(styles.bodies["gzip"]) == styles.bodies[""]
    assert set(picture.bodies) == {""}
