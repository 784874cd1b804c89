"""No text that the public pages can be sent makes one fail: it is stored, or refused at its field.

The long list of naughty strings lies beside the project, not in it; without it the short list of
our own is tried alone.
"""

import json
import unicodedata

import pytest

from rights_requests import pace
from rights_requests.models import Letter, RightsRequest
from tests.factories import LinkFactory, NoticeFactory, RightsRequestFactory
from tests.rights_requests.asking import ANSWERS, CHOSEN, address, answers, check, fields, send
from tests.test_strange_texts import LIST, NAUGHTY, OURS

pytestmark = pytest.mark.django_db
FULL = answers(
    *ANSWERS, phone="040 000 1234", street="Koekatu 1", postcode="00100", city="Helsinki"
)
ALL = OURS + (json.loads(LIST.read_text()) if LIST.exists() else [])


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    monkeypatch.setattr(pace, "wait", lambda seconds: None)
    NoticeFactory(in_force=True)


@pytest.mark.parametrize("name", FULL)
def test_no_text_makes_the_form_fail(client, name):
    for text in NAUGHTY:
        response = check(client, FULL | {name: text})
        assert response.status_code == 200, (name, text[:80])
        if name not in CHOSEN and len(text) < 10_000:
            kept = fields(response)[name][0]
            assert kept.strip() in (text.strip(), text.replace("\r\n", "\n").strip())


def test_every_naughty_string_is_stored_as_typed_or_refused(client):
    """Composed (NFC), and without blanks at its ends; nothing else is changed."""
    for text in ALL:
        if len(text) > 10_000:
            continue
        filled = answers("objection", "rectification", name=text, objection_ground=text)
        before = RightsRequest.objects.count()
        page = check(client, filled)
        assert page.status_code == 200, text[:80]
        if "aria-invalid" in page.text:
            continue
        assert send(client, filled).status_code == 302, text[:80]
        request = RightsRequest.objects.latest("pk")
        assert RightsRequest.objects.count() == before + 1
        assert request.name == unicodedata.normalize("NFC", text.strip())
        letter = Letter.objects.to_people().get(request=request)
        assert "\n" not in letter.subject + letter.to_name + letter.to_email


@pytest.mark.parametrize("name", ["step", "token"])
def test_no_text_makes_a_step_fail(client, name):
    for text in NAUGHTY:
        filled = FULL | {"step": "send", name: text}
        assert client.post(address("form"), filled).status_code == 200


@pytest.mark.parametrize("name", [name for name in FULL if name != "right"])
def test_ten_megabytes_get_one_sentence_and_are_kept(client, name):
    page = check(client, FULL | {name: "A" * 10_000_000}, "en")
    # how many items there are is no answer of anybody's
    assert page.text.count('class="fault"') == (name != "items")
    if name not in CHOSEN:
        assert "This is too long: 10000000 characters." in page.text
        assert fields(page)[name] == ["A" * 10_000_000]


def test_more_than_the_server_takes_is_answered_in_words(client):
    response = check(client, FULL | {"item-1-datum": "A" * 13_000_000})
    assert response.status_code == 400
    assert "<h1>" in response.text


@pytest.mark.parametrize("name", ["choose", "form", "sent", "proof", "status", "report"])
def test_no_text_makes_an_address_fail(client, name):
    for text in [text for text in NAUGHTY if len(text) < 4000 and "/" not in text and text]:
        parts = () if name in ("choose", "form") else (text,)
        response = client.get(address(name, *parts, right=text, done=text))
        assert response.status_code in (200, 404), (name, text)


def test_no_code_makes_the_status_page_fail(client):
    request = RightsRequestFactory(rights=["access"])
    LinkFactory(request=request, purpose="code")
    status = address("status", LinkFactory(request=request).token)
    for text in NAUGHTY:
        assert client.post(status, {"act": "code", "code": text}).status_code == 302
        assert client.post(status, {"act": text}).status_code == 302
