"""No text goes untranslated: what is said in code and templates is in every catalogue."""

import polib
import pytest

from tests.texts import (
    ComputedText,
    Text,
    faults,
    findings,
    texts_of_python,
    texts_of_template,
    updated,
)


def catalogue(**translations: str) -> polib.POFile:
    old = polib.POFile()
    for text, translation in translations.items():
        old.append(polib.POEntry(msgid=text, msgstr=translation))
    return updated(old, "fi", {Text(text): ["a.py"] for text in translations})


def faults_of(po: polib.POFile, *texts: str) -> list[str]:
    return sorted(faults(po, po.to_binary(), {Text(text): ["a.py"] for text in texts}))


def test_every_text_is_translated_into_finnish_and_swedish():
    assert findings() == []


def test_texts_of_python_are_found_under_whatever_name_the_function_goes():
    source = """
from django.utils import translation
from django.utils.translation import gettext_lazy as _, ngettext, npgettext_lazy, pgettext

def say(name):
    translation.gettext("By module")
    ngettext("%(n)s row", "%(n)s rows", 2)
    pgettext("month", "May")
    npgettext_lazy("of paper", "sheet", "sheets", "n")
    print("Not this"), _(name)

LABEL = _("One " "text")
"""
    assert set(texts_of_python(source)) == {
        Text("By module"),
        Text("%(n)s row", "%(n)s rows"),
        Text("May", context="month"),
        Text("sheet", "sheets", "of paper"),
        Text("One text"),
    }


def test_a_text_computed_before_it_is_looked_up_is_refused():
    with pytest.raises(ComputedText):
        list(texts_of_python('from django.utils.translation import gettext\ngettext(f"{x} rows")'))


def test_texts_of_templates_are_found_however_deep_they_are_nested():
    source = """{% extends "base.html" %}{% load i18n %}
{% block content %}{% if a %}{% for b in c %}{% translate "In a loop" %}{% empty %}
{% translate "May" context "month" %}{% endfor %}{% else %}{% translate "100 %" as d %}{% endif %}
{{ d|default:_("By default") }}{% translate a %}
{% blocktranslate count n=rows|length trimmed %}
  {{ n }} row
{% plural %}
  {{ n }} rows
{% endblocktranslate %}{% endblock %}"""
    assert set(texts_of_template(source)) == {
        Text("In a loop"),
        Text("May", context="month"),
        Text("100 %%"),
        Text("By default"),
        Text("%(n)s row", "%(n)s rows"),
    }


def test_an_update_keeps_translations_and_drops_texts_that_nobody_says():
    new = updated(catalogue(Kept="Pidetty", Gone="Mennyt"), "fi", {Text("Kept"): ["b.py"]})
    assert [(entry.msgid, entry.msgstr) for entry in new] == [("Kept", "Pidetty")]


def test_a_missing_a_stale_and_an_empty_text_are_reported():
    po = catalogue(Stale="Vanha", Empty="")
    assert faults_of(po, "Empty", "Missing") == [
        "empty: 'Empty'",
        "missing: 'Missing' (a.py)",
        "stale: 'Stale'",
    ]


def test_a_fuzzy_translation_is_reported():
    po = catalogue(Fuzzy="Sumea")
    po[0].flags.append("fuzzy")
    assert faults_of(po, "Fuzzy") == ["fuzzy: 'Fuzzy'"]


def test_a_translation_that_loses_a_placeholder_is_reported():
    po = catalogue(**{"%(n)s of %(all)s": "%(n)s", "{name} came": "{name} tuli"})
    assert faults_of(po, "%(n)s of %(all)s", "{name} came") == [
        "placeholders differ: '%(n)s of %(all)s' -> '%(n)s'"
    ]


def test_a_compiled_catalogue_that_lags_behind_is_reported():
    po = catalogue(Text="Teksti")
    assert list(faults(po, b"", {Text("Text"): ["a.py"]})) == [
        "django.mo is not what django.po compiles to: run make texts"
    ]
