"""What the logs keep to themselves."""

import pytest
import structlog

from runtime import log
from runtime.settings import ProcessSettings


@pytest.mark.parametrize("form", ["console", "json"])
def test_a_traceback_shows_no_values(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    # Lower case here, since a traceback quotes these lines.
    secret = "a secret of mine".upper()
    log.configure("test", ProcessSettings(log_format=form))
    try:
        _fail(secret)
    except ZeroDivisionError:
        structlog.get_logger().exception("failed", password=secret)
    finally:
        structlog.reset_defaults()
    written = capsys.readouterr().err
    assert "ZeroDivisionError" in written
    assert "_fail" in written
    assert secret not in written


def _fail(secret: str) -> None:
    assert secret
    raise ZeroDivisionError
