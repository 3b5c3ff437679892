"""What crosses a process: messages, ids, codes, subjects, frames. msgspec and stdlib only."""
