"""What may happen in a room: pure functions of a room's state, a deed and the time."""
