"""What `manage.py` says where a command cannot do its work."""

import os
import subprocess
import sys

from django.conf import settings


def command(data_dir, *arguments, **environment):
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env={
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "DATA_DIR": str(data_dir),
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_database_without_our_tables_is_one_sentence(tmp_path):
    notice = tmp_path / "seloste.txt"
    notice.write_text("Rekisterinpitäjä\nKoepaja Oy\n")
    done = command(tmp_path, "load_notice", str(notice))
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == (
        "The database is not up to date with the program. Run: python manage.py migrate\n"
    )


def test_a_database_that_is_away_is_not_said_to_be_old(tmp_path):
    gone = "postgresql://nobody@127.0.0.1:9/nothing"
    done = command(tmp_path, "forget_tasks", DATABASE_URL=gone)
    assert done.returncode == 1
    assert "migrate" not in done.stderr
    assert "connection" in done.stderr
