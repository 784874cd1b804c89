"""The form on the web: what it asks, what it keeps, what comes of it (I01, I07, I08, P49-P56)."""

import re

import pytest
import time_machine
from django.core import mail
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Task
from audit.reasons import because
from notices.declarations import columns_of, personal_models
from notices.terms import ProhibitedUse, ProhibitionScope
from register.erasure import erase
from register.models import Prohibition
from rights_requests.models import OFFERED, Demand, Letter, RightsRequest
from tests.factories import CustomerFactory, NoticeFactory
from tests.rights_requests.asking import (
    ANSWERS,
    CHOSEN,
    OFFERING,
    address,
    answers,
    check,
    faulty,
    fields,
    press,
    send,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def notice():
    return NoticeFactory(in_force=True, languages=["fi", "en"], **OFFERING)


def the_request():
    return RightsRequest.objects.get()


# --- the way there


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_the_form_is_one_click_from_the_notice(client, language):
    """I01"""
    assert f'href="/{language}/requests/"' in client.get(f"/{language}/").text


def test_all_rights_can_be_chosen(client):
    """I01, P62: one page for every right, several at once."""
    page = client.get(address("choose"))
    assert re.findall(r'name="right" value="(\w+)"', page.text) == [str(right) for right in OFFERED]
    form = client.get(address("form", right=["access", "erasure"]))
    assert fields(form)["right"] == ["access", "erasure"]


@pytest.mark.parametrize("query", [{}, {"right": "complaint"}, {"right": "\x00"}])
def test_choosing_nothing_leads_back_to_the_choice(client, query):
    for page in (client.get(address("form", **query)), client.post(address("form"), query)):
        assert "Error:" in page.text or "Virhe" in page.text
        assert fields(page) == {}


@pytest.mark.parametrize("name", ["choose", "form"])
def test_without_a_notice_nothing_can_be_asked(client, name):
    with connection.cursor() as cursor:
        # nobody can take a notice back; this register never had one
        cursor.execute("DELETE FROM notices_clause")
        cursor.execute("DELETE FROM notices_rendering")
        cursor.execute("DELETE FROM notices_notice")
    assert client.get(address(name, right="access")).status_code == 503
    assert client.post(address("form"), answers("access")).status_code == 503


@pytest.mark.parametrize("right", OFFERED)
def test_nothing_of_the_form_needs_a_cookie_or_a_script(client, right):
    """I01, K03, P43: it works with cookies blocked."""
    pages = [
        client.get(address("choose")),
        client.get(address("form", right=right)),
        check(client, answers(right)),
        send(client, answers(right)),
        client.get(send(client, answers(right))["Location"]),
    ]
    for page in pages:
        assert not page.cookies
        assert "Cookie" not in page.get("Vary", "")
        assert "<script" not in page.text


def test_the_form_asks_for_no_reason_where_none_may_be_asked(client):
    """A05, P30: nobody is asked why they want access or erasure."""
    form = fields(client.get(address("form", right=["access", "erasure", "portability"])))
    contact = {"name", "email", "phone", "street", "postcode", "city"}
    # no reason: where else the data should go (O03)
    contact |= {"transfer_to", "transfer_address"}
    # no reason: whether to name those who are told of an erasure (N02)
    assert set(form) == {"right", "wants_recipients", *contact}
    form = fields(client.get(address("form", right=["access", "portability"])))
    assert set(form) == {"right", *contact}


def test_nobody_is_asked_for_a_title_or_a_sex(client):
    """Q07: no form asks for it, and no column of a person holds it."""
    unwanted = re.compile(r"title|salutation|honorific|sex|gender")
    asked = set(fields(client.get(address("form", right=list(OFFERED)))))
    kept = {
        f"{model.__name__}.{column}" for model in personal_models() for column in columns_of(model)
    }
    kept |= {f"RightsRequest.{field.name}" for field in RightsRequest._meta.get_fields()}
    assert "Customer.given_name" in kept
    # what a paper is called, and nobody
    kept -= {"Attachment.title", "Paper.title"}
    assert [name for name in asked | kept if unwanted.search(name)] == []


# --- what is stored


@pytest.mark.parametrize("right", OFFERED)
@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_what_was_answered_is_stored(client, right, language):
    """P49, P50: in the language of the form; by the form."""
    assert send(client, answers(right), language).status_code == 302
    request = the_request()
    assert (request.language, request.channel, request.name, request.email) == (
        language,
        "form",
        "Aino Koekajo",
        "aino@koe.example",
    )
    assert [demand.right for demand in request.demands.all()] == [right]


def test_several_rights_are_one_request_with_a_clock_each(client):
    """P62"""
    send(client, answers(*ANSWERS))
    demands = Demand.objects.filter(request=the_request())
    assert [demand.right for demand in demands] == [str(right) for right in OFFERED]
    assert all(demand.due_on for demand in demands)


@pytest.mark.parametrize(
    ("right", "name"), [("erasure", "erased_data"), ("restriction", "restricted_data")]
)
def test_the_data_that_are_meant_may_be_ticked(client, right, name):
    """E01, S08: some of the data; whoever ticks none means all of them."""
    send(client, answers(right) | {name: ["phone", "email"]})
    send(client, answers(right) | {"name": "Eino Koekajo"})
    some, every = Demand.objects.order_by("pk")
    assert (some.categories, every.categories) == (["email", "phone"], [])
    assert "puhelinnumero" in check(client, answers(right) | {name: ["phone"]}).text.lower()


def test_only_data_that_the_notice_lists_may_be_ticked(client):
    NoticeFactory(in_force=True, languages=["fi"], declared=["name", "email"])
    form = client.get(address("form", right="erasure")).text
    assert re.findall(r'name="erased_data" value="(\w+)"', form) == ["name", "email"]
    page = check(client, answers("erasure", erased_data=["phone"]))
    assert "erased_data" in page.context["form"].errors
    assert not RightsRequest.objects.exists()


def test_a_correction_is_kept_word_for_word(client):
    """R02, P56"""
    send(client, answers("rectification"))
    item = Demand.objects.get().items.get()
    assert (item.category, item.kind, item.datum, item.wanted, item.ground, item.statement) == (
        "postal_address",
        "outdated",
        "Koekatu 1",
        "Koekatu 2",
        "Olen muuttanut.\nViime vuonna.",
        "Vanha osoite oli oikein vuoteen 2025.",
    )


@pytest.mark.parametrize("missing", ["item-1-kind", "item-1-datum", "item-1-ground"])
def test_a_correction_without_its_parts_is_refused_at_the_field(client, missing):
    """P56: which datum, and on what ground."""
    page = check(client, answers("rectification", **{missing: ""}))
    assert faulty(page) == [missing]


@pytest.mark.parametrize("right", ["restriction", "objection", "prohibition"])
def test_what_a_right_asks_for_must_be_answered(client, right):
    """S01, M02"""
    (asked,) = ANSWERS[right]
    page = check(client, {"right": right, "name": "Aino", "email": "aino@koe.example"})
    assert faulty(page) == [asked]


@pytest.mark.parametrize(
    ("chosen", "scopes"),
    [
        (["all"], list(ProhibitionScope.values)),
        (["market_research", "direct_marketing"], ["direct_marketing", "market_research"]),
        (["all", "publication"], list(ProhibitionScope.values)),
    ],
)
def test_a_prohibition_forbids_what_is_chosen_at_once(client, chosen, scopes):
    """P52, P65, M01: one box for all; both uses unless one is chosen; in force when it is sent."""
    send(client, answers("prohibition", scopes=chosen))
    demand = Demand.objects.get()
    assert (demand.scopes, demand.uses) == (scopes, list(ProhibitedUse.values))
    assert demand.carried_out_at
    assert set(Prohibition.objects.values_list("scope", "use")) == {
        (scope, use) for scope in scopes for use in ProhibitedUse.values
    }


def test_a_prohibition_of_one_use_leaves_the_other(client):
    """P52"""
    send(client, answers("prohibition", uses=["disclosure"]))
    assert set(Prohibition.objects.values_list("use", flat=True)) == {"disclosure"}


def test_what_is_ticked_twice_is_forbidden_once(client):
    """M01"""
    twice = ["direct_marketing", "direct_marketing"]
    page = check(client, answers("prohibition", scopes=twice, uses=["processing", "processing"]))
    assert press(client, page).status_code == 302
    demand = Demand.objects.get()
    assert (demand.scopes, demand.uses) == (["direct_marketing"], ["processing"])


@pytest.mark.parametrize(
    "reached",
    [
        {"email": "aino@koe.example"},
        {"phone": "040 000 1234"},
        {"street": "Koekatu 1", "postcode": "00100", "city": "Helsinki"},
    ],
)
def test_a_prohibition_asks_for_no_name_and_no_proof(client, reached):
    """M01, P52, I07: anything that it can be known by is enough."""
    assert send(client, {"right": "prohibition", "scopes": "all"} | reached).status_code == 302
    assert Prohibition.objects.exists()
    assert not the_request().needs_proof


@pytest.mark.parametrize("reached", [{}, {"phone": "puhelin"}, {"name": "Aino"}])
def test_a_prohibition_that_would_reach_nobody_is_refused(client, reached):
    """M01: what could have no effect is not taken as if it had."""
    page = check(client, {"right": "prohibition", "scopes": "all"} | reached)
    assert faulty(page) == ["phone" if "phone" in reached else "email"]


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"email": ""}, ["email"]),
        ({"email": "", "phone": "040 000 1234"}, ["email"]),
        ({"email": "", "street": "Koekatu 1"}, ["postcode", "city"]),
        ({"email": "aino"}, ["email"]),
        ({"email": "äi jä@koe.example"}, ["email"]),
        ({"name": ""}, ["name"]),
    ],
)
def test_who_asks_must_be_reached(client, given, wrong):
    """I10: an answer needs an address, of either kind."""
    page = check(client, answers("access", **given))
    assert faulty(page) == wrong
    assert "Error:" in page.text or "Virhe" in page.text


