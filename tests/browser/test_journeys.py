"""The loop in a real browser, on the demo: a person asks, staff decide, a letter tells, history
remembers. The public side runs without script and cookie, and a scanner opens every link thrice."""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone
from django.utils.formats import date_format
from playwright.sync_api import BrowserContext, Page
from pypdf import PdfReader

from audit.drift import drift
from audit.tasks import run_next
from demo.management.commands.load_demo import PASSWORD, PEOPLE
from register import holds
from register.models import Customer, Invoice, OrderLine, Recipient
from staff.roles import Role
from tests.browser.acts import follow
from tests.browser.conftest import listen
from tests.factories import DisclosureFactory

LINK = re.compile(r"https?://\S+")
CONTACT = PEOPLE[Role.DATA_PROTECTION_CONTACT]
EVERYTHING = "all"
MASKED = {
    "fi": "[peitetty: toisen henkilön tietoja]",
    "sv": "[dolt: uppgifter om en annan person]",
    "en": "[masked: data about another person]",
}


@dataclass
class Person:
    """A customer at a browser of one's own, without script, and the mail that one gets."""

    page: Page
    scanner: BrowserContext
    staff: "Staff"
    language: str
    email: str

    def asks(self, *rights: str, chosen: Iterable[tuple[str, str]] = (), **fields: str) -> str:
        """From the notice to the confirmation; gives the number of the request. `chosen` are boxes
        and buttons by name and value."""
        page = self.page
        page.goto(f"/{self.language}/")
        follow(page.locator("main a[href$='/requests/']").first)
        for right in rights:
            page.locator(f"input[value={right}]").check()
        follow(page.locator("main form button").first)
        items = {name.split("-")[1] for name in fields if name.startswith("item-")}
        for _item in sorted(items)[1:]:
            follow(page.locator("button[value=another]"))
        for name, value in {"email": self.email, **fields}.items():
            self.answers(name, value)
        for name, value in chosen:
            page.locator(f"[name={name}][value={value}]").check()
        if "prohibition" in rights:
            page.locator(f"[name=scopes][value={EVERYTHING}]").check()
        follow(page.locator("main form button[value=check]:visible"))
        assert self.email in page.locator("main dl").inner_text()
        follow(page.locator("main form button").first)
        assert "/requests/sent/" in page.url
        number = re.search(r"20\d\d-\d+", page.locator("main").inner_text())
        assert number
        return number[0]

    def answers(self, name: str, value: str) -> None:
        """Types a text, or chooses from what there is."""
        field = self.page.locator(f"[name={name}]")
        if field.first.get_attribute("type") == "radio":
            self.page.locator(f"[name={name}][value={value}]").check()
        elif field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)

    def link(self, purpose: str) -> str:
        """The newest link for `purpose` in the mailbox, after a scanner has opened every link of
        the mail three times."""
        text = self.staff.mail_to(self.email, f"/requests/{purpose}/")
        ours = [link for link in LINK.findall(text) if link.startswith(settings.BASE_URL)]
        for link in ours:
            for _time in range(3):
                assert self.scanner.request.get(link).status < 500
        return next(link for link in ours if f"/requests/{purpose}/" in link)

    def reads(self) -> str:
        """The letters that the newest mail leads to (A06)."""
        self.page.goto(self.link("report"))
        follow(self.page.locator("main form button"))
        return self.page.locator("main").inner_text()

    def proves(self) -> None:
        self.page.goto(self.link("proof"))
        follow(self.page.locator("main form button"))
        assert self.page.url.endswith("/requests/proven/")

    def opens_status(self) -> str:
        self.page.goto(self.link("status"))
        return self.page.locator("main").inner_text()


