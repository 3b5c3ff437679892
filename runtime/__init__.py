"""How a process lives: bus, codec, serving, settings, storage, telemetry, health and drain."""
