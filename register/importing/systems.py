"""Which system a file comes from, by its headings."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from .headings import fold_heading
from .targets import Target

#: System -> what must all be among the headings, folded and without blanks; the first that fits.
_MARKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("shopify", ("acceptsemailmarketing", "totalspent")),
    ("shopify", ("acceptsmarketing", "totalspent")),
    ("shopify", ("defaultaddressaddress1",)),
    ("shopify", ("financialstatus", "lineitemname")),
    ("mailchimp", ("emailaddress", "leid", "euid")),
    ("mailchimp", ("emailaddress", "memberrating")),
    ("hubspot", ("lifecyclestage",)),
    ("hubspot", ("recordid", "email")),
    ("hubspot", ("elinkaarenvaihe",)),
    ("linkedin", ("firstname", "lastname", "connectedon")),
    ("google", ("email1value",)),
    ("google", ("phone1value",)),
    ("google", ("puhelin1arvo",)),
    ("google", ("telefon1varde",)),
    ("google", ("givenname", "familyname", "groupmembership")),
    ("google", ("firstname", "lastname", "labels", "fileas")),
    ("woocommerce", ("username", "totalspend")),
    ("woocommerce", ("customerid", "userid", "billingfirstname")),
    ("woocommerce", ("userlogin", "billingfirstname")),
    ("woocommerce", ("username", "billingpostcode")),
    ("woocommerce", ("lastactive", "aov")),
    ("woocommerce", ("ordernumber", "billingfirstname")),
    ("woocommerce", ("orderid", "billingfirstname")),
    ("woocommerce", ("ordernumber", "firstnamebilling")),
    ("outlook", ("emailaddress", "businessphone")),
    ("outlook", ("firstname", "middlename", "lastname", "emailaddress")),
    ("outlook", ("emaildisplayname",)),
    ("outlook", ("etunimi", "toinennimi", "sukunimi")),
    ("outlook", ("fornamn", "mellannamn", "efternamn")),
    ("stripe", ("amountdue", "amountpaid", "amountremaining")),
    ("odoo", ("invoicedatedue", "amounttotalsigned")),
    ("odoo", ("invoicedatedue", "amountresidual")),
    ("odoo", ("invoicedatedue", "paymentstate")),
    ("kitsas", ("nimi", "lahiosoite", "postiosoite")),
)
_MEMBERS = frozenset(
    """
    jasennumero jasennro jasen jasenmaksu jasenyys jasentyyppi jasenlaji liittynyt liittymispaiva
    liittymispvm jasenalkaen medlemsnummer medlemsnr medlem medlemsavgift medlemskap membernumber
    memberid membership membersince membershiptype jasenryhma jasenluokka flomembersid
    """.split()
)
#: Headings that mean something else in one system than everywhere; None for nothing.
_OWN: Mapping[str, Mapping[str, Target | None]] = MappingProxyType(
    {
        # of an order of Shopify: "#1001"
        "shopify": {"name": Target.ORDER_NUMBER, "createdat": Target.ORDERED_ON},
        "mailchimp": {"cc": None, "region": None},
        "odoo": {"name": Target.INVOICE_NUMBER, "state": Target.INVOICE_STATUS},
        # what was to pay at first, and a mark such as "cus_NffrFeUfNV2Hib"
        "stripe": {"amountdue": None, "customer": None},
    }
)


def system_of(headings: Iterable[str]) -> str:
    """The system that writes such headings; empty when it is none that is known here."""
    keys = {fold_heading(heading).replace(" ", "") for heading in headings}
    for system, marks in _MARKS:
        if keys.issuperset(marks):
            return system
    return "member_list" if keys & _MEMBERS else ""


def own_meanings(system: str, headings: Iterable[str]) -> Mapping[str, Target | None]:
    """What headings of `system` mean in its file, by their folded key."""
    keys = {fold_heading(heading).replace(" ", "") for heading in headings}
    if system == "shopify" and "lineitemname" not in keys:
        return {}
    return _OWN.get(system, {})
