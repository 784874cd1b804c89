from audit.history import Piece, word_diff


def test_a_diff_tells_which_words_stayed_went_and_came():
    assert word_diff("Ruska Oy Turku", "Ruska Ky Turku") == [
        Piece("same", "Ruska"),
        Piece("gone", " Oy"),
        Piece("new", " Ky"),
        Piece("same", " Turku"),
    ]


def test_a_first_value_is_all_new():
    assert word_diff("", "two words") == [Piece("new", "two words")]


def test_an_emptied_value_is_all_gone():
    assert word_diff("two words", "") == [Piece("gone", "two words")]


def test_a_very_long_text_is_shown_as_replaced_whole():
    old, new = "a " * 3000, "b " * 3000
    assert word_diff(old, new) == [Piece("gone", old), Piece("new", new)]
