"""Every staff page, with customers whose data may only be kept: none is named without a reason."""

import re
from datetime import date

import pytest
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone

from audit.reasons import because
from demo.mailbox import FILE_BACKEND
from notices.publishing import adopt
from notices.terms import RetentionStart
from register.models import Consultation, Customer, Occasion
from staff.roles import ANYONE_SIGNED_IN, PAGES, Act, Role
from tests import factories
from tests.register.importing.test_pages import brought
from tests.register.importing.test_pages import staff as as_contact
from tests.rights_requests.at_the_desk import ask, page_of, staff
from tests.test_permissions import NAMES, enter, may, path_of

pytestmark = pytest.mark.django_db
#: In every name and address of a customer, and in nothing else.
PLANTED = "Varjo"
WHOLE, NAMES_ONLY = (), ("name", "organisation", "email")
#: The person's own data, on the way to the person who asked for them (art. 15): the look at them is
#: written down.
TO_THE_PERSON = {
    f"admin:rights_requests_rightsrequest_{page}"
    for page in ("copy", "copy_pdf", "copy_files", "package", "masks", "mask", "handover_package")
}


@pytest.fixture(autouse=True)
def notice():
    return factories.NoticeFactory(
        in_force=True,
        purposes={"orders": "contract", "statistics": "consent"},
        recipients=["accounting"],
        grounds=["billing"],
    )


@pytest.fixture(autouse=True)
def _mail_stays_here(settings, tmp_path):
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = FILE_BACKEND, tmp_path


@pytest.fixture(autouse=True)
def _all_customers_are_planted(monkeypatch):
    for factory, column in (
        (factories.CustomerFactory, "family_name"),
        (factories.OrganisationFactory, "organisation_name"),
    ):
        make = factory._create

        def planted(model, *args, make=make, column=column, **columns):
            count = Customer.objects.count()
            columns |= {column: f"{PLANTED}{count}", "email": f"{PLANTED}{count}@koe.example"}
            return make(model, *args, **columns)

        monkeypatch.setattr(factory, "_create", planted)


def rest(categories=WHOLE):
    for one in Customer.objects.all():
        factories.RestrictionFactory(customer=one, categories=list(categories))


def of_staff():
    """The pages that staff read."""
    who = {name: PAGES[name].get for name in NAMES if name in PAGES}
    return [name for name, one in who.items() if isinstance(one, Act) or one is ANYONE_SIGNED_IN]


@pytest.mark.parametrize("categories", [WHOLE, NAMES_ONLY], ids=["all", "names"])
@pytest.mark.parametrize("role", [Role.DATA_PROTECTION_CONTACT, Role.ACCOUNTING])
def test_no_staff_page_names_who_rests_without_a_reason(role, categories):
    """S02, S03, S08: whatever row of whatever model a page is about."""
    client, actor = enter({"role": role})
    factories.UndertakingFactory(user=actor)
    opened, named = set(), {}
    for name in of_staff():
        if name in TO_THE_PERSON or not may(actor, PAGES[name].get):
            continue
        with transaction.atomic():
            path = path_of(name)
            rest(categories)
            response = client.get(path, follow=True)
            text = response.getvalue().decode(errors="replace")
            opened.add(name) if response.status_code == 200 else None
            # the address of the person's own answer, for whoever sends it there
            text = re.sub(r"The letter goes by e-mail to \S+", "", text)
            if PLANTED.lower() in text.lower():
                at = text.lower().index(PLANTED.lower())
                named[name] = text[max(0, at - 80) : at + 40]
            transaction.set_rollback(True)
    assert named == {}
    least = {"admin:register_invoice_change", "admin:register_invoice_add"}
    assert least <= opened
    assert len(opened) > (60 if role == Role.DATA_PROTECTION_CONTACT else 10)


def forget_looks():
    models.QuerySet(Consultation)._raw_delete("default")


def looks():
    return [(one.customer, one.sight, one.occasion) for one in Consultation.objects.order_by("pk")]


@pytest.mark.parametrize("model", ["order", "attachment", "paper", "billingdata", "invoice"])
def test_a_form_names_only_whom_the_reader_may_see_and_writes_it_down(model):
    """S02, S03, A03, P35: filled in beforehand, and sent with a bare reference."""
    used, resting = factories.CustomerFactory(), factories.CustomerFactory()
    factories.RestrictionFactory(customer=resting)
    add = reverse(f"admin:register_{model}_add")
    handler = staff(Role.HANDLER)
    for open_page in (handler.get, handler.post):
        forget_looks()
        shown = open_page(add, {"customer": used.reference})
        assert f"{used} ({used.reference})" in shown.text
        assert looks() == [(used, "list", "care")]
        shown = open_page(add, {"customer": resting.reference})
        assert PLANTED not in shown.text
        assert f"{resting.reference} (restricted)" in shown.text
    if model in ("billingdata", "invoice"):
        accounting = staff(Role.ACCOUNTING)
        for open_page in (accounting.get, accounting.post):
            assert PLANTED not in open_page(add, {"customer": used.reference}).text
    assert len(looks()) == 1


