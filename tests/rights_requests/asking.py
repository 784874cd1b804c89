"""Asking as a visitor does: from page to page, with what stands in the page."""

from html.parser import HTMLParser

from django.urls import reverse
from django.utils.translation import override

#: What is answered for each right beyond who asks.
ANSWERS = {
    "access": {},
    "rectification": {
        "items": "1",
        "item-1-category": "postal_address",
        "item-1-kind": "outdated",
        "item-1-datum": "Koekatu 1",
        "item-1-wanted": "Koekatu 2",
        "item-1-ground": "Olen muuttanut.\nViime vuonna.",
        "item-1-statement": "Vanha osoite oli oikein vuoteen 2025.",
    },
    "erasure": {},
    "anonymisation": {},
    "restriction": {"restriction_ground": "accuracy"},
    "portability": {"transfer_to": "Uusi Palvelu Oy", "transfer_address": "siirto@uusi.example"},
    "objection": {"objection_ground": "Olen salaisessa osoitteessa."},
    "withdrawal": {},
    "prohibition": {"scopes": ["all"]},
}
#: What a notice says that offers every right (P16).
OFFERING = {
    "purposes": {
        "orders": "contract",
        "statistics": "legitimate_interest",
        "publication": "consent",
    },
    "rights": ["anonymisation"],
}
#: What is chosen from what stands on the page, and not typed.
CHOSEN = {
    "right",
    "restriction_ground",
    "scopes",
    "uses",
    "items",
    "item-1-category",
    "item-1-kind",
}
AINO = {"name": "Aino Koekajo", "email": "aino@koe.example"}


def address(name, *args, language="fi", **query):
    """The path of a page, in `language`."""
    with override(language):
        return reverse(f"requests:{name}", args=args, query=query)


def answers(*rights, **more):
    """What the form for `rights` is filled with."""
    filled = {"right": list(rights), **AINO}
    for right in rights:
        filled |= ANSWERS[right]
    return filled | more


class _Fields(HTMLParser):
    """Everything that a browser would send back from a page."""

    def __init__(self):
        super().__init__()
        self.sent, self.area, self.select, self.errors = {}, None, "", []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if attrs.get("aria-invalid"):
            self.errors.append(attrs["name"])
        if tag == "select":
            self.select = attrs["name"]
        if tag == "option" and "selected" in attrs:
            self.sent[self.select] = [attrs["value"]]
        if tag == "textarea":
            self.area = attrs["name"]
            self.sent[self.area] = [""]
        if tag != "input" or not attrs.get("name"):
            return
        if attrs["type"] not in ("checkbox", "radio") or "checked" in attrs:
            self.sent.setdefault(attrs["name"], []).append(attrs.get("value", ""))

    def handle_data(self, data):
        if self.area:
            self.sent[self.area][0] += data

    def handle_endtag(self, tag):
        if tag == "textarea":
            # HTML leaves out the first line break of a text area
            self.sent[self.area][0] = self.sent[self.area][0].removeprefix("\n")
            self.area = None


def fields(response):
    """What stands in the form of a page, by name; a list for each."""
    parser = _Fields()
    parser.feed(response.text)
    return parser.sent


def faulty(response):
    """The names of the fields that the page says are wrong, each once."""
    parser = _Fields()
    parser.feed(response.text)
    return list(dict.fromkeys(parser.errors))


def check(client, filled, language="fi"):
    """From the filled form to the page on which it is checked."""
    return client.post(address("form", language=language), filled | {"step": "check"})


def press(client, page, step="send", language="fi", **changed):
    """Press a button of the page, after changing something in it."""
    return client.post(address("form", language=language), fields(page) | changed | {"step": step})


def send(client, filled, language="fi"):
    """The whole way; gives the answer to the last button."""
    return press(client, check(client, filled, language), language=language)
