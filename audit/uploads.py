"""Uploads that must never stand on a disk: a page may drop most of them, and drops them unread."""

from collections.abc import Callable
from io import BytesIO
from typing import Any, Final, TypeVar

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponseBase

ViewT = TypeVar("ViewT", bound=Callable[..., Any])

#: Of one request; of more only the length is told.
MOST_BYTES: Final = 16 * 1024 * 1024


def in_memory(view: ViewT) -> ViewT:
    """Decorates a view whose uploads stay in memory, whoever sends them."""
    view.uploads_in_memory = True  # type: ignore[attr-defined]
    return view


class InMemory(FileUploadHandler):
    """Holds what is uploaded; of more than `MOST_BYTES` nothing but how long it is."""

    held = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.file = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.held += len(raw_data)
        if self.held <= MOST_BYTES:
            self.file.write(raw_data)
        else:
            self.file = BytesIO()

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        self.file.seek(0)
        return InMemoryUploadedFile(
            self.file,
            self.field_name,
            self.file_name or "",
            self.content_type,
            file_size,
            self.charset,
        )


class UploadsMiddleware:
    """Chooses where uploads stand before anybody reads them; the check of the form's token, and
    the page for whoever's session has ended, read them before the view does."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        if getattr(view, "uploads_in_memory", False):
            request.upload_handlers = [InMemory(request)]
