"""What a visitor is told when a page fails."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

RETRY_AFTER_SECONDS = 20


def server_error(request: HttpRequest) -> HttpResponse:
    """500; or 503 with Retry-After while the database is away or locked.

    As the handler of all failures it also answers for those in middleware. The browser still has
    what was typed, and sends it again when the page is loaded again.
    """
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        response = render(request, "503.html", status=503)
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
        return response
    return render(request, "500.html", status=500)
