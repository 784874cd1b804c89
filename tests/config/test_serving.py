"""gunicorn as gunicorn.conf.py sets it, with a page of one line."""

import http.client
import socket
import subprocess
import sys
import time
from contextlib import contextmanager

#: More than the workers, fewer than the threads of one.
SILENT = 6


def page(environ, start_response):
    start_response("200 OK", [("Content-Length", "2")])
    return [b"ok"]


def connected(port):
    until = time.monotonic() + 30
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=4)
        except OSError:
            assert time.monotonic() < until
            time.sleep(0.05)


@contextmanager
def served():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    arguments = [f"{__name__}:page", f"--bind=127.0.0.1:{port}", "--workers=1"]
    server = subprocess.Popen([sys.executable, "-m", "gunicorn", *arguments, "--log-level=warning"])
    try:
        connected(port).close()
        yield port
    finally:
        server.terminate()
        server.wait(timeout=40)


def test_connections_on_which_nobody_speaks_keep_nobody_waiting():
    with served() as port:
        silent = [connected(port) for _number in range(SILENT)]
        visitor = http.client.HTTPConnection("127.0.0.1", port, timeout=4)
        visitor.request("GET", "/")
        answer = visitor.getresponse()
        assert (answer.status, answer.read()) == (200, b"ok")
        for connection in [*silent, visitor]:
            connection.close()