def test_everything_that_is_missing_is_said_at_once(client):
    empty = answers("rectification", name="", email="", **{"item-1-datum": ""})
    assert faulty(check(client, empty)) == ["item-1-datum", "name", "email"]


@pytest.mark.parametrize(
    "name",
    ["Your account is locked: https://evil.example", "See WWW.evil.example", "aino@koe.example"],
)
def test_no_name_is_an_advertisement(client, name):
    """The receipt greets by it, and goes to whatever address was typed in."""
    page = check(client, answers("access", name=name), "en")
    assert faulty(page) == ["name"]
    assert "Write the name only, without a web or e-mail address." in page.text


def test_a_postal_address_alone_is_enough(client):
    """I10"""
    given = {"email": "", "street": "Koekatu 1", "postcode": "00100", "city": "Helsinki"}
    assert send(client, answers("access", **given)).status_code == 302


@pytest.mark.parametrize(
    ("postcode", "fine"),
    [
        ("33100", True),
        ("FI-33100", True),
        ("fin 33100", True),
        ("SE-114 56", True),
        ("SW1A 1AA", True),
        ("3310", False),
        ("331000", False),
        ("33 100", False),
        ("FI-3310", False),
        ("114 56", False),
    ],
)
def test_a_prohibition_by_post_holds_or_the_postcode_is_refused(client, postcode, fine):
    """P52, M01: nobody reads that it is in force when it meets nobody."""
    at = {"street": "Pinnaraitti 4 A 3", "city": "Tampere"}
    abroad = not postcode.lower().startswith(("3", "fi"))
    aino = CustomerFactory(
        postcode=postcode.removeprefix("SE-") if abroad else "33100",
        country="SE" if abroad else "",
        **at,
    )
    sent = {"right": "prohibition", "scopes": "all", "postcode": postcode} | at
    page = check(client, sent, "en")
    if not fine:
        assert faulty(page) == ["postcode"]
        assert "A Finnish postcode has five digits." in page.text
        return
    assert send(client, sent).status_code == 302
    assert aino.prohibitions().count() == 12
    assert the_request().postcode == postcode.split("FI-")[-1].removeprefix("fin ")


