"""Every right from the form to the letter, in every language: asked as a visitor does, proven by
the link in the mail, decided on the pages of staff, and read behind the link of the answer.

The rights are those that the form offers. A new one fails here until it has its row in `ROWS`.
"""

import io
import json
import re
import zipfile
from dataclasses import dataclass

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext, override

from audit.tasks import run_next
from notices.authority import authority
from notices.models import Notice
from notices.terms import Language, Right
from register.models import Customer, OrderFigure, Prohibition
from rights_requests.grounds import grounds_for
from rights_requests.models import OFFERED, RightsRequest
from rights_requests.objecting import purposes_of
from staff.roles import Role
from tests.factories import ConsentFactory, CustomerFactory, NoticeFactory, OrderFactory
from tests.rights_requests.asking import AINO, OFFERING, answers, send
from tests.rights_requests.at_the_desk import act_on, page_of, staff

pytestmark = pytest.mark.django_db
LANGUAGES = list(Language)
#: Words of staff, which stand in the letter as they wrote them.
REASONS = (
    "Pyyntö on sama kuin viime viikolla, ja siihen on jo vastattu. Tiedot eivät ole sen jälkeen "
    "muuttuneet, joten vastaus olisi sama."
)


@dataclass
class Case:
    """A request under way: who asks, in which language, and who of staff decides."""

    right: Right
    language: str
    visitor: Client
    desk: Client
    customer: Customer
    asked: RightsRequest | None = None
    #: the path that the mail with the answer leads to
    answer: str = ""

    def asks(self):
        """The form is filled, checked and sent."""
        sent = send(self.visitor, answers(self.right), self.language)
        assert sent.status_code == 302, sent.text
        self.asked = RightsRequest.objects.get()

    def proves(self):
        """The link in the mail is opened, and its button pressed."""
        page = self._link("proof")
        assert "<button" in self.visitor.get(page).text
        assert self.visitor.post(page).status_code == 302
        self.asked.refresh_from_db()
        assert self.asked.is_proven

    def is_chosen(self):
        """Staff say which customer asks."""
        page = page_of(self.asked, "customer")
        assert self.desk.post(page, {"customer": self.customer.reference}).status_code == 302

    def decide(self, act, **filled):
        """Staff fill in the page of an act, and press its button."""
        page = act_on(self.asked, self.right, act)
        assert self.desk.get(page).status_code == 200
        response = self.desk.post(page, filled)
        assert response.status_code == 302, response.text
        assert response["Location"] == page_of(self.asked)

    def gets_an_answer(self):
        """A mail has come that leads to the answer: the path of its page, which needs a button."""
        self.answer = self._link("report")
        assert "<button" in self.visitor.get(self.answer).text

    def reads(self, wanted):
        """What a button of that page gives."""
        response = self.visitor.post(self.answer, {"format": wanted})
        assert response.status_code == 200
        return response

    def letter(self):
        """The newest letter on the page behind the link, with the page around it."""
        page = self.reads("letters").text
        return page, re.search(r"<section.*?</section>", page, re.DOTALL)[0]

    def _link(self, purpose):
        """Where the newest mail to the person leads that has such a link; all mail leaves first."""
        while run_next(timezone.now()):
            pass
        address = rf"http://[^/\s]+(/\w+/requests/{purpose}/\S+/)"
        [*_older, newest] = [
            found[1]
            for message in mail.outbox
            if message.to == [AINO["email"]] and (found := re.search(address, message.body))
        ]
        return newest


@pytest.fixture(params=LANGUAGES)
def language(request):
    return request.param


@pytest.fixture
def begin(language):
    """Begins the case of a right: a customer with an order, a notice that speaks each language."""

    def begun(right):
        NoticeFactory(
            in_force=True,
            languages=LANGUAGES,
            contact_email="vastuu@koepaja.example",
            **OFFERING,
        )
        customer = CustomerFactory(
            given_name="Aino",
            family_name="Koekajo",
            email=AINO["email"],
            street="Koekatu 1",
            postcode="00100",
            city="Helsinki",
        )
        ConsentFactory(customer=customer, purpose="publication")
        OrderFactory(customer=customer, number="T-77")
        # staff read another language than whoever asks in Finnish or Swedish
        desk = staff(Role.DATA_PROTECTION_CONTACT, language="en")
        case = Case(right, language, Client(), desk, customer)
        case.asks()
        if case.asked.needs_proof:
            case.proves()
            case.is_chosen()
        return case

    return begun


# --- a row for each right: how staff decide it, and what has then come of it


def access(case):
    case.decide("grant")
    case.gets_an_answer()
    assert "T-77" in case.reads("page").text
    assert "T-77" in json.dumps(case.reads("json").json())


def rectification(case):
    where, key = page_of(case.asked, "correct"), case.customer.pk
    filled = {
        "ruling-1-row": f"customer-{key}",
        "ruling-1-outcome": "corrected",
        "ruling-1-value-street": "Koekatu 2",
        "ruling-1-value-postcode": "00100",
        "ruling-1-value-city": "Helsinki",
    }
    seen = case.desk.post(where, filled | {"step": "foresee"}).context["done"].digest
    decided = case.desk.post(where, filled | {"step": "decide", "seen": seen})
    assert decided["Location"] == page_of(case.asked)
    case.gets_an_answer()
    assert "Koekatu 2" in case.letter()[1]
    assert Customer.objects.get(pk=key).street == "Koekatu 2"


