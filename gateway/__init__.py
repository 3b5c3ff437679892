"""Browsers' connections: the websocket, the HTTP API and the web client's files."""
