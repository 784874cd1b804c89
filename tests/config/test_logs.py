import logging
import sys

import pytest

from config.logs import NoPersonalData


def logged(message, *args):
    text = f"Aino {'salakajo'.title()}"
    try:
        raise ValueError(text)
    except Exception:
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, message, args, sys.exc_info())
    return NoPersonalData("%(levelname)s %(message)s").format(record)


def test_an_error_is_told_by_its_kind_and_place_and_never_by_its_text():
    told = logged("Internal Server Error: %s", "/admin/")
    assert "builtins.ValueError" in told
    assert "test_logs.py" in told
    assert "Salakajo" not in told


@pytest.mark.parametrize(
    "before",
    [
        "/account/invitation/",
        "/fi/requests/proof/",
        "/sv/requests/status/",
        "/en/requests/report/",
        "/en/requests/transfer/",
        "/fi/requests/sent/",
        "/fi/requests/read/",
    ],
)
def test_the_part_of_an_address_that_opens_something_is_left_out(before):
    told = logged("Not Found: %s", f"{before}s3cret-token/")
    assert "s3cret" not in told
    assert f"{before}…/" in told


def test_a_failing_page_is_logged(settings):
    assert settings.LOGGING["handlers"]["console"]["formatter"] == "no_personal_data"
    assert settings.LOGGING["root"]["handlers"] == ["console"]
