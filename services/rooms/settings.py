"""What `services/rooms` reads from its environment."""

from runtime.settings import StoreSettings


class Settings(StoreSettings):
    """Settings of the rooms service, `PARLEY_` and the field's name."""

    max_rooms: int = 500
    """Rooms one person may be in. A connection follows 512, so that all of them can be live."""
