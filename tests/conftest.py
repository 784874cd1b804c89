import pytest
from django.conf import settings
from django.utils import translation

from notices.pages import copies


def pytest_addoption(parser):
    parser.addoption(
        "--database-only",
        action="store_true",
        help="leave out the tests that may not ask the database: no engine changes them",
    )


def pytest_collection_modifyitems(config, items):
    if config.getoption("--database-only"):
        left_out = [item for item in items if not may_ask_the_database(item)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if may_ask_the_database(item)]


def may_ask_the_database(item):
    """Whether a test has a database: pytest-django stops every other test that asks for one."""
    fixtures = {"db", "transactional_db", "live_server"}
    return item.get_closest_marker("django_db") or not fixtures.isdisjoint(item.fixturenames)


@pytest.fixture(autouse=True)
def _the_default_language():
    """Every test begins in Finnish, whatever language a visitor of the one before it chose."""
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture(scope="session")
def _folder_of_copies(tmp_path_factory):
    """A folder that parallel runs do not share."""
    return tmp_path_factory.mktemp("copies")


@pytest.fixture(autouse=True)
def _no_copy_of_another_test_s_notice(settings, _folder_of_copies):
    """The public page is kept in the process and in a file: every test begins without both."""
    settings.NOTICE_COPIES = _folder_of_copies
    copies.forget()
    for path in _folder_of_copies.iterdir():
        path.unlink(missing_ok=True)
