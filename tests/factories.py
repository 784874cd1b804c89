"""Rows for tests, one factory per model: each row valid by itself and free of surprises."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import factory
from django.utils import timezone

from audit.files import PaperType
from audit.models import DailyRun, FileToRemove, Task, UsedForm
from audit.reasons import because
from notices.models import Clause, Notice, Rendering, Section, SetAside, governing_notice
from notices.publishing import adopt
from notices.terms import (
    ClauseKind,
    DataCategory,
    ProhibitedUse,
    ProhibitionScope,
    Purpose,
    RecipientKind,
    Right,
    SectionKey,
    SourceKind,
)
from register.models import (
    Attachment,
    BillingData,
    Channel,
    Collection,
    Consent,
    Consultation,
    ContactDigest,
    ContactKind,
    ContactRole,
    Customer,
    CustomerList,
    Disclosed,
    Disclosure,
    Hold,
    HoldKind,
    Import,
    ImportedContact,
    ImportedRow,
    ImportLine,
    InformationDuty,
    Invoice,
    InvoicingProgram,
    Lifespan,
    ListPart,
    Loan,
    Narrowing,
    NoticeGiven,
    Objection,
    Occasion,
    Order,
    OrderFigure,
    OrderLine,
    Paper,
    Payment,
    Prohibition,
    Recipient,
    Remark,
    RemarkKind,
    Restriction,
    RestrictionGround,
    RetentionRun,
    Sight,
    StoragePlace,
    Turn,
    Word,
)
from rights_requests.models import (
    Certificate,
    Counted,
    Counter,
    Demand,
    Deputy,
    Doubt,
    Handover,
    Item,
    Letter,
    LetterKind,
    Link,
    LinkPurpose,
    Mandate,
    Mask,
    Medium,
    Notification,
    Probe,
    Report,
    ReportPart,
    RightsRequest,
    Scan,
    Spoken,
    Weighing,
    next_number,
)
from staff.models import Invitation, Undertaking, UndertakingText, User, digest_of
from staff.roles import Role
from staff.undertaking import DEFAULT_TEXTS, DEFAULT_VERSION

PASSWORD = "aamukahvi tuoksuu pitkälle"


class RememberedFactory(factory.django.DjangoModelFactory):
    class Meta:
        abstract = True
        skip_postgeneration_save = True

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        with because("Made for a test"):
            return super()._create(model_class, *args, **kwargs)


class UserFactory(RememberedFactory):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"aino{n}@example.fi")
    name = "Aino Virtanen"
    language = "en"
    role = Role.HANDLER
    password = factory.django.Password(PASSWORD)

    @factory.post_generation
    def signed(self, create, extracted, **kwargs):
        """`signed=True` signs the undertaking now in use."""
        if extracted:
            self.sign(UndertakingText.objects.current(), name=self.name, now=timezone.now())


class InvitationFactory(RememberedFactory):
    class Meta:
        model = Invitation

    class Params:
        token = factory.Sequence(lambda n: f"token-{n}")

    email = factory.Sequence(lambda n: f"eero{n}@example.fi")
    name = "Eero Mäki"
    language = "en"
    role = Role.HANDLER
    token_digest = factory.LazyAttribute(lambda invitation: digest_of(invitation.token))
    invited_by = factory.SubFactory(UserFactory, role=Role.ADMINISTRATOR)
    invited_at = factory.LazyFunction(timezone.now)
    expires_at = factory.LazyAttribute(lambda self: self.invited_at + timedelta(days=7))


class UndertakingTextFactory(RememberedFactory):
    class Meta:
        model = UndertakingText

    fi = "Pidän salassa, mitä täällä näen."
    sv = "Jag håller hemligt vad jag ser här."
    en = "I keep secret what I see here."


class UndertakingFactory(RememberedFactory):
    class Meta:
        model = Undertaking

    user = factory.SubFactory(UserFactory)
    version = DEFAULT_VERSION
    language = "en"
    text = DEFAULT_TEXTS["en"]
    signed_name = "Aino Virtanen"
    signed_at = factory.LazyFunction(timezone.now)


class NoticeFactory(RememberedFactory):
    """A draft that could come into force; `declared` and `sources` become its clauses."""

    class Meta:
        model = Notice
        skip_postgeneration_save = True

    register_name = "Asiakasrekisteri"
    languages = ["fi"]
    drawn_up_on = date(2026, 1, 2)
    controller_name = "Koepaja Oy"
    controller_email = "tietosuoja@koepaja.example"

    @factory.post_generation
    def declared(notice, create, extracted, **kwargs):
        write_down(notice, ClauseKind.DATA, DataCategory if extracted is None else extracted)

    @factory.post_generation
    def sources(notice, create, extracted, **kwargs):
        write_down(notice, ClauseKind.SOURCE, SourceKind if extracted is None else extracted)

    @factory.post_generation
    def purposes(notice, create, extracted, **kwargs):
        """`purposes={"statistics": "consent"}`, each with what it rests on, or all of that."""
        for term, bases in (extracted or {}).items():
            for one in [bases] if isinstance(bases, str) else bases:
                write_down(notice, ClauseKind.PURPOSE, [term], legal_basis=one)

    @factory.post_generation
    def recipients(notice, create, extracted, **kwargs):
        write_down(notice, ClauseKind.RECIPIENT, extracted or ())

    @factory.post_generation
    def grounds(notice, create, extracted, **kwargs):
        write_down(notice, ClauseKind.DISCLOSURE, extracted or ())

    @factory.post_generation
    def rights(notice, create, extracted, **kwargs):
        write_down(notice, ClauseKind.RIGHT, extracted or ())

    @factory.post_generation
    def transfers(notice, create, extracted, **kwargs):
        write_down(notice, ClauseKind.TRANSFER, extracted or ())

    @factory.post_generation
    def in_force(notice, create, extracted, **kwargs):
        if extracted:
            adopt(notice, now=timezone.now(), reason="Test")


def write_down(notice, kind, terms, **kwargs):
    """One clause of `kind` for each of `terms`, all at once: nearly every test has a notice."""
    clauses = [ClauseFactory.build(notice=notice, kind=kind, term=one, **kwargs) for one in terms]
    if clauses:
        with because("Made for a test"):
            Clause.objects.create_remembered(clauses)


class SectionFactory(RememberedFactory):
    class Meta:
        model = Section

    notice = factory.SubFactory(NoticeFactory, declared=(), sources=())
    key = SectionKey.PURPOSE
    language = "fi"
    position = factory.Sequence(int)
    heading = "Käsittelyn tarkoitus"
    text = "Pidämme asiakasrekisteriä."


class ClauseFactory(RememberedFactory):
    class Meta:
        model = Clause

    notice = factory.SubFactory(NoticeFactory, declared=(), sources=())
    kind = ClauseKind.DATA
    term = DataCategory.NAME


class SetAsideFactory(RememberedFactory):
    class Meta:
        model = SetAside

    notice = factory.SubFactory(NoticeFactory, declared=(), sources=())
    finding = factory.Sequence("{:032}".format)
    rule = "D33"
    why = "Asia on tarkistettu."


class RenderingFactory(RememberedFactory):
    class Meta:
        model = Rendering

    notice = factory.SubFactory(NoticeFactory, declared=(), sources=())
    language = "fi"
    title = "Tietosuojaseloste"
    body = "<h1>Tietosuojaseloste</h1>"
    rendered_at = factory.LazyFunction(timezone.now)


class CollectionFactory(RememberedFactory):
    class Meta:
        model = Collection

    source_kind = SourceKind.CUSTOMER_NOTICE
    source_name = "puhelu"
    collected_on = date(2026, 3, 4)


class ImportFactory(factory.django.DjangoModelFactory):
    """A file whose rows were read and wait for a yes."""

    class Meta:
        model = Import

    kind = "customers"
    source_kind = SourceKind.REGISTRATION
    notice = factory.LazyFunction(lambda: governing_notice() or NoticeFactory(in_force=True))
    brought_by = factory.SubFactory("tests.factories.UserFactory")
    reading = {
        **{"format": "csv", "encoding": "utf-8", "delimiter": ";", "remarks": [], "chosen": {}},
        **{"language": "fi", "headings": "known"},
        **{"mapped": {}, "prohibiting": [], "dropped": [], "columns": []},
    }
    counts = {"stored": 0, "merged": 0, "skipped": 0, "refused": 0}
    begun_at = factory.LazyFunction(timezone.now)
    staged_at = factory.LazyFunction(timezone.now)


class ImportedRowFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ImportedRow

    bringing = factory.SubFactory(ImportFactory)
    line = 2
    fate = "stored"
    new_key = factory.Sequence(lambda number: 1_000_000 + number)


class ImportedContactFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ImportedContact

    row = factory.SubFactory(ImportedRowFactory)
    bringing = factory.SelfAttribute("row.bringing")
    kind = ContactKind.EMAIL
    digest = "0" * 64


class ImportLineFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ImportLine

    bringing = factory.SubFactory(ImportFactory)
    line = 2
    fate = "skipped"
    code = "empty"


class TurnFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Turn

    until_at = factory.LazyFunction(timezone.now)


class PersonalDataFactory(factory.django.DjangoModelFactory):
    """Rows of personal data come in by the one door, with their collection."""

    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        collection = kwargs.pop("collection", None) or CollectionFactory()
        with because("Made for a test"):
            return model_class.objects.create(collection=collection, **kwargs)


class CustomerFactory(PersonalDataFactory):
    class Meta:
        model = Customer

    given_name = "Aino"
    family_name = factory.Sequence(lambda number: f"Koekajo{number}")


class OrganisationFactory(PersonalDataFactory):
    class Meta:
        model = Customer

    organisation_name = factory.Sequence(lambda number: f"Koeyhtiö {number} Oy")


class ContactRoleFactory(PersonalDataFactory):
    class Meta:
        model = ContactRole

    person = factory.SubFactory(CustomerFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    role = "ostaja"
    started_on = date(2025, 1, 1)


class OrderFactory(PersonalDataFactory):
    class Meta:
        model = Order

    customer = factory.SubFactory(CustomerFactory)
    number = factory.Sequence(lambda number: f"T-2026-{number:04}")
    ordered_on = date(2026, 4, 5)


class OrderLineFactory(PersonalDataFactory):
    class Meta:
        model = OrderLine

    order = factory.SubFactory(OrderFactory)
    description = "Vuosihuolto"


class InvoiceFactory(PersonalDataFactory):
    class Meta:
        model = Invoice

    customer = factory.SubFactory(CustomerFactory)
    number = factory.Sequence(lambda number: f"L-2026-{number:04}")
    invoiced_on = date(2026, 4, 6)
    due_on = date(2026, 4, 20)
    amount = Decimal("120.00")

    @classmethod
    def _create(cls, model_class, *args, paid_on=None, **kwargs):
        """`paid_on` is the day of a payment of all of it."""
        invoice = super()._create(model_class, *args, **kwargs)
        if paid_on:
            collection = kwargs.get("collection") or CollectionFactory()
            with because("Made for a test"):
                Invoice.objects.pay({invoice.pk: paid_on}, collection=collection)
            invoice = Invoice.objects.get(pk=invoice.pk)
        return invoice


class PaymentFactory(PersonalDataFactory):
    class Meta:
        model = Payment

    invoice = factory.SubFactory(InvoiceFactory)
    paid_on = date(2026, 4, 18)
    amount = Decimal("120.00")


class InvoicingProgramFactory(RememberedFactory):
    class Meta:
        model = InvoicingProgram

    name = "Koelaskutus"
    used_since_on = date(2026, 1, 2)


class BillingDataFactory(PersonalDataFactory):
    class Meta:
        model = BillingData

    customer = factory.SubFactory(CustomerFactory)
    street = "Laskutie 1"
    postcode = "00100"
    city = "Helsinki"


class AttachmentFactory(PersonalDataFactory):
    """The row alone; `put()` keeps a file."""

    class Meta:
        model = Attachment

    customer = factory.SubFactory(CustomerFactory)
    title = "Tarjous"


class StoragePlaceFactory(RememberedFactory):
    class Meta:
        model = StoragePlace

    name = factory.Sequence("Kaappi {}".format)
    is_locked = True
    is_fireproof = True


class PaperFactory(PersonalDataFactory):
    class Meta:
        model = Paper

    customer = factory.SubFactory(CustomerFactory)
    title = "Tilaus"
    place = factory.SubFactory(StoragePlaceFactory)


class LoanFactory(RememberedFactory):
    """By somebody who has signed."""

    class Meta:
        model = Loan

    paper = factory.SubFactory(PaperFactory)
    taken_by = factory.LazyFunction(lambda: UndertakingFactory().user)
    recorded_by = factory.SelfAttribute("taken_by")
    taken_at = factory.LazyFunction(timezone.now)


class InformationDutyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = InformationDuty

    customer = factory.SubFactory(CustomerFactory)
    obtained_on = date(2026, 3, 4)
    inform_by_on = date(2026, 4, 4)


class LifespanFactory(factory.django.DjangoModelFactory):
    """A customer's own comes with the customer: here it stands without one."""

    class Meta:
        model = Lifespan

    customer_id = factory.Sequence(lambda number: 1_000_000 + number)
    obtained_on = active_on = date(2026, 3, 4)


