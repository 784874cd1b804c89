from staff.checks import check_second_factor, check_secret_key


def ids(messages):
    return [message.id for message in messages]


def test_production_is_given_its_key(settings):
    settings.SECRET_KEY_IS_KEPT = True
    assert ids(check_secret_key()) == ["staff.E001"]
    settings.SECRET_KEY_IS_KEPT = False
    assert ids(check_secret_key()) == []


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
