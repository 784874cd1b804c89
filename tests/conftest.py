import pytest
from django.conf import settings
from django.utils import translation


@pytest.fixture(autouse=True)
def _the_default_language():
    """Every test begins in Finnish, whatever language a visitor of the one before it chose."""
    translation.activate(settings.LANGUAGE_CODE)