class NarrowingFactory(RememberedFactory):
    class Meta:
        model = Narrowing

    categories = factory.LazyFunction(lambda: ["website"])
    asked_at = datetime(2026, 3, 4, 4, tzinfo=UTC)


class OrderFigureFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = OrderFigure

    year = 2026
    month = factory.Sequence(lambda number: number % 12 + 1)


class RetentionRunFactory(RememberedFactory):
    class Meta:
        model = RetentionRun

    today_on = date(2026, 3, 4)
    begun_at = datetime(2026, 3, 4, 4, tzinfo=UTC)
    notice = factory.LazyFunction(lambda: governing_notice() or NoticeFactory(in_force=True))
    due = 0


class HoldFactory(RememberedFactory):
    class Meta:
        model = Hold

    customer = factory.SubFactory(CustomerFactory)
    kind = HoldKind.LEGAL_CLAIM
    reason = "Reklamaatio on kesken."
    begun_on = date(2026, 3, 4)
    review_on = date(2027, 3, 4)


class NoticeGivenFactory(RememberedFactory):
    class Meta:
        model = NoticeGiven

    customer = factory.SubFactory(CustomerFactory)
    notice = factory.LazyFunction(governing_notice)
    channel = Channel.COUNTER
    given_on = date(2026, 3, 4)

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        with because("Made for a test"):
            given = {key: kwargs[key] for key in ("notice", "channel")}
            model_class.objects.record([kwargs["customer"]], on=kwargs["given_on"], **given)
        return model_class.objects.get(**kwargs)


