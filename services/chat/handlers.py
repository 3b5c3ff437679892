"""Which command is answered by what."""

from contracts.chat import (
    DeleteMessage,
    EditMessage,
    PostMessage,
    React,
    ReadHistory,
    ReadSince,
    Unreact,
)
from runtime.serve import Table
from services.chat.posting import Posting
from services.chat.reading import Reading


def table(posting: Posting, reading: Reading) -> Table:
    """Every command of chat."""
    return {
        PostMessage: posting.post,
        EditMessage: posting.edit,
        DeleteMessage: posting.delete,
        React: posting.react,
        Unreact: posting.unreact,
        ReadHistory: reading.history,
        ReadSince: reading.since,
    }
