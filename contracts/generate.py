"""Write `docs/generated/` from the registry; with `--check` fail where a file there is stale."""

import json
import sys
from pathlib import Path
from typing import Any

from contracts import asyncapi, schema, tables

FOLDER = Path(__file__).parents[1] / "docs" / "generated"


def documents() -> dict[str, str]:
    """The text of each generated document by its file name; the same for the same contracts."""
    return {
        "protocol.schema.json": _json(schema.protocol()),
        "asyncapi-bus.json": _json(asyncapi.bus()),
        "asyncapi-websocket.json": _json(asyncapi.websocket()),
        "subjects.md": tables.subjects_table(),
        "commands.md": tables.commands_table(),
        "errors.md": tables.errors_table(),
        "close-codes.md": tables.closings_table(),
    }


def stale(folder: Path = FOLDER) -> list[str]:
    """The names of documents that are missing or differ from what the contracts say."""
    return [
        name
        for name, text in documents().items()
        if not (folder / name).exists() or (folder / name).read_text(encoding="utf-8") != text
    ]


def main() -> None:
    """Write the documents, or with `--check` compare them."""
    if "--check" not in sys.argv[1:]:
        FOLDER.mkdir(parents=True, exist_ok=True)
        for name, text in documents().items():
            (FOLDER / name).write_text(text, encoding="utf-8")
    elif names := stale():
        sys.exit(f"docs/generated: {', '.join(names)} not what contracts/ says: run `make docs`")


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    main()