# --- what is typed is kept


FULL = answers(
    *ANSWERS,
    phone="040 000 1234",
    street="Koekatu 1",
    postcode="00100",
    city="Helsinki",
    scopes=["direct_marketing"],
    uses=["processing"],
)


def as_typed(filled):
    listed = {name: [value] if isinstance(value, str) else value for name, value in filled.items()}
    return {name: [one.replace("\r\n", "\n") for one in value] for name, value in listed.items()}


WRONG = [name for name in FULL if name not in ("right", "uses", "items")]


@pytest.mark.parametrize("wrong", WRONG)
def test_an_error_keeps_what_was_typed(client, wrong):
    """I01: nobody types anything twice."""
    bad = {"restriction_ground": "because", "scopes": ["everything"]}.get(wrong, "131052-308T")
    page = check(client, FULL | {wrong: bad})
    assert faulty(page) == [wrong]
    kept = fields(page)
    expected = as_typed(FULL | {wrong: bad})
    if wrong in CHOSEN:
        # what nobody can choose is not shown as chosen
        kept.pop(wrong, None)
        expected.pop(wrong)
    assert kept == expected


def test_the_answers_can_be_changed_before_they_are_sent(client):
    page = press(client, check(client, FULL), "change")
    assert fields(page) == as_typed(FULL)
    assert faulty(page) == []
    assert not RightsRequest.objects.exists()


