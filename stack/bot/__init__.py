"""Headless participants of a call, on aiortc: for tests, for the doctor, and as a load."""