def erasure(case):
    case.decide("grant")
    case.gets_an_answer()
    assert Customer.objects.get(pk=case.customer.pk).erased_at


def restriction(case):
    case.decide("grant", ground="accuracy")
    case.gets_an_answer()
    assert case.customer.restrictions.filter(lifted_at=None).exists()


def portability(case):
    case.decide("grant")
    case.gets_an_answer()
    package = zipfile.ZipFile(io.BytesIO(case.reads("package").getvalue()))
    assert any(b"T-77" in package.read(name) for name in package.namelist())


def objection(case):
    where = page_of(case.asked, "weigh")
    filled = {"preview": case.desk.get(where).context["preview"]}
    for purpose in purposes_of(case.asked.demands.get()):
        filled |= {f"verdict-{purpose}": "upheld", f"reasons-{purpose}": REASONS}
    decided = case.desk.post(where, filled)
    assert decided["Location"] == page_of(case.asked)
    case.gets_an_answer()
    assert not Customer.objects.usable_for("statistics").exists()


def withdrawal(case):
    """It works at once, as soon as it is known who asks: nobody decides."""
    case.gets_an_answer()
    assert not Customer.objects.consenting("publication").exists()


def anonymisation(case):
    case.decide("grant")
    case.gets_an_answer()
    assert Customer.objects.get(pk=case.customer.pk).erased_at
    assert OrderFigure.objects.exists()


def prohibition(case):
    """It works at once: nobody decides."""
    case.gets_an_answer()
    assert Prohibition.objects.for_contacts({"email": AINO["email"]}).exists()


ROWS = {
    Right.ACCESS: access,
    Right.RECTIFICATION: rectification,
    Right.ERASURE: erasure,
    Right.RESTRICTION: restriction,
    Right.PORTABILITY: portability,
    Right.OBJECTION: objection,
    Right.WITHDRAWAL: withdrawal,
    Right.ANONYMISATION: anonymisation,
    Right.PROHIBITION: prohibition,
}
#: A prohibition and a withdrawal work at once, without anybody who decides.
REFUSABLE = [one for one in OFFERED if grounds_for(one) and one != Right.WITHDRAWAL]


def in_language(language, words):
    with override(language):
        return gettext(words)


def is_a_letter_about(case, page, letter):
    """Its language and nobody else's; whose request it answers, for which right, and who writes."""
    assert f'<html lang="{case.language}"' in page
    assert f'lang="{case.language}"' in letter
    for other in LANGUAGES:
        # a phrase that every letter has
        phrase = escape(in_language(other, "Yours sincerely,"))
        assert (phrase in letter) == (other == case.language), other
    with override(case.language):
        named = str(Right(case.right).label)
    for words in (case.asked.number, named, Notice.objects.in_force().controller_name):
        assert escape(words) in letter


@pytest.mark.parametrize("right", OFFERED)
def test_every_right_goes_from_the_form_to_its_letter(begin, right):
    """P48, P50, P62, I04, I10: and what was asked is carried out."""
    assert set(ROWS) == set(OFFERED)
    case = begin(right)
    ROWS[right](case)
    is_a_letter_about(case, *case.letter())
    case.asked.refresh_from_db()
    assert case.asked.closed_at


@pytest.mark.parametrize("right", REFUSABLE)
def test_every_refusal_goes_from_the_form_to_its_certificate(begin, right):
    """P50, P59, P60: with its reasons, its ground, its number, and the Ombudsman to turn to."""
    case = begin(right)
    form = case.desk.get(act_on(case.asked, right, "refuse")).context["form"]
    ground = next(g for g in grounds_for(right) if g.key in dict(form.fields["ground"].choices))
    words = {"refused_what": "Koko pyyntö.", "until": "Toistaiseksi.", "reasons": REASONS}
    case.decide("refuse", ground=ground.key, **words)
    case.gets_an_answer()
    page, letter = case.letter()
    is_a_letter_about(case, page, letter)
    ombudsman = authority(case.language)
    certificate = case.asked.demands.get().certificate.number
    with override(case.language):
        told = [*words.values(), str(ground.label), str(ground.law), certificate]
    for one in (*told, ombudsman.name, ombudsman.postal_address, ombudsman.phone, ombudsman.email):
        assert escape(one) in letter
    customer = Customer.objects.get(pk=case.customer.pk)
    assert (customer.erased_at, customer.name) == (None, "Aino Koekajo")


def test_whoever_has_no_link_reads_nothing(begin, language):
    """I08, A06: the address alone opens a page with a button, a wrong one opens none."""
    case = begin(Right.ACCESS)
    case.decide("grant")
    case.gets_an_answer()
    assert "T-77" not in case.visitor.get(case.answer).text
    wrong = case.answer[:-5] + "wxyz/"
    for response in (case.visitor.get(wrong), case.visitor.post(wrong, {"format": "page"})):
        assert response.status_code == 404
        assert "T-77" not in response.text
