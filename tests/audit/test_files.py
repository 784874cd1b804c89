"""Private files go with their rows, also when the program is killed in between (P67)."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.utils import timezone

from audit.files import files_without_a_row, keep, remove_after_commit, remove_files
from audit.models import FileToRemove, Task
from audit.tasks import run_next
from tests.factories import AttachmentFactory, NoticeFactory, ScanFactory


def there(name):
    return storages["private"].exists(name)


@pytest.mark.django_db(transaction=True)
def test_a_file_goes_with_the_commit_and_stays_without_one():
    kept, gone = keep(ContentFile(b"kept")), keep(ContentFile(b"gone"))
    with transaction.atomic():
        remove_after_commit([gone], now=timezone.now())
        assert there(gone)
    assert (there(gone), FileToRemove.objects.count()) == (False, 0)
    with transaction.atomic():
        remove_after_commit([kept], now=timezone.now())
        transaction.set_rollback(True)
    assert (there(kept), Task.objects.filter(done_at=None).count()) == (True, 1)
    # what was done at once leaves the task nothing to do
    assert run_next(timezone.now())
    assert there(kept)
    remove_files([kept])


@pytest.mark.django_db(transaction=True)
def test_what_a_kill_left_is_removed_by_the_task(monkeypatch):
    name = keep(ContentFile(b"secret words"))
    now = timezone.now()
    with transaction.atomic():
        remove_after_commit([name], now=now)
        transaction.get_connection().run_on_commit = []  # killed here
    assert there(name)
    assert b"secret" not in (storages["private"].path(name) and open_raw(name))
    assert run_next(now)
    assert (there(name), FileToRemove.objects.count()) == (False, 0)


def open_raw(name):
    with open(storages["private"].path(name), "rb") as file:
        return file.read()


@pytest.mark.django_db
def test_a_file_without_a_row_is_known_whichever_model_keeps_it():
    NoticeFactory(in_force=True)
    names = [keep(ContentFile(b"x")) for _one in range(3)]
    ScanFactory(file=names[0])
    AttachmentFactory(file=names[1])
    late = timezone.now() + timedelta(minutes=1)
    stray = set(files_without_a_row(before=late)) & set(names)
    assert stray == {names[2]}
    assert not set(files_without_a_row(before=timezone.now() - timedelta(days=1))) & set(names)
    remove_files(names)