class ConsentFactory(RememberedFactory):
    """The notice in force must ask consent for the purpose: `NoticeFactory(purposes=...)`."""

    class Meta:
        model = Consent

    customer = factory.SubFactory(CustomerFactory)
    purpose = Purpose.AD_TARGETING
    wording = "Saa lähettää tarjouksia sähköpostilla."
    channel = Channel.COUNTER
    given_on = date(2026, 3, 4)


class RemarkFactory(RememberedFactory):
    """What stands beside the e-mail address of a customer."""

    class Meta:
        model = Remark

    customer = factory.SubFactory(CustomerFactory)
    kind = RemarkKind.STATEMENT
    category = "email"
    text = "It was right until 2025."
    made_at = datetime(2026, 3, 4, 9, tzinfo=UTC)
    because_of = "2026-1"
    of_model = "customer"
    of_row = factory.LazyAttribute(lambda one: one.customer.pk)
    column = "email"


class RestrictionFactory(RememberedFactory):
    class Meta:
        model = Restriction

    customer = factory.SubFactory(CustomerFactory)
    ground = RestrictionGround.ACCURACY
    imposed_at = datetime(2026, 3, 4, 9, tzinfo=UTC)
    imposed_by_request = "2026-1"


class ObjectionFactory(RememberedFactory):
    class Meta:
        model = Objection

    customer = factory.SubFactory(CustomerFactory)
    purpose = Purpose.STATISTICS
    request_number = "2026-1"
    stopped_at = datetime(2026, 3, 4, 9, tzinfo=UTC)


