"""The vocabulary: what a notice can promise, in the GDPR's own words.

A notice only selects from these terms. A member without an implementation fails a system check,
so a promise that nothing keeps cannot be published.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Language(models.TextChoices):
    """The languages of notices, pages and letters; Finnish is the authoritative one."""

    FINNISH = "fi", "suomi"
    SWEDISH = "sv", "svenska"
    ENGLISH = "en", "English"


class DataCategory(models.TextChoices):
    """What a register may hold: the data that the five notices name (art. 14(1)(d))."""

    NAME = "name", _("first and last name")
    ORGANISATION = "organisation", _("organisation represented")
    EMAIL = "email", _("e-mail address")
    POSTAL_ADDRESS = "postal_address", _("postal address")
    PHONE = "phone", _("phone number")
    WEBSITE = "website", _("web address")
    IP_ADDRESS = "ip_address", _("IP number")
    ORDERS = "orders", _("earlier orders")
    BILLING = "billing", _("billing data")
    COOKIES = "cookies", _("cookie data")
    DEMOGRAPHICS = "demographics", _("age, sex and interests")


class Purpose(models.TextChoices):
    """Why data are processed (art. 13(1)(c))."""

    MAINTAIN = "maintain", _("keeping the customer register")
    ORDERS = "orders", _("managing, archiving and handling orders")
    RELATIONSHIP = "relationship", _("taking care of the customer relationship")
    DEVELOPMENT = "development", _("developing the business")
    STATISTICS = "statistics", _("statistics")
    PERSONALISED_CONTENT = "personalised_content", _("personalised content in our web services")
    AD_TARGETING = "ad_targeting", _("targeting our own advertising")
    PUBLICATION = "publication", _("publishing lists, such as mailing labels")


class LegalBasis(models.TextChoices):
    """What makes processing lawful (art. 6(1))."""

    CONSENT = "consent", _("consent")
    CONTRACT = "contract", _("contract")
    LEGAL_OBLIGATION = "legal_obligation", _("legal obligation")
    LEGITIMATE_INTEREST = "legitimate_interest", _("legitimate interest")


class SourceKind(models.TextChoices):
    """Where data come from (art. 14(2)(f); P21-P26)."""

    REGISTRATION = "registration", _("registrations made by the customer")
    CUSTOMER_NOTICE = "customer_notice", _("what the customer tells us during the relationship")
    PURCHASE = "purchase", _("purchases in shops, in the web service or from resellers")
    UPDATE_SERVICE = "update_service", _("update services of authorities and companies")
    SUBCONTRACTOR = "subcontractor", _("subcontractors")
    PARTNER = "partner", _("sites and systems of partners")
    COOKIES = "cookies", _("cookies")

    @property
    def is_the_person(self) -> bool:
        """Whether data from there come from the person, so that article 13 applies and not 14."""
        return self in (self.REGISTRATION, self.CUSTOMER_NOTICE, self.PURCHASE)


#: Sources that are not the person (art. 14).
FROM_OTHERS = tuple(kind for kind in SourceKind if not kind.is_the_person)


class RecipientKind(models.TextChoices):
    """Who is given data (art. 13(1)(e))."""

    OWN_STAFF = "own_staff", _("the controller's own staff")
    ACCOUNTING = "accounting", _("accounting firm")
    PARTNER = "partner", _("partners who run servers for us")
    SERVICE_PROVIDER = "service_provider", _("providers of value-added services")
    CREDIT = "credit", _("credit information companies")
    COLLECTION_AGENCY = "collection_agency", _("debt collection agencies")
    AUTHORITY = "authority", _("authorities, where the law demands")
    ANALYTICS = "analytics", _("web analytics service")


class DisclosureGround(models.TextChoices):
    """On what grounds data may leave the house (P27, P28)."""

    VALUE_ADDED_SERVICE = "value_added_service", _("a value-added service")
    CREDIT_DECISION = "credit_decision", _("support for a credit decision")
    CREDIT_APPLICATION = "credit_application", _("a credit application")
    COLLECTION = "collection", _("debt collection")
    BILLING = "billing", _("billing")
    LEGAL_OBLIGATION = "legal_obligation", _("a legal obligation")


class Right(models.TextChoices):
    """What a data subject may demand (arts 15-22; P48-P67)."""

    ACCESS = "access", _("access")
    RECTIFICATION = "rectification", _("rectification")
    ERASURE = "erasure", _("erasure")
    RESTRICTION = "restriction", _("restriction of processing")
    PORTABILITY = "portability", _("data portability")
    OBJECTION = "objection", _("objection")
    PROHIBITION = "prohibition", _("prohibition of marketing and publication")
    WITHDRAWAL = "withdrawal", _("withdrawal of consent")
    ANONYMISATION = "anonymisation", _("anonymisation")
    COMPLAINT = "complaint", _("complaint to the supervisory authority")


#: What everyone has by law, whether a notice says so or not (arts 15-21, 77; A4). Anonymisation is
#: what some notices promise, and a consent is taken back where one was asked for (art. 7(3)).
RIGHTS_OF_LAW = tuple(
    right for right in Right if right not in (Right.ANONYMISATION, Right.WITHDRAWAL)
)
#: Nobody has to show who asks for these (arts 21(2)-(3), 77).
WITHOUT_IDENTIFICATION = frozenset({Right.PROHIBITION, Right.COMPLAINT})


class ProhibitionScope(models.TextChoices):
    """What a customer may forbid, without a reason and at once (P14, P52, P65; art. 21(2)-(3))."""

    DIRECT_ADVERTISING = "direct_advertising", _("direct advertising")
    DISTANCE_SELLING = "distance_selling", _("distance selling")
    DIRECT_MARKETING = "direct_marketing", _("direct marketing")
    MARKET_RESEARCH = "market_research", _("market research")
    OPINION_RESEARCH = "opinion_research", _("opinion research")
    PUBLICATION = "publication", _("publication in a list or a directory")


class ProhibitedUse(models.TextChoices):
    """What a prohibition stops within its scope (P52)."""

    PROCESSING = "processing", _("use by ourselves")
    DISCLOSURE = "disclosure", _("disclosure to others")


class Identification(models.TextChoices):
    """What is enough to show who asks; never a condition, only sufficient (art. 12(6); P51, A4)."""

    WRITTEN = "written", _("a written request")
    SIGNATURE = "signature", _("a signed request")
    PROVEN_EMAIL = "proven_email", _("a request from a provable e-mail address")
    IN_PERSON = "in_person", _("showing oneself in person")
    STRONG_ELECTRONIC = "strong_electronic", _("strong electronic identification")


class RetentionStart(models.TextChoices):
    """From what a retention period is counted (art. 13(2)(a))."""

    RELATIONSHIP_END = "relationship_end", _("the end of the customer relationship")
    ORDER = "order", _("the order")
    INVOICE = "invoice", _("the invoice")
    FINANCIAL_YEAR_END = (
        "financial_year_end",
        _("the end of the calendar year in which the financial year ended"),
    )
    COLLECTED = "collected", _("the day when the data were obtained")


class TransferTool(models.TextChoices):
    """On what a transfer outside the EU and the EEA rests (arts 44-49; P29)."""

    NONE = "none", _("no transfers")
    IF_NECESSARY = "if_necessary", _("where technically necessary, with no tool named")
    ADEQUACY = "adequacy", _("adequacy decision of the Commission (art. 45)")
    STANDARD_CLAUSES = "standard_clauses", _("standard contractual clauses (art. 46)")
    EXCEPTION = "exception", _("exception for a special situation (art. 49)")


class CookieUse(models.TextChoices):
    """What the controller's web site uses cookies for (917/2014 s. 205; P39-P46)."""

    NONE = "none", _("no cookies")
    NECESSARY = "necessary", _("cookies that the service needs")
    ANALYTICS = "analytics", _("measuring visits")
    MARKETING = "marketing", _("targeting advertising")


