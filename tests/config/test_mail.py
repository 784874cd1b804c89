"""Where mail goes by default: into a folder of ours, never to the terminal."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TELL = (
    "import json, config.settings as s;"
    "print(json.dumps([s.EMAIL_BACKEND, str(s.EMAIL_FILE_PATH),"
    " oct(s.EMAIL_FILE_PATH.stat().st_mode)]))"
)


@pytest.mark.parametrize(
    ("address", "place"),
    [(None, "mail"), ("filemail://", "mail"), ("filemail:///other/box", "other/box")],
)
def test_mail_stays_in_a_folder_for_the_program_alone(tmp_path, address, place):
    """P67: no personal data in logs."""
    env = {**os.environ, "DATA_DIR": str(tmp_path), "EMAIL_URL": address or "filemail://"}
    if address is None:
        del env["EMAIL_URL"]
    env.pop("DJANGO_SETTINGS_MODULE", None)
    said = subprocess.run(
        [sys.executable, "-c", TELL], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    )
    backend, folder, mode = json.loads(said.stdout)
    assert backend.endswith("filebased.EmailBackend")
    assert Path(folder) == tmp_path.resolve() / place
    assert mode == "0o40700"


def test_a_mail_server_gets_addresses_as_they_are(tmp_path):
    env = {**os.environ, "DATA_DIR": str(tmp_path), "EMAIL_URL": "smtp+tls://a:b@mail.example:587"}
    env.pop("DJANGO_SETTINGS_MODULE", None)
    tell = "import config.settings as s; print(s.EMAIL_BACKEND, s.EMAIL_HOST, s.EMAIL_USE_TLS)"
    said = subprocess.run(
        [sys.executable, "-c", tell], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    )
    assert said.stdout.split() == ["audit.mail.EmailBackend", "mail.example", "True"]


def test_an_absolute_folder_has_a_fourth_slash(tmp_path):
    env = {**os.environ, "DATA_DIR": str(tmp_path / "data")}
    env["EMAIL_URL"] = f"filemail:///{tmp_path}/elsewhere"
    said = subprocess.run(
        [sys.executable, "-c", TELL], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    )
    assert json.loads(said.stdout)[1] == f"{tmp_path}/elsewhere"
