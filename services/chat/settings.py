"""What an operator says about chat."""

from typing import Annotated

from pydantic import Field

from runtime.settings import StoreSettings


class ChatSettings(StoreSettings):
    """Settings of `services/chat`, each an environment variable `PARLEY_CHAT_…`."""

    chat_person_rate: Annotated[float, Field(gt=0)] = 15.0
    """Entries a second that one person may append, over all rooms; more than anybody types."""
    chat_person_burst: Annotated[float, Field(ge=1)] = 45.0
    chat_room_rate: Annotated[float, Field(gt=0)] = 1_000.0
    """Entries a second in one room; about half of what the log takes for one subject."""
    chat_room_burst: Annotated[float, Field(ge=1)] = 2_000.0
    chat_index_journaled: bool = True
    """Whether what the projector writes waits for the store's journal, as the URL has it. A store
    that keeps its writes' order over a power cut need not: what it forgets is a cursor and what
    came before it, which the log makes again. So it is with the store of `parley up`."""
    chat_audit_seconds: Annotated[float, Field(gt=0)] = 15.0
    """How often a replica looks for what others, now dead, have left out of the index."""
