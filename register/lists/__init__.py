"""Lists of customers made into files: labels, directories, e-mail lists; and numbers without names.

Who may be on a list, and whether its file may still be given out, is said by
`register/models/lists.py`. Here the file is made, in pieces, so that a long list takes no more
memory than a short one.
"""
