"""What each choice of a notice means, and which is usual, in one sentence for whoever chooses."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notices.terms import (
    CookieUse,
    DataCategory,
    DisclosureGround,
    Identification,
    LegalBasis,
    Purpose,
    RecipientKind,
    SourceKind,
    Statement,
    TransferTool,
)

Hints = Mapping[str, Promise]

DATA: Hints = {
    DataCategory.NAME: _("Who the customer is. Usual."),
    DataCategory.ORGANISATION: _(
        "Which firm or association a contact person speaks for. Usual, if you sell to firms."
    ),
    DataCategory.EMAIL: _("For confirmations and answers. Usual."),
    DataCategory.POSTAL_ADDRESS: _("For deliveries, invoices and letters. Usual."),
    DataCategory.PHONE: _("For agreeing on deliveries and visits. Usual."),
    DataCategory.WEBSITE: _("The customer's own site. Seldom needed."),
    DataCategory.IP_ADDRESS: _(
        "The number of the device that sent a web form. Only against misuse, and only for months."
    ),
    DataCategory.ORDERS: _("What was ordered and when. Usual: guarantees depend on it."),
    DataCategory.BILLING: _(
        "Addresses of invoices and e-invoices, if they differ. The bare facts of an invoice are"
        " kept in any case, because the law demands them."
    ),
    DataCategory.COOKIES: _(
        "What the cookies of your web site record. Only if you measure visits."
    ),
    DataCategory.DEMOGRAPHICS: _(
        "What a web service guesses about visitors. Seldom needed, and hard to defend."
    ),
}
SOURCES: Hints = {
    SourceKind.REGISTRATION: _("Customers sign up themselves. Usual."),
    SourceKind.CUSTOMER_NOTICE: _(
        "Customers write, call or come in. Usual: without it you cannot enter what they tell you."
    ),
    SourceKind.PURCHASE: _("The sale itself tells what was bought. Usual."),
    SourceKind.UPDATE_SERVICE: _("You have addresses updated, or look firms up in a register."),
    SourceKind.SUBCONTRACTOR: _("Somebody who works for you meets your customers."),
    SourceKind.PARTNER: _("Another firm's site or system passes customers on to you."),
    SourceKind.COOKIES: _("Only if your web site uses cookies."),
}
COOKIES: Hints = {
    CookieUse.NONE: _("Your site sets none, or you have no site. The simplest."),
    CookieUse.NECESSARY: _("Such as a shopping basket or a sign-in. They need no consent."),
    CookieUse.ANALYTICS: _("You count visits. Your site must ask for consent first."),
    CookieUse.MARKETING: _(
        "You choose advertisements by what people look at. Your site must ask for consent first."
    ),
}
PURPOSES: Hints = {
    Purpose.MAINTAIN: _(
        "Keeping names and addresses correct. Usually legitimate interest: every firm needs to know"
        " its customers."
    ),
    Purpose.ORDERS: _("Doing what was ordered. Usually contract."),
    Purpose.RELATIONSHIP: _(
        "Answering questions, guarantees and complaints about goods. Usually contract."
    ),
    Purpose.DEVELOPMENT: _(
        "Learning from orders what to offer. Usually legitimate interest. Leave it out if you do"
        " not do it."
    ),
    Purpose.STATISTICS: _(
        "Figures in which nobody can be recognised. Usually legitimate interest."
    ),
    Purpose.PERSONALISED_CONTENT: _(
        "Web pages that change with the visitor. Usually consent. Seldom needed."
    ),
    Purpose.AD_TARGETING: _(
        "Choosing to whom you send letters of your own. Usually legitimate interest. E-mail and"
        " text messages to private persons need their consent."
    ),
    Purpose.PUBLICATION: _(
        "Printing address labels for your own letters. Usually legitimate interest; a list for"
        " others to read needs consent."
    ),
}
#: The basis that most firms have for each purpose (art. 6(1); P16).
USUAL_BASIS: Mapping[Purpose, LegalBasis] = {
    Purpose.MAINTAIN: LegalBasis.LEGITIMATE_INTEREST,
    Purpose.ORDERS: LegalBasis.CONTRACT,
    Purpose.RELATIONSHIP: LegalBasis.CONTRACT,
    Purpose.DEVELOPMENT: LegalBasis.LEGITIMATE_INTEREST,
    Purpose.STATISTICS: LegalBasis.LEGITIMATE_INTEREST,
    Purpose.PERSONALISED_CONTENT: LegalBasis.CONSENT,
    Purpose.AD_TARGETING: LegalBasis.LEGITIMATE_INTEREST,
    Purpose.PUBLICATION: LegalBasis.LEGITIMATE_INTEREST,
}
BASES: Hints = {
    LegalBasis.CONTRACT: _(
        "You need the data to do what you and a private customer have agreed, or what the customer"
        " asked for before that."
    ),
    LegalBasis.LEGITIMATE_INTEREST: _(
        "You have a good reason, the customer can expect it, and it does no harm. The customer may"
        " object."
    ),
    LegalBasis.CONSENT: _(
        "The customer has said yes to this very thing, and may take it back at any time. You must"
        " be able to show the consent."
    ),
    LegalBasis.LEGAL_OBLIGATION: _(
        "A law orders you to do it, as the Accounting Act orders you to keep invoices."
    ),
}
RECIPIENTS: Hints = {
    RecipientKind.OWN_STAFF: _("You yourself and those who work for you. Always."),
    RecipientKind.ACCOUNTING: _("Whoever keeps your books sees your invoices. Usual."),
    RecipientKind.PARTNER: _(
        "Who keeps your e-mail, web site or this register running, if it is not you."
    ),
    RecipientKind.SERVICE_PROVIDER: _(
        "Who does something more for you with the data, such as updating addresses."
    ),
    RecipientKind.CREDIT: _("You ask for credit data before you sell on credit."),
    RecipientKind.COLLECTION_AGENCY: _("Who collects unpaid invoices for you."),
    RecipientKind.AUTHORITY: _("Such as the tax administration, if a law makes you report to it."),
    RecipientKind.ANALYTICS: _("Who counts the visits of your web site."),
}
#: Recipients that have a name of their own, which the notice tells (art. 13(1)(e); A02).
NAMED = (
    RecipientKind.ACCOUNTING,
    RecipientKind.PARTNER,
    RecipientKind.SERVICE_PROVIDER,
    RecipientKind.CREDIT,
    RecipientKind.COLLECTION_AGENCY,
    RecipientKind.ANALYTICS,
)
DISCLOSURES: Hints = {
    DisclosureGround.VALUE_ADDED_SERVICE: _(
        "A provider does something for the customer on your behalf."
    ),
    DisclosureGround.CREDIT_DECISION: _(
        "You check whether somebody can pay. Seldom needed: the notice must then also list the"
        " credit data, in words of your own."
    ),
    DisclosureGround.CREDIT_APPLICATION: _("The customer asks for credit through you."),
    DisclosureGround.COLLECTION: _("An invoice stays unpaid, and you have it collected."),
    DisclosureGround.BILLING: _(
        "A firm of its own right gets the invoices. An accounting firm that works for you is a"
        " recipient above, and no more."
    ),
    DisclosureGround.LEGAL_OBLIGATION: _("A law orders you to give data to an authority."),
}
TOOLS: Hints = {
    TransferTool.ADEQUACY: _(
        "The Commission has found the country's law good enough. In the United States this holds"
        " for firms on the list of the Data Privacy Framework only: look the firm up at"
        " dataprivacyframework.gov."
    ),
    TransferTool.STANDARD_CLAUSES: _(
        "The receiver has signed the Commission's clauses. Most large services offer them."
    ),
    TransferTool.EXCEPTION: _("Single cases only, such as an order sent to that country."),
    TransferTool.IF_NECESSARY: _("Too vague for the law: choose another ground, or no transfers."),
}
WAYS: Hints = {
    Identification.WRITTEN: _("You ask for nothing more than a request in writing."),
    Identification.SIGNATURE: _("Enough, but never the only way: you may not demand it."),
    Identification.PROVEN_EMAIL: _(
        "The program mails a link to the address in the register. The easiest, and usual."
    ),
    Identification.IN_PERSON: _("Somebody comes in and shows a card. You take no copy. Usual."),
    Identification.STRONG_ELECTRONIC: _(
        "With bank codes, for example, if you have such a service."
    ),
}
STATEMENTS: Hints = {
    Statement.NEEDED_FOR_CONTRACT: _(
        "Without a name and an address you cannot deliver. Usual. The notice also says what follows"
        " if they are not given."
    ),
    Statement.GIVEN_FREELY: _("You serve everybody who gives no data just as well."),
    Statement.DEMANDED_BY_LAW: _(
        "Only in some trades, such as letting rooms or selling medicines."
    ),
    Statement.NO_PUBLIC_SOURCES: _("You look nothing up in public registers. Usual."),
    Statement.PUBLIC_SOURCES: _("Such as the trade register or the phone book."),
    Statement.NO_OFFICER: _(
        "Usual: only those must have one who watch people, or handle health or the like, at large."
    ),
    Statement.NO_AUTOMATED_DECISIONS: _(
        "Usual: a person decides, and nobody is judged by a computer."
    ),
    Statement.NO_CONSENT: _("Usual, if you chose consent for no purpose and for no cookies."),
    Statement.UNDERTAKINGS: _("This program lets nobody in without one."),
    Statement.PERSONAL_ACCOUNTS: _("This program knows no shared accounts."),
    Statement.FIREWALL: _("Your computer or your provider's has one."),
    Statement.LOCKED_STORAGE: _("A locked cupboard or room."),
    Statement.FIREPROOF_STORAGE: _("A safe or an archive that withstands fire."),
    Statement.NO_PAPER: _("Nothing about customers is kept on paper."),
}
