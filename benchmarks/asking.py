"""People who ask for their rights while the register is busy: how soon they are answered.

`python -m benchmarks.asking` is the web server's process: it sends forms and reads pages one after
the other until its standard input ends, and prints how long each took.
"""

import json
import os
import select
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import django

#: Who asks waits no longer than this, in seconds, to call the pages quick.
QUICK = 1.0
PAUSE = 0.05


@contextmanager
def asking() -> Iterator[Callable[[], None]]:
    """Asks until the block calls what it is given, which prints what became of it."""
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.asking"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout  # noqa: S101 - it is a pipe
        process.stdout.readline()

        def tell() -> None:
            for what, answers in json.loads(process.communicate()[0]).items():
                _tell(what, [seconds for seconds, _is_right in answers], answers)

        try:
            yield tell
        finally:
            if process.poll() is None:
                process.kill()


def _tell(what: str, times: list[float], answers: list[Any]) -> None:
    failed = sum(not is_right for _seconds, is_right in answers)
    share = sum(seconds < QUICK for seconds in times) / len(times)
    print(
        f"{f'  {what} meanwhile':44} {share:8.1%} within {QUICK:.0f} s, {len(times)} in all, "
        f"median {statistics.median(times):.2f} s, longest {max(times):.2f} s, {failed} failed",
        flush=True,
    )


def _ask() -> dict[str, list[tuple[float, bool]]]:
    """Each form and page until the input ends: the seconds, and whether it was answered right."""
    from django.test import Client

    from rights_requests.tokens import new_token

    client = Client(raise_request_exception=False)
    asked = {"right": ["access"], "name": "Aino Koekajo", "step": "send"}
    answers: dict[str, list[tuple[float, bool]]] = {"forms sent": [], "pages read": []}

    def timed(what: str, status: int, visit: Callable[..., Any], *about: Any, **where: Any) -> None:
        start = time.perf_counter()
        is_right = visit(*about, **where).status_code == status
        answers[what].append((time.perf_counter() - start, is_right))

    for number in count():
        if select.select([sys.stdin], [], [], PAUSE)[0]:
            return answers
        # each from another network, of which none sends much
        where = {"REMOTE_ADDR": f"10.{number >> 8 & 255}.{number & 255}.1"}
        form = asked | {"email": f"asks{number}@koe.example", "token": new_token()}
        timed("forms sent", 302, client.post, "/fi/requests/form/", form, **where)
        timed("pages read", 200, client.get, "/fi/requests/", **where)
    return answers


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    print("ready", flush=True)
    print(json.dumps(_ask()))
