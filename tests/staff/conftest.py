import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import translation


@pytest.fixture(autouse=True)
def _no_rate_used_up(db):
    """Rate limits count in the cache's table, which a test's roll-back empties."""
    cache.clear()


@pytest.fixture
def client():
    """A browser that prefers English, so that tests can name the words they see."""
    return Client(headers={"accept-language": "en"})


@pytest.fixture(autouse=True)
def _english(_the_default_language):
    """So that tests can name the words that models and commands say."""
    translation.activate("en")
