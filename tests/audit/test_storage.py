import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from audit.storage import NoAddress, PrivateStorage


@pytest.fixture
def storage(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return PrivateStorage()


def test_a_file_is_encrypted_under_a_name_that_tells_nothing(storage, tmp_path):
    name = storage.save("letters/aino-virtanen.pdf", ContentFile(b"Aino Virtanen"))
    [kept] = (tmp_path / "private").rglob("*")
    assert (kept.name, "aino" in name) == (name, False)
    assert b"Aino" not in kept.read_bytes()
    with storage.open(name) as file:
        assert file.read() == b"Aino Virtanen"


def test_only_its_owner_can_read_it(storage, tmp_path):
    name = storage.save("a", ContentFile(b"x"))
    assert (tmp_path / "private").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "private" / name).stat().st_mode & 0o777 == 0o600


def test_two_files_of_one_name_are_two(storage):
    names = {storage.save("a", ContentFile(b"x")) for _one in range(2)}
    assert len(names) == 2


def test_it_has_no_address_and_can_be_deleted(storage):
    name = storage.save("a", ContentFile(b"x"))
    with pytest.raises(NoAddress):
        storage.url(name)
    storage.delete(name)
    assert not storage.exists(name)


def test_it_is_the_private_alias():
    assert isinstance(storages["private"], PrivateStorage)
