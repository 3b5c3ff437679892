"""One process of the system, as `parley serve NAME` and every child of `parley up` run it."""

import importlib
import sys

ENTRIES = {
    "auth": "services.auth.app",
    "rooms": "services.rooms.app",
    "chat": "services.chat.app",
    "signaling": "services.signaling.app",
    "gateway": "gateway.app",
}
"""The module whose `main()` is the process. Imported only when asked for: none needs another's."""

SERVICES = tuple(name for name in ENTRIES if name != "gateway")


def serve(name: str) -> None:
    """Run the process called `name` until it is told to stop."""
    importlib.import_module(ENTRIES[name]).main()


if __name__ == "__main__":
    serve(sys.argv[1])
