"""The controller's own words: Markdown or a little HTML, as staff typed or pasted it.

html_of(source)    what the page shows
text_of(source)    the same as plain text: for the checker, for paper, for comparing
cleaned(source)    what is stored
"""

import html
import re
from typing import Any, Final

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

from audit.texts import clean
from notices.reading.markup import lines_of

HEADINGS: Final = frozenset(f"h{level}" for level in range(1, 7))
ALLOWED: Final[dict[str, Any]] = {
    "tags": {"p", "br", "ul", "ol", "li", "strong", "b", "em", "i", "a"} | HEADINGS,
    "attributes": {"a": {"href"}, "ol": {"start"}},
    "attribute_filter": lambda tag, _name, value: value if tag == "a" else _number(value),
    "url_schemes": {"http", "https", "mailto"},
    # the same words stand on other sites too, where an address of ours leads nowhere
    "url_relative": "deny",
    "link_rel": "noopener noreferrer",
}
LISTS: Final = frozenset({"ul", "ol"})
ITEM: Final = "li"
BLOCKS: Final = LISTS | HEADINGS | {ITEM, "p"}
#: Lists in lists: more is no text, and neither our paper nor a reader gets through it.
DEEPEST: Final = 8
#: Digits of the number that a list begins with.
LONGEST_NUMBER: Final = 4
TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)(?: [a-z]+="[^"]*")*>')
HEADING = re.compile(r"<(/?)h([1-6])>")
LINK = re.compile(r'<a href="([^"]*)" rel="[a-z ]*">(.*?)</a>', re.DOTALL)
NO_LINK = re.compile(r'<a rel="[a-z ]*">(.*?)</a>', re.DOTALL)
BRACKETED = re.compile(r"<(https?://[^\s<>]+|(?:mailto:)?[^\s<>@:/]+@[^\s<>@:/]+)>", re.IGNORECASE)


class _Markdown(MarkdownIt):
    def validateLink(self, url: str) -> bool:
        """Every address becomes a link here; nh3 is the one that judges it."""
        return True


# code has no place in a notice, and indented HTML would be taken for it
_MARKDOWN = _Markdown("commonmark", {"html": True, "breaks": True}).disable(
    ["code", "fence", "backticks"]
)


def html_of(source: str) -> SafeString:
    """`source` as HTML that cannot harm whoever reads it: headings (h3 and h4, for they stand
    below the heading of their section), paragraphs, lists, bold, italics, links."""
    safe = _safe(_MARKDOWN.render(_visible(source)))
    first = HEADING.search(safe)
    if first:
        safe = HEADING.sub(lambda tag: _demoted(tag, int(first[2])), safe)
    return mark_safe(safe.strip())  # noqa: S308 - cleaned above


def text_of(source: str) -> str:
    """What `html_of` shows, as plain lines: each list item begins with a dash, and the address of
    a link stands behind its words."""
    lines = lines_of(LINK.sub(_spelt_out, html_of(source)), wrapped=True)
    return "\n".join(line.text for line in lines if line.text)


def cleaned(source: str) -> str:
    """`source` without what `html_of` would not show; Markdown without HTML stays as typed."""
    source = _visible(source)
    if not _has_tags(_MARKDOWN.parse(source)):
        return source
    return _safe(BRACKETED.sub(_as_html, source))


def _visible(source: str) -> str:
    """Without the characters that show nothing but turn round what others show. The blanks that a
    tab stands for stay: they tell how deep in a list a line is."""
    # the end of the last line is not lost
    return clean(f"{source.expandtabs(4)}\n")


def _safe(shown: str) -> str:
    """HTML of anybody's without what harms. An entity is a character only behind the first pass,
    and a tag that a combining character after it has spoilt is caught by the second."""
    safe = nh3.clean(_visible(nh3.clean(shown, **ALLOWED)), **ALLOWED)
    return _shallow(_linked_or_not(safe))


def _shallow(safe: str) -> str:
    """Without tags inside their like, and lists at most `DEEPEST` deep; every word stays."""
    is_open: list[str] = []
    is_kept: list[bool] = []

    def judged(tag: re.Match[str]) -> str:
        is_end, name = tag[1], tag[2]
        if name == "br":
            return tag[0]
        if is_end:
            if is_kept.pop():
                is_open.pop()
                return tag[0]
            return ""
        is_kept.append(_may_open(name, is_open))
        if is_kept[-1]:
            is_open.append(name)
            return tag[0]
        return "<br>" if name in BLOCKS - LISTS else ""

    return TAG.sub(judged, safe)


def _may_open(name: str, is_open: list[str]) -> bool:
    if name in LISTS:
        return sum(other in LISTS for other in is_open) < DEEPEST
    return is_open.count(name) < (DEEPEST if name == ITEM else 1)


def _number(value: str) -> str | None:
    is_number = value.isascii() and value.isdigit()
    return value if is_number and len(value) <= LONGEST_NUMBER else None


def _demoted(tag: re.Match[str], first: int) -> str:
    """A tag of a heading: h4 where it is below the first heading's level, else h3."""
    return f"<{tag[1]}h{4 if int(tag[2]) > first else 3}>"


def _linked_or_not(safe: str) -> str:
    """Links whose address was refused are plain words."""
    return NO_LINK.sub(r"\1", safe)


def _spelt_out(link: re.Match[str]) -> str:
    address, words = link[1].removeprefix("mailto:"), link[2]
    return words if address in words else f"{words} ({address})"


def _has_tags(tokens: list[Token]) -> bool:
    return any(
        token.type in ("html_block", "html_inline") or _has_tags(token.children or [])
        for token in tokens
    )


def _as_html(bracketed: re.Match[str]) -> str:
    """An address in angle brackets as a link: nh3 would take it for a tag, and drop it."""
    address = html.escape(bracketed[1])
    is_whole = address.lower().startswith(("http", "mailto:"))
    return f'<a href="{address if is_whole else f"mailto:{address}"}">{address}</a>'
