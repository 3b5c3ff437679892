"""The HTTP API under `/api`: what works without a websocket."""
