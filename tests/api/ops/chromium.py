"""Headless Chromium over the DevTools protocol: a page's log, its content after clicks, and what axe finds in it."""

import base64
import fcntl
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.node_packages import find_package

MAX_S = 60.0
OPTIONS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--remote-debugging-pipe"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
)
COMPLAINTS = {"Log.entryAdded", "Runtime.exceptionThrown", "Audits.issueAdded"}
"""Events of refused resources, failed scripts and violated policies."""
GRAVE = frozenset({"serious", "critical"})


def find_chromium() -> str:
    """Return where Chromium is; the test is skipped where it is not."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("chromium is not installed here")
    return found


class Page:
    """Page of a browser that is controlled through two pipes.

    `complaints` are refused resources, failed scripts and violated policies, `requested` the URLs of all requests.
    """

    def __init__(self, requests: int, responses: int) -> None:
        self.complaints: list[dict[str, Any]] = []
        self.requested: list[str] = []
        self._requests = requests
        self._responses = responses
        self._received = b""
        self._count = 0
        self._session: str | None = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Audits", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Call a method and return its result; note the complaints that arrive before it."""
        self._count += 1
        message = {"id": self._count, "method": method, "params": params}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._requests, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + MAX_S
        while time.monotonic() < deadline:
            found = self._read()
            if found.get("id") == self._count:
                assert "error" not in found, found
                result: dict[str, Any] = found["result"]
                return result
            if found.get("method") in COMPLAINTS and not _is_advice(found["params"]):
                self.complaints.append(found["params"])
            elif found.get("method") == "Network.requestWillBeSent":
                self.requested.append(found["params"]["request"]["url"])
        raise AssertionError(f"{method} did not return")

    def evaluate(self, script: str) -> Any:
        """Return the value of an expression in the page; that of a promise once it is settled."""
        found = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        return found["result"].get("value")

    def open(self, url: str) -> None:
        """Load a page, with an empty log."""
        self.complaints.clear()
        self.requested.clear()
        self.call("Page.navigate", url="about:blank")
        self.call("Page.navigate", url=url)

    def show(self, *, width: int, scheme: str) -> None:
        """Show the page in a window of a width, to a reader who prefers a colour scheme."""
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)

    def find_grave_violations(self, *, within: str = "html") -> dict[str, list[str]]:
        """Return the elements that axe finds serious or critical violations in, by rule."""
        axe = find_package("axe-core") / "axe.min.js"
        self.call("Runtime.evaluate", expression=axe.read_text(encoding="utf-8"))
        script = f"axe.run({json.dumps(within)}, {{resultTypes: ['violations']}}).then(each => each.violations)"
        return {
            rule["id"]: [f"{node['html'][:200]} {node['failureSummary'][:200]}" for node in rule["nodes"]]
            for rule in self.evaluate(script)
            if rule["impact"] in GRAVE
        }

    def screenshot(self, file: Path) -> None:
        """Write the visible part of the page as PNG."""
        file.write_bytes(base64.b64decode(self.call("Page.captureScreenshot")["data"]))

    def wait_for(self, script: str) -> None:
        """Wait until an expression is true."""
        deadline = time.monotonic() + MAX_S
        while not self.evaluate(script):
            assert time.monotonic() < deadline, f"never true: {script}"
            time.sleep(0.05)

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._received:
            part = os.read(self._responses, 1 << 20)
            assert part, "the browser has ended"
            self._received += part
        message, _, self._received = self._received.partition(b"\0")
        found: dict[str, Any] = json.loads(message)
        return found


def _is_advice(params: dict[str, Any]) -> bool:
    """Return whether an event is the browser's advice on forms and the like, or a message below a warning."""
    issue, entry = params.get("issue"), params.get("entry")
    if issue is not None:
        return bool(issue["code"] != "ContentSecurityPolicyIssue")
    return entry is not None and entry["level"] not in {"warning", "error"}


def _above_4(descriptor: int) -> int:
    """Move a descriptor out of the way of the two that the browser uses."""
    moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 5)
    os.close(descriptor)
    return moved


@contextmanager
def open_page(profile: Path) -> Iterator[Page]:
    """Run a browser with a profile of its own, which reads descriptor 3 and writes descriptor 4."""
    from_us, requests = map(_above_4, os.pipe())
    responses, to_us = map(_above_4, os.pipe())
    command = f'exec "$@" 3<&{from_us} 4>&{to_us} {from_us}<&- {to_us}>&-'
    with subprocess.Popen(  # noqa: S603 - found above
        ["/bin/bash", "-c", command, "bash", find_chromium(), *OPTIONS, f"--user-data-dir={profile}"],
        pass_fds=(from_us, to_us),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        os.close(from_us)
        os.close(to_us)
        try:
            yield Page(requests, responses)
        finally:
            process.terminate()
            process.wait(MAX_S)
            os.close(requests)
            os.close(responses)
