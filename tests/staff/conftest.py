import pytest
from django.core.cache import cache
from django.test import Client


@pytest.fixture(autouse=True)
def _no_rate_used_up(db):
    """Rate limits count in the cache's table, which a test's roll-back empties."""
    cache.clear()


@pytest.fixture
def client():
    """A browser that prefers English, so that tests can name the words they see."""
    return Client(headers={"accept-language": "en"})
