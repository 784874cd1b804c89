"""The letters that tell customers of their data, for the pages about customers."""

from collections.abc import Iterable

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from register.models import Customer
from rights_requests.admin.letters import state_of
from rights_requests.models import Letter

register = template.Library()


@register.simple_tag
def letters_to(customers: Iterable[Customer]) -> dict[int, Letter]:
    """By key of the customer, the newest letter, in one query."""
    keys = [customer.pk for customer in customers]
    return {
        one.customer_id or 0: one
        for one in Letter.objects.unasked(keys).select_related("posted_by")
    }


@register.simple_tag
def letter_to(letters: dict[int, Letter], customer: Customer) -> SafeString | str:
    """What became of the letter, leading to it; a dash without one."""
    letter = letters.get(customer.pk)
    if letter is None:
        return "—"
    address = reverse("admin:rights_requests_letter_change", args=[letter.pk])
    return format_html('<a href="{}">{}</a>', address, state_of(letter))
