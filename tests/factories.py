"""Rows for tests, one factory per model: each row valid by itself and free of surprises."""

from datetime import date, timedelta
from decimal import Decimal

import factory
from django.utils import timezone

from audit.models import DailyRun
from audit.reasons import because
from notices.models import Clause, Notice, Section
from notices.terms import ClauseKind, DataCategory, SectionKey, SourceKind
from register.models import (
    Collection,
    ContactRole,
    Customer,
    Invoice,
    Order,
    OrderLine,
    Word,
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
        terms = tuple(DataCategory) if extracted is None else extracted
        for term in terms:
            ClauseFactory(notice=notice, kind=ClauseKind.DATA, term=term)

    @factory.post_generation
    def sources(notice, create, extracted, **kwargs):
        terms = tuple(SourceKind) if extracted is None else extracted
        for term in terms:
            ClauseFactory(notice=notice, kind=ClauseKind.SOURCE, term=term)

    @factory.post_generation
    def in_force(notice, create, extracted, **kwargs):
        if extracted:
            notice.adopt(now=timezone.now(), reason="Test")


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


class CollectionFactory(RememberedFactory):
    class Meta:
        model = Collection

    source_kind = SourceKind.CUSTOMER_NOTICE
    source_name = "puhelu"
    collected_on = date(2026, 3, 4)


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


class WordFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Word

    customer = factory.SubFactory(CustomerFactory)
    word = "koe"
    origin = "customer"
    origin_id = factory.SelfAttribute("customer.pk")


class DailyRunFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = DailyRun

    command = "clearsessions"
    ran_on = date(2026, 5, 6)
