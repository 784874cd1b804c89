"""What a visitor does on a page."""

from playwright.sync_api import Locator


def follow(locator: Locator) -> None:
    """Click, and wait for the page that it leads to: a click returns before the answer has come,
    and what is looked at next would be the page before."""
    with locator.page.expect_navigation():
        locator.click()


def broken_words(locator: Locator) -> list[str]:
    """The words in what `locator` finds that go on in the next line."""
    return locator.evaluate_all(
        """places => {
            const found = [];
            for (const place of places) {
                const texts = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
                while (texts.nextNode()) {
                    for (const word of texts.currentNode.data.matchAll(/[^\\s-]+/g)) {
                        const range = document.createRange();
                        range.setStart(texts.currentNode, word.index);
                        range.setEnd(texts.currentNode, word.index + word[0].length);
                        const lines = [...range.getClientRects()].map(one => Math.round(one.top));
                        if (new Set(lines).size > 1) found.push(word[0]);
                    }
                }
            }
            return found;
        }"""
    )