def test_the_check_page_carries_everything_and_shows_it(client):
    page = check(client, FULL, "en")
    carried = fields(page)
    assert carried.pop("token")
    assert carried == as_typed(FULL)
    for text in ("Aino Koekajo", "Koekatu 2", "Viime vuonna.", "use by ourselves", "Helsinki"):
        assert text in page.text


@pytest.mark.parametrize("name", ["name", "email", "street", "city", "phone", "postcode"])
@pytest.mark.parametrize("text", ["a\r\nBcc: b@koe.example", "a\nb", "a\rb", "a\x00b", "a\x1bb"])
def test_no_line_break_gets_into_an_address_or_a_name(client, name, text):
    """No header is forged: what stands in the head of a letter is one line."""
    given = {"street": "Koekatu 1", "postcode": "00100", "city": "Helsinki", "phone": "1"}
    page = check(client, answers("access", **(given | {name: text})))
    assert faulty(page) == [name]


def test_lines_of_a_long_text_are_no_fault(client):
    page = check(client, answers("objection", objection_ground="Yksi\r\nkaksi\n\nkolme"))
    assert faulty(page) == []
    press(client, page)
    assert Demand.objects.get().ground == "Yksi\nkaksi\n\nkolme"


@pytest.mark.parametrize("text", ["131052-308T", "Hei\nTunnukseni on 131052-308T."])
def test_a_personal_identity_code_is_refused_in_any_text(client, text):
    """I06, P20"""
    assert faulty(check(client, answers("objection", objection_ground=text))) == [
        "objection_ground"
    ]


# --- what comes of it


@time_machine.travel("2026-08-31T21:30:00+00:00", tick=False)
def test_the_confirmation_tells_the_number_the_day_and_how_it_was_counted(client):
    """T01, T09, T10: sent at 00.30 on 1 September in Helsinki."""
    page = client.get(send(client, answers("access"), "en")["Location"])
    for text in ("2026-1<", "1 September 2026", "1 October 2026", "Tuesday", "Thursday"):
        assert text in page.text
    assert the_request().received_on.isoformat() == "2026-09-01"


def test_the_confirmation_holds_nobody_s_data(client):
    """Its address may be kept in a browser's history."""
    response = send(client, answers("access"))
    page = client.get(response["Location"])
    for text in ("Aino", "Koekajo", "aino@koe.example"):
        assert text not in page.text
        assert text not in response["Location"]
    assert page["Cache-Control"] == "no-store"


def test_a_forged_confirmation_is_the_neutral_page(client):
    signed = send(client, answers("access"))["Location"].removesuffix("/")
    assert client.get(f"{signed[:-1]}/").status_code == 404


def test_a_request_is_answered_by_letters_in_its_own_language(client):
    """P50, T08"""
    send(client, answers("access"), "sv")
    letters = Letter.objects.to_people()
    assert [(letter.kind, letter.language) for letter in letters] == [("receipt", "sv")]
    assert not mail.outbox
    assert Task.objects.count() == Letter.objects.count()


# --- nothing leaks


def nobody():
    CustomerFactory(given_name="Eero", email="eero@koe.example")


def aino():
    return CustomerFactory(given_name="Aino", family_name="Koekajo", email="aino@koe.example")


def aino_erased():
    with because("Test"):
        erase(aino(), request_number="2025-1", now=timezone.now())


def shape(queries):
    """The statements without their values."""
    values = r"[xX]?'[^']*'|\bs\d+_x\d+|\b\d[\d.:+-]*"
    return [re.sub(values, "?", one["sql"]) for one in queries]


def asked_under(register, right):
    """Everything that a stranger could compare: page, statements, letters."""
    register()
    client = Client()
    page = check(client, answers(right))
    with CaptureQueriesContext(connection) as asked:
        response = press(client, page)
    statements = shape(asked.captured_queries)
    assert len(statements) > 10
    request = RightsRequest.objects.latest("pk")
    confirmation = client.get(response["Location"])
    text = confirmation.text.replace(request.number, "N").replace(response["Location"][4:], "")
    letters = list(request.letters.order_by("pk").values_list("kind", "medium"))
    return text, statements, letters


@pytest.mark.parametrize("right", OFFERED)
def test_a_known_an_unknown_and_an_erased_address_get_the_same(right):
    """I08: the same page, the same statements, the same letters; each alone, as to one address go
    few letters a day."""
    found = []
    for register in (nobody, nobody, aino_erased, aino):
        with transaction.atomic():
            found.append(asked_under(register, right))
            transaction.set_rollback(True)
    _first, unknown, erased, known = found
    assert unknown == erased
    assert unknown == known
