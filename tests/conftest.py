"""Fixtures that every test may use; each comes from a module of `tests/support`."""

import hypothesis

from tests.support.asking import asker
from tests.support.leaks import no_leaks, no_task_left
from tests.support.servers import (
    background,
    fresh_nats,
    fresh_store,
    mongodb_database,
    mongodb_url,
    nats_url,
    shared_nats,
    shared_store,
)

# How long an example takes says more of the machine than of the code.
hypothesis.settings.register_profile(
    "parley", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("parley")

pytest_plugins = ["tests.support.alone", "tests.support.tiers"]

__all__ = [
    "asker",
    "background",
    "fresh_nats",
    "fresh_store",
    "mongodb_database",
    "mongodb_url",
    "nats_url",
    "no_leaks",
    "no_task_left",
    "shared_nats",
    "shared_store",
]
