"""Writes `docs/generated/openapi.json`; with `--check` it fails where that file is another."""

import sys
from pathlib import Path

from litestar import Litestar

from gateway.http.app import ROUTES, options
from gateway.http.openapi import document

FILE = Path(__file__).parents[2] / "docs" / "generated" / "openapi.json"


def described() -> bytes:
    """The description of the routes, made without anything that answers them."""
    return document(Litestar(route_handlers=ROUTES, **options({})))


def main() -> None:
    """Writes the file, or with `--check` compares it."""
    if "--check" not in sys.argv[1:]:
        FILE.parent.mkdir(parents=True, exist_ok=True)
        FILE.write_bytes(described())
    elif not FILE.exists() or FILE.read_bytes() != described():
        sys.exit(f"{FILE.name} is not what the routes say: run `make docs`")


if __name__ == "__main__":
    main()
