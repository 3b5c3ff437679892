"""The rules of a timeline, pure: no clock, no I/O, no framework."""
