"""The sentences for what `faults.py` and `mapping.py` name by codes, in the reader's language."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from notices.terms import SourceKind

from .faults import Problem, UnreadableTable
from .mapping import ColumnMap, Kind, Why
from .targets import Target

#: Encodings whose name by itself tells a reader nothing.
_LETTERS = {
    "cp1252": _lazy("letters of Windows"),
    "cp1250": _lazy("letters of Windows in Central Europe"),
    "cp1257": _lazy("letters of Windows in the Baltic countries"),
    "cp850": _lazy("letters of DOS"),
    "iso-8859-15": _lazy("letters of older Unix"),
    "mac-roman": _lazy("letters of older Macs"),
}
_BETWEEN = {
    ";": _lazy("semicolons between the cells"),
    ",": _lazy("commas between the cells"),
    "\t": _lazy("tabs between the cells"),
    "|": _lazy("vertical bars between the cells"),
}
#: Names of programs and of formats are the same in every language.
_FORMATS = {
    "csv": "CSV",
    "xlsx": "XLSX",
    "vcard": "vCard",
    "google": "Google",
    "hubspot": "HubSpot",
    "kitsas": "Kitsas",
    "linkedin": "LinkedIn",
    "mailchimp": "Mailchimp",
    "odoo": "Odoo",
    "outlook": "Outlook",
    "shopify": "Shopify",
    "stripe": "Stripe",
    "woocommerce": "WooCommerce",
    "member_list": _lazy("list of members"),
}


def format_words(reading: Mapping[str, Any]) -> str:
    """As what a file was read: its format or the program that wrote it, its letters, and what
    stands between its cells."""
    encoding = reading["encoding"]
    words = (
        _FORMATS[reading["format"]],
        encoding and _LETTERS.get(encoding, str(encoding).upper()),
        _BETWEEN.get(reading["delimiter"], ""),
    )
    return ", ".join(str(one) for one in words if one)


def unreadable_sentence(error: UnreadableTable) -> str:
    """Why a file cannot be read as a table, and what to do."""
    params = error.params
    sentences = {
        "empty": _("The file is empty: choose the file that holds the list."),
        "pdf": _("The file is a PDF: export the list as CSV or XLSX."),
        "image": _("The file is a picture: export the list as CSV or XLSX."),
        "packed": _("The file is packed: unpack it and choose the list in it."),
        "rich_text": _("The file is a word processor's: export the list as CSV or XLSX."),
        "old_office": _(
            "The file is an old or locked Office file: save it as XLSX without a password."
        ),
        "web_page": _("The file is a web page: export the list as CSV or XLSX."),
        "for_programs": _(
            "The file is made for programs, such as JSON or XML: export the list as CSV or XLSX."
        ),
        "not_text": _("The file is no text: export the list as CSV or XLSX."),
        "bad_encoding": _("The file's characters are broken: export it again as UTF-8."),
        "unknown_encoding": _(
            "The file's letters are in an encoding that is not known here: export it as UTF-8."
        ),
        "cut_off": _("The file ends in the middle of a character: copy or export it again."),
        "line_too_long": _("Line %(line)s has no end: export the list again."),
        "broken_quotes": _("Too many quotation marks are left open: export the list again."),
        "too_many_columns": _("Line %(line)s has %(found)s columns: export the list again."),
        "not_a_workbook": _("The file is packed and no XLSX workbook: export it as CSV or XLSX."),
        "bomb": _("The file unpacks to more than any list needs, so it is not opened."),
        "forbidden_markup": _("The workbook declares entities, so it is not opened."),
        "too_large": _("The sheet is too large to be read: save it as CSV."),
        "no_cards": _("The file holds no whole card: export the contacts again."),
    }
    return sentences.get(error.code, sentences["not_text"]) % params


def problem_sentence(problem: Problem) -> str:
    """What is wrong in a row; names the column, never the value."""
    sentences = {
        "broken_quotes": _("A quotation mark is left open or stands inside a cell."),
        "too_many_cells": _("The row has more cells than there are headings."),
        "too_long": _("The text is too long."),
        "control_characters": _("The text holds invisible control characters."),
        "damaged_characters": _("Some characters are damaged."),
        "identity_code": _("This looks like a personal identity code."),
        "email_invalid": _("This is no e-mail address."),
        "phone_invalid": _("This is no phone number."),
        "website_invalid": _(
            "A web address begins with http or https and holds no user name or password."
        ),
        "country_unknown": _("This country is not known."),
        "postcode_invalid": _("A Finnish postcode has five digits; give the country of others."),
        "date_invalid": _("This is no date."),
        "amount_invalid": _("This is no sum of money, or it can be read in two ways."),
        "other_currency": _("The sum is in another currency: the register keeps euros only."),
        "open_exceeds": _("More is left to pay than the sum of the invoice."),
        "paid_and_open": _(
            "What is open and what has been paid contradict each other: mend the row."
        ),
        "quantity_invalid": _("This is no quantity."),
        "too_exact": _("The number is too large, or has more than two decimals."),
        "number_missing": _("The number is missing."),
        "date_missing": _("The date is missing."),
        "amount_missing": _("The sum is missing."),
        "due_missing": _("The due date is missing."),
        "due_before_date": _("The invoice would be due before its date."),
        "nobody": _("The row names nobody: no name, e-mail address or phone number."),
        "broken_card": _("The card is not whole."),
        "fewer_cells": _("The row has fewer cells than there are headings."),
        "cells_without_heading": _("Cells without a heading were left out."),
        "second_value": _("A second value was left out."),
        "several_people": _(
            "This is the name of several people, kept as one customer: enter each by themselves."
        ),
        "no_name": _("This says that there is no name, and was left out."),
        "ip_without_date": _("The IP number has no date and was left out."),
        "ip_date_invalid": _("This is no date, so the IP number was left out."),
        "ip_ahead": _("The day of the IP number is still to come. The number was left out."),
        "ip_invalid": _("This is no IP number and was left out."),
        "postcode_zeros": _("The postcode got back the zeros at its beginning."),
        "phone_zero": _("The phone number got back the zero at its beginning."),
        "phone_mangled": _(
            "A spreadsheet has rounded this phone number, so it was left out: format the column as "
            "text and export again."
        ),
        "einvoice_mangled": _(
            "A spreadsheet has rounded this, so it was left out: format the column as text and "
            "export again."
        ),
        "einvoice_invalid": _("This is no e-invoice address and was left out."),
        "number_mangled": _(
            "A spreadsheet has rounded this number: format the column as text and export again."
        ),
        "address_whole": _(
            "Postcode and town cannot be told apart here: the whole address was kept as the street."
        ),
        "business_id_invalid": _("This is no Finnish business ID and was left out."),
        "reference_invalid": _("This is no reference number and was left out."),
        "billing_left": _(
            "The customer is billed otherwise by an earlier row, or in the register already: this "
            "was left out."
        ),
        "order_of_days": _(
            "The order would be delivered or cancelled before its day, or delivered after it was "
            "cancelled."
        ),
        "delivery_ahead": _("The day of delivery is still to come and was left out."),
        "payment_ahead": _("The day of payment is still to come and was left out."),
        "date_ahead": _("This day is still to come."),
        "year_unlikely": _("Check the year."),
        "due_too_far": _("The due date is more than ten years ahead."),
        "phone_unknown": _("This phone number cannot be dialled as it is; it was kept."),
        "paid_day_unknown": _("The day of payment is not told: the day of the import was taken."),
        "part_is_paid": _("A part has been paid: enter that payment on the invoice's page."),
        "in_collection": _(
            "The debt is being collected: enter the debt collection on the customer's page."
        ),
        "language_unknown": _("Letters are written in Finnish, Swedish and English only."),
        "unclear_answer": _("The answer is unclear and was taken for a no."),
        "no_in_notes": _("The notes say no: a prohibition is kept of it, and not the text."),
        "unclear_notes": _(
            "The notes may say no to something: read them in the file, and record a no yourself."
        ),
        "forbids_contact": _("Brings a prohibition of marketing and surveys."),
        "forbids_marketing": _("Brings a prohibition of marketing."),
        "forbids_studies": _("Brings a prohibition of surveys."),
        "forbids_protected": _("Brings a prohibition of giving to others and of publication."),
        "forbids_publication": _("Brings a prohibition of publication."),
        "forbids_disclosure": _("Brings a prohibition of giving to others."),
        "refusal_words": _(
            "The cell holds words of refusal, and its column is left out: look, and record a no "
            "yourself."
        ),
        "no_not_kept": _(
            "Whether the row says no, or who says it, could not be read: look, and record a no "
            "yourself."
        ),
    }
    sentence = sentences[problem.code]
    return f"{problem.column}: {sentence}" if problem.column else sentence


def noes_sentence(column: str, code: str, rows: int) -> str:
    """What a column forbids, and in how many rows."""
    said = problem_sentence(Problem(0, column, code))
    return f"{said} " + _("Rows: %(rows)s.") % {"rows": rows}


def remark_sentence(code: str, value: str | int) -> str:
    """What was noticed about the whole file."""
    return {
        "twice_decoded": _("Letters such as ä had been damaged twice over and were mended."),
        "letters_unsure": _(
            "The letters may be western or eastern: look at the names, and export as UTF-8 if any "
            "is wrong."
        ),
        "damaged": _("%(count)s characters are damaged."),
        "other_sheets": _("One sheet was read; left out: %(names)s."),
        "no_header": _("The file has no headings: what the columns are was told by their cells."),
        "headings_guessed": _(
            "Line %(count)s was taken for headings, and none is known here: check that it is none "
            "of the rows."
        ),
        "lines_above_header": _("Lines above the headings that were left out: %(count)s."),
    }[code] % {"count": value, "names": value}


def why_sentence(why: str) -> str:
    """Why a column is dropped."""
    return {
        Why.UNKNOWN: _("nothing of this kind is brought in from files"),
        Why.BEYOND_SOURCE: _("an update service gives names and contact data only"),
        Why.UNDECLARED: _("the privacy notice in force does not list such data"),
        Why.SECOND_CHOICE: _("another column was chosen for the same"),
        Why.HINT: _("it only tells whether the customer is an organisation"),
        Why.LABELS: _("only looked through: a label that says no becomes a prohibition"),
        Why.NOTES: _("only looked through: a sentence that says no becomes a prohibition"),
        Why.NO_DAY: _("an IP number is kept only with its date"),
        Why.OTHER_KIND: _("it belongs to other rows than these"),
        Why.OF_VOUCHER: _("it is the reference of one order or invoice, which are kept without it"),
        Why.CHOSEN: _("you chose to leave it out"),
    }[Why(why)]


def useless_sentence(columns: ColumnMap, source_kind: str) -> str:
    """Why nothing of a file can be taken in, whatever its rows say; empty where it can."""
    if not columns.finds_somebody:
        return _(
            "No column names anybody: give the columns headings such as Name, E-mail and Phone."
        )
    if columns.kind != Kind.CUSTOMERS and source_kind == SourceKind.UPDATE_SERVICE:
        return _("An update service gives names and contact data only.")
    return ""


def target_words(target: str) -> str:
    """What a column is to the register."""
    return {
        Target.GIVEN_NAME: _("given name"),
        Target.MIDDLE_NAME: _("second given name"),
        Target.FAMILY_NAME: _("family name"),
        Target.FULL_NAME: _("whole name"),
        Target.CONTACT_PERSON: _("contact person"),
        Target.ORGANISATION: _("organisation"),
        Target.EMAIL: _("e-mail"),
        Target.STREET: _("street address"),
        Target.STREET_2: _("street address, second line"),
        Target.CARE_OF: _("street address, c/o"),
        Target.POSTCODE: _("postcode"),
        Target.CITY: _("city"),
        Target.ADDRESS: _("postcode and city, or the whole address"),
        Target.COUNTRY: _("country"),
        Target.PHONE: _("phone"),
        Target.WEBSITE: _("web address"),
        Target.IP_ADDRESS: _("IP number"),
        Target.IP_SEEN_ON: _("IP number seen on"),
        Target.LANGUAGE: _("language of letters"),
        Target.MARKETING_FORBIDDEN: _("marketing: a yes, a mark or a day becomes a prohibition"),
        Target.MARKETING_ALLOWED: _("marketing: a no becomes a prohibition"),
        Target.RESEARCH_FORBIDDEN: _("surveys: a yes, a mark or a day becomes a prohibition"),
        Target.RESEARCH_ALLOWED: _("surveys: a no becomes a prohibition"),
        Target.CONTACT_FORBIDDEN: _(
            "marketing and surveys: a yes, a mark or a day becomes a prohibition"
        ),
        Target.CONTACT_ALLOWED: _("marketing and surveys: a no becomes a prohibition"),
        Target.PUBLICATION_FORBIDDEN: _(
            "publication: a yes, a mark or a day becomes a prohibition"
        ),
        Target.PUBLICATION_ALLOWED: _("publication: a no becomes a prohibition"),
        Target.DISCLOSURE_FORBIDDEN: _(
            "giving to others: a yes, a mark or a day becomes a prohibition"
        ),
        Target.DISCLOSURE_ALLOWED: _("giving to others: a no becomes a prohibition"),
        Target.PROTECTED: _(
            "giving to others and publication: a yes, a mark or a day becomes a prohibition"
        ),
        Target.EITHER_WAY: _(
            "a prohibition by a yes and by a no: nobody can tell which of them forbids"
        ),
        Target.LABELS: _("tags"),
        Target.NOTES: _("free notes, looked through for a no"),
        Target.FIELD_NAME: _("heading of a field of your own"),
        Target.FIELD_VALUE: _("field of your own"),
        Target.BUSINESS_ID: _("business ID"),
        Target.CUSTOMER_TYPE: _("person or organisation"),
        Target.BILLING_STREET: _("billing address: street address"),
        Target.BILLING_STREET_2: _("billing address: street address, second line"),
        Target.BILLING_POSTCODE: _("billing address: postcode"),
        Target.BILLING_CITY: _("billing address: city"),
        Target.BILLING_ADDRESS: _("billing address: postcode and city, or the whole address"),
        Target.BILLING_COUNTRY: _("billing address: country"),
        Target.EINVOICE_ADDRESS: _("e-invoice address"),
        Target.EINVOICE_OPERATOR: _("e-invoice operator"),
        Target.REFERENCE_NUMBER: _("reference number"),
        Target.ORDER_NUMBER: _("order number"),
        Target.ORDERED_ON: _("ordered on"),
        Target.DELIVERED_ON: _("delivered on"),
        Target.CANCELLED_ON: _("cancelled on"),
        Target.DESCRIPTION: _("what was ordered"),
        Target.QUANTITY: _("quantity"),
        Target.UNIT_PRICE: _("unit price, €"),
        Target.CURRENCY: _("currency"),
        Target.ORDER_STATUS: _("whether the order was cancelled"),
        Target.INVOICE_NUMBER: _("invoice number"),
        Target.INVOICED_ON: _("date of the invoice"),
        Target.DUE_ON: _("due on"),
        Target.AMOUNT: _("amount, €"),
        Target.PAID_ON: _("paid on"),
        Target.PAID_AMOUNT: _("sum that was paid, €"),
        Target.PAID: _("whether it is paid"),
        Target.INVOICE_STATUS: _("whether it is paid, cancelled or credited"),
        Target.INVOICE_CANCELLED: _("whether it was cancelled or credited"),
        Target.OPEN_AMOUNT: _("left to pay, €"),
    }[Target(target)]
