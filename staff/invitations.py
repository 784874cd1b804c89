from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils.translation import gettext, override

from staff.models import Invitation


def send_invitation(invitation: Invitation, link: str) -> None:
    """Post the link to the person invited, in the person's language."""
    with override(invitation.language):
        text = render_to_string(
            "staff/invitation_mail.txt", {"invitation": invitation, "link": link}
        )
        send_mail(gettext("Your account in the customer register"), text, None, [invitation.email])
