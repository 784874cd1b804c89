"""No text that staff can send to the desk makes a page fail: it is stored, or refused in words.

The long list of naughty strings lies beside the project, not in it; without it the short list of
our own is tried alone.
"""

import pytest
from django.utils import timezone

from rights_requests.models import Certificate, RightsRequest
from staff.roles import Role
from tests.factories import NoticeFactory
from tests.rights_requests.at_the_desk import RECORD, act_on, ask, page_of, staff
from tests.rights_requests.test_public_texts import ALL

pytestmark = pytest.mark.django_db
FILLED = {
    "channel": "letter",
    "language": "fi",
    "name": "Aino Kajo",
    "email": "aino@koe.example",
    "phone": "020 000 1234",
    "street": "Koekuja 1",
    "postcode": "00100",
    "city": "Helsinki",
    "access": "on",
}
REFUSAL = {
    "ground": "not_identified",
    "refused_what": "The whole request.",
    "reasons": "Nobody has shown who asks.",
    "until": "Until it is shown.",
}


@pytest.fixture
def contact():
    NoticeFactory(in_force=True)
    return staff(Role.DATA_PROTECTION_CONTACT)


def answers_to(text):
    """The page again or the next one; a post of more than 12 MB is refused whole."""
    return (200, 302, 400) if len(text) > 1_000_000 else (200, 302)


def test_no_text_makes_the_recording_fail(contact):
    """I02: one text after the other, in one field after the other and at times in all."""
    names = [name for name in contact.get(RECORD).context["form"].fields if name != "scans"]
    today = {"received_on": f"{timezone.localdate()}"}
    for place, text in enumerate(ALL):
        name = names[place % len(names)]
        typed = dict.fromkeys(names, text) if place % 10 == 0 else FILLED | today | {name: text}
        response = contact.post(RECORD, typed)
        assert response.status_code in answers_to(text), (name, text[:80])
    assert RightsRequest.objects.exists()


def test_no_text_makes_a_decision_fail(contact):
    """P59: whatever is typed on the pages of a request is taken or refused in words."""
    asked = ask("access")
    pages = [
        (act_on(asked, "access", "refuse"), REFUSAL),
        (act_on(asked, "access", "extend"), ("cause", "reason")),
        (page_of(asked, "proof"), ("proof", "evidence")),
        (page_of(asked, "proof_code_given"), ("code",)),
        (page_of(asked, "customer"), ("customer",)),
    ]
    for place, text in enumerate(ALL):
        address, names = pages[place % len(pages)]
        response = contact.post(address, dict.fromkeys(names, text))
        assert response.status_code in answers_to(text), (address, text[:80])
    assert not Certificate.objects.exists()


def test_a_certificate_is_made_of_any_words(contact):
    """P59: stored, sent and read."""
    words = [text for text in ALL if 30 < len(text) < 500][:20]
    for text in words:
        asked = ask("access")
        response = contact.post(act_on(asked, "access", "refuse"), REFUSAL | {"reasons": text})
        assert response.status_code in answers_to(text), text[:80]
        assert contact.get(page_of(asked)).status_code == 200
    assert Certificate.objects.exists()