def test_the_page_of_a_run_names_whom_it_is_about_and_writes_it_down():
    """D02r, S02, A03"""
    notice = factories.NoticeFactory()
    factories.ClauseFactory(
        notice=notice, kind="retention", term=RetentionStart.RELATIONSHIP_END, years=1
    )
    adopt(notice, now=timezone.now(), reason="Test")
    origin = factories.CollectionFactory(source_kind="partner", collected_on=date(2020, 1, 2))
    used, resting = (
        factories.CustomerFactory(collection=origin, relationship_ended_on=date(2020, 1, 2))
        for _one in range(2)
    )
    factories.RestrictionFactory(customer=resting, ground="claims")
    run = factories.RetentionRunFactory(
        notice=notice, question="many", today_on=timezone.localdate(), due=2
    )
    page = staff(Role.VIEWER).get(reverse("admin:register_retentionrun_change", args=[run.pk]))
    assert page.text.count(f"{resting.reference} (restricted)") == 2
    assert used.family_name in page.text
    assert resting.family_name not in page.text
    assert looks() == [(used, "list", Occasion.CHECKING)]


def test_the_list_of_open_invoices_names_whose_are_gone_and_writes_it_down():
    """S02, A03, P35"""
    program = factories.InvoicingProgramFactory()
    used, resting = factories.CustomerFactory(), factories.CustomerFactory()
    for one in (used, resting):
        factories.InvoiceFactory(customer=one, kept_in=program)
    other = factories.CustomerFactory()
    factories.RestrictionFactory(customer=resting)
    sent = {
        "text": f"L-9;{other.reference};5.3.2026;19.3.2026;1",
        "source_kind": "purchase",
        "paid_on": "2026-05-01",
    }
    address = reverse("admin:register_invoice_open")
    page = staff(Role.HANDLER).post(address, sent)
    assert used.family_name in page.text
    assert resting.family_name not in page.text
    assert f"{resting.reference} (restricted)" in page.text
    assert looks() == [(used, "list", Occasion.BILLING)]
    assert PLANTED not in staff(Role.ACCOUNTING).post(address, sent).text
    assert len(looks()) == 1


def test_the_preview_of_a_file_writes_down_whose_data_it_shows():
    """A03, S03: what the register has of them stands beside what the file would change."""
    firm = factories.OrganisationFactory()
    known = factories.ContactRoleFactory(organisation=firm).person
    factories.RestrictionFactory(customer=firm)
    client = as_contact()
    rows = f"Etunimi;Sukunimi;Yritys;Sähköposti\nAino;Uusi;Toinen Oy;{known.email}\n"
    _waiting, place = brought(client, rows)
    forget_looks()
    page = client.get(place)
    assert known.family_name in page.text
    assert firm.name not in page.text
    assert looks() == [(known, "list", Occasion.CHECKING)]


def test_a_request_names_who_may_be_the_person_and_writes_it_down():
    """A03, S02: suggestions are found by what the request says."""
    used, resting = factories.CustomerFactory(), factories.CustomerFactory()
    for one in (used, resting):
        with because("Test"):
            one.phone = "040 123 4567"
            one.save(collection=factories.CollectionFactory())
    factories.RestrictionFactory(customer=resting)
    asked = ask("access", phone="040 123 4567")
    page = staff().get(page_of(asked))
    assert used.family_name in page.text
    assert resting.family_name not in page.text
    assert f"{resting.reference} (restricted)" in page.text
    assert looks() == [(used, "search", Occasion.REQUEST)]


def test_with_a_reason_the_request_shows_what_the_register_has():
    """S02: else the register's own data are left out of the comparison."""
    resting = factories.CustomerFactory()
    factories.RestrictionFactory(customer=resting)
    asked = ask("access", customer=resting)
    client = staff()
    page = client.get(page_of(asked))
    assert PLANTED not in page.text
    assert page.context["compared"] == []
    why = reverse("admin:register_customer_why", args=[resting.reference])
    client.post(why, {"occasion": "legal_claim"})
    page = client.get(page_of(asked))
    assert resting.name in page.text
    assert page.context["compared"]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.HANDLER])
def test_the_page_and_history_of_a_contact_person_do_not_name_an_organisation_that_rests(role):
    """S02, S03"""
    firm, person = factories.OrganisationFactory(), factories.CustomerFactory()
    factories.ContactRoleFactory(person=person, organisation=firm)
    factories.RestrictionFactory(customer=firm)
    client = staff(role)
    pages = ["change", "history"] if role == Role.HANDLER else ["change"]
    for page in pages:
        address = reverse(f"admin:register_customer_{page}", args=[person.reference])
        shown = client.get(address, follow=True)
        assert f"{firm.reference} (restricted)" in shown.text
        assert firm.name not in shown.text
