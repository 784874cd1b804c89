"""Every address x everybody x every method, against `staff.roles.PAGES` (P33, P35, P37)."""

import json
from functools import partial

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.contrib.messages import get_messages
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.mail import send_mail
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, URLResolver, get_resolver, reverse
from django.utils import timezone, translation

from audit.encryption import encrypt
from audit.files import keep
from audit.reasons import because
from demo.mailbox import FILE_BACKEND, folder_in_use, places
from rights_requests.apart import signed_address
from rights_requests.masking import piece_of
from rights_requests.models import RightsRequest
from rights_requests.views import confirmation_of
from staff.models import UndertakingText
from staff.roles import ANYONE_SIGNED_IN, NOBODY, PAGES, PUBLIC, Act, Role, acts_of
from tests import factories
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db

ROWS = {
    "notices_notice": partial(factories.NoticeFactory, declared=(), sources=()),
    "notices_section": factories.SectionFactory,
    "register_attachment": factories.AttachmentFactory,
    "register_billingdata": factories.BillingDataFactory,
    "register_consultation": factories.ConsultationFactory,
    "register_customer": factories.CustomerFactory,
    "register_disclosure": factories.DisclosureFactory,
    "register_customerlist": factories.CustomerListFactory,
    "register_import": factories.ImportFactory,
    "register_invoice": factories.InvoiceFactory,
    "register_invoicingprogram": factories.InvoicingProgramFactory,
    "register_order": factories.OrderFactory,
    "register_paper": factories.PaperFactory,
    "register_narrowing": factories.NarrowingFactory,
    "register_retentionrun": partial(factories.RetentionRunFactory, question="many"),
    "register_recipient": factories.RecipientFactory,
    "register_storageplace": factories.StoragePlaceFactory,
    "rights_requests_deputy": factories.DeputyFactory,
    "rights_requests_letter": factories.LetterFactory,
    "rights_requests_notification": factories.NotificationFactory,
    "rights_requests_rightsrequest": partial(factories.RightsRequestFactory, rights=["access"]),
    "staff_invitation": factories.InvitationFactory,
    "staff_undertaking": factories.UndertakingFactory,
    "staff_undertakingtext": factories.UndertakingTextFactory,
    "staff_user": factories.UserFactory,
}

REQUEST = "admin:rights_requests_rightsrequest"


def a_request(right="access"):
    """A request that has a customer and a paper; gives its number."""
    asked = factories.RightsRequestFactory(
        rights=[right], proof="in_person", identified_at=timezone.now()
    )
    with because("Made for a test"):
        asked.customer = factories.CustomerFactory()
        asked.save()
    with storages["private"].open(storages["private"].save("scan", ContentFile(b"%PDF-"))) as file:
        factories.ScanFactory(request=asked, file=file.name)
    return asked.number


#: What stands before the rows of a copy of data.
HEAD = {
    **dict.fromkeys(("name", "received", "taken", "register_name", "controller"), ""),
    **{key: [] for key in ("contact", "glance", "chapters", "contents", "rights", "files")},
    "language": "fi",
    "request": "2026-1",
    "taken_at": "2026-01-02T12:00:00+02:00",
}


def a_copy():
    """A request whose copy was given with a piece that section 34 limits; gives its number."""
    asked = RightsRequest.objects.numbered(a_request())
    demand = asked.demands.get()
    with because("Made for a test"):
        demand.granted_at, demand.decided_by = timezone.now(), factories.UserFactory()
        demand.save()
    factories.ReportFactory(demand=demand, content=encrypt(json.dumps(HEAD).encode()))
    factories.MaskFactory(demand=demand, reason="danger", explanation="Danger for somebody.")
    return asked.number


def a_piece():
    """An open request for access, and a piece of what is held of who asks."""
    asked = RightsRequest.objects.numbered(a_request())
    piece = piece_of(type(asked.customer), asked.customer.pk, "given_name")
    with because("Made for a test"):
        asked.customer.given_name = "Aino"
        asked.customer.save(collection=factories.CollectionFactory())
    return {"object_id": asked.number, "piece": piece}


def a_mail():
    """A mail that is not sent; gives what its address has in it."""
    send_mail("Subject", "Text", None, ["aino@koe.example"])
    return places(folder_in_use())[0].key


def an_objection():
    """An objection of a customer to statistics, which is open; gives its number."""
    asked = RightsRequest.objects.numbered(a_request("objection"))
    demand = asked.demands.get()
    with because("Made for a test"):
        demand.purposes = ["statistics"]
        demand.save()
    return asked.number


