import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from staff.checks import check_base_url, check_keys, check_mail, check_second_factor

ROOT = Path(__file__).parents[2]
TELL = (
    # deaf to the .env of whoever runs the tests
    "import environ; environ.Env.read_env = lambda *_args: None;"
    "import json, config.settings as s;"
    "print(json.dumps([s.BASE_URL, s.FINANCIAL_YEAR_ENDS_ON]))"
)


def ids(messages):
    return [message.id for message in messages]


@pytest.mark.parametrize("name", ["SECRET_KEY_IS", "ENCRYPTION_KEYS_ARE", "DIGEST_KEYS_ARE"])
def test_production_is_given_its_keys(settings, name):
    setattr(settings, f"{name}_KEPT", True)
    assert ids(check_keys()) == ["staff.E001"]
    setattr(settings, f"{name}_KEPT", False)
    assert ids(check_keys()) == []


def test_a_misspelt_second_factor_is_told(settings):
    found = {}
    for value in ("required", "optional", "Required", "no", ""):
        settings.SECOND_FACTOR = value
        found[value] = ids(check_second_factor())
    assert found == {
        "required": [],
        "optional": [],
        "Required": ["staff.E002"],
        "no": ["staff.E002"],
        "": ["staff.E002"],
    }


def test_production_is_told_that_its_mail_is_not_sent(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    assert ids(check_mail()) == ["staff.W001"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert ids(check_mail()) == []


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://rekisteri.koe.example", []),
        ("https://192.0.2.1:8443", []),
        ("http://127.0.0.1:8000", ["staff.W002"]),
        ("http://localhost:8000", ["staff.W002"]),
        ("http://[::1]:8000", ["staff.W002"]),
        ("https://[::1", ["staff.W002"]),
        ("https://0.0.0.0", ["staff.W002"]),
        ("https://*", ["staff.W002"]),
        ("https://*.koe.example", ["staff.W002"]),
        ("rekisteri.koe.example", ["staff.W002"]),
        ("", ["staff.W002"]),
    ],
)
def test_production_is_told_that_its_links_lead_nowhere(settings, url, found):
    settings.BASE_URL = url
    assert ids(check_base_url()) == found


def told(folder, **env):
    """What the program's settings say, read in `env`."""
    kept = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    return subprocess.run(
        [sys.executable, "-c", TELL],
        cwd=ROOT,
        env=kept | {"DATA_DIR": str(folder)} | env,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("hosts", "url"),
    [
        ("koe.example,*", "https://koe.example"),
        ("*,koe.example", "https://koe.example"),
        (".koe.example", "https://koe.example"),
        ("*", "http://127.0.0.1:8000"),
        ("", "http://127.0.0.1:8000"),
    ],
)
def test_links_begin_with_a_host_that_is_named(tmp_path, hosts, url):
    said = told(tmp_path, HTTPS="true", ALLOWED_HOSTS=hosts)
    assert json.loads(said.stdout)[0] == url


@pytest.mark.parametrize(
    ("ends", "kept"), [("12-31", [12, 31]), ("2-29", [2, 29]), ("06-30", [6, 30])]
)
def test_the_financial_year_ends_on_a_day(tmp_path, ends, kept):
    assert json.loads(told(tmp_path, FINANCIAL_YEAR_ENDS=ends).stdout)[1] == kept


@pytest.mark.parametrize("ends", ["31.12", "13-40", "", "12-31-2026"])
def test_a_malformed_end_of_the_financial_year_is_told_in_one_sentence(tmp_path, ends):
    last = told(tmp_path, FINANCIAL_YEAR_ENDS=ends).stderr.strip().splitlines()[-1]
    assert last.endswith(
        f"ImproperlyConfigured: FINANCIAL_YEAR_ENDS is {ends!r}: write it as MM-DD, such as 12-31."
    )
