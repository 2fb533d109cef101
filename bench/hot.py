"""Cache hits: one page, compared with a static file and a bare server, and during publications."""

import http.client
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import orjson

from bench import servers
from bench.datasets import copy_of
from bench.equivalence import NOT_MODIFIED, check_same_bytes
from bench.generate import EDITION
from bench.keys import create_key
from bench.load import Run, load_page
from bench.plan import Plan
from bench.rounds import Chapter, Entrant, compete
from bench.serving import LOAD_CORE, Server, free_port, on_core

PAGE = "/v1/timeline?limit=20"
BROWSER = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Accept": "*/*",
    "Accept-Language": "en-GB,en;q=0.7,uk;q=0.3",
    "Accept-Encoding": "gzip, deflate",  # what browsers send without TLS
    "Referer": "https://harbour.example/",
    "Origin": "https://harbour.example",
    "DNT": "1",
    "Connection": "keep-alive",
    "Sec-Fetch-Dest": "empty",
    "Sec-Fetch-Mode": "cors",
    "Sec-Fetch-Site": "same-site",
    "Priority": "u=4",
}
NO_NGINX = "nginx is not installed: this contestant is absent."
PUBLISHED_A_SECOND = 20
CREATED_OR_REPLACED = {200, 201}


def compare_hot(plan: Plan, archive: Path) -> Chapter:
    """Compare one page of Dayline with nginx from disk and bare uvicorn: plain, with a browser's headers, as a 304."""
    chapter = Chapter("Hot: one page of the timeline, again and again")
    with ExitStack() as stack:

        def folder() -> Path:
            return stack.enter_context(plan.fresh_folder())

        dayline = stack.enter_context(servers.dayline(f"sqlite:///{archive}", folder()))
        plain, browser = dayline.get(PAGE), dayline.get(PAGE, BROWSER)
        measured = stack.enter_context(
            servers.dayline(f"sqlite:///{archive}", folder(), settings={"DAYLINE_METRICS": f"127.0.0.1:{free_port()}"})
        )
        bare = stack.enter_context(servers.bare_uvicorn(plain.body, folder()))
        check_same_bytes(plain, {"Dayline": plain, "bare uvicorn": bare.get(PAGE)})
        logged = stack.enter_context(
            servers.dayline(f"sqlite:///{archive}", folder(), settings={"DAYLINE_ACCESS_LOG": "true"})
        )
        known = {"If-None-Match": plain.headers["etag"]}
        assert dayline.get(PAGE, known).status == NOT_MODIFIED
        entrants: dict[str, Entrant] = {"Dayline": _again(plan, dayline, PAGE)}
        entrants["Dayline, metrics"] = _again(plan, measured, PAGE)
        entrants["Dayline, access log"] = _again(plan, logged, PAGE)
        entrants["Dayline, one request id"] = _again(plan, dayline, PAGE, {"X-Request-ID": "0000001000000000"})
        entrants["Dayline, random request ids"] = _again(plan, dayline, PAGE, {"X-Request-ID": "random"})
        program = servers.find_nginx()
        if program is None:
            chapter.absent.append(NO_NGINX)
        else:
            nginx = stack.enter_context(servers.nginx(program, plain.body, browser, folder()))
            check_same_bytes(plain, {"nginx": nginx.get("/plain.json")})
            check_same_bytes(browser, {"nginx": nginx.get("/browser.json", BROWSER)})
            entrants["nginx"] = _again(plan, nginx, "/plain.json")
        entrants["bare uvicorn"] = _again(plan, bare, PAGE)
        entrants["Dayline, 12 headers"] = _again(plan, dayline, PAGE, BROWSER)
        if program is not None:
            entrants["nginx, 12 headers"] = _again(plan, nginx, "/browser.json", BROWSER)
        entrants["Dayline, 304"] = _again(plan, dayline, PAGE, known)
        compete(Chapter("warming up"), entrants, 1, lambda _: None)
        compete(chapter, entrants, plan.rounds, plan.report_progress)
    coding = browser.headers.get("content-encoding", "no coding")
    chapter.notes.append(
        f"The page has {len(plain.body):,} bytes; the browser gets {len(browser.body):,} bytes ({coding}), from both."
    )
    return chapter


def compare_publishing(plan: Plan, archive: Path) -> Chapter:
    """Compare the first page while another process publishes twenty articles a second: here, or into another archive.

    On two cores the publisher takes its time from the load generator; one that publishes elsewhere takes the same, and
    the page does not change.
    """
    chapter = Chapter("Hot while another process publishes 20 articles a second")
    with ExitStack() as stack:
        folders = [stack.enter_context(plan.fresh_folder()) for _ in range(3)]
        here, elsewhere = (f"sqlite:///{copy_of(archive, folder)}" for folder in folders[:2])
        reader = stack.enter_context(servers.dayline(here, folders[0]))
        newsrooms = []
        for address, folder in ((here, folders[2]), (elsewhere, folders[1])):
            token = create_key(address, "articles:publish", "articles:write")
            writer = stack.enter_context(servers.dayline(address, folder, core=LOAD_CORE))
            newsrooms.append(Newsroom(writer, token))
        present, absent = newsrooms

        def while_publishing() -> Run:
            with present.publishing():
                run = load_page(reader.port, PAGE, plan.seconds)
            newest = orjson.loads(reader.get(PAGE).body)["days"][0]["items"][0]["headline"]
            assert newest == present.latest, f"the reader still shows '{newest}' above '{present.latest}'"
            return run

        def while_others_publish() -> Run:
            with absent.publishing():
                return load_page(reader.port, PAGE, plan.seconds)

        entrants: dict[str, Entrant] = {
            "quiet": _again(plan, reader, PAGE),
            "publishing elsewhere": while_others_publish,
            "publishing": while_publishing,
        }
        compete(chapter, entrants, plan.rounds, plan.report_progress)
    chapter.notes.append(
        f"{present.published:,} articles were published, {present.published / present.seconds:.1f} a second; "
        "after every run the page showed the last of them. The publisher shares the load generator's core: "
        "the row of another archive shows what that alone costs."
    )
    return chapter


def _again(plan: Plan, server: Server, path: str, headers: dict[str, str] | None = None) -> Entrant:
    return partial(load_page, server.port, path, plan.seconds, headers=headers)


class Newsroom:
    """A client that publishes through the editorial API of a server, twenty times a second."""

    def __init__(self, server: Server, token: str) -> None:
        self.published = 0
        self.seconds = 0.0
        self.latest = ""
        self._port = server.port
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._ending = threading.Event()
        self._failure: Exception | None = None

    @contextmanager
    def publishing(self) -> Iterator[None]:
        """Publish within this context; stop at its end."""
        self._ending.clear()
        thread = threading.Thread(target=self._publish)
        thread.start()
        try:
            yield
        finally:
            self._ending.set()
            thread.join()
        if self._failure is not None:
            raise self._failure

    def _publish(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        begun = time.monotonic()
        try:
            with on_core(LOAD_CORE):
                number = 0
                while not self._ending.wait(max(begun + number / PUBLISHED_A_SECOND - time.monotonic(), 0)):
                    self._push(connection)
                    number += 1
        except Exception as error:  # noqa: BLE001 - raised by `publishing`, in the thread that waits
            self._failure = error
        finally:
            self.seconds += time.monotonic() - begun
            connection.close()

    def _push(self, connection: http.client.HTTPConnection) -> None:
        headline = f"The ferry calls for the {self.published + 1:,}th time"
        article = {
            "headline": headline,
            "status": "published",
            "published_at": datetime.now(UTC).isoformat(),
            "tags": ["ferry"],
            "body": [{"type": "paragraph", "text": "It calls, and nobody comes."}],
        }
        path = f"/v1/editorial/editions/{EDITION}/articles/bench:{self.published + 1}"
        connection.request("PUT", path, orjson.dumps(article), self._headers)
        response = connection.getresponse()
        content = response.read()
        assert response.status in CREATED_OR_REPLACED, f"publishing returned {response.status}: {content!r}"
        self.published += 1
        self.latest = headline
