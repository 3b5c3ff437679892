"""What auth decides: pure functions of state, time and chance."""
