"""The notice in force as plain pages and as PDF, one of each for each of its languages."""

import re
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.timezone import localdate
from django.utils.translation import override

from audit.paper import Pdf, pdf_of
from audit.texts import one_line
from notices.authority import authority
from notices.export.blocks import blocks_of
from notices.models import Notice, Rendering
from notices.terms import Language

LAYOUT = (Path(__file__).parent / "notice.typ").read_bytes()
NAME = "tietosuojaseloste"
STYLE = "tietosuojaseloste.css"
#: An address of ours inside a tag; in words, "<" is written as an entity.
LOCAL = re.compile(r'(<[a-z][^<>]*?\s(?:href|action|src)=")(?=/(?!/))')


def languages_of(notice: Notice) -> list[Language]:
    """The languages that `notice` speaks, Finnish first."""
    return [one for one in Language if one in notice.languages] or [Language.FINNISH]


def files_of(notice: Notice) -> dict[str, bytes]:
    """The pages, papers and style of a notice that is in force, by file name.

    What they say is what the public page says (`Rendering`), to the letter; its links lead to
    this installation (BASE_URL).
    """
    files = {STYLE: public_style(), "index.html": _index(notice)}
    for rendering in notice.renderings.filter(language__in=languages_of(notice)):
        name = f"{NAME}-{rendering.language}"
        body = _body(rendering)
        files[f"{name}.html"] = _page(notice, rendering, body)
        files[f"{name}.pdf"] = _paper(notice, rendering, body)
    return files


def standalone(
    template: str, notice: Notice, language: str, *, name: str = "", **shown: Any
) -> bytes:
    """A page that needs nothing but the style beside it; `name` begins the file name of the same
    page in each language, where there are others."""
    languages = [
        {
            "code": one.value,
            "name": one.label,
            "url": f"{name}-{one}.html",
            "is_current": one == language,
        }
        for one in languages_of(notice)
        if name
    ]
    context = {"notice": notice, "languages": languages, "style": STYLE, **shown}
    with override(language):
        return render_to_string(template, context).encode()


def _body(rendering: Rendering) -> str:
    """The page as it is kept, and below it the authority of today and how long requests are kept;
    links lead here from anywhere."""
    context = {
        "authority": authority(rendering.language),
        "request_years": settings.REQUEST_YEARS,
    }
    with override(rendering.language):
        below = render_to_string("notices/requests_kept.html", context)
        below += render_to_string("notices/authority.html", context)
    return LOCAL.sub(lambda tag: tag[1] + settings.BASE_URL, rendering.body + below)


def _page(notice: Notice, rendering: Rendering, body: str) -> bytes:
    return standalone(
        "notices/export/notice.html",
        notice,
        rendering.language,
        name=NAME,
        rendering=rendering,
        body=body,
    )


def _paper(notice: Notice, rendering: Rendering, body: str) -> Pdf:
    return paper(
        rendering.title,
        body,
        language=rendering.language,
        author=notice.controller_name,
        made_on=localdate(notice.came_into_force_at),
    )


def paper(title: str, page: str, *, language: str, author: str, made_on: date) -> Pdf:
    """`page`, HTML with whole addresses that begins with its title as a heading, as PDF."""
    values = {
        "language": language,
        "title": one_line(title),
        "author": one_line(author),
        "date": [made_on.year, made_on.month, made_on.day],
        "blocks": blocks_of(page, language),
    }
    return pdf_of(LAYOUT, values, made_on)


def _index(notice: Notice) -> bytes:
    titles = dict(notice.renderings.values_list("language", "title"))
    pages = [
        {"code": one.value, "name": one.label, "title": titles[one]} for one in languages_of(notice)
    ]
    first = languages_of(notice)[0]
    return standalone("notices/export/index.html", notice, first, pages=pages)


def public_style() -> bytes:
    """The style of the public pages, for pages that lie elsewhere."""
    return Path(str(finders.find("public.css"))).read_bytes()
