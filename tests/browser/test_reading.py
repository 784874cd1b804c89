"""An existing notice in a real browser: looked at beside its text, changed, saved as a draft."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from notices.models import Notice
from staff.models import User
from staff.roles import Role
from tests.factories import UndertakingFactory, UserFactory

EXAMPLES = Path(__file__).parents[1] / "notices" / "examples"
READ = reverse("admin:notices_notice_read")
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def contact() -> User:
    user: User = UserFactory(role=Role.DATA_PROTECTION_CONTACT, language="en")
    UndertakingFactory(user=user)
    return user


def look(page: Page, name: str) -> None:
    page.goto(READ)
    page.set_input_files("input[type=file]", EXAMPLES / name)
    page.get_by_role("button", name="Show what is found").click()
    expect(page.get_by_role("heading", name="The text")).to_be_visible()


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_preview_is_read_on_a_phone_and_by_a_screen_reader(
    page_for: Callable[..., Page],
    contact: User,
    barriers: Callable[[Page], list[str]],
    shot: Callable[[Page, str], None],
    width: int,
    scheme: str,
) -> None:
    page = page_for("en", width=width, scheme=scheme, user=contact)
    page.goto(READ)
    assert barriers(page) == []
    look(page, "association.md")
    assert barriers(page) == []
    fits = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert page.evaluate(fits)
    shot(page, f"read-preview-{width}-{scheme}")


def test_the_text_is_changed_and_then_saved_with_the_keyboard_alone(
    page_for: Callable[..., Page], contact: User
) -> None:
    page = page_for("en", user=contact)
    look(page, "colon.txt")
    page.get_by_role("button", name="Change the text").press("Enter")
    text = page.get_by_label("or the text")
    expect(text).to_have_value((EXAMPLES / "colon.txt").read_text())
    text.fill(text.input_value().replace("Kaivosputki Oy", "Uusi Kaivosputki Oy"))
    page.get_by_role("button", name="Show what is found").press("Enter")
    assert Notice.objects.count() == 0
    page.get_by_role("button", name="Save as a draft").press("Enter")
    expect(page.get_by_text("The notice was read. Check it here.")).to_be_visible()
    assert Notice.objects.get().controller_name == "Uusi Kaivosputki Oy"
