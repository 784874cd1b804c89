"""The access report: what is held about a person, and all that articles 15(1) and 15(2) ask for.

`document` holds it, row by row; `about` says what stands around the data; `page`, `paper` and
`archive` show it as HTML, as PDF and as one file with everything. `places` says where each model is
told, or why it is not (A10).
"""
