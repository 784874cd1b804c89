"""Why a notice could not be read, as data; the sentence is made at the edge."""


class UnreadableNotice(Exception):
    """The bytes are no notice: `code` is stable, `params` say where and what was found.

    `what` of too_large is "lines", "sections", "section", "clauses" or "toml"; without it,
    the file.
    Codes: empty, too_large, not_text, archive, pdf, image, bad_encoding, no_headings, bad_toml.
    """

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params


class UnknownKey(Exception):
    """A value was to be set that a notice does not have."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key
