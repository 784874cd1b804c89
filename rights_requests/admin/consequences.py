"""What granting a right will do, and what staff do by hand first, in plain words."""

from collections.abc import Iterable, Sequence

from django.db.models import Max
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from notices.terms import Right
from register.admin.naming import read
from register.bookkeeping import kept_until
from register.erasure import Plan, plan
from register.given import recipients_of
from register.holds import spare
from register.models import Customer, Recipient, Sight
from rights_requests.carrying_out import BY_PROGRAM
from rights_requests.decisions import Suggestion, suggestions
from rights_requests.identifying import answers_at
from rights_requests.letters import address_lines, email_of, medium_to
from rights_requests.models import Demand, Medium, RightsRequest


def others_of(asked: RightsRequest) -> list[Recipient]:
    """Who outside has data of the customer who asks."""
    customer = asked.customer
    if customer is None or customer.erased_at:
        return []
    return recipients_of(customer, today=timezone.localdate())


def alike_to(request: HttpRequest, asked: RightsRequest) -> list[tuple[Suggestion, str]]:
    """Those of the register who may be the person that asks, while nobody is chosen, each with what
    the reader is shown as a name; the look is written down."""
    found = [] if asked.customer else suggestions(asked)
    told = read(request, [one.customer for one in found], Sight.SEARCH)
    return [(one, told[one.customer.pk]) for one in found]


def with_why(alike: Iterable[tuple[Suggestion, str]]) -> list[str]:
    """Each of `alike` with why."""
    return [f"{name} ({one.why})" for one, name in alike]


def consequences(demand: Demand, alike: Sequence[str], others: list[Recipient]) -> list[str]:
    """What a grant of `demand` will do, sentence by sentence; `alike` names those of the register
    who may be the person, with why, and `others` those outside who have the data."""
    customer = demand.request.customer
    by_program = demand.right in BY_PROGRAM
    if customer is None or (customer.erased_at and by_program):
        told = _of_nobody(customer, alike)
    elif not by_program:
        told = [gettext("The answer says what was done.")]
        if demand.right == Right.RECTIFICATION and others:
            told.append(_of_rectification())
    elif demand.right == Right.ACCESS:
        told = [gettext("The person gets a copy of everything that is held at this moment.")]
    elif demand.right == Right.PORTABILITY:
        told = [
            gettext("The person gets a package of the data that people and programs can read."),
            gettext(
                "What the right does not cover is in it too, and is marked: what did not come from "
                "the person, or is not used by consent or for a contract."
            ),
        ]
    elif demand.right == Right.RESTRICTION:
        told = [*_of_restriction(), *_who_is_told(others)]
    else:
        told = _of_erasure(customer, others)
    return [*told, _where_it_goes(demand.request)]


def _of_nobody(erased: Customer | None, alike: Sequence[str]) -> list[str]:
    if erased:
        return [gettext("The customer is erased: the answer says that nothing is held.")]
    told = [gettext("No customer is chosen: the answer says that nothing is held.")]
    if alike:
        named = {"named": ", ".join(alike)}
        told.append(gettext("But the register has: %(named)s. Look first.") % named)
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


def _of_erasure(customer: Customer, others: list[Recipient]) -> list[str]:
    foreseen = plan(customer, today=timezone.localdate())
    orders = foreseen.would.counts["register.order"]
    invoices = foreseen.would.kept["register.invoice"]
    told = _of_waiting(foreseen) if foreseen.blocks else []
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
        ngettext("With them goes %(count)s order.", "With them go %(count)s orders.", orders)
        % {"count": orders},
        *_of_attachments(foreseen.would.counts["register.attachment"]),
        ngettext(
            "The law keeps %(count)s invoice as it was sent, with its payments.",
            "The law keeps %(count)s invoices as they were sent, with their payments.",
            invoices,
        )
        % {"count": invoices},
    ]
    if invoices:
        newest = customer.invoices.aggregate(newest=Max("invoiced_on"))["newest"]
        told.append(
            gettext("The last of them goes after %(day)s.")
            % {"day": date_format(kept_until(newest), "SHORT_DATE_FORMAT")}
        )
    return [
        *told,
        *_who_is_told(others),
        gettext(
            "Prohibitions stay in force. This request forgets who asked as soon as the last "
            "letter has left."
        ),
        gettext("An erasure cannot be undone."),
    ]


def _of_attachments(count: int) -> list[str]:
    if not count:
        return []
    told = ngettext("So does %(count)s attachment.", "So do %(count)s attachments.", count)
    return [told % {"count": count}]


def _of_waiting(foreseen: Plan) -> list[str]:
    told = [
        gettext(
            "The erasure waits for what stands in its way, and runs by itself when that is over. "
            "Until then the data are used for nothing else."
        ),
        gettext("The person is told now what it waits for, and again when the data are erased."),
    ]
    if early := spare(foreseen.blocks):
        names = ", ".join(str(one.label) for one in early)
        told.append(
            gettext("Nothing needs these, so they go at once: %(names)s.") % {"names": names}
        )
    return told


def _where_it_goes(asked: RightsRequest) -> str:
    to = answers_at(asked) or asked
    if medium_to(to) == Medium.EMAIL:
        return gettext("The letter goes by e-mail to %(address)s.") % {"address": email_of(to)}
    if lines := address_lines(to):
        return gettext("The letter is printed and posted to %(address)s.") % {
            "address": ", ".join(lines)
        }
    return gettext("The request has no address: the letter is printed and handed over.")


def _of_rectification() -> str:
    """Whom a correction is told to hangs on what was corrected (P58)."""
    return gettext(
        "Whoever had the old value, or gave it, gets a letter. The request closes when each of "
        "them has been told."
    )


def _who_is_told(recipients: list[Recipient]) -> list[str]:
    """Those who have got data of the customer: it holds there too (art. 19; S06, E10)."""
    if not recipients:
        return []
    named = ", ".join(map(str, recipients))
    return [
        gettext("These have the data too, and get a letter about it: %(named)s.")
        % {"named": named},
        gettext("The request closes when each of them has been told."),
    ]


def steps_by_hand(demand: Demand) -> list[str]:
    """What staff do before they grant a right that the program does not carry out."""
    if demand.request.customer is None:
        return []
    match demand.right:
        case Right.RECTIFICATION:
            return [
                gettext("Open the customer’s page, change the value and save it."),
                gettext("Write the number of this request as the reason."),
            ]
        case Right.OBJECTION:
            return [gettext("Stop the use of the data that the person objects to.")]
    return []
