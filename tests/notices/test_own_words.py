"""Own words: every way of writing them is shown, and nothing in them harms whoever reads them."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notices.own_words import cleaned, html_of, text_of

LIST = Path(__file__).parents[3] / "shared" / "cases" / "nasty" / "blns.json"
CLASSICS = [
    "<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='&#106;avascript:alert(1)'>x</a>",
    "<a href=' java\tscript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='vbscript:x'>x</a>",
    "<a href='//evil.example'>x</a>",
    "<a href='/admin/logout/'>x</a>",
    "<a href='https://x.example' target=_blank onclick=alert(1) style=color:red class=y id=z>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](<javascript:alert(1)>)",
    "[x]: javascript:alert(1)\n\n[x]",
    "![x](https://x.example/pixel.png)",
    '![x](https://x.example/pixel.png "onerror=alert(1)")',
    "<javascript:alert(1)>",
    "<style>body{display:none}</style>",
    "<link rel=stylesheet href=https://x.example/a.css>",
    "<meta http-equiv=refresh content='0;url=https://x.example'>",
    "<base href=https://x.example/>",
    "<form action=https://x.example><input name=password><button>Send</button></form>",
    "<h1 id=content class=top>x</h1>",
    "<p style='position:fixed'>x</p>",
    "<ol start='1 onload=x'><li>x</li></ol>",
    "<!--<img src='--><img src=x onerror=alert(1)>",
    "`<script>alert(1)</script>`",
    "    <script>alert(1)</script>",
    "```\n<script>alert(1)</script>\n```",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "</section></main><h1>x",
    "x\x00<scr\x00ipt>alert(1)</script>",
]
NASTY = CLASSICS + (json.loads(LIST.read_text()) if LIST.exists() else [])
TAGS = {"p", "br", "ul", "ol", "li", "strong", "b", "em", "i", "a", "h3", "h4"}
#: The only addresses a link may lead to.
SCHEMES = ("http:", "https:", "mailto:")


class Shown(HTMLParser):
    """What a browser finds in a piece of HTML."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes = [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]

    def handle_comment(self, data):
        self.tags.append("!")

    def handle_decl(self, decl):
        self.tags.append("!")

    def handle_pi(self, data):
        self.tags.append("!")


def dangers(text):
    shown = Shown(text)
    allowed = {("a", "href"), ("a", "rel"), ("ol", "start")}
    return [
        *(tag for tag in shown.tags if tag not in TAGS),
        *(one for one in shown.attributes if one[:2] not in allowed),
        *(
            one
            for one in shown.attributes
            if one[1] == "href" and not one[2].lower().startswith(SCHEMES)
        ),
        *(one for one in shown.attributes if one[1] == "start" and not one[2].isdigit()),
    ]


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("Sana.", "<p>Sana.</p>"),
        ("rivi\nrivi\n\nkappale", "<p>rivi<br>\nrivi</p>\n<p>kappale</p>"),
        ("**paksu** ja *kalteva*", "<p><strong>paksu</strong> ja <em>kalteva</em></p>"),
        ("<b>paksu</b> ja <i>kalteva</i>", "<p><b>paksu</b> ja <i>kalteva</i></p>"),
        ("- yksi\n- kaksi", "<ul>\n<li>yksi</li>\n<li>kaksi</li>\n</ul>"),
        ("3. kolme\n4. neljä", '<ol start="3">\n<li>kolme</li>\n<li>neljä</li>\n</ol>'),
        (
            "[sivu](https://koe.example/a?b=1&c=2)",
            '<p><a href="https://koe.example/a?b=1&amp;c=2" rel="noopener noreferrer">sivu</a></p>',
        ),
        (
            "<a@koe.example>",
            '<p><a href="mailto:a@koe.example" rel="noopener noreferrer">a@koe.example</a></p>',
        ),
        ("[tänne](/fi/requests/)", "<p>tänne</p>"),
        ("5 < 6 & 7", "<p>5 &lt; 6 &amp; 7</p>"),
        ("", ""),
    ],
)
def test_markdown_and_a_little_html_are_shown(source, shown):
    assert html_of(source) == shown


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("# a\n\n## b\n\n#### c\n\n# d", "h3 h4 h4 h3"),
        ("### a\n\n# b\n\n#### c", "h3 h3 h4"),
        ("<h2>a</h2><h3>b</h3><h2>c</h2>", "h3 h4 h3"),
    ],
)
def test_headings_go_below_the_heading_of_their_section_and_skip_no_level(source, shown):
    assert Shown(html_of(source)).tags == shown.split()


@pytest.mark.parametrize("source", NASTY)
def test_nothing_harmful_is_shown_or_stored(source):
    assert dangers(html_of(source)) == []
    assert dangers(html_of(cleaned(source))) == []
    assert "<script" not in cleaned(source).lower()
    assert cleaned(cleaned(source)) == cleaned(source)


@given(st.text("<>/ab=\"'&;#[]()!*_-`\n :jp1.", max_size=60))
@settings(max_examples=300, deadline=None)
def test_no_text_whatever_shows_more_than_the_allowed_tags(source):
    assert dangers(html_of(source)) == []
    assert dangers(html_of(cleaned(source))) == []