class Statement(models.TextChoices):
    """What else arts 13 and 14 make a notice say, and what it says of its security (P32-P38)."""

    AUTHORITY = "authority", _("the supervisory authority is named")
    NO_OFFICER = "no_officer", _("no data protection officer is appointed")
    NO_AUTOMATED_DECISIONS = "no_automated_decisions", _("no automated decisions, no profiling")
    NEEDED_FOR_CONTRACT = "needed_for_contract", _("the data are needed for a contract")
    GIVEN_FREELY = "given_freely", _("giving the data is voluntary")
    DEMANDED_BY_LAW = "demanded_by_law", _("a law demands the data")
    NO_CONSENT = "no_consent", _("no processing rests on consent")
    NO_PUBLIC_SOURCES = "no_public_sources", _("no data come from public sources")
    PUBLIC_SOURCES = "public_sources", _("some data come from public sources")
    UNDERTAKINGS = "undertakings", _("staff have signed a confidentiality undertaking")
    PERSONAL_ACCOUNTS = "personal_accounts", _("everybody has an account of their own")
    FIREWALL = "firewall", _("the system is behind a firewall")
    LOCKED_STORAGE = "locked_storage", _("paper documents are in locked storage")
    FIREPROOF_STORAGE = "fireproof_storage", _("paper documents are in fire-safe storage")
    NO_PAPER = "no_paper", _("no paper documents are kept")


