"""Why a file or a row cannot be taken in, as data; the sentence is made at the edge."""

from typing import Final, NamedTuple


class UnreadableTable(Exception):
    """The bytes are no table that can be read: `code` is stable, `params` say where and what.

    Codes: empty, pdf, image, packed, rich_text, old_office, web_page, for_programs, not_text,
    bad_encoding, unknown_encoding, cut_off, line_too_long, broken_quotes, too_many_columns,
    not_a_workbook, bomb, forbidden_markup, too_large, no_cards.
    """

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params


class Problem(NamedTuple):
    """What is wrong in a row: where, and what; never the value."""

    line: int
    #: the heading of the column; empty when it is about the whole row
    column: str
    code: str

    @property
    def refuses(self) -> bool:
        """Whether the row cannot be taken in; else only something of it is left out or mended."""
        return self.code in REFUSING


#: What a row forbids, whatever becomes of it.
FORBIDDING: Final = (
    *("forbids_contact", "forbids_marketing", "forbids_studies"),
    *("forbids_protected", "forbids_publication", "forbids_disclosure"),
)
#: The row would say something untrue, forbidden, or about nobody.
REFUSING: Final = frozenset(
    {
        "broken_quotes",
        "too_many_cells",
        "too_long",
        "control_characters",
        "damaged_characters",
        "identity_code",
        "email_invalid",
        "phone_invalid",
        "website_invalid",
        "country_unknown",
        "postcode_invalid",
        "date_invalid",
        "amount_invalid",
        "other_currency",
        "open_exceeds",
        "paid_and_open",
        "quantity_invalid",
        "too_exact",
        "number_missing",
        "number_mangled",
        "date_missing",
        "amount_missing",
        "due_missing",
        "due_before_date",
        "order_of_days",
        "date_ahead",
        "year_unlikely",
        "due_too_far",
        "nobody",
        "broken_card",
    }
)
#: Something is left out or mended, and the row is taken in.
NOTED: Final = frozenset(
    {
        "fewer_cells",
        "cells_without_heading",
        "second_value",
        "several_people",
        "no_name",
        "ip_without_date",
        "ip_date_invalid",
        "ip_ahead",
        "ip_invalid",
        "postcode_zeros",
        "phone_zero",
        "phone_unknown",
        "phone_mangled",
        "address_whole",
        "business_id_invalid",
        "einvoice_mangled",
        "einvoice_invalid",
        "reference_invalid",
        "billing_left",
        "delivery_ahead",
        "payment_ahead",
        "language_unknown",
        "unclear_answer",
        "refusal_words",
        *FORBIDDING,
        "no_not_kept",
        "no_in_notes",
        "unclear_notes",
        "paid_day_unknown",
        "part_is_paid",
        "in_collection",
    }
)