@pytest.mark.parametrize(
    "source",
    ["**paksu** ja `merkki`", "5 < 6 & 7 > 2", "<https://koe.example>", "> lainaus\n\n- a", ""],
)
def test_markdown_is_stored_as_it_was_typed(source):
    assert cleaned(source) == source


def test_html_is_stored_without_what_is_not_shown():
    source = '**a** <span class="x">b</span> <img src=x><script>c()</script> <https://koe.example>'
    stored = cleaned(source)
    assert stored.startswith("**a** b  ")
    assert 'href="https://koe.example"' in stored
    assert html_of(stored) == html_of(source)
    assert cleaned(stored) == stored


def test_plain_text_has_the_lines_the_dashes_and_the_addresses():
    source = (
        "# Otsikko\n\nSana & **toinen**\n\n- yksi\n- kaksi\n\n"
        "[sivu](https://koe.example/a?b&c) <a@koe.example>"
    )
    assert text_of(source).split("\n") == [
        "Otsikko",
        "Sana & toinen",
        "- yksi",
        "- kaksi",
        "sivu (https://koe.example/a?b&c) a@koe.example",
    ]


@pytest.mark.parametrize("mark", "<[(*_`>-!&#|\\")
def test_a_wall_of_marks_is_read_in_a_moment(mark):
    """20,000 characters is what a form takes."""
    assert dangers(html_of(mark * 20_000)) == []
    assert dangers(html_of(f"{mark} " * 10_000)) == []


@pytest.mark.parametrize(
    "source",
    [
        '<ol start="99999999999999999999999"><li>a</li></ol>',
        '<ol start="12345"><li>a</li></ol>',
        "123456789. a",
    ],
)
def test_a_list_begins_with_a_number_of_four_digits_at_most(source):
    assert html_of(source).startswith("<ol>")
    assert html_of(cleaned(source)).startswith("<ol>")
    assert 'start="1234"' in html_of("1234. a")


DEEP = [
    "<ul><li>x" * 200,
    "<ol>" * 4_000 + "<li>x",
    "<b>x" * 3_000,
    "<h1><b><h2><i>x" * 900,
    "<li><h1>x" * 1_500,
    "> - " * 4_000,
]


def depth_of(text):
    """How many tags stand in each other at most; fails where one is closed that is not open."""
    is_open, deepest = [], 0
    for is_end, tag in re.findall(r"<(/?)([a-z0-9]+)[^>]*>", text):
        if is_end:
            assert is_open.pop() == tag
        elif tag != "br":
            is_open.append(tag)
            deepest = max(deepest, len(is_open))
    assert is_open == []
    return deepest


@pytest.mark.parametrize("source", DEEP)
def test_no_words_stand_deeper_than_anybody_reads_and_none_is_lost(source):
    for shown in (html_of(source), html_of(cleaned(source))):
        assert depth_of(shown) <= 30
        assert dangers(shown) == []
        assert re.sub("<[^>]*>", "", shown).count("x") == source.count("x")


def test_a_tag_inside_its_like_is_dropped_and_lists_in_lists_stay():
    assert html_of("<b>a <b>b</b> <i>c <b>d</b></i></b>") == "<p><b>a b <i>c d</i></b></p>"
    lists = "<ul><li>a<ul><li>b<ol><li>c</li></ol></li></ul></li></ul>"
    assert html_of(lists) == cleaned(lists) == lists


HIDDEN = "\u202e\u202d\u2066\u2069\u200b\u200e\ufeff\x07\x08\x1b\x7f\x9b"


@pytest.mark.parametrize(
    "hidden", [*HIDDEN, *(f"&#{ord(one)};" for one in HIDDEN if ord(one) > 0x9F)]
)
def test_signs_that_show_nothing_but_turn_words_round_are_neither_shown_nor_kept(hidden):
    """Trojan source: the reader would see other words than the notice has."""
    sign = chr(int(hidden[2:-1])) if hidden.startswith("&") else hidden
    for source in (
        f"a{hidden}b",
        f"<b>a{hidden}b</b>",
        f"[a{hidden}b](https://koe.example/{hidden})",
    ):
        assert sign not in html_of(source)
        assert sign not in html_of(cleaned(source))
        assert sign not in cleaned(source)
        assert "ab" in html_of(source)


def test_a_tab_still_tells_how_deep_a_line_of_a_list_is():
    assert html_of("- a\n\t- b").count("<ul>") == 2


@pytest.mark.parametrize("sign", ["\u0338", "&#x338;", "&#824;"])
def test_a_sign_that_joins_the_end_of_a_tag_opens_no_way_into_it(sign):
    source = f'<a href="https://koe.example">{sign} onmouseover=alert(1) x</a>'
    assert dangers(html_of(source)) == []
    assert dangers(html_of(cleaned(source))) == []
    assert dangers(html_of(f"**a**{sign} onmouseover=alert(1) <b>{sign} x</b>")) == []
