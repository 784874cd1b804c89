"""P20, I06: a personal identity code is known only in order to be refused."""

import pytest

from audit.texts import holds_identity_code


@pytest.mark.parametrize(
    "text",
    [
        "131052-308T",
        "131052-308t",
        "131052+308T",
        "131052A308T",
        "010101Y9999",
        "Her code is 131052-308T.",
        "131052 - 308T",
        "131052–308T",
        "１３１０５２-３０８Ｔ",
        "1310\u200b52-308T",
        "131052-3080",  # a wrong check character gives as much away
    ],
)
def test_the_shape_of_an_identity_code_is_seen(text):
    assert holds_identity_code(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "040 123 4567",
        "+358 40 123 4567",
        "FI21 1234 5600 0007 85",
        "1234567-8",
        "T-2026-0123",
        "2026-02-28",
        "321052-308T",
        "131352-308T",
        "9131052-308T",
        "131052-308TX",
        "a@131052.example",
    ],
)
def test_other_numbers_pass(text):
    assert not holds_identity_code(text)