@dataclass
class Staff:
    """The contact person, signed in by the page as people do."""

    page: Page

    def signs_in(self) -> None:
        email, name = CONTACT
        self.page.goto("/admin/")
        self.page.locator("[name=login]").fill(email)
        self.page.locator("[name=password]").fill(PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url("**/undertaking/**")
        self.page.locator("input[name=name]").fill(name)
        self.page.locator("input[type=checkbox]").check()
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(lambda url: "undertaking" not in url)

    def mail_to(self, email: str, containing: str) -> str:
        """The text of the newest mail to `email` that holds `containing`, read on the page."""
        while run_next(timezone.now()):
            pass
        self.page.goto("/admin/mailbox/")
        rows = self.page.locator("main tr, #content tr").filter(has_text=email)
        addresses = [link.get_attribute("href") for link in rows.locator("a").all()]
        for address in addresses:
            self.page.goto(str(address))
            text = self.page.locator("#content").inner_text()
            if containing in text:
                return text
        raise AssertionError(f"no mail to {email} has {containing}")

    def opens(self, number: str) -> str:
        self.page.goto(f"/admin/rights_requests/rightsrequest/{number}/change/")
        return self.page.locator("#content").inner_text()

    def chooses(self, number: str, customer: Customer) -> None:
        self.opens(number)
        own = self.page.locator("form").filter(
            has=self.page.locator(f"input[value='{customer.reference}']")
        )
        follow(own.locator("button"))

    def masks(self, number: str, text: str) -> None:
        """Masks one piece of the copy with `text` as somebody else's."""
        page = self.page
        self.opens(number)
        follow(page.locator("a[href$='/masks/']").first)
        follow(page.locator("ul.pieces li").filter(has_text=text).first.locator("a"))
        page.locator("[name=reason][value=other_person]").check()
        follow(page.locator("#content .submit-row input[type=submit]"))
        assert page.locator("ul.pieces form").count() == 1

    def grants(self, number: str, right: str) -> None:
        self.opens(number)
        follow(self.page.locator(f"a[href$='/{right}/grant/']"))
        follow(self.page.locator("#content .submit-row input[type=submit]"))
        assert self.page.url.endswith(f"/{number}/change/")

    def decides(self, number: str, *, street: str, reasons: str) -> str:
        """Of two items the address is corrected and the name refused; gives what was foreseen."""
        page = self.page
        self.opens(number)
        follow(page.locator("a[href$='/rectification/grant/']"))
        assert page.url.endswith("/correct/")
        page.locator("[name=ruling-1-outcome][value=corrected]").check()
        page.locator("[name=ruling-1-value-street]").fill(street)
        page.locator("[name=ruling-2-outcome][value=refused]").check()
        page.locator("details > summary").nth(1).click()
        page.locator("[name=ruling-2-ground][value=accurate]").check()
        page.locator("[name=ruling-2-reasons]").fill(reasons)
        follow(page.locator("button[value=foresee]:visible"))
        return page.locator("#content").inner_text()

    def tells_everybody(self, number: str) -> list[bytes]:
        """Prints each letter to those who must be told, and posts it, by keyboard; gives the
        PDFs."""
        letters, page = [], self.page
        while True:
            self.opens(number)
            waiting = (
                page.locator("#told ~ ul li")
                .filter(has_not_text=", ")
                .filter(has_text=re.compile("postitettava|printed"))
            )
            if not waiting.count():
                return letters
            link = waiting.locator("a").first
            link.focus()
            with page.expect_navigation():
                page.keyboard.press("Enter")
            pdf = page.locator("a[href$='/pdf/']").get_attribute("href")
            letters.append(page.request.get(str(pdf)).body())
            page.locator("form[action$='/posted/'] button").focus()
            with page.expect_navigation():
                page.keyboard.press("Enter")

    def pays(self, invoice: Invoice) -> None:
        self.page.goto(f"/admin/register/invoice/{invoice.pk}/change/")
        self.page.locator("[name=paid_on]").fill(timezone.localdate().isoformat())
        follow(self.page.locator("[name=_save]"))
        invoice.refresh_from_db()
        assert invoice.paid_on

    def ends(self, invoice: Invoice) -> None:
        """Whatever keeps the data because of `invoice`."""
        self.pays(invoice)
        if invoice.is_in_collection:
            self.page.goto(f"/admin/register/invoice/{invoice.pk}/change/")
            self.page.locator("[name=collection_ended_on]").fill(timezone.localdate().isoformat())
            follow(self.page.locator("[name=_save]"))


@pytest.fixture
def staff(live_server, page_for, settings, tmp_path) -> Staff:
    """The demo, its mailbox, and the contact person."""
    settings.SECOND_FACTOR = "optional"
    settings.BASE_URL = live_server.url
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    call_command("load_demo", verbosity=0)
    found = Staff(page_for())
    found.signs_in()
    return found


@pytest.fixture
def person_for(staff, new_context, live_server, complaints):
    """Gives a customer a browser: `person_for("en", email)`."""
    contexts = []

    def come(language: str, email: str) -> Person:
        context = new_context(base_url=live_server.url, java_script_enabled=False)
        listen(context, complaints)
        contexts.append(context)
        return Person(context.new_page(), new_context(), staff, language, email)

    yield come
    # whatever the journey was, the rows keep what is promised
    late = {"late", "untold", "overdue"}
    assert [one for one in drift(timezone.now()) if one.id not in late] == []
    for context in contexts:
        assert context.cookies() == []


def somebody(*, owing: bool) -> Customer:
    """A person of the demo who has asked for nothing yet."""
    people = Customer.objects.unerased().filter(organisation_name="", rights_requests=None)
    debtors = Invoice.objects.hindering().values("customer")
    people = people.exclude(email="").exclude(street="").order_by("-reference")
    chosen = people.filter(pk__in=debtors) if owing else people.exclude(pk__in=debtors)
    found = chosen.filter(orders__isnull=False).first()
    assert found
    return found


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_access_from_the_notice_to_the_history(
    language, staff, person_for, page_for, shot, barriers
):
    """P48, P51, A06, A07, I04: one piece is masked, the rest is a page, a PDF and a file."""
    customer = somebody(owing=False)
    person = person_for(language, customer.email)
    number = person.asks("access", name=customer.name)
    assert number in staff.opens(number)
    assert not staff.page.locator("a[href$='/access/grant/']").count()
    person.proves()
    staff.chooses(number, customer)
    bought = OrderLine.objects.filter(order__customer=customer)
    line = bought.first().description
    staff.masks(number, line)
    staff.grants(number, "access")
    address = person.link("report")
    person.page.goto(address)
    follow(person.page.locator("button[value=page]"))
    copy = person.page.locator("main").inner_text()
    for value in (customer.email, customer.street, customer.orders.first().number):
        assert value in copy
    assert MASKED[language] in copy
    assert copy.count(line) == bought.filter(description=line).count() - 1
    # what looks for barriers is a script, which the person's browser does not run
    looked_at = page_for(language)
    looked_at.goto(address)
    follow(looked_at.locator("button[value=page]"))
    assert barriers(looked_at) == []
    shot(person.page, f"copy.{language}")
    person.page.go_back()
    with person.page.expect_download() as download:
        person.page.locator("button[name=pdf]").click()
    if folder := os.environ.get("SHOTS"):
        download.value.save_as(Path(folder) / f"report.{language}.pdf")
    paper = _words(Path(download.value.path()).read_bytes())
    assert customer.email in paper
    assert MASKED[language] in paper
    with person.page.expect_download() as download:
        person.page.locator("button[value=json]").click()
    assert download.value.suggested_filename == f"seloste-{number}.json"
    status = person.opens_status()
    assert number in status
    shot(person.page, f"status.{language}")
    staff.page.goto(f"/admin/rights_requests/rightsrequest/{number}/history/")
    assert CONTACT[1] in staff.page.locator("#content").inner_text()


@pytest.mark.parametrize("language", ["fi", "en"])
def test_an_erasure_waits_for_the_invoice_and_then_nothing_is_left(
    language, staff, person_for, shot
):
    """P30, E04, P67"""
    customer = somebody(owing=True)
    name, email, invoices = customer.name, customer.email, list(customer.invoices.hindering())
    person = person_for(language, email)
    number = person.asks("erasure", name=name)
    person.proves()
    staff.chooses(number, customer)
    told = staff.opens(number)
    assert invoices[0].number in told
    follow(staff.page.locator("a[href$='/erasure/grant/']"))
    assert staff.page.locator("[name=wait]").count() == 1
    assert invoices[0].number in staff.page.locator("#content").inner_text()
    staff.opens(number)
    shot(staff.page, f"erasure-waits.{language}")
    for invoice in invoices:
        staff.ends(invoice)
    status = person.link("status")
    staff.grants(number, "erasure")
    answer = staff.mail_to(email, number)
    assert name in answer
    # the accounting firm sees the data all the time
    [letter] = staff.tells_everybody(number)
    assert name in _words(letter)
    person.page.goto(status)
    assert number in person.page.locator("main").inner_text()
    assert name not in staff.opens(number)
    staff.page.goto(f"/admin/register/customer/{customer.reference}/history/")
    history = staff.page.locator("#content").inner_text()
    assert number in history
    assert name not in history
    assert email not in history


@pytest.mark.parametrize("language", ["fi"])
def test_an_erasure_is_decided_waits_for_a_payment_and_then_runs_by_itself(
    language, staff, person_for, shot
):
    """P30, E04, E06, E10: nobody presses a button when the invoice has been paid."""
    customer = somebody(owing=True)
    name, email, invoices = customer.name, customer.email, list(customer.invoices.hindering())
    until = date_format(holds.blocks(customer)[0].until, "SHORT_DATE_FORMAT")
    person = person_for(language, email)
    number = person.asks("erasure", name=name)
    person.proves()
    staff.chooses(number, customer)
    status = person.link("status")
    staff.opens(number)
    follow(staff.page.locator("a[href$='/erasure/grant/']"))
    asked = staff.page.locator("#content").inner_text()
    assert (invoices[0].number in asked, until in asked) == (True, True)
    shot(staff.page, f"erasure-to-wait.{language}")
    follow(staff.page.locator("#content .submit-row input[type=submit]"))
    staff.page.goto("/admin/rights_requests/rightsrequest/waiting/")
    row = staff.page.locator("#content tr").filter(has_text=number).inner_text()
    for told in (f"Laskua {invoices[0].number}", "ei ole maksettu", until):
        assert told in row
    answer = person.reads()
    assert f"Lasku {invoices[0].number} on maksamatta." in answer
    assert f"uudelleen viimeistään {until}" in answer
    for invoice in invoices:
        staff.ends(invoice)
    done = person.reads()
    assert "tietosi on poistettu" in done
    assert (number in done, name in done) == (True, True)
    # the accounting firm sees the data all the time
    assert len(staff.tells_everybody(number)) == 1
    assert name not in staff.opens(number)
    staff.page.goto("/admin/rights_requests/rightsrequest/waiting/")
    assert number not in staff.page.locator("#content").inner_text()
    person.page.goto(status)
    assert number in person.page.locator("main").inner_text()
    shot(person.page, f"erasure-done.{language}")


def _words(pdf: bytes) -> str:
    """The text of a letter as it is printed."""
    pages = PdfReader(BytesIO(pdf)).pages
    return "\n".join(page.extract_text() for page in pages)


#: In the language of the request: the ground of the person, the reasons of the refusal, what the
#: letters say of both items, and whom else we tell.
CORRECTION = {
    "fi": (
        "Olen muuttanut.",
        "Olemme tarkistaneet nimen passista, ja se on oikein.",
        ("1. Postiosoite: oikaistu. Nyt siinä lukee: Katuosoite ”Uudenportintie 7”.",),
        "Kenelle muulle ilmoitamme",
    ),
    "sv": (
        "Jag har flyttat.",
        "Vi har kontrollerat namnet i passet, och det är rätt.",
        ("1. Postadress: rättad. Nu står det: Gatuadress ”Uudenportintie 7”.",),
        "Vem annan vi underrättar",
    ),
    "en": (
        "I have moved.",
        "We have checked the name in the passport, and it is right.",
        ("1. Postal address: corrected. It says now: Street address “Uudenportintie 7”.",),
        "Whom else we tell",
    ),
}


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_a_correction_reaches_the_person_and_whoever_had_the_old_value(
    language, staff, person_for, shot
):
    """R06, R07, P54, P56, P58, P59, N01-N04: two items, one of them refused, from the form to the
    letters."""
    customer = somebody(owing=False)
    old, new = customer.street, "Uudenportintie 7"
    ground, reasons, told_of_both, heading = CORRECTION[language]
    firms = {one.kind: one for one in Recipient.objects.all()}
    DisclosureFactory(
        recipient=firms["collection_agency"],
        ground="collection",
        categories=["name", "postal_address"],
        customers=[customer],
        at=timezone.now(),
    )
    person = person_for(language, customer.email)
    number = person.asks(
        "rectification",
        name=customer.name,
        **{
            "item-1-category": "postal_address",
            "item-1-kind": "outdated",
            "item-1-datum": old,
            "item-1-wanted": new,
            "item-1-ground": ground,
            "item-2-category": "name",
            "item-2-kind": "erroneous",
            "item-2-datum": customer.name,
            "item-2-wanted": "Eine Koekajo",
            "item-2-ground": ground,
        },
    )
    person.proves()
    staff.chooses(number, customer)
    status = person.link("status")
    foreseen = staff.decides(number, street=new, reasons=reasons)
    for words in (f"{old} → {new}", firms["collection_agency"].name, reasons, *told_of_both):
        assert words in foreseen
    # the accounting firm sees names and bills, and no addresses
    assert firms["accounting"].name not in foreseen
    shot(staff.page, f"correction-foreseen.{language}")
    follow(staff.page.locator("button[value=decide]"))
    told = staff.page.locator("#content").inner_text()
    shot(staff.page, f"correction-request.{language}")
    assert firms["collection_agency"].name in told
    customer.refresh_from_db()
    assert customer.street == new
    staff.page.goto("/admin/rights_requests/notification/")
    shot(staff.page, f"notifications.{language}")
    [letter] = staff.tells_everybody(number)
    if folder := os.environ.get("SHOTS"):
        (Path(folder) / f"correction-letter.{language}.pdf").write_bytes(letter)
    words = " ".join(_words(letter).split())
    for said in (
        firms["collection_agency"].name,
        "Henkilötietoja oikaistu",
        "Olemme luovuttaneet teille tietoja asiakkaasta.",
        customer.name,
        f"väärin ”{old}”, oikein ”{new}”",
        "19 artikla",
    ):
        assert said in words
    assert [one for one in (customer.email, customer.phone) if one and one in words] == []
    # the mail says that a letter waits, and whom else we tell stands in the letter (A06)
    mail = staff.mail_to(customer.email, "/requests/report/")
    assert firms["collection_agency"].name not in mail
    answer = person.reads()
    shot(person.page, f"correction-letters.{language}")
    for said in (heading, firms["collection_agency"].name, reasons, *told_of_both):
        assert said in answer
    certificate = re.search(r"20\d\d-T-\d+", answer)
    assert certificate
    # the certificate, which stands above the answer, lists what is refused and nothing else
    assert new not in answer[certificate.start() : answer.index(told_of_both[0])]
    person.page.goto(status)
    read = person.page.locator("main").text_content()
    assert firms["collection_agency"].name in read
    staff.page.goto("/admin/rights_requests/rightsrequest/?state=closed")
    assert number in staff.page.locator("#content").inner_text()


@pytest.mark.parametrize("language", ["fi", "en"])
def test_a_prohibition_works_at_once_without_any_proof(language, staff, person_for):
    """P52, M01"""
    customer = somebody(owing=False)
    person = person_for(language, customer.email)
    number = person.asks("prohibition")
    assert customer not in Customer.objects.not_forbidding("direct_marketing", "processing")
    assert number in staff.mail_to(customer.email, number)
    assert number in person.opens_status()
    staff.page.goto(f"/admin/register/customer/{customer.reference}/change/")
    assert staff.page.locator("#content .forbidden, #content").first.inner_text()
    staff.page.goto("/admin/rights_requests/rightsrequest/?state=closed")
    assert number in staff.page.locator("#content").inner_text()
