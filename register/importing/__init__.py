"""Reading what people bring: a file in, records of customers, orders or invoices out.

    with open_table(path) as table:
        columns = guess(table, declared=notice.declared)
        for record in Normaliser(columns).records(table.rows()):
            ...

Reading is pure: nothing is stored, logged or written anywhere, and no cell of a dropped column is
looked at but for the guess. `staging`, `matching` and `applying` bring the records into the
register, in this order; `reporting` tells what became of each row.
"""

from .faults import NOTED, REFUSING, Problem, UnreadableTable
from .mapping import Choice, ColumnMap, Dropped, Kind, Why, chosen, guess
from .records import CustomerRecord, InvoiceRecord, Normaliser, OrderRecord
from .rows import Column, Remark, Row
from .tables import Headings, Table, open_table
from .targets import Target

__all__ = [
    "NOTED",
    "REFUSING",
    "Choice",
    "Column",
    "ColumnMap",
    "CustomerRecord",
    "Dropped",
    "Headings",
    "InvoiceRecord",
    "Kind",
    "Normaliser",
    "OrderRecord",
    "Problem",
    "Remark",
    "Row",
    "Table",
    "Target",
    "UnreadableTable",
    "Why",
    "chosen",
    "guess",
    "open_table",
]
