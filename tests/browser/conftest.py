"""A real Chromium on the pages as they are served, with an ear for every refusal of the CSP."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import axe_playwright_python
import pytest
from django.test import Client
from playwright.sync_api import BrowserContext, ConsoleMessage, Page

from staff.models import User
from start import chromium
from tests.sign_in import sign_in

# Playwright keeps an event loop in this thread; Django would refuse its database for that
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
WCAG = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    return browser_type_launch_args | {
        "executable_path": chromium(),
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-component-update",
            "--no-first-run",
        ],
    }


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """What pages did that they must not: breaches of the CSP and errors of scripts.

    A test that expects one takes it out of the list; what is left at the end fails the test.
    """
    heard: list[str] = []
    yield heard
    assert heard == []


def listen(context: BrowserContext, heard: list[str]) -> None:
    def on_console(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            heard.append(f"{message.page.url}: {message.text}")

    context.on("console", on_console)
    context.on("weberror", lambda error: heard.append(f"{error.page.url}: {error.error}"))


@pytest.fixture
def page_for(new_context, live_server, complaints: list[str]) -> Callable[..., Page]:
    """Opens a fresh visitor's page, or one of staff who are signed in:
    `page_for("sv", scheme="dark", width=320, user=aino)`."""

    def open_page(
        language: str = "fi", scheme: str = "light", width: int = 1280, user: User | None = None
    ) -> Page:
        context = new_context(
            base_url=live_server.url,
            locale=language,
            color_scheme=scheme,
            viewport={"width": width, "height": 900},
        )
        listen(context, complaints)
        if user:
            session = sign_in(Client(), user).cookies["sessionid"]
            cookie = {"name": session.key, "value": session.value, "url": live_server.url}
            context.add_cookies([cookie])
        return context.new_page()

    return open_page


@pytest.fixture
def page(page_for: Callable[..., Page]) -> Page:
    return page_for()


@pytest.fixture
def barriers(complaints: list[str]) -> Callable[[Page], list[str]]:
    """What axe finds against WCAG 2.2 A and AA, one readable line per place."""

    def find(page: Page) -> list[str]:
        # the debugging protocol evaluates this, so the page's CSP neither stops it nor is opened;
        # what axe itself tries on the page is no breach of the page's
        before = list(complaints)
        page.evaluate(AXE)
        found = page.evaluate(
            "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})", WCAG
        )
        complaints[:] = before
        return [
            f"{violation['id']}: {violation['help']}: {node['html']}"
            for violation in found["violations"]
            for node in violation["nodes"]
        ]

    return find


@pytest.fixture
def shot() -> Callable[[Page, str], None]:
    """Keeps a picture of the whole page where `make shots` asks for pictures."""

    def keep(page: Page, name: str) -> None:
        if folder := os.environ.get("SHOTS"):
            page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)

    return keep
