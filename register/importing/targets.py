"""Where a column may go."""

from enum import StrEnum

from notices.terms import DataCategory

from .refusals import CONTACT, DISCLOSURE, MARKETING, PROTECTED, PUBLICATION, STUDIES, Refusal


class Target(StrEnum):
    """What a column of a table means to the register."""

    GIVEN_NAME = "given_name"
    MIDDLE_NAME = "middle_name"
    FAMILY_NAME = "family_name"
    #: a person's whole name, or an organisation's
    FULL_NAME = "full_name"
    #: a person's whole name beside that of the organisation
    CONTACT_PERSON = "contact_person"
    ORGANISATION = "organisation"
    EMAIL = "email"
    STREET = "street"
    STREET_2 = "street_2"
    #: at whose the post is left
    CARE_OF = "care_of"
    POSTCODE = "postcode"
    CITY = "city"
    #: "00330 Helsinki", or a whole address in one cell
    ADDRESS = "address"
    COUNTRY = "country"
    PHONE = "phone"
    WEBSITE = "website"
    IP_ADDRESS = "ip_address"
    IP_SEEN_ON = "ip_seen_on"
    #: of letters
    LANGUAGE = "language"
    #: what a yes forbids, and what a no does
    MARKETING_FORBIDDEN = "marketing_forbidden"
    MARKETING_ALLOWED = "marketing_allowed"
    RESEARCH_FORBIDDEN = "research_forbidden"
    RESEARCH_ALLOWED = "research_allowed"
    CONTACT_FORBIDDEN = "contact_forbidden"
    CONTACT_ALLOWED = "contact_allowed"
    PUBLICATION_FORBIDDEN = "publication_forbidden"
    PUBLICATION_ALLOWED = "publication_allowed"
    DISCLOSURE_FORBIDDEN = "disclosure_forbidden"
    DISCLOSURE_ALLOWED = "disclosure_allowed"
    #: neither given away nor published
    PROTECTED = "protected"
    #: forbids or allows, and nobody can tell which way round
    EITHER_WAY = "either_way"
    #: "VIP, no-marketing": each is looked at for a no, and none is kept
    LABELS = "labels"
    #: free text: looked through for sentences that say no, and none is kept
    NOTES = "notes"
    #: a heading in a cell, and the cell beside it: "Markkinointilupa", "ei"; neither is kept
    FIELD_NAME = "field_name"
    FIELD_VALUE = "field_value"
    #: tells that the name is an organisation's; kept only where the notice lists billing data
    BUSINESS_ID = "business_id"
    #: tells that too, and is kept nowhere
    CUSTOMER_TYPE = "customer_type"

    BILLING_STREET = "billing_street"
    BILLING_STREET_2 = "billing_street_2"
    BILLING_POSTCODE = "billing_postcode"
    BILLING_CITY = "billing_city"
    #: postcode and city, or the whole address
    BILLING_ADDRESS = "billing_address"
    BILLING_COUNTRY = "billing_country"
    EINVOICE_ADDRESS = "einvoice_address"
    EINVOICE_OPERATOR = "einvoice_operator"
    #: that the customer always pays with
    REFERENCE_NUMBER = "reference_number"

    ORDER_NUMBER = "order_number"
    ORDERED_ON = "ordered_on"
    DELIVERED_ON = "delivered_on"
    CANCELLED_ON = "cancelled_on"
    DESCRIPTION = "description"
    QUANTITY = "quantity"
    UNIT_PRICE = "unit_price"
    #: of an order or invoice; kept nowhere, for all sums here are euros
    CURRENCY = "currency"
    #: tells that it was cancelled or refunded, or failed; kept nowhere
    ORDER_STATUS = "order_status"

    INVOICE_NUMBER = "invoice_number"
    INVOICED_ON = "invoiced_on"
    DUE_ON = "due_on"
    AMOUNT = "amount"
    PAID_ON = "paid_on"
    #: what has been paid, all or a part
    PAID_AMOUNT = "paid_amount"
    #: "yes", "paid", "avoin"
    PAID = "paid"
    #: tells that too, and whether it was cancelled, credited or written off; kept nowhere
    INVOICE_STATUS = "invoice_status"
    #: a yes or a day tells that it was cancelled or credited; kept nowhere
    INVOICE_CANCELLED = "invoice_cancelled"
    #: what is left to pay
    OPEN_AMOUNT = "open_amount"


#: What a column with the target forbids, and by which answer (P14, P52).
REFUSALS: dict[Target, Refusal] = {
    Target.MARKETING_FORBIDDEN: Refusal(MARKETING, yes_forbids=True),
    Target.MARKETING_ALLOWED: Refusal(MARKETING, yes_forbids=False),
    Target.RESEARCH_FORBIDDEN: Refusal(STUDIES, yes_forbids=True),
    Target.RESEARCH_ALLOWED: Refusal(STUDIES, yes_forbids=False),
    Target.CONTACT_FORBIDDEN: Refusal(CONTACT, yes_forbids=True),
    Target.CONTACT_ALLOWED: Refusal(CONTACT, yes_forbids=False),
    Target.PUBLICATION_FORBIDDEN: Refusal(PUBLICATION, yes_forbids=True),
    Target.PUBLICATION_ALLOWED: Refusal(PUBLICATION, yes_forbids=False),
    Target.DISCLOSURE_FORBIDDEN: Refusal(DISCLOSURE, yes_forbids=True),
    Target.DISCLOSURE_ALLOWED: Refusal(DISCLOSURE, yes_forbids=False),
    Target.PROTECTED: Refusal(PROTECTED, yes_forbids=True),
}
#: Columns with these are never dropped.
WISHES = frozenset(REFUSALS) | {Target.EITHER_WAY}
_BY_ANSWER = {(one.forbids, one.yes_forbids): target for target, one in REFUSALS.items()}


