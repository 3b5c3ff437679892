"""What crosses a process: messages, ids, codes, subjects and frames. msgspec and the standard library only."""
