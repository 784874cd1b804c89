"""What granting a right will do, in plain words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from notices.models import governing_notice
from notices.offering import keeps_contact_people
from notices.terms import Right
from register.admin.naming import read
from register.bookkeeping import days_kept
from register.erasure import Plan, plan, spare_of
from register.given import recipients_of
from register.holds import Block
from register.models import Customer, Disclosure, Recipient, Sight
from register.models.figures import OrderFigure, are_kept_under
from rights_requests.decisions import demands_in_doubt
from rights_requests.identifying import answers_at
from rights_requests.letters import address_lines, email_of, medium_to
from rights_requests.models import Demand, Medium, RightsRequest
from rights_requests.models.requests import ERASING
from rights_requests.objecting import purposes_of
from rights_requests.suggesting import Suggestion, suggestions
from rights_requests.transferring import can_be_sent, why_not


@dataclass(frozen=True)
class Others:
    """Who outside has data of somebody: recipients, and perhaps who copied a published list; and,
    where that is asked, what an erasure would do."""

    recipients: Sequence[Recipient] = ()
    is_published: bool = False
    erasure: Plan | None = None


def others_of(asked: RightsRequest) -> Others:
    """Who outside has data of the customer who asks. Looked up once for all rights of a request."""
    customer, today = asked.customer, timezone.localdate()
    if customer is None or customer.erased_at:
        return Others()
    erases = any(one.right in ERASING and one.is_open for one in asked.demands.all())
    foreseen = plan(customer, today=today) if erases else None
    return Others(
        foreseen.recipients if foreseen else recipients_of(customer, today=today),
        Disclosure.objects.published().about(customer).exists(),
        foreseen,
    )


def alike_to(request: HttpRequest, asked: RightsRequest) -> list[tuple[Suggestion, str]]:
    """Those of the register who may be the person that asks, while nobody is chosen, each with what
    the reader is shown as a name; the look is written down."""
    found = suggestions(asked)
    told = read(request, [one.customer for one in found], Sight.SEARCH)
    return [(one, told[one.customer.pk]) for one in found]


def with_why(alike: Iterable[tuple[Suggestion, str]]) -> list[str]:
    """Each of `alike` with why."""
    return [f"{name} ({one.why})" for one, name in alike]


def consequences(demand: Demand, alike: Sequence[str], others: Others) -> list[str]:
    """What a grant of `demand` will do, sentence by sentence; `alike` names those of the register
    who may be the person, with why, and `others` those outside who have the data."""
    customer = demand.request.customer
    if customer is None or customer.erased_at:
        told = _of_nobody(customer, alike)
    elif demand.right == Right.RECTIFICATION:
        told = [*_of_rectification(), gettext("The answer says what was done.")]
    elif demand.right == Right.ACCESS:
        told = [gettext("The person gets a copy of everything that is held at this moment.")]
    elif demand.right == Right.PORTABILITY:
        told = [
            gettext("The person gets a package of the data that people and programs can read."),
            gettext(
                "What the right does not cover is in it too, and is marked: what did not come from "
                "the person, or is not used by consent or for a contract."
            ),
            *_of_transfer(demand),
        ]
    elif demand.right == Right.RESTRICTION:
        told = [*_of_restriction(), *_who_is_told(others)]
    elif demand.right == Right.OBJECTION:
        told = _of_objection(demand)
    elif demand.right == Right.WITHDRAWAL:
        told = [gettext("The consents end, and the person is told which.")]
    else:
        told = [*_of_erasure(demand, customer, others), *_of_doubtful(demand)]
    return [*told, where_it_goes(demand.request)]


def _of_nobody(erased: Customer | None, alike: Sequence[str]) -> list[str]:
    if erased:
        return [gettext("The customer is erased: the answer says that nothing is held.")]
    told = [gettext("No customer is chosen: the answer says that nothing is held.")]
    if alike:
        named = {"named": ", ".join(alike)}
        told.append(gettext("But the register has: %(named)s. Look first.") % named)
    return told


def _of_transfer(demand: Demand) -> list[str]:
    """Where else a package goes, because the person wants it there (art. 20(2); O03)."""
    if not demand.transfer_to:
        return []
    named = {"name": demand.transfer_to, "address": demand.transfer_address}
    if can_be_sent(demand):
        return [
            gettext(
                "A link to what the right covers goes by e-mail to whom the person named: "
                "%(name)s, %(address)s. The ledger of disclosures has it."
            )
            % named
        ]
    told = gettext("It cannot go directly to %(name)s, and the answer says why:") % named
    return [f"{told} {why_not(demand)}"]


def _of_objection(demand: Demand) -> list[str]:
    uses = ", ".join(str(one.label) for one in purposes_of(demand))
    if not uses:
        return [gettext("Nothing in the privacy notice in force can be objected to.")]
    return [
        gettext("Each use is weighed by itself: %(uses)s.") % {"uses": uses},
        gettext("What is upheld stops for good; what is refused goes on after the certificate."),
    ]


def _of_orders(demand: Demand, customer: Customer, count: int) -> list[str]:
    """What becomes of the orders: they go, and their numbers may stay (P66)."""
    notice = governing_notice()
    told = []
    if count:
        goes = ngettext("With them goes %(count)s order.", "With them go %(count)s orders.", count)
        told.append(goes % {"count": count})
    if OrderFigure.objects.would_keep_of(customer, notice):
        told.append(gettext("Of the orders stay figures that lead to nobody: how many in a month."))
    elif demand.right == Right.ANONYMISATION and notice and not are_kept_under(notice):
        told.append(
            gettext("The privacy notice keeps no figures of orders: nothing stays of them.")
        )
    return told


def _of_restriction() -> list[str]:
    return [
        gettext(
            "From this moment the data are only kept: they are on no list, and nobody changes or "
            "exports them."
        ),
        gettext(
            "Who must see them gives one of four reasons, and that is written down. What is owed "
            "may still be collected."
        ),
        gettext("The restriction ends only after the person has been told of that."),
    ]


def _of_erasure(demand: Demand, customer: Customer, others: Others) -> list[str]:
    foreseen = others.erasure or plan(customer, today=timezone.localdate())
    invoices = foreseen.would.kept["register.invoice"]
    told = _of_waiting(customer, foreseen) if foreseen.blocks else []
    told += [
        gettext(
            "These go then, in the history too: name, contact data and everything else that the "
            "privacy notice lists."
        )
        if foreseen.blocks
        else gettext(
            "These go at once, in the history too: name, contact data and everything else that "
            "the privacy notice lists."
        ),
        *_of_orders(demand, customer, foreseen.would.counts["register.order"]),
        *_of_attachments(foreseen.would.counts["register.attachment"]),
        *_of_roles(foreseen.roles),
    ]
    if invoices:
        last = max(days_kept(customer.invoices.all()).values())
        stays = ngettext(
            "The law keeps %(count)s invoice as it was sent, with its payments.",
            "The law keeps %(count)s invoices as they were sent, with their payments.",
            invoices,
        )
        told += [
            stays % {"count": invoices},
            gettext("The last of them goes after %(day)s.")
            % {"day": date_format(last, "SHORT_DATE_FORMAT")},
        ]
    return [
        *told,
        *_who_is_told(others),
        *_who_copied(others),
        gettext(
            "Prohibitions stay in force. This request forgets who asked as soon as the last "
            "letter has left."
        ),
        gettext("An erasure cannot be undone."),
    ]


def _of_doubtful(demand: Demand) -> list[str]:
    """What else asks for the data that go, without delaying that (A09, I08)."""
    found = ", ".join(
        f"{one.request.number} ({one.get_right_display()})" for one in demands_in_doubt(demand)
    )
    if not found:
        return []
    return [
        gettext(
            "These ask for the data too, and nobody has shown who asks: %(requests)s. They delay "
            "nothing, and will find nothing after the erasure."
        )
        % {"requests": found}
    ]


def _who_copied(others: Others) -> list[str]:
    """That a list was published with the customer on it (art. 17(2); E08)."""
    if not others.is_published:
        return []
    return [
        gettext(
            "The customer stood in a published directory. A letter to whoever has copied it is "
            "prepared; you send it, or say why nobody is told."
        )
    ]


def _of_attachments(count: int) -> list[str]:
    if not count:
        return []
    told = ngettext("So does %(count)s attachment.", "So do %(count)s attachments.", count)
    return [told % {"count": count}]


def _of_roles(roles: Iterable[Block]) -> list[str]:
    """What becomes of the roles in which the customer speaks for organisations (P63, table A4)."""
    told = [*dict.fromkeys(map(str, roles))]
    if not told:
        return []
    notice = governing_notice()
    waits_if_weighed = notice is not None and keeps_contact_people(notice)
    ends = (
        gettext(
            "That role ends with the erasure, unless you write why the data are needed for it: "
            "then the erasure waits until the role ends."
        )
        if waits_if_weighed
        else gettext("That keeps nothing: the role ends with the erasure.")
    )
    return [*told, ends]


def _of_waiting(customer: Customer, foreseen: Plan) -> list[str]:
    told = [
        gettext(
            "The erasure waits for what stands in its way, and runs by itself when that is over. "
            "Until then the data are used for nothing else."
        ),
        gettext("The person is told now what it waits for, and again when the data are erased."),
    ]
    if early := spare_of(customer, foreseen.blocks):
        names = ", ".join(str(one.label) for one in early)
        told.append(
            gettext("Nothing needs these, so they go at once: %(names)s.") % {"names": names}
        )
    return told


def where_it_goes(asked: RightsRequest) -> str:
    """To which address the answer goes."""
    to = answers_at(asked) or asked
    if medium_to(to) == Medium.EMAIL:
        return gettext("The letter goes by e-mail to %(address)s.") % {"address": email_of(to)}
    if lines := address_lines(to):
        return gettext("The letter is printed and posted to %(address)s.") % {
            "address": ", ".join(lines)
        }
    return gettext("The request has no address: the letter is printed and handed over.")


def _of_rectification() -> list[str]:
    """Whom a correction is told to hangs on what is corrected (P58)."""
    return [
        gettext("Each item is decided by itself, and what will happen is shown before."),
        gettext(
            "Whoever had the old value, or gave it, gets a letter. The request closes when each "
            "of them has been told."
        ),
    ]


def _who_is_told(others: Others) -> list[str]:
    """Those who have got data of the customer: it holds there too (art. 19; S06, E10)."""
    if not others.recipients:
        return []
    named = ", ".join(map(str, others.recipients))
    return [
        gettext("These have the data too, and get a letter about it: %(named)s.")
        % {"named": named},
        gettext("The request closes when each of them has been told."),
    ]