class ConsultationFactory(factory.Factory):
    class Meta:
        model = Consultation

    sight, occasion = Sight.PAGE, Occasion.CARE
    looked_at = datetime(2026, 3, 4, 9, tzinfo=UTC)

    @classmethod
    def _create(cls, model_class, *args, customer=None, looked_by=None, looked_at, **kwargs):
        key = (customer or CustomerFactory()).pk
        by = looked_by or UserFactory()
        model_class.objects.record([key], by=by, at=looked_at, **kwargs)
        return model_class.objects.filter(customer=key).first()


class RecipientFactory(RememberedFactory):
    """The notice in force must name its kind: `NoticeFactory(recipients=["accounting"])`."""

    class Meta:
        model = Recipient

    name = factory.Sequence("Tilitoimisto Koelaskelma {}".format)
    kind = RecipientKind.ACCOUNTING
    contract_on = date(2026, 1, 2)
    categories = factory.LazyFunction(lambda: ["name", "postal_address", "billing"])


class DisclosureFactory(factory.Factory):
    """About `customers`, or about one who is made for it; to a recipient or on a list."""

    class Meta:
        model = Disclosure

    purpose = Purpose.ORDERS
    categories = ("name",)
    at = datetime(2026, 3, 4, 9, tzinfo=UTC)

    @classmethod
    def _create(cls, model_class, *args, customers=None, **kwargs):
        about = customers or [CustomerFactory()]
        with because("Made for a test"):
            return model_class.objects.record(
                Customer.objects.filter(pk__in=[one.pk for one in about]), **kwargs
            )


