"""Who may do what: role -> acts, act -> Django permissions, page -> who may open it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

if TYPE_CHECKING:
    from staff.models import User


class Role(TextChoices):
    """What a person is here for; a person without a role may open nothing."""

    VIEWER = "viewer", _("Viewer")
    HANDLER = "handler", _("Handler")
    DATA_PROTECTION_CONTACT = "data_protection_contact", _("Data protection contact")
    ACCOUNTING = "accounting", _("Accounting")
    ADMINISTRATOR = "administrator", _("Administrator")


class Act(TextChoices):
    """What staff do."""

    READ_NOTICE = "read_notice", _("Read the notice and its drafts")
    SEE = "see", _("See customers and their orders")
    SEE_BILLING = "see_billing", _("See invoices, payments and billing data")
    ENTER = "enter", _("Enter and correct customers and orders")
    BRING_IN = "bring_in", _("Bring customers in from files")
    ENTER_BILLING = "enter_billing", _("Enter invoices, payments and billing data")
    RECORD_REQUESTS = "record_requests", _("Record requests and see the desk")
    DECIDE = "decide", _("Decide on requests of data subjects")
    PUBLISH = "publish", _("Write and publish notices")
    EXPORT = "export", _("Export customers and lists")
    READ_HISTORY = "read_history", _("Read the history of what one sees")
    READ_LOOKS = "read_looks", _("See who looked at which customer")
    CONFIGURE = "configure", _("Set up accounts, roles and the undertaking")


ROLES: dict[Role, frozenset[Act]] = {
    Role.VIEWER: frozenset({Act.READ_NOTICE, Act.SEE, Act.SEE_BILLING}),
    Role.HANDLER: frozenset(
        {
            Act.READ_NOTICE,
            Act.SEE,
            Act.SEE_BILLING,
            Act.ENTER,
            Act.ENTER_BILLING,
            Act.RECORD_REQUESTS,
            Act.READ_HISTORY,
        }
    ),
    Role.DATA_PROTECTION_CONTACT: frozenset(
        {
            Act.READ_NOTICE,
            Act.SEE,
            Act.SEE_BILLING,
            Act.ENTER,
            # one wrong file changes more than anybody can mend by hand
            Act.BRING_IN,
            Act.ENTER_BILLING,
            Act.RECORD_REQUESTS,
            Act.DECIDE,
            Act.PUBLISH,
            Act.EXPORT,
            Act.READ_HISTORY,
            Act.READ_LOOKS,
        }
    ),
    Role.ACCOUNTING: frozenset({Act.READ_NOTICE, Act.SEE_BILLING, Act.ENTER_BILLING}),
    Role.ADMINISTRATOR: frozenset({Act.READ_NOTICE, Act.CONFIGURE}),
}

CUSTOMERS = (
    "register.customer",
    "register.contactrole",
    "register.order",
    "register.orderline",
    "register.attachment",
    "register.paper",
)
INVOICES = ("register.invoice", "register.payment", "register.billingdata")
#: what the controller says of its bookkeeping: it decides what the register keeps
BOOKKEEPING = ("register.invoicingprogram",)
#: to whom data are given, and the ledger of what was
DISCLOSURES = ("register.recipient", "register.disclosure")
#: where papers are kept: part of what the notice promises
PLACES = ("register.storageplace",)
#: what retention has erased, and why not all
RETENTION = ("register.retentionrun",)
#: what goes before a notice that lists less
NARROWINGS = ("register.narrowing",)
IMPORTS = ("register.import",)
LISTS = ("register.customerlist",)
REQUESTS = (
    "rights_requests.rightsrequest",
    "rights_requests.letter",
    "rights_requests.notification",
)
DEPUTIES = ("rights_requests.deputy",)
NOTICES = ("notices.notice", "notices.section", "notices.clause")
STAFF = ("staff.user", "staff.invitation", "staff.undertakingtext", "staff.undertaking")


def _permissions(models: tuple[str, ...], *codes: str) -> frozenset[str]:
    """The permission strings `app.code_model` of every one of `models`."""
    split = (model.split(".") for model in models)
    return frozenset(f"{app}.{code}_{name}" for app, name in split for code in codes)


ACTS: dict[Act, frozenset[str]] = {
    Act.READ_NOTICE: _permissions(NOTICES, "view"),
    Act.SEE: _permissions(CUSTOMERS + DISCLOSURES + PLACES + RETENTION, "view"),
    Act.SEE_BILLING: _permissions(INVOICES + BOOKKEEPING, "view"),
    Act.ENTER: _permissions(CUSTOMERS, "add", "change"),
    Act.BRING_IN: _permissions(IMPORTS, "view", "add", "change"),
    Act.ENTER_BILLING: _permissions(INVOICES, "add", "change"),
    # whoever records a request also prints letters and posts them
    Act.RECORD_REQUESTS: _permissions(REQUESTS, "view")
    | {"rights_requests.add_rightsrequest", "rights_requests.change_letter"},
    Act.DECIDE: _permissions(DEPUTIES, "view", "add", "change", "history")
    | {
        "rights_requests.decide_rightsrequest",
        "register.add_hold",
        "register.confirm_retentionrun",
    },
    Act.PUBLISH: _permissions(NOTICES, "add", "change", "delete")
    | _permissions(NARROWINGS, "view", "add", "history")
    | _permissions(BOOKKEEPING, "add", "change")
    | _permissions(("register.recipient", *PLACES), "add", "change")
    | {"notices.publish_notice"},
    Act.EXPORT: _permissions(LISTS, "view", "add", "change") | {"register.export_customer"},
    Act.READ_HISTORY: _permissions(
        CUSTOMERS + DISCLOSURES + PLACES + RETENTION + INVOICES + BOOKKEEPING + REQUESTS + NOTICES,
        "history",
    ),
    Act.READ_LOOKS: _permissions(("register.consultation",), "view"),
    Act.CONFIGURE: _permissions(STAFF, "view", "history")
    | {
        "staff.change_user",
        "staff.add_invitation",
        "staff.delete_invitation",
        "staff.add_undertakingtext",
        "staff.add_undertaking",
    },
}


def acts_of(user: "User") -> frozenset[Act]:
    """What `user` may do: the acts of the role, and setting up for a superuser (P35).

    A superuser gets no personal data from being one.
    """
    if not user.is_active:
        return frozenset()
    own = ROLES[Role(user.role)] if user.role else frozenset()
    return own | {Act.CONFIGURE} if user.is_superuser else own


def permissions_of(user: "User") -> frozenset[str]:
    """The Django permission strings of `user`."""
    return frozenset().union(*(ACTS[act] for act in acts_of(user)))


class Audience(Enum):
    """Who may open a page that asks for no act."""

    PUBLIC = _("everybody")
    ANYONE_SIGNED_IN = _("everybody signed in")
    NOBODY = _("nobody")


PUBLIC, ANYONE_SIGNED_IN, NOBODY = Audience
Who: TypeAlias = Act | Audience


@dataclass(frozen=True)
class Page:
    """Who may read a page and who may send to it; no page takes any other method."""

    get: Who
    post: Who = NOBODY


def _pages_of(
    model: str,
    *,
    see: Who,
    add: Who = NOBODY,
    change: Who = NOBODY,
    delete: Who = NOBODY,
    history: Who = NOBODY,
) -> dict[str, Page]:
    """The pages that the admin site makes for one model (its list also takes its filters)."""
    app, name = model.split(".")
    return {
        f"admin:{app}_{name}_changelist": Page(get=see, post=see),
        f"admin:{app}_{name}_add": Page(get=add, post=add),
        f"admin:{app}_{name}_change": Page(get=see, post=change),
        f"admin:{app}_{name}_delete": Page(get=delete, post=delete),
        f"admin:{app}_{name}_history": Page(get=history),
        # an old address of the admin site, leads to the change page
        f"admin/{app}/{name}/<path:object_id>/": Page(ANYONE_SIGNED_IN, ANYONE_SIGNED_IN),
    }


#: Every address of the program; one without a line here fails the tests.
PAGES: dict[str, Page] = {
    # --- public
    "choose_language": Page(get=PUBLIC),
    "notices:in_force": Page(get=PUBLIC),
    "notices:versions": Page(get=PUBLIC),
    "notices:version": Page(get=PUBLIC),
    "notices:changes": Page(get=PUBLIC),
    "notices:clauses_in_force": Page(get=PUBLIC),
    "notices:clauses": Page(get=PUBLIC),
    "requests:choose": Page(get=PUBLIC),
    "requests:form": Page(get=PUBLIC, post=PUBLIC),
    "requests:paper": Page(get=PUBLIC),
    "requests:without_email": Page(get=PUBLIC),
    "requests:sent": Page(get=PUBLIC),
    "requests:proven": Page(get=PUBLIC),
    # whoever has the link
    "requests:proof": Page(get=PUBLIC, post=PUBLIC),
    "requests:status": Page(get=PUBLIC, post=PUBLIC),
    "requests:report": Page(get=PUBLIC, post=PUBLIC),
    "requests:transfer": Page(get=PUBLIC, post=PUBLIC),
    "requests:letter": Page(get=PUBLIC, post=PUBLIC),
    # --- sign-in
    "account_login": Page(get=PUBLIC, post=PUBLIC),
    "account_logout": Page(get=PUBLIC, post=PUBLIC),
    "account_inactive": Page(get=PUBLIC),
    "account_reset_password": Page(get=PUBLIC, post=PUBLIC),
    "account_reset_password_done": Page(get=PUBLIC),
    "account_reset_password_from_key": Page(get=PUBLIC, post=PUBLIC),
    "account_reset_password_from_key_done": Page(get=PUBLIC),
    "invitation": Page(get=PUBLIC, post=PUBLIC),
    # leads back to the sign-in page unless a password has just been given
    "mfa_authenticate": Page(get=PUBLIC, post=PUBLIC),
    # --- one's own account
    "account_reauthenticate": Page(get=ANYONE_SIGNED_IN, post=ANYONE_SIGNED_IN),
    "account_change_password": Page(get=ANYONE_SIGNED_IN, post=ANYONE_SIGNED_IN),
    "typed": Page(get=ANYONE_SIGNED_IN),
    "mfa_index": Page(get=ANYONE_SIGNED_IN),
    "mfa_reauthenticate": Page(get=ANYONE_SIGNED_IN, post=ANYONE_SIGNED_IN),
    "mfa_activate_totp": Page(get=ANYONE_SIGNED_IN, post=ANYONE_SIGNED_IN),
    "mfa_deactivate_totp": Page(get=ANYONE_SIGNED_IN, post=ANYONE_SIGNED_IN),
    "mfa_view_recovery_codes": Page(get=ANYONE_SIGNED_IN),
    "mfa_generate_recovery_codes": Page(get=ANYONE_SIGNED_IN, post=ANYONE_SIGNED_IN),
    "mfa_download_recovery_codes": Page(get=ANYONE_SIGNED_IN),
    # --- the staff site
    "admin:index": Page(get=ANYONE_SIGNED_IN, post=ANYONE_SIGNED_IN),
    "admin:undertaking": Page(get=ANYONE_SIGNED_IN, post=ANYONE_SIGNED_IN),
    "admin:login": Page(get=PUBLIC, post=PUBLIC),  # only leads to the sign-in page
    "admin:logout": Page(get=ANYONE_SIGNED_IN, post=ANYONE_SIGNED_IN),
    "admin:jsi18n": Page(get=ANYONE_SIGNED_IN),
    # each app's own list, here the notices'
    "admin:app_list": Page(get=Act.READ_NOTICE, post=Act.READ_NOTICE),
    "admin/(?P<url>.*)$": Page(get=NOBODY),  # whatever has no page
    # mail that is not sent, where that is so: letters are for those who decide
    "mailbox": Page(get=Act.DECIDE),
    "mail": Page(get=Act.DECIDE),
    # --- notices
    **_pages_of(
        "notices.notice",
        see=Act.READ_NOTICE,
        add=Act.PUBLISH,
        change=Act.PUBLISH,
        delete=Act.PUBLISH,
        history=Act.READ_HISTORY,
    ),
    "admin:notices_notice_read": Page(get=Act.PUBLISH, post=Act.PUBLISH),
    "admin:notices_notice_adopt": Page(get=Act.PUBLISH, post=Act.PUBLISH),
    "admin:notices_notice_copy": Page(get=NOBODY, post=Act.PUBLISH),
    "admin:notices_notice_write": Page(get=Act.PUBLISH, post=Act.PUBLISH),
    "admin:notices_notice_clauses": Page(get=Act.PUBLISH, post=Act.PUBLISH),
    "admin:notices_notice_clause": Page(get=Act.PUBLISH, post=Act.PUBLISH),
    "admin:notices_notice_place": Page(get=Act.PUBLISH, post=Act.PUBLISH),
    "admin:notices_notice_check": Page(get=Act.READ_NOTICE),
    "admin:notices_notice_finding": Page(get=Act.PUBLISH, post=Act.PUBLISH),
    "admin:notices_notice_preview": Page(get=Act.READ_NOTICE),
    "admin:notices_notice_publish": Page(get=Act.PUBLISH, post=Act.PUBLISH),
    **_pages_of(
        "notices.section",
        see=Act.READ_NOTICE,
        add=Act.PUBLISH,
        change=Act.PUBLISH,
        delete=Act.PUBLISH,
        history=Act.READ_HISTORY,
    ),
    # --- the register
    **_pages_of(
        "register.customer",
        see=Act.SEE,
        add=Act.ENTER,
        change=Act.ENTER,
        history=Act.READ_HISTORY,
    ),
    # the list says all of it
    **_pages_of("register.consultation", see=NOBODY),
    "admin:register_consultation_changelist": Page(get=Act.READ_LOOKS, post=Act.READ_LOOKS),
    # what a sitting is for
    "admin:register_customer_occasion": Page(get=Act.SEE, post=Act.SEE),
    # why restricted data must be seen
    "admin:register_customer_why": Page(get=Act.SEE, post=Act.SEE),
    "admin:register_order_why": Page(get=Act.SEE, post=Act.SEE),
    "admin:register_attachment_why": Page(get=Act.SEE, post=Act.SEE),
    "admin:register_paper_why": Page(get=Act.SEE, post=Act.SEE),
    "admin:register_invoice_why": Page(get=Act.SEE_BILLING, post=Act.SEE_BILLING),
    "admin:register_billingdata_why": Page(get=Act.SEE_BILLING, post=Act.SEE_BILLING),
    "admin:register_customer_package": Page(get=NOBODY, post=Act.EXPORT),
    "admin:register_customer_telling": Page(get=Act.SEE, post=Act.ENTER),
    "admin:register_customer_told": Page(get=Act.ENTER, post=Act.ENTER),
    "admin:register_customer_consent": Page(get=Act.ENTER, post=Act.ENTER),
    "admin:register_customer_withdrawal": Page(get=Act.ENTER, post=Act.ENTER),
    "admin:register_customer_given": Page(get=Act.ENTER, post=Act.ENTER),
    # a decision that outweighs somebody's right
    "admin:register_customer_hold": Page(get=Act.DECIDE, post=Act.DECIDE),
    "admin:register_customer_hold_end": Page(get=Act.DECIDE, post=Act.DECIDE),
    **_pages_of("register.narrowing", see=Act.PUBLISH, add=Act.PUBLISH, history=Act.PUBLISH),
    **_pages_of("register.retentionrun", see=Act.SEE, history=Act.READ_HISTORY),
    "admin:register_retentionrun_confirm": Page(get=NOBODY, post=Act.DECIDE),
    # whoever writes the notice says to whom data may go
    **_pages_of(
        "register.recipient",
        see=Act.SEE,
        add=Act.PUBLISH,
        change=Act.PUBLISH,
        history=Act.READ_HISTORY,
    ),
    # the record of processing activities: whoever answers for the notice answers for it
    "processing_record": Page(get=Act.PUBLISH),
    "processing_record_pdf": Page(get=Act.PUBLISH),
    "processing_record_xlsx": Page(get=Act.PUBLISH),
    **_pages_of("register.disclosure", see=Act.SEE, history=Act.READ_HISTORY),
    **_pages_of("register.customerlist", see=Act.EXPORT, add=Act.EXPORT, change=Act.EXPORT),
    "admin:register_customerlist_file": Page(get=NOBODY, post=Act.EXPORT),
    "admin:register_customerlist_numbers": Page(get=Act.EXPORT),
    **_pages_of("register.import", see=Act.BRING_IN, add=Act.BRING_IN, change=Act.BRING_IN),
    "admin:register_import_report": Page(get=Act.BRING_IN),
    **_pages_of(
        "register.order",
        see=Act.SEE,
        add=Act.ENTER,
        change=Act.ENTER,
        history=Act.READ_HISTORY,
    ),
    # a call that becomes an order
    "phone_order": Page(get=Act.ENTER, post=Act.ENTER),
    **_pages_of(
        "register.attachment",
        see=Act.SEE,
        add=Act.ENTER,
        change=Act.ENTER,
        history=Act.READ_HISTORY,
    ),
    **_pages_of(
        "register.paper",
        see=Act.SEE,
        add=Act.ENTER,
        change=Act.ENTER,
        history=Act.READ_HISTORY,
    ),
    "admin:register_paper_out": Page(get=Act.ENTER, post=Act.ENTER),
    "admin:register_paper_back": Page(get=Act.ENTER, post=Act.ENTER),
    "admin:register_paper_shredded": Page(get=Act.ENTER, post=Act.ENTER),
    # whoever writes the notice says how well papers are kept
    **_pages_of(
        "register.storageplace",
        see=Act.SEE,
        add=Act.PUBLISH,
        change=Act.PUBLISH,
        history=Act.READ_HISTORY,
    ),
    # the PDF itself
    "admin:register_attachment_file": Page(get=Act.SEE),
    **_pages_of(
        "register.invoice",
        see=Act.SEE_BILLING,
        add=Act.ENTER_BILLING,
        change=Act.ENTER_BILLING,
        history=Act.READ_HISTORY,
    ),
    "admin:register_invoice_open": Page(get=Act.ENTER_BILLING, post=Act.ENTER_BILLING),
    **_pages_of(
        "register.billingdata",
        see=Act.SEE_BILLING,
        add=Act.ENTER_BILLING,
        change=Act.ENTER_BILLING,
        history=Act.READ_HISTORY,
    ),
    **_pages_of(
        "register.invoicingprogram",
        see=Act.SEE_BILLING,
        add=Act.PUBLISH,
        change=Act.PUBLISH,
        history=Act.READ_HISTORY,
    ),
    # --- requests
    **_pages_of(
        "rights_requests.rightsrequest",
        see=Act.RECORD_REQUESTS,
        add=Act.RECORD_REQUESTS,
        history=Act.READ_HISTORY,
    ),
    # whoever hears it writes it down (M01)
    "admin:rights_requests_rightsrequest_forbid": Page(get=Act.ENTER, post=Act.ENTER),
    "admin:rights_requests_rightsrequest_allow": Page(get=Act.ENTER, post=Act.ENTER),
    "admin:rights_requests_rightsrequest_own": Page(get=Act.ENTER, post=Act.ENTER),
    "admin:rights_requests_rightsrequest_waiting": Page(get=Act.RECORD_REQUESTS),
    "admin:rights_requests_rightsrequest_year": Page(get=Act.RECORD_REQUESTS),
    "admin:rights_requests_rightsrequest_year_xlsx": Page(get=Act.RECORD_REQUESTS),
    "admin:rights_requests_rightsrequest_scan": Page(get=Act.RECORD_REQUESTS),
    "admin:rights_requests_rightsrequest_copy": Page(get=Act.DECIDE),
    "admin:rights_requests_rightsrequest_copy_pdf": Page(get=Act.DECIDE),
    "admin:rights_requests_rightsrequest_copy_files": Page(get=Act.DECIDE),
    "admin:rights_requests_rightsrequest_masks": Page(get=Act.DECIDE),
    "admin:rights_requests_rightsrequest_mask": Page(get=Act.DECIDE, post=Act.DECIDE),
    "admin:rights_requests_rightsrequest_unmask": Page(get=NOBODY, post=Act.DECIDE),
    "admin:rights_requests_rightsrequest_handover": Page(get=Act.DECIDE, post=Act.DECIDE),
    "admin:rights_requests_rightsrequest_handover_package": Page(get=Act.DECIDE),
    "admin:rights_requests_rightsrequest_package": Page(get=Act.DECIDE),
    "admin:rights_requests_rightsrequest_customer": Page(get=NOBODY, post=Act.DECIDE),
    "admin:rights_requests_rightsrequest_proof": Page(get=NOBODY, post=Act.DECIDE),
    "admin:rights_requests_rightsrequest_proof_link": Page(get=NOBODY, post=Act.DECIDE),
    "admin:rights_requests_rightsrequest_proof_code": Page(get=NOBODY, post=Act.DECIDE),
    "admin:rights_requests_rightsrequest_proof_code_given": Page(get=NOBODY, post=Act.DECIDE),
    "admin:rights_requests_rightsrequest_ask": Page(get=Act.DECIDE, post=Act.DECIDE),
    "admin:rights_requests_rightsrequest_mandate": Page(get=Act.DECIDE, post=Act.DECIDE),
    "admin:rights_requests_rightsrequest_spoken": Page(get=Act.DECIDE, post=Act.DECIDE),
    "admin:rights_requests_rightsrequest_item": Page(
        get=Act.RECORD_REQUESTS, post=Act.RECORD_REQUESTS
    ),
    "admin:rights_requests_rightsrequest_correct": Page(get=Act.DECIDE, post=Act.DECIDE),
    "admin:rights_requests_rightsrequest_answered": Page(get=NOBODY, post=Act.DECIDE),
    "admin:rights_requests_rightsrequest_grant": Page(get=Act.DECIDE, post=Act.DECIDE),
    "admin:rights_requests_rightsrequest_refuse": Page(get=Act.DECIDE, post=Act.DECIDE),
    "admin:rights_requests_rightsrequest_extend": Page(get=Act.DECIDE, post=Act.DECIDE),
    "admin:rights_requests_rightsrequest_weigh": Page(get=Act.DECIDE, post=Act.DECIDE),
    "admin:rights_requests_rightsrequest_lift": Page(get=Act.DECIDE, post=Act.DECIDE),
    "admin:rights_requests_rightsrequest_withdraw": Page(get=NOBODY, post=Act.DECIDE),
    **_pages_of("rights_requests.letter", see=Act.RECORD_REQUESTS, history=Act.READ_HISTORY),
    # an excuse is a decision; letters are posted by whoever records requests
    **_pages_of("rights_requests.notification", see=Act.RECORD_REQUESTS, history=Act.READ_HISTORY),
    "admin:rights_requests_notification_excuse": Page(get=Act.DECIDE, post=Act.DECIDE),
    "admin:rights_requests_letter_inform": Page(get=NOBODY, post=Act.RECORD_REQUESTS),
    "admin:rights_requests_letter_pdf": Page(get=Act.RECORD_REQUESTS),
    "admin:rights_requests_letter_posted": Page(get=NOBODY, post=Act.RECORD_REQUESTS),
    "admin:rights_requests_letter_again": Page(get=NOBODY, post=Act.RECORD_REQUESTS),
    "admin:rights_requests_letter_on_paper": Page(get=NOBODY, post=Act.RECORD_REQUESTS),
    **_pages_of(
        "rights_requests.deputy",
        see=Act.DECIDE,
        add=Act.DECIDE,
        change=Act.DECIDE,
        history=Act.DECIDE,
    ),
    # --- staff
    **_pages_of("staff.user", see=Act.CONFIGURE, change=Act.CONFIGURE, history=Act.CONFIGURE),
    **_pages_of(
        "staff.invitation",
        see=Act.CONFIGURE,
        add=Act.CONFIGURE,
        delete=Act.CONFIGURE,
        history=Act.CONFIGURE,
    ),
    **_pages_of(
        "staff.undertakingtext", see=Act.CONFIGURE, add=Act.CONFIGURE, history=Act.CONFIGURE
    ),
    **_pages_of("staff.undertaking", see=Act.CONFIGURE, add=Act.CONFIGURE, history=Act.CONFIGURE),
}


def _cell(who: Who) -> str:
    label: str | Promise = who.label if isinstance(who, Act) else who.value
    return str(label)


def _rows() -> Iterator[str]:
    yield "| | " + " | ".join(str(role.label) for role in Role) + " |"
    yield "|---" * (len(Role) + 1) + "|"
    for act in Act:
        marks = ("yes" if act in ROLES[role] else "" for role in Role)
        yield f"| {act.label} | " + " | ".join(marks) + " |"


def _page_rows(pages: Mapping[str, Page]) -> Iterator[str]:
    yield "| page | may read | may send |"
    yield "|---|---|---|"
    for name, page in pages.items():
        yield f"| `{name}` | {_cell(page.get)} | {_cell(page.post)} |"


def as_markdown() -> str:
    """The tables of this module as `docs/permissions.md` shows them."""
    with override("en"):
        return "\n".join(
            [
                "# Who may do what",
                "",
                "Made from `staff/roles.py` by `manage.py permissions > docs/permissions.md`;"
                " a test compares the two.",
                "",
                "A superuser sets up (the last row) and gets no personal data from that."
                " Nobody gets past the staff site's door without a signed confidentiality"
                " undertaking.",
                "",
                *_rows(),
                "",
                "## Pages",
                "",
                *_page_rows(PAGES),
                "",
            ]
        )
