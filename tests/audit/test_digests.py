from audit.digests import digest_of, digests_of


def test_a_digest_names_its_key_and_hides_its_value(settings):
    settings.DIGEST_KEYS = ["new", "old"]
    key, made = digest_of("email", "aino@koe.example").split(":")
    assert (len(key), len(made)) == (8, 64)
    assert digest_of("email", "aino@koe.example") == digest_of("email", "aino@koe.example")


def test_kind_and_key_make_another_digest(settings):
    settings.DIGEST_KEYS = ["new", "old"]
    first, second = digests_of("email", "a")
    assert digest_of("email", "a") == first
    assert len({first, second, digest_of("phone", "a"), digest_of("email", "b")}) == 4
    settings.DIGEST_KEYS = ["old"]
    assert digest_of("email", "a") == second
