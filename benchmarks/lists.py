"""Labels of all customers: memory and time against the plain way, which holds all customers and
lays all sheets out at once, and how long others wait to write while they are made."""

import re
import subprocess
import sys
import time

from django.utils import timezone

from audit.reasons import because
from benchmarks.bringing import watched
from benchmarks.commands import ROOT
from register.lists.labels import SHEETS
from register.lists.making import order
from register.models import ContactDigest, Customer, CustomerList
from staff.models import User

#: What a worker that makes labels, and the process that lays them out, may take together above two
#: with nothing to do.
MOST_MEGABYTES = 60
#: What anybody may wait for SQLite, in seconds.
LONGEST_WAIT = 2

BEGIN = "import django; django.setup()"
WORKER = f"""
{BEGIN}
from django.core.management import call_command
call_command("run_worker", once=True)
"""
#: One document as a worker has it laid out, in such a process.
DOCUMENT = """
from datetime import date
from pathlib import Path
from audit.paper import pdf_of
values = dict(columns=3, rows=8, width=70, height=37, left=0, top=0.5, step=70, language="fi")
lines = ["Aino Hämäläinen", "Koekatu 3 A 4", "06100 PORVOO"]
values |= {{"title": "Labels", "date": [2026, 1, 2]}}
values["labels"] = [{{"lines": lines, "plain": place % 10 > 0}} for place in range({count})]
pdf_of(Path("register/lists/labels.typ").read_bytes(), values, date(2026, 1, 2))
"""
PLAIN = f"""
{BEGIN}
from datetime import date
from audit.paper import pdf_of
from register.lists import labels
from register.models import Customer, ListLayout
every = list(Customer.objects.unerased())
told = [labels.lines_of(one, with_organisation=True) for one in every]
values = {{
    **labels.SHEET_OF[ListLayout.SHEET_3_8]._asdict(),
    **{{"language": "fi", "title": "Labels", "date": [2026, 1, 2]}},
    "labels": [{{"lines": lines, "plain": False}} for lines in told],
}}
pdf_of(labels.LAYOUT, values, date(2026, 1, 2))
"""
#: Tells the most kilobytes that the process held.
TELLING = """
import re
from pathlib import Path
print("told", re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
"""


def labels_of_all() -> None:
    """Print the figures for the customers that are there."""
    for block in Customer.objects.in_blocks():
        ContactDigest.objects.put(block)
    count = Customer.objects.unerased().count()
    # the daily commands are done with the first
    _run(WORKER)
    idle, start = _run(WORKER)
    asked = _asked()
    with watched() as told:
        most, seconds = _run(WORKER)
    asked.refresh_from_db()
    # else nothing was measured; those that were stored for `store` have no street
    assert asked.done + asked.left_out.get("no_address", 0) == count  # noqa: S101
    most_labels = SHEETS * 3 * 8
    laid_out = _run(DOCUMENT.format(count=most_labels))[0] - _run(DOCUMENT.format(count=1))[0]
    plain, plain_seconds = _run(PLAIN)
    together = most - idle + laid_out
    what = f"labels of {asked.done} customers"
    print(
        f"{what:44} {plain_seconds / seconds:8.2f} times as fast as all "
        f"at once ({seconds - start:.1f} s, {plain_seconds - start:.1f} s)"
    )
    print(
        f"{'  memory above the idle processes':44} {together:8.0f} MB ({most - idle:.0f} and "
        f"{laid_out:.0f}; all at once {plain - idle:.0f})"
        f"{'' if together < MOST_MEGABYTES else f'  > {MOST_MEGABYTES}'}"
    )
    before = time.perf_counter()
    assert asked.is_usable(now=timezone.now())  # noqa: S101
    print(f"{'  asking again about everybody on them':44} {time.perf_counter() - before:8.2f} s")
    print(
        f"{'  longest that another writer waited':44} {told['wait']:8.2f} s"
        f"{'' if told['wait'] < LONGEST_WAIT else f'  > {LONGEST_WAIT}'}",
        flush=True,
    )


def _asked() -> CustomerList:
    with because("Benchmark"):
        somebody, _is_new = User.objects.get_or_create(email="a@koe.example", name="Aino")
    asked = CustomerList.objects.create(
        kind="labels",
        layout="3x8",
        purpose="publication",
        scope="direct_advertising",
        categories=["organisation"],
        language="fi",
        asked_by=somebody,
        asked_at=timezone.now(),
    )
    order(asked, now=timezone.now())
    return asked


def _run(script: str) -> tuple[float, float]:
    """The most memory (MB) and the seconds that a process took."""
    start = time.perf_counter()
    done = subprocess.run(  # noqa: S603 - our own lines
        [sys.executable, "-c", script + TELLING], cwd=ROOT, stdout=subprocess.PIPE, check=True
    )
    seconds = time.perf_counter() - start
    return int(re.findall(rb"told (\d+)", done.stdout)[-1]) / 1024, seconds
