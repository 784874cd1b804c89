"""Days as people read them: in each language one form, wherever it stands."""

from datetime import UTC, date, datetime

import pytest
from django.template import Context, Template
from django.utils.formats import date_format
from django.utils.translation import override

DAY = date(2026, 11, 30)
MOMENT = datetime(2026, 11, 30, 12, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "form"), [("en", "30 November 2026"), ("fi", "30.11.2026"), ("sv", "30.11.2026")]
)
def test_a_day_has_one_form(language, form):
    """Art. 12(1): a text that has two is read twice."""
    with override(language):
        assert {date_format(DAY, one) for one in ("DATE_FORMAT", "SHORT_DATE_FORMAT")} == {form}
        for one in ("DATETIME_FORMAT", "SHORT_DATETIME_FORMAT"):
            assert date_format(MOMENT, one).startswith(form)
        ways = "{{ day }}, {{ day|date }}, {% blocktranslate %}{{ day }}{% endblocktranslate %}"
        shown = Template("{% load i18n %}" + ways).render(Context({"day": DAY}))
        assert shown == f"{form}, {form}, {form}"
