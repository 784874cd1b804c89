"""The public page of a notice, rendered once per language and kept (design: Notice series).

What is kept is the body: the words of the notice and what the program made of its clauses. Around
it stands a frame that is of today: the way to the other languages and versions, the supervisory
authority.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import override

from notices.authority import authority
from notices.models import Notice, Rendering
from notices.pages.page import page_of
from notices.pages.public import languages_of
from notices.terms import Language


def renderings_of(notice: Notice, now: datetime) -> list[Rendering]:
    """The page of `notice` in every language of the program, unsaved."""
    return [rendering_of(notice, language, now) for language in Language]


def rendering_of(notice: Notice, language: Language, now: datetime) -> Rendering:
    """The page of `notice` in one language, unsaved."""
    with override(language):
        page = page_of(notice, language)
        return Rendering(
            notice=notice,
            language=language,
            title=page.title or notice.name,
            body=render_to_string(
                "notices/body.html",
                {
                    "notice": notice,
                    "page": page,
                    "consultation_years": settings.CONSULTATION_YEARS,
                },
            ),
            labels={
                str(clause.pk): clause.label
                for clauses in page.clauses.values()
                for clause in clauses
            },
            rendered_at=now,
        )


def framed(rendering: Rendering, address: str) -> dict[str, Any]:
    """What `notices/notice.html` and its like show: a kept page in the frame of today.

    `address` is the page's own, without a query: what is shown depends on nothing else that a
    visitor sends. The language of the page must be the active one.
    """
    return {
        "notice": rendering.notice,
        "rendering": rendering,
        "authority": authority(rendering.language),
        "request_years": settings.REQUEST_YEARS,
        "languages": languages_of(address),
        # on paper a link leads nowhere
        "address": f"{settings.BASE_URL}{address}",
        "base_url": settings.BASE_URL,
    }
