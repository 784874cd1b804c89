"""The notice page against a bare view behind the same middleware, through WSGI in one process."""

import io
import statistics
import time
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.test import override_settings

from notices.pages import copies

#: Seconds of each turn, and how many turns each takes.
TURN, ROUNDS = 0.2, 11
Visit = Callable[[], Any]


def notice_page() -> None:
    """Prints the requests per second of each, as a share of those of the bare view."""
    with override_settings(ROOT_URLCONF="benchmarks.urls"):
        copies.forget()
        application = get_wsgi_application()
        etag = visit(application, "/fi/")["ETag"]
        rates = per_second(
            {
                "bare": lambda: visit(application, "/bare/"),
                "notice page": lambda: visit(application, "/fi/"),
                "notice page, If-None-Match": lambda: visit(
                    application, "/fi/", HTTP_IF_NONE_MATCH=etag
                ),
                "an earlier version's page": lambda: visit(application, "/fi/versions/1/"),
                "notice page made of rows each time": lambda: visit(application, "/rows/"),
            }
        )
    bare = rates.pop("bare")
    for what, rate in rates.items():
        print(
            f"{what:44} {rate / bare:8.2f} of the requests per second of a bare view "
            f"({rate:.0f}/s, {bare:.0f}/s)",
            flush=True,
        )


def visit(application: Any, path: str, **headers: str) -> dict[str, str]:
    """One request from its environment to the last byte of its answer; gives the headers."""
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "SCRIPT_NAME": "",
        "QUERY_STRING": "",
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "testserver",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
        **headers,
    }
    told: dict[str, str] = {}

    def start(status: str, fields: Iterable[tuple[str, str]]) -> None:
        expected = "304" if headers else "200"
        if not status.startswith(expected):
            raise RuntimeError(f"{path}: {status}")
        told.update(fields)

    response = application(environ, start)
    b"".join(response)
    response.close()
    return told


def per_second(visits: dict[str, Visit]) -> dict[str, float]:
    """The median rate of each, measured in turns so that all meet the same machine."""
    rates: dict[str, list[float]] = {name: [] for name in visits}
    for once in visits.values():
        once()
    for _round in range(ROUNDS):
        for name, once in visits.items():
            start, visits_made = time.perf_counter(), 0
            while (spent := time.perf_counter() - start) < TURN:
                once()
                visits_made += 1
            rates[name].append(visits_made / spent)
    return {name: statistics.median(found) for name, found in rates.items()}
