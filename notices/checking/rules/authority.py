"""The supervisory authority (art. 13(2)(d), 77; P64, V10)."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from notices.authority import authority
from notices.checking import known, sayings
from notices.checking.rules.rule import ERROR, WARNING, gdpr, rule
from notices.checking.text import Flaw, NoticeText, absent
from notices.terms import SectionKey

COMPLAINT = SectionKey.COMPLAINT


@rule("D04", ERROR, gdpr("13(2)(d)"))
def no_complaint(notice: NoticeText) -> Iterator[Flaw]:
    """Nothing tells of the right to complain."""
    section = notice.section(COMPLAINT)
    if not notice.says(sayings.COMPLAINT) and (section is None or section[1].empty):
        yield absent(
            COMPLAINT,
            _("The notice does not say that one can complain to the Data Protection Ombudsman."),
            _("Tell of the right to complain, with the contact details of the authority."),
        )


@rule("D03", ERROR, gdpr("13(2)(d)"))
def old_address(notice: NoticeText) -> Iterator[Flaw]:
    """An address or number at which the authority was reached before."""
    for one in notice.find(known.OLD_AUTHORITY):
        if one.section and known.AUTHORITY_NAMED.search(notice.text_at(one.place)):
            today = authority(one.section.language)
            yield one.flaw(
                _("The Data Protection Ombudsman is no longer at this address or number."),
                _("Write: %(visiting)s; %(postal)s; %(phone)s.")
                % {
                    "visiting": today.visiting_address,
                    "postal": today.postal_address,
                    "phone": today.phone,
                },
            )  # fmt: skip


@rule("D42", WARNING, gdpr("77(1)"))
def place_of_infringement(notice: NoticeText) -> Iterator[Flaw]:
    """Where one can complain: residence and work, but not where the infringement was."""
    text = notice.text_of(COMPLAINT)
    if not sayings.RESIDENCE.search(text) or sayings.INFRINGEMENT_PLACE.search(text):
        return
    for one in notice.telling(sayings.RESIDENCE, notice.under(COMPLAINT)):
        yield one.flaw(
            _("One can also complain where the infringement took place."),
            _("Add the place of the alleged infringement to residence and place of work."),
        )
        return


@rule("V10", WARNING, gdpr("13(2)(d)"))
def stale_record(notice: NoticeText) -> Iterator[Flaw]:
    """Nobody has compared our record of the authority with its own pages for a year."""
    record = authority(str(notice.main or "fi"))
    if record.is_stale(notice.today):
        yield absent(
            COMPLAINT,
            _("The contact details of the authority were last checked over a year ago."),
            _("Compare them with %(website)s, and update the program.")
            % {"website": record.website},
        )
