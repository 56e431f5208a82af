"""A headless Chromium for tests and benchmarks, driven over a pipe by the DevTools protocol."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from typing import Any

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
READY = "document.querySelector('#browser')?.getAttribute('aria-busy') === 'false'"


class Browser:
    """A headless Chromium, driven over a pipe by the DevTools protocol."""

    def __init__(self) -> None:
        self.folder = tempfile.mkdtemp()
        ours_in, theirs_out = os.pipe()
        theirs_in, ours_out = os.pipe()
        high = [fcntl.fcntl(f, fcntl.F_DUPFD, 64) for f in (theirs_in, theirs_out)]
        launch = (
            f"import os, sys; os.dup2({high[0]}, 3); os.dup2({high[1]}, 4);"
            "os.execv(sys.argv[1], sys.argv[1:])"
        )
        self.process = subprocess.Popen(
            [
                sys.executable, "-c", launch, str(CHROMIUM),
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                f"--user-data-dir={self.folder}", "--remote-debugging-pipe", "about:blank",
            ],
            pass_fds=high,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        for descriptor in (theirs_in, theirs_out, *high):
            os.close(descriptor)
        self.pipe = (ours_in, ours_out)
        self.rest = b""
        self.events: list[dict[str, Any]] = []
        self.number = 0
        self.session: str | None = None
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.send("Target.attachToTarget", targetId=target, flatten=True)[
            "sessionId"
        ]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.send(f"{domain}.enable")

    def receive(self) -> dict[str, Any]:
        while b"\0" not in self.rest:
            part = os.read(self.pipe[0], 1 << 20)
            assert part, "Chromium went away"
            self.rest += part
        message, _, self.rest = self.rest.partition(b"\0")
        return dict(json.loads(message))

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        self.number += 1
        message: dict[str, Any] = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.pipe[1], json.dumps(message).encode() + b"\0")
        while (answer := self.receive()).get("id") != self.number:
            self.events.append(answer)
        assert "error" not in answer, answer
        return dict(answer["result"])

    def open(self, address: str) -> None:
        for target in ("about:blank", address):  # a new page, not a jump within the old one
            self.events.clear()
            self.send("Page.navigate", url=target)
            while not any(e["method"] == "Page.loadEventFired" for e in self.events):
                self.events.append(self.receive())

    def open_report(self, address: str) -> None:
        """Open a report and wait until its explorer is there."""
        self.open(address)
        deadline = time.monotonic() + 60
        while not self.value(READY):
            assert time.monotonic() < deadline, self.complaints()
            time.sleep(0.02)

    def value(self, expression: str) -> Any:
        answer = self.send(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def key(self, key: str) -> None:
        text = {"text": key} if len(key) == 1 else {}
        self.send("Input.dispatchKeyEvent", type="keyDown", key=key, **text)
        self.send("Input.dispatchKeyEvent", type="keyUp", key=key)

    def size(self, width: int) -> None:
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=900,
            deviceScaleFactor=1,
            mobile=width < 600,
        )

    def complaints(self) -> list[dict[str, Any]]:
        """Errors, messages to the console, dialogs and blocked loads since the page was opened."""
        kinds = {
            "Runtime.exceptionThrown",
            "Runtime.consoleAPICalled",
            "Log.entryAdded",
            "Page.javascriptDialogOpening",
        }
        return [e for e in self.events if e["method"] in kinds]

    def requests(self) -> list[str]:
        """The addresses that the page asked for since it was opened, without itself."""
        asked = [
            e["params"]["request"]["url"]
            for e in self.events
            if e["method"] == "Network.requestWillBeSent" and e["params"].get("type") != "Document"
        ]
        return [url for url in asked if not url.startswith(("data:", "blob:"))]

    def close(self) -> None:
        os.write(self.pipe[1], b'{"id":0,"method":"Browser.close"}\0')
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for descriptor in self.pipe:
            os.close(descriptor)
        shutil.rmtree(self.folder, ignore_errors=True)
