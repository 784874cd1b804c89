"""Sign-in by allauth, from the password to the first page."""

import re
from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.contrib.auth import get_user
from django.urls import NoReverseMatch, reverse

from staff.models import User
from tests.factories import PASSWORD, UserFactory
from tests.sign_in import code_of, give_app, post_password, sign_in

INDEX = "/admin/"


def signed_in_as(client):
    return get_user(client)


# --- the password


def test_a_password_opens_the_first_page(client, settings):
    """P36"""
    settings.SECOND_FACTOR = "optional"
    aino = UserFactory(signed=True)

    response = post_password(client, aino)

    assert response.url == INDEX
    assert client.get(INDEX).status_code == 200


def test_the_address_may_be_written_in_capitals(client):
    aino = UserFactory(email="aino@example.fi")

    client.post(reverse("account_login"), {"login": "AINO@example.fi", "password": PASSWORD})

    assert signed_in_as(client) == aino


def test_sign_in_leads_on_to_the_page_that_was_asked_for(client, settings):
    settings.SECOND_FACTOR = "optional"
    aino = UserFactory(signed=True)
    wanted = reverse("admin:staff_user_changelist")

    asked = client.get(wanted)
    assert asked.url == f"{reverse('account_login')}?next={wanted}"
    assert post_password(client, aino, next=wanted).url == wanted


def test_sign_in_leads_to_no_other_site(client, settings):
    settings.SECOND_FACTOR = "optional"

    response = post_password(client, UserFactory(), next="https://example.com/")

    assert response.url == INDEX


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(client):
    """P36"""
    aino = UserFactory()
    stranger = UserFactory.build(email="nobody@example.fi")

    errors = [
        post_password(client, user, "not the password").context["form"].non_field_errors()
        for user in (aino, stranger)
    ]

    assert (
        errors[0]
        == errors[1]
        == ["The email address and/or password you specified are not correct."]
    )
    assert signed_in_as(client).is_anonymous


def test_a_closed_account_does_not_open(client):
    gone = UserFactory(is_active=False)

    response = post_password(client, gone)

    assert response.url == reverse("account_inactive")
    assert "This account is closed" in client.get(response.url).text
    assert signed_in_as(client).is_anonymous


def test_closing_an_account_ends_its_session(client, settings):
    settings.SECOND_FACTOR = "optional"
    aino = UserFactory(signed=True)
    sign_in(client, aino)
    assert client.get(INDEX).status_code == 200

    aino.is_active = False
    aino._change_reason = "Left the company"
    aino.save()

    assert client.get(INDEX).url == f"{reverse('account_login')}?next={INDEX}"


def test_guessing_is_slowed_down(client, time_machine):
    time_machine.move_to("2026-03-02 09:00", tick=False)
    aino = UserFactory()
    for _ in range(5):
        post_password(client, aino, "a guess")

    assert post_password(client, aino).context["form"].non_field_errors() == [
        "Too many failed login attempts. Try again later."
    ]
    time_machine.shift(timedelta(minutes=6))
    assert post_password(client, aino).status_code == 302


def test_nobody_signs_up(client):
    """P35"""
    with pytest.raises(NoReverseMatch):
        reverse("account_signup")

    for path in ("/account/signup/", "/account/email/", "/account/"):
        assert client.get(path).status_code == 404
        sent = client.post(path, {"email": "x@example.fi", "password1": PASSWORD})
        assert sent.status_code == 404
    assert not User.objects.exists()


def test_the_admin_has_no_sign_in_of_its_own(client):
    user = UserFactory(signed=True)

    assert client.get("/admin/login/").url == reverse("account_login")
    assert client.post(
        "/admin/login/", {"username": user.email, "password": PASSWORD}
    ).url == reverse("account_login")
    assert signed_in_as(client).is_anonymous
    sign_in(client, user)
    assert client.get("/admin/logout/").url == reverse("account_logout")
    for path in ("/admin/password_change/", "/admin/r/1/1/"):
        assert client.get(path).status_code == 404


def test_signing_out_needs_a_click(client):
    sign_in(client, UserFactory())

    assert client.get(reverse("account_logout")).status_code == 200
    assert signed_in_as(client).is_authenticated
    assert client.post(reverse("account_logout")).url == reverse("account_login")
    assert signed_in_as(client).is_anonymous


# --- the second factor


def test_without_a_second_factor_the_password_opens_its_page_only(client):
    """P36"""
    aino = UserFactory(signed=True)
    post_password(client, aino)

    activate = reverse("mfa_activate_totp")
    assert client.get(INDEX).url == f"{activate}?next={INDEX}"
    assert client.get(reverse("account_change_password")).url.startswith(activate)
    for method in (client.post, client.put, client.delete):
        refused = method(INDEX)
        assert refused.status_code == 403
        assert "First give your second factor" in refused.text
    assert client.get(activate).status_code == 200


def test_activating_an_app_opens_the_session(client):
    aino = UserFactory(signed=True)
    post_password(client, aino)
    page = client.get(reverse("mfa_activate_totp"))

    done = client.post(reverse("mfa_activate_totp"), {"code": code_of(page.context["form"].secret)})

    assert done.url == reverse("mfa_view_recovery_codes")
    codes = client.get(done.url)
    assert len(codes.context["unused_codes"]) == 10
    assert client.get(INDEX).status_code == 200


def test_the_next_sign_in_asks_for_the_code(client):
    aino = UserFactory(signed=True)
    secret = give_app(aino)

    assert post_password(client, aino).url == reverse("mfa_authenticate")
    assert signed_in_as(client).is_anonymous
    assert "Incorrect code" in client.post(reverse("mfa_authenticate"), {"code": "1"}).text
    assert client.post(reverse("mfa_authenticate"), {"code": code_of(secret)}).url == INDEX
    assert client.get(INDEX).status_code == 200


