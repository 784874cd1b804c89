import pytest

from staff.checks import check_keys, check_mail, check_second_factor


def ids(messages):
    return [message.id for message in messages]


@pytest.mark.parametrize("name", ["SECRET_KEY_IS", "ENCRYPTION_KEYS_ARE", "DIGEST_KEYS_ARE"])
def test_production_is_given_its_keys(settings, name):
    setattr(settings, f"{name}_KEPT", True)
    assert ids(check_keys()) == ["staff.E001"]
    setattr(settings, f"{name}_KEPT", False)
    assert ids(check_keys()) == []


def test_a_misspelt_second_factor_is_told(settings):
    found = {}
    for value in ("required", "optional", "Required", "no", ""):
        settings.SECOND_FACTOR = value
        found[value] = ids(check_second_factor())
    assert found == {
        "required": [],
        "optional": [],
        "Required": ["staff.E002"],
        "no": ["staff.E002"],
        "": ["staff.E002"],
    }


def test_production_is_told_that_its_mail_is_not_sent(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    assert ids(check_mail()) == ["staff.W001"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert ids(check_mail()) == []
