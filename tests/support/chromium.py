"""A headless Chromium for tests and benchmarks: the system's own, driven by Playwright.

Nothing is downloaded: ``playwright install`` is not needed.
"""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from typing import Any

from playwright.sync_api import Dialog, Page, TimeoutError, sync_playwright

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
#: A function, which is compiled once: the page's policy would refuse a text compiled at each look.
READY = """() => document.querySelector('#browser')?.getAttribute('aria-busy') === 'false'
  && performance.now()"""
#: Opens every section, and waits until what comes into view with them has been made.
UNFOLD = """async () => {
  for (const fold of document.querySelectorAll('details.section')) fold.open = true;
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  await frame(); await frame();
}"""
PATIENCE = 60_000  # milliseconds


class Browser:
    """A Chromium that was just started, with one page; one at a time in a process.

    ``page`` is Playwright's, for what is not here: the mouse, the media, printing.
    """

    page: Page

    def __init__(self, width: int = 1280) -> None:
        self._said: list[str] = []
        self._asked: list[str] = []
        self._address = ""
        with ExitStack() as started:
            playwright = started.enter_context(sync_playwright())
            self._chromium = playwright.chromium.launch(
                executable_path=CHROMIUM,
                headless=True,
                chromium_sandbox=False,  # root has none
                args=["--disable-gpu", "--disable-quic"],
                ignore_default_args=["--hide-scrollbars"],  # readers have them
            )
            started.callback(self._chromium.close)
            self.size(width)
            self._started = started.pop_all()

    def size(self, width: int) -> None:
        """Go on with a new page of this width; below 600, that of a phone."""
        for context in self._chromium.contexts:
            context.close()
        context = self._chromium.new_context(
            viewport={"width": width, "height": 900}, is_mobile=width < 600
        )
        context.set_default_timeout(PATIENCE)
        context.on("console", lambda message: self._said.append(f"{message.type}: {message.text}"))
        context.on("weberror", lambda found: self._said.append(f"exception: {found.error}"))
        context.on("dialog", self._dismiss)
        context.on("request", lambda request: self._asked.append(request.url))
        self.page = context.new_page()

    def _dismiss(self, dialog: Dialog) -> None:
        self._said.append(f"{dialog.type}: {dialog.message}")
        dialog.dismiss()

    def open(self, address: str) -> None:
        """Load a page and wait for its load event."""
        self._address = address.partition("#")[0]
        for target in ("about:blank", address):  # a new page, not a jump within the old one
            self._said.clear()
            self._asked.clear()
            self.page.goto(target)

    def open_report(self, address: str, *, folded: bool = False) -> float:
        """Open a report and wait until its explorer is there; the seconds from the start of the
        navigation until then, by the page's own clock. After that its sections are opened, unless
        they are to be as a reader finds them (``folded``)."""
        self.open(address)
        try:
            ready = self.page.wait_for_function(READY)
        except TimeoutError as error:
            raise AssertionError(f"the explorer is not ready: {self.complaints()}") from error
        if not folded:
            self.value(UNFOLD)
        return float(ready.json_value()) / 1000

    def value(self, expression: str) -> Any:
        """What an expression gives; a function is called, a promise awaited."""
        return self.page.evaluate(expression)

    def wait(self, expression: str) -> None:
        """Wait until an expression is true."""
        self.page.wait_for_function(f"() => {expression}")

    def key(self, key: str) -> None:
        """Press a key, by the name of DOM events, with all that the browser itself does on it."""
        self.page.keyboard.press(key)

    def complaints(self) -> list[str]:
        """Errors, messages to the console, dialogs and blocked loads since the page was opened."""
        return list(self._said)

    def requests(self) -> list[str]:
        """The addresses that were asked for since the page was opened, without its own."""
        inside = ("data:", "blob:")
        return [u for u in self._asked if u != self._address and not u.startswith(inside)]

    def close(self) -> None:
        """End Chromium and what drives it."""
        self._started.close()