def target_of(refusal: Refusal) -> Target:
    """Where a column with `refusal` goes."""
    if refusal.is_doubtful:
        return Target.EITHER_WAY
    return _BY_ANSWER[refusal.forbids, refusal.yes_forbids]


_NAME, _ADDRESS = DataCategory.NAME, DataCategory.POSTAL_ADDRESS
#: The category that a notice must declare before a column with the target is taken in. Those
#: without are kept under every notice, or kept nowhere.
CATEGORY: dict[Target, DataCategory] = {
    Target.GIVEN_NAME: _NAME,
    Target.MIDDLE_NAME: _NAME,
    Target.FAMILY_NAME: _NAME,
    Target.FULL_NAME: _NAME,
    Target.CONTACT_PERSON: _NAME,
    Target.ORGANISATION: DataCategory.ORGANISATION,
    Target.EMAIL: DataCategory.EMAIL,
    Target.STREET: _ADDRESS,
    Target.STREET_2: _ADDRESS,
    Target.CARE_OF: _ADDRESS,
    Target.POSTCODE: _ADDRESS,
    Target.CITY: _ADDRESS,
    Target.ADDRESS: _ADDRESS,
    Target.COUNTRY: _ADDRESS,
    Target.PHONE: DataCategory.PHONE,
    Target.WEBSITE: DataCategory.WEBSITE,
    Target.IP_ADDRESS: DataCategory.IP_ADDRESS,
    Target.IP_SEEN_ON: DataCategory.IP_ADDRESS,
    Target.ORDER_NUMBER: DataCategory.ORDERS,
    Target.ORDERED_ON: DataCategory.ORDERS,
    Target.DELIVERED_ON: DataCategory.ORDERS,
    Target.CANCELLED_ON: DataCategory.ORDERS,
    Target.DESCRIPTION: DataCategory.ORDERS,
    Target.QUANTITY: DataCategory.ORDERS,
    Target.UNIT_PRICE: DataCategory.ORDERS,
    Target.ORDER_STATUS: DataCategory.ORDERS,
}

#: Of an address the part of the billing address that is the same.
OF_BILLING = {
    Target.STREET: Target.BILLING_STREET,
    Target.STREET_2: Target.BILLING_STREET_2,
    Target.POSTCODE: Target.BILLING_POSTCODE,
    Target.CITY: Target.BILLING_CITY,
    Target.ADDRESS: Target.BILLING_ADDRESS,
    Target.COUNTRY: Target.BILLING_COUNTRY,
}
CATEGORY |= dict.fromkeys(
    (
        *OF_BILLING.values(),
        *(Target.EINVOICE_ADDRESS, Target.EINVOICE_OPERATOR, Target.REFERENCE_NUMBER),
    ),
    DataCategory.BILLING,
)

#: The columns of a customer, as programs read them (`mapped`); a target that is taken apart is
#: called by its chief part.
PUBLIC: dict[Target, str] = {
    **{
        target: target.value
        for target in (
            Target.GIVEN_NAME,
            Target.FAMILY_NAME,
            Target.ORGANISATION,
            Target.EMAIL,
            Target.STREET,
            Target.POSTCODE,
            Target.CITY,
            Target.COUNTRY,
            Target.PHONE,
            Target.WEBSITE,
            Target.IP_ADDRESS,
        )
    },
    Target.MIDDLE_NAME: "given_name",
    Target.FULL_NAME: "family_name",
    Target.CONTACT_PERSON: "family_name",
    Target.STREET_2: "street",
    Target.CARE_OF: "street",
    Target.ADDRESS: "postcode",
    Target.IP_SEEN_ON: "ip_address",
}

_WHOLE = ("given_name", "family_name", "organisation")
#: What the cells of a target are taken apart into (`taken_apart`).
PARTS: dict[Target, tuple[str, ...]] = {
    Target.FULL_NAME: _WHOLE,
    Target.CONTACT_PERSON: _WHOLE,
    Target.ADDRESS: ("street", "postcode", "city", "country"),
}

PERSON = (
    Target.GIVEN_NAME,
    Target.MIDDLE_NAME,
    Target.FAMILY_NAME,
    Target.FULL_NAME,
    Target.CONTACT_PERSON,
)
POSTAL = (
    Target.STREET,
    Target.STREET_2,
    Target.CARE_OF,
    Target.POSTCODE,
    Target.CITY,
    Target.ADDRESS,
    Target.COUNTRY,
)