class DisclosedFactory(factory.Factory):
    class Meta:
        model = Disclosed

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        return DisclosureFactory(**kwargs).disclosed.get()


class CustomerListFactory(factory.django.DjangoModelFactory):
    """Asked for, and not made yet; the notice in force must name its purpose."""

    class Meta:
        model = CustomerList

    kind = "labels"
    layout = "3x8"
    purpose = Purpose.PUBLICATION
    scope = ProhibitionScope.DIRECT_ADVERTISING
    language = "fi"
    asked_by = factory.SubFactory("tests.factories.UserFactory")
    asked_at = datetime(2026, 3, 4, 9, tzinfo=UTC)


class ListPartFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ListPart

    of = factory.SubFactory(CustomerListFactory)
    name = "labels.csv"
    file = "0123456789abcdef"


class ProhibitionFactory(RememberedFactory):
    class Meta:
        model = Prohibition

    scope = ProhibitionScope.DIRECT_MARKETING
    use = ProhibitedUse.PROCESSING
    contact_kind = ContactKind.EMAIL
    digest = factory.Sequence(lambda number: f"0:{number}")
    made_on = date(2026, 5, 6)
    request_number = "2026-1"


class ContactDigestFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ContactDigest

    customer = factory.SubFactory(CustomerFactory)
    kind = ContactKind.EMAIL
    digest = "0:0"


class WordFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Word

    customer = factory.SubFactory(CustomerFactory)
    word = "koe"
    origin = "customer"


class DailyRunFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = DailyRun

    command = "clearsessions"
    ran_on = date(2026, 5, 6)


class TaskFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Task

    act = "deliver"
    subject = factory.Sequence(int)
    made_at = factory.LazyFunction(timezone.now)
    due_at = factory.SelfAttribute("made_at")


class UsedFormFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = UsedForm

    digest = factory.Sequence(lambda number: f"{number:064x}")
    used_at = factory.LazyFunction(timezone.now)


class FileToRemoveFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = FileToRemove

    name = factory.Sequence(lambda number: f"{number:032x}")


class CounterFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Counter

    kind = Counted.REQUEST
    year = 2025
    last = 3


class RightsRequestFactory(RememberedFactory):
    """A request as it stands in the register; `rights=[...]` become its demands.

    It has no letters: `rights_requests.intake.receive` writes those.
    """

    class Meta:
        model = RightsRequest

    notice = factory.LazyFunction(lambda: governing_notice() or NoticeFactory(in_force=True))
    language = "en"
    channel = Channel.FORM
    received_at = factory.LazyFunction(timezone.now)
    recorded_at = factory.LazyAttribute(lambda self: max(self.received_at, timezone.now()))
    year = factory.LazyAttribute(lambda self: self.received_at.year)
    sequence = factory.LazyAttribute(lambda self: next_number(Counted.REQUEST, self.year))
    name = "Aino Koekajo"
    email = factory.Sequence(lambda number: f"aino{number}@koe.example")
    needs_proof = True

    @factory.post_generation
    def rights(self, create, extracted, **kwargs):
        for right in extracted or ():
            DemandFactory(request=self, right=right)


class DemandFactory(RememberedFactory):
    class Meta:
        model = Demand

    request = factory.SubFactory(RightsRequestFactory)
    right = Right.ACCESS


class ItemFactory(RememberedFactory):
    class Meta:
        model = Item

    demand = factory.SubFactory(DemandFactory, right=Right.RECTIFICATION)


class LinkFactory(RememberedFactory):
    """A working link; its `token` is what stands in the address."""

    class Meta:
        model = Link

    request = factory.SubFactory(RightsRequestFactory)
    purpose = LinkPurpose.STATUS

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        with because("Made for a test"):
            now = kwargs.get("now") or timezone.now()
            return Link.objects.issue(kwargs["request"], kwargs["purpose"], now=now)


class LetterFactory(RememberedFactory):
    class Meta:
        model = Letter

    request = factory.SubFactory(RightsRequestFactory)
    kind = LetterKind.RECEIPT
    language = "en"
    medium = Medium.EMAIL
    to_name = "Aino Koekajo"
    to_email = "aino@koe.example"
    subject = "We have received your request"
    body = "We have received your request.\n"
    mark = "0123456789abcdef"
    written_at = factory.LazyFunction(timezone.now)
    message_id = factory.Sequence(lambda number: f"<{number}@koe.example>")


