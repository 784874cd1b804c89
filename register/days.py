"""Which days can be true of what a register holds."""

from datetime import date

#: What a register keeps of orders and invoices is younger than this: the year is mistyped.
EARLIEST = date(1990, 1, 1)
