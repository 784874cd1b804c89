"""Papers that staff add to a request: the request itself, or what shows who asks (I02, I09)."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.files import PaperType, keep, type_of
from rights_requests.models import RightsRequest, Scan

LARGEST_SCAN = 10 * 1024 * 1024
MOST_SCANS = 20


class FilesInput(forms.FileInput):
    """Several files at once."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return files.getlist(name) if hasattr(files, "getlist") else []


class ScansField(forms.Field):
    """Papers, each a PDF, JPEG or PNG by its first bytes; gives pairs of type and file."""

    widget = FilesInput(attrs={"multiple": True, "accept": ".pdf,.jpg,.jpeg,.png"})

    def clean(self, value: Any) -> "list[tuple[PaperType, UploadedFile[Any]]]":
        files: list[UploadedFile[Any]] = list(value or [])
        if len(files) > MOST_SCANS:
            raise ValidationError(gettext("Choose at most %(most)s files.") % {"most": MOST_SCANS})
        return [(_type_of(file), file) for file in files]


def _type_of(file: "UploadedFile[Any]") -> PaperType:
    if (file.size or 0) > LARGEST_SCAN:
        raise ValidationError(gettext("%(name)s is larger than 10 MB.") % {"name": file.name})
    if kind := type_of(file):
        return kind
    raise ValidationError(gettext("%(name)s is no PDF, JPEG or PNG.") % {"name": file.name})


def scans_of_proof() -> ScansField:
    """Papers that show who asks; they go by themselves soon after that is known (I09)."""
    return ScansField(
        label=_("Papers that show who asks"),
        required=False,
        help_text=_(
            "Never a copy or photo of an identity card. They are erased within 30 days after it is "
            "known who asks."
        ),
    )


def keep_scans(
    asked: RightsRequest,
    files: "list[tuple[PaperType, UploadedFile[Any]]]",
    *,
    kept: list[str],
    now: datetime,
    shows_who: bool = False,
) -> None:
    """Store papers of a request; the name of each file is added to `kept`, for who must remove
    them when the transaction fails. Needs a `because` block."""
    for kind, file in files:
        kept.append(keep(file))
        Scan.objects.create(
            request=asked, file=kept[-1], content_type=kind, added_at=now, shows_who=shows_who
        )