class SectionKey(models.TextChoices):
    """The headings of a Finnish privacy notice, in their usual order, and one for all others."""

    TITLE = "title", _("Title")
    DRAWN_UP = "drawn_up", _("Drawn up on")
    CONTROLLER = "controller", _("Controller")
    CONTACT = "contact", _("Contact person for the register")
    REGISTER_NAME = "register_name", _("Name of the register")
    PURPOSE = "purpose", _("Purposes and legal basis of processing")
    LEGITIMATE_INTEREST = "legitimate_interest", _("Legitimate interest")
    DATA_CATEGORIES = "data_categories", _("Categories of personal data")
    RECIPIENTS = "recipients", _("Recipients")
    CONSENT = "consent", _("Consent")
    DATA_CONTENT = "data_content", _("Data in the register")
    SOURCES = "sources", _("Where the data come from")
    RETENTION = "retention", _("How long the data are kept")
    DISCLOSURES = "disclosures", _("Regular disclosures")
    TRANSFERS = "transfers", _("Transfers outside the EU and the EEA")
    SECURITY_MANUAL = "security_manual", _("How paper documents are protected")
    SECURITY_ELECTRONIC = "security_electronic", _("How electronic data are protected")
    COOKIES = "cookies", _("Cookies")
    PROFILING = "profiling", _("Automated decisions and profiling")
    ACCESS = "access", _("Right of access")
    PORTABILITY = "portability", _("Right to data portability")
    RECTIFICATION = "rectification", _("Right to rectification")
    RESTRICTION = "restriction", _("Right to restriction of processing")
    OBJECTION = "objection", _("Right to object")
    COMPLAINT = "complaint", _("Right to complain to the supervisory authority")
    OTHER_RIGHTS = "other_rights", _("Other rights")
    OTHER = "other", _("Other matters")


class OrderWord(models.TextChoices):
    """What the controller calls an order: the same thing under the notice's own word."""

    ORDERS = "tilaukset", _("orders")
    ASSIGNMENTS = "toimeksiannot", _("assignments")
    PURCHASES = "ostot", _("purchases")
    CONTRACTS = "sopimukset", _("contracts")


#: One of them, for headings and buttons.
ONE_ORDER = {
    OrderWord.ORDERS: _("order"),
    OrderWord.ASSIGNMENTS: _("assignment"),
    OrderWord.PURCHASES: _("purchase"),
    OrderWord.CONTRACTS: _("contract"),
}


class ClauseKind(models.TextChoices):
    """What a clause of a notice is about; its term comes from the vocabulary of that kind."""

    DATA = "data", _("data")
    PURPOSE = "purpose", _("purpose")
    SOURCE = "source", _("source")
    RECIPIENT = "recipient", _("recipient")
    DISCLOSURE = "disclosure", _("ground of disclosure")
    RIGHT = "right", _("right")
    RETENTION = "retention", _("retention period")
    TRANSFER = "transfer", _("transfer outside the EU and the EEA")
    COOKIES = "cookies", _("use of cookies")
    STATEMENT = "statement", _("other statement")


#: Which vocabulary each kind of clause selects from; a retention rule has a start, not a term.
TERMS: dict[ClauseKind, type[models.TextChoices]] = {
    ClauseKind.DATA: DataCategory,
    ClauseKind.PURPOSE: Purpose,
    ClauseKind.SOURCE: SourceKind,
    ClauseKind.RECIPIENT: RecipientKind,
    ClauseKind.DISCLOSURE: DisclosureGround,
    ClauseKind.RIGHT: Right,
    ClauseKind.RETENTION: RetentionStart,
    ClauseKind.TRANSFER: TransferTool,
    ClauseKind.COOKIES: CookieUse,
    ClauseKind.STATEMENT: Statement,
}