@pytest.mark.parametrize(
    ("steps", "is_taken"), [(-3, False), (-1, True), (0, True), (1, True), (3, False)]
)
def test_a_code_that_changes_while_it_is_typed_is_taken_once(client, steps, is_taken):
    aino = UserFactory(signed=True)
    secret = give_app(aino)
    code = code_of(secret, steps=steps)
    for goes_on in (is_taken, False):
        client.logout()
        post_password(client, aino)
        answer = client.post(reverse("mfa_authenticate"), {"code": code})
        assert (answer.status_code == 302) is goes_on


def test_a_session_without_a_code_stays_shut_when_an_app_is_activated_elsewhere(client):
    """Who stole the password only must not ride on the owner's app."""
    aino = UserFactory(signed=True)
    post_password(client, aino)

    secret = give_app(aino)

    confirm = reverse("mfa_reauthenticate")
    assert client.get(INDEX).url == f"{confirm}?next={INDEX}"
    deactivate = reverse("mfa_deactivate_totp")
    assert client.get(deactivate).url == f"{confirm}?next={deactivate}"
    assert client.post(deactivate).status_code == 403
    assert client.post(f"{confirm}?next={INDEX}", {"code": code_of(secret)}).url == INDEX
    assert client.get(INDEX).status_code == 200


def test_giving_up_the_app_shuts_the_session_until_another_is_activated(client):
    aino = UserFactory(signed=True)
    sign_in(client, aino)

    assert client.post(reverse("mfa_deactivate_totp")).url == reverse("mfa_index")

    assert client.get(INDEX).url == f"{reverse('mfa_activate_totp')}?next={INDEX}"


def test_where_the_second_factor_is_optional_the_password_is_enough(client, settings):
    settings.SECOND_FACTOR = "optional"
    aino = UserFactory(signed=True)

    post_password(client, aino)

    assert client.get(INDEX).status_code == 200
    assert client.get(reverse("mfa_index")).status_code == 200


def test_where_it_is_optional_who_has_an_app_is_still_asked_for_the_code(client, settings):
    settings.SECOND_FACTOR = "optional"
    aino = UserFactory(signed=True)
    give_app(aino)

    assert post_password(client, aino).url == reverse("mfa_authenticate")


def test_an_old_session_is_asked_for_the_password_before_the_app_is_given_up(client, time_machine):
    time_machine.move_to("2026-03-02 09:00", tick=False)
    sign_in(client, UserFactory(signed=True))
    time_machine.shift(timedelta(minutes=6))

    page = reverse("mfa_deactivate_totp")

    assert unquote(client.get(page).url) == f"{reverse('account_reauthenticate')}?next={page}"
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": page})
    assert client.get(page).status_code == 200


def test_the_picture_for_the_app_stands_in_the_page(client):
    post_password(client, UserFactory())

    page = client.get(reverse("mfa_activate_totp")).text

    assert '<div class="qr" role="img"' in page
    assert "<svg width=" in page
    assert "data:" not in page
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=", page)


# --- a new password


def reset_link(mailoutbox):
    return re.search(r"http://testserver(\S+)", mailoutbox[-1].body)[1]


def test_a_forgotten_password_is_chosen_anew_by_mail(client, mailoutbox):
    aino = UserFactory()
    client.post(reverse("account_reset_password"), {"email": aino.email})
    assert [mail.to for mail in mailoutbox] == [[aino.email]]
    assert mailoutbox[0].subject == "Seloste: A new password"

    form = client.get(reset_link(mailoutbox))
    new = {"password1": "iltatee maistuu mintulta", "password2": "iltatee maistuu mintulta"}
    assert client.post(form.url, new).url == reverse("account_reset_password_from_key_done")

    aino.refresh_from_db()
    assert aino.check_password("iltatee maistuu mintulta")
    assert aino.history.first().history_change_reason == "Password changed by its owner"
    assert client.get(reset_link(mailoutbox)).context["token_fail"]


def test_a_password_chosen_anew_does_not_replace_the_second_factor(client, mailoutbox):
    aino = UserFactory(signed=True)
    give_app(aino)
    client.post(reverse("account_reset_password"), {"email": aino.email})
    form = client.get(reset_link(mailoutbox))
    new = "iltatee maistuu mintulta"
    client.post(form.url, {"password1": new, "password2": new})

    assert post_password(client, aino, new).url == reverse("mfa_authenticate")


def test_an_unknown_address_gets_the_same_answer_and_no_mail(client, mailoutbox):
    """P36"""
    aino = UserFactory()

    answers = [
        client.post(reverse("account_reset_password"), {"email": email})
        for email in (aino.email, "nobody@example.fi")
    ]

    assert {(answer.status_code, answer.url) for answer in answers} == {
        (302, reverse("account_reset_password_done"))
    }
    assert [mail.to for mail in mailoutbox] == [[aino.email]]


def test_changing_the_password_ends_the_session(client):
    aino = UserFactory(signed=True)
    sign_in(client, aino)

    answer = client.post(
        reverse("account_change_password"),
        {
            "oldpassword": PASSWORD,
            "password1": "iltatee maistuu mintulta",
            "password2": "iltatee maistuu mintulta",
        },
    )

    assert answer.url == reverse("account_login")
    assert signed_in_as(client).is_anonymous
    assert aino.history.first().history_change_reason == "Password changed by its owner"


@pytest.mark.parametrize("password", ["short", "aino.virtanen@", "qwerty123456"])
def test_weak_passwords_are_refused(client, password):
    sign_in(client, UserFactory(email="aino.virtanen@example.fi", signed=True))

    page = client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": password, "password2": password},
    )

    assert page.context["form"].errors.keys() == {"password1"}