def a_link(purpose):
    """A link to a request whose answer was a copy of the data; gives its token."""
    given = factories.ReportFactory(content=encrypt(json.dumps(HEAD).encode()))
    if purpose == "transfer":
        with because("Made for a test"):
            given.demand.right = "portability"
            given.demand.save()
    return factories.LinkFactory(request=given.demand.request, purpose=purpose).token


def a_letter_unasked():
    """A letter that tells a customer of the data here; gives the token of its page."""
    letter = factories.LetterFactory(
        request=None,
        kind="information",
        customer=factories.CustomerFactory(),
        notice=factories.NoticeFactory(in_force=True),
    )
    return signed_address(letter).split("/")[-2]


def an_attachment():
    """A paper of a customer; gives its key."""
    return factories.AttachmentFactory(file=keep(ContentFile(b"%PDF-"))).pk


def a_draft():
    """A draft of a notice, which its page is about; nothing stands in the address."""
    factories.NoticeFactory(declared=(), sources=())
    return {}


def a_customer(*, consents=False):
    """A customer, who may have agreed to statistics."""
    if not consents:
        return factories.CustomerFactory()
    factories.NoticeFactory(purposes={"statistics": "consent"}, in_force=True)
    given = factories.NoticeGivenFactory()
    return factories.ConsentFactory(customer=given.customer, purpose="statistics").customer


def a_hold():
    """A decision that keeps a customer's data; gives what its address has in it."""
    hold = factories.HoldFactory()
    return {"reference": hold.customer.reference, "hold": hold.pk}


#: What the addresses with parts of their own are opened with; rows come from `ROWS`.
SAMPLES = {
    "account_reset_password_from_key": lambda: {"uidb36": "1", "key": "set-password"},
    "admin:notices_notice_clause": lambda: {"key": ROWS["notices_notice"]().pk, "clause": 0},
    "admin:notices_notice_finding": lambda: {
        "key": ROWS["notices_notice"]().pk,
        "finding": "simple",
    },
    "admin:notices_notice_place": lambda: {"key": ROWS["notices_notice"]().pk, "position": 0},
    "admin:notices_notice_preview": lambda: {"key": ROWS["notices_notice"]().pk, "language": "sv"},
    "admin:register_attachment_file": lambda: {"key": an_attachment()},
    "admin:register_customer_told": lambda: {"reference": a_customer().reference},
    "admin:register_customer_given": lambda: {"reference": a_customer().reference},
    "admin:register_customer_hold": lambda: {"reference": a_customer().reference},
    "admin:register_customer_hold_end": lambda: a_hold(),
    f"{REQUEST}_forbid": lambda: {"reference": a_customer().reference},
    f"{REQUEST}_allow": lambda: {"reference": a_customer().reference},
    f"{REQUEST}_own": lambda: {"reference": a_customer().reference},
    f"{REQUEST}_correct": lambda: {"object_id": a_request("rectification")},
    f"{REQUEST}_weigh": lambda: {"object_id": an_objection()},
    f"{REQUEST}_item": lambda: {"object_id": a_request("rectification"), "place": 0},
    "admin:register_customer_consent": lambda: {"reference": a_customer().reference},
    "admin:register_customer_withdrawal": lambda: {
        "reference": a_customer(consents=True).reference,
        "purpose": "statistics",
    },
    "admin:register_customerlist_file": lambda: {"key": factories.CustomerListFactory().pk},
    "admin:register_narrowing_add": a_draft,
    "admin:register_import_report": lambda: {"key": factories.ImportFactory().pk},
    "admin:app_list": lambda: {"app_label": "notices"},
    f"{REQUEST}_copy": lambda: {"object_id": a_request()},
    f"{REQUEST}_copy_pdf": lambda: {"object_id": a_request(), "volume": 1},
    **{
        f"{REQUEST}_{page}": lambda: {"object_id": a_copy()}
        for page in ("copy_files", "handover", "handover_package")
    },
    **{f"{REQUEST}_{page}": lambda: {"object_id": a_request()} for page in ("masks", "unmask")},
    f"{REQUEST}_mask": a_piece,
    f"{REQUEST}_package": lambda: {"object_id": a_request("portability")},
    f"{REQUEST}_year": lambda: {"year": timezone.localdate().year},
    f"{REQUEST}_year_xlsx": lambda: {"year": timezone.localdate().year},
    f"{REQUEST}_scan": lambda: {"object_id": a_request(), "place": 1},
    **{
        f"{REQUEST}_{act}": lambda: {"object_id": a_request(), "right": "access"}
        for act in ("grant", "refuse", "extend", "spoken")
    },
    "mail": lambda: {"key": a_mail()},
    **{f"processing_record_{kind}": lambda: {"language": "sv"} for kind in ("pdf", "xlsx")},
    "invitation": lambda: {"token": factories.InvitationFactory(token="abc") and "abc"},
    **{f"notices:{page}": lambda: {"number": 1} for page in ("version", "changes", "clauses")},
    "requests:sent": lambda: {"signed": confirmation_of(factories.RightsRequestFactory())},
    "requests:letter": lambda: {"token": a_letter_unasked()},
    **{
        f"requests:{purpose}": lambda purpose=purpose: {"token": a_link(purpose)}
        for purpose in ("proof", "status", "report", "transfer")
    },
}

