"""What a visitor does on a page."""

from playwright.sync_api import Locator


def follow(locator: Locator) -> None:
    """Click, and wait for the page that it leads to: a click returns before the answer has come,
    and what is looked at next would be the page before."""
    with locator.page.expect_navigation():
        locator.click()