class DoubtFactory(RememberedFactory):
    """A question about who asks, whose letter has left."""

    class Meta:
        model = Doubt

    request = factory.SubFactory(RightsRequestFactory)
    reason = "contradiction"
    means = "detail"
    letter = factory.LazyAttribute(
        lambda self: LetterFactory(request=self.request, kind="question", sent_at=timezone.now())
    )
    asked_at = factory.LazyFunction(timezone.now)
    asked_by = factory.SubFactory(UserFactory)
    stops_clock = True


class ProbeFactory(factory.django.DjangoModelFactory):
    """A probe that has come back."""

    class Meta:
        model = Probe

    sent_at = factory.LazyFunction(timezone.now)
    returned_at = factory.LazyFunction(timezone.now)


class MandateFactory(RememberedFactory):
    class Meta:
        model = Mandate

    request = factory.SubFactory(RightsRequestFactory)
    agent = "Lakitoimisto Koe"
    evidence = "signed power of attorney"
    takes_answers = False
    seen_at = factory.LazyFunction(timezone.now)
    seen_by = factory.SubFactory(UserFactory)


class SpokenFactory(RememberedFactory):
    class Meta:
        model = Spoken

    demand = factory.SubFactory(DemandFactory)
    note = "Told at the counter, driving licence seen."
    told_at = factory.LazyFunction(timezone.now)
    told_by = factory.SubFactory(UserFactory)


class NotificationFactory(RememberedFactory):
    """A recipient who is to be told of an erasure, by a letter to post."""

    class Meta:
        model = Notification

    demand = factory.SubFactory(DemandFactory, right=Right.ERASURE)
    customer = factory.SubFactory(CustomerFactory)
    deed = "erasure"
    recipient = factory.SubFactory(RecipientFactory)
    made_at = factory.LazyFunction(timezone.now)
    letter = factory.LazyAttribute(
        lambda self: LetterFactory(
            request=self.demand.request, kind="told_erasure", medium=Medium.POST, to_email=""
        )
    )


class WeighingFactory(RememberedFactory):
    """That an objection to one use was upheld."""

    class Meta:
        model = Weighing

    demand = factory.SubFactory(DemandFactory, right=Right.OBJECTION)
    purpose = Purpose.STATISTICS
    reasons = "Figures of years past are enough for us."


class CertificateFactory(RememberedFactory):
    class Meta:
        model = Certificate

    demand = factory.SubFactory(DemandFactory)
    year = 2026
    sequence = factory.LazyAttribute(lambda self: next_number(Counted.CERTIFICATE, self.year))
    ground = "not_identified"
    refused_what = "The whole request"
    reasons = "Nobody showed who asks."
    until = "Until it is shown who asks."
    made_at = factory.LazyFunction(timezone.now)
    made_by = factory.SubFactory(UserFactory)


class ReportFactory(RememberedFactory):
    class Meta:
        model = Report

    demand = factory.SubFactory(DemandFactory)
    content = None
    taken_at = factory.LazyFunction(timezone.now)


class ReportPartFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ReportPart

    report = factory.SubFactory(ReportFactory)
    content = b""


class MaskFactory(RememberedFactory):
    class Meta:
        model = Mask

    demand = factory.SubFactory(DemandFactory)
    piece = "0" * 32
    label = "Order line: description"
    reason = "other_person"
    made_at = factory.LazyFunction(timezone.now)
    made_by = factory.SubFactory(UserFactory)


class HandoverFactory(RememberedFactory):
    class Meta:
        model = Handover

    demand = factory.SubFactory(DemandFactory)
    asked_on = factory.LazyFunction(timezone.localdate)
    note = "Secure mail"
    handed_at = factory.LazyFunction(timezone.now)
    handed_by = factory.SubFactory(UserFactory)


class ScanFactory(RememberedFactory):
    class Meta:
        model = Scan

    request = factory.SubFactory(RightsRequestFactory)
    file = ""
    content_type = PaperType.PDF
    added_at = factory.LazyFunction(timezone.now)


class DeputyFactory(RememberedFactory):
    class Meta:
        model = Deputy

    name = "Eero Sijainen"
    email = "eero@koe.example"
    first_on = date(2026, 7, 1)
    last_on = date(2026, 7, 31)