ACTORS = {
    "nobody signed in": None,
    "no role": {"role": ""},
    "superuser": {"role": "", "is_superuser": True},
    **{str(role): {"role": role} for role in Role},
}


def addresses(resolver=None, route="", spaces=()):
    """The name of every address, or its route where it has no name."""
    for pattern in (resolver or get_resolver()).url_patterns:
        below = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            space = (pattern.namespace,) if pattern.namespace else ()
            yield from addresses(pattern, below, spaces + space)
        else:
            yield ":".join((*spaces, pattern.name)) if pattern.name else below


def key_of(row):
    """What the address of `row` has in it: customers go by reference, requests by number."""
    if isinstance(row, RightsRequest):
        return row.number
    return str(getattr(row, "reference", row.pk))


def path_of(name):
    """A path that opens the page `name`, with a fresh row behind it."""
    plain = name.replace("/", "_")
    row = next((make for label, make in ROWS.items() if f"{label}_" in plain), None)
    if name.endswith("<path:object_id>/"):
        return "/" + name.replace("<path:object_id>", key_of(row()))
    if name.endswith("$"):
        return "/admin/no/such/page/"
    if name in SAMPLES:
        return reverse(name, kwargs=SAMPLES[name]())
    try:
        return reverse(name)
    except NoReverseMatch:
        return reverse(name, args=[key_of(row())])


def opens(response):
    """Whether the page answered, rather than refusing or asking to sign in or to sign."""
    if response.status_code in (403, 404, 405):
        return False
    leads_to = response.get("Location", "")
    # the staff site says so when a row is not there: then the test asked for the wrong one
    rows = [str(m) for m in get_messages(response.wsgi_request) if "doesn’t exist" in str(m)]
    assert not rows
    return "next=" not in leads_to


def may(actor, who):
    if isinstance(who, Act):
        return actor is not None and who in acts_of(actor)
    return {PUBLIC: True, ANYONE_SIGNED_IN: actor is not None, NOBODY: False}[who]


def enter(role):
    """A client and its person, who has given a second factor."""
    client = Client(headers={"accept-language": "en"})
    if role is None:
        return client, None
    actor = factories.UserFactory(**role)
    sign_in(client, actor)
    RecoveryCodes.activate(actor)
    return client, actor


def answers(client, actor, name):
    """Which methods open the page; what each changes is undone before the next."""
    opened = set()
    for method in ("get", "post", "put", "delete"):
        with transaction.atomic():
            path = path_of(name)
            if actor:
                actor.sign(UndertakingText.objects.current(), name=actor.name, now=timezone.now())
            response = getattr(client, method)(path)
            if opens(response):
                opened.add(method)
            # a download has a file open until it has been read
            response.getvalue()
            transaction.set_rollback(True)
    return opened


@pytest.fixture(autouse=True)
def _register_in_use(db):
    """A notice in force; and the reader's language is put back."""
    factories.NoticeFactory(
        in_force=True, purposes={"orders": "contract"}, recipients=["accounting"]
    )
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def _mail_stays_here(settings, tmp_path):
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = FILE_BACKEND, tmp_path


NAMES = sorted(set(addresses()))


def test_every_address_has_its_line_and_every_line_its_address():
    """A new page states who may open it in staff/roles.py."""
    assert set(PAGES) == set(NAMES)


@pytest.mark.parametrize("name", [name for name in NAMES if name in PAGES])
def test_a_page_opens_to_those_in_its_line_only(name):
    """P33, P35, P37"""
    page = PAGES[name]
    found, expected = {}, {}
    for label, role in ACTORS.items():
        with transaction.atomic():
            client, actor = enter(role)
            found[label] = answers(client, actor, name)
            asked = {"get": page.get, "post": page.post}
            expected[label] = {method for method, who in asked.items() if may(actor, who)}
            transaction.set_rollback(True)

    assert found == expected
