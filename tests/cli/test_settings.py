"""`dayline settings`, and the warning of `dayline serve` about unknown variables."""

import signal
import subprocess
from pathlib import Path

import pytest

from app.cli.settings import format_unknown
from app.environment import PREFIX
from app.errors import ConfigurationError
from app.settings import (
    FORMER_NAMES,
    ReadAccess,
    Settings,
    describe_settings,
    find_former_variables,
    find_unknown_variables,
    read_settings,
)
from tests.cli.commands import MAX_SECONDS, arguments_of, environment_of, is_one_sentence
from tests.cli.conftest import Dayline
from tests.server_process import free_port

WORD = "s3cret-w0rd"
SERVICE_LINKS = {
    "DAYLINE_SERVICE_HOST": "10.0.0.7",
    "DAYLINE_SERVICE_PORT": "8000",
    "DAYLINE_SERVICE_PORT_HTTP": "8000",
    "DAYLINE_PORT": "tcp://10.0.0.7:8000",
    "DAYLINE_PORT_8000_TCP": "tcp://10.0.0.7:8000",
    "DAYLINE_PORT_8000_TCP_PROTO": "tcp",
    "DAYLINE_PORT_8000_TCP_PORT": "8000",
    "DAYLINE_PORT_8000_TCP_ADDR": "10.0.0.7",
    "DAYLINE_WEB_DB_SERVICE_HOST": "10.0.0.8",
    "DAYLINE_WEB_DB_PORT": "udp://10.0.0.8:53",
    "DAYLINE_WEB_DB_PORT_53_UDP_ADDR": "10.0.0.8",
}


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove the settings of the environment that runs the tests."""
    for name in (*Settings.model_fields, *FORMER_NAMES):
        monkeypatch.delenv(f"{PREFIX}{name.upper()}", raising=False)


@pytest.mark.parametrize(
    ("variable", "nearest"),
    [
        ("DAYLINE_DATABASE_URI", "DAYLINE_DATABASE_URL"),
        ("DAYLINE_DB_URL", "DAYLINE_DATABASE_URL"),
        ("DAYLINE_CACHE_BYTE", "DAYLINE_CACHE_BYTES"),
        ("DAYLINE_WEBHOOK", "DAYLINE_WEBHOOKS"),
        ("DAYLINE_ACCESSLOG", "DAYLINE_ACCESS_LOG"),
        ("DAYLINE_QQQQ", None),
    ],
)
def test_unknown_variable_is_named_with_the_nearest_setting(variable: str, nearest: str | None) -> None:
    assert find_unknown_variables({variable: "1", "HOME": "/", "DAYLINE_WEBHOOKS": "false"}) == {variable: nearest}


def test_settings_and_service_links_are_not_unknown() -> None:
    known = {f"{PREFIX}{name.upper()}": "1" for name in Settings.model_fields}
    assert find_unknown_variables({**known, **SERVICE_LINKS}) == {}


def test_port_is_a_setting_unless_it_is_a_service_link() -> None:
    assert read_settings({"DAYLINE_PORT": "9000"}).port == 9000
    assert read_settings(SERVICE_LINKS).port == 8000
    [shown] = [each for each in describe_settings(SERVICE_LINKS) if each.variable == "DAYLINE_PORT"]
    assert (shown.origin, shown.value) == ("default", "8000")


@pytest.mark.parametrize("link", ["DAYLINE_PORT", "DAYLINE_WEB_DB_PORT"])
def test_service_link_hides_no_variable_of_a_file(link: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text(f"{link}=18944\n")
    monkeypatch.setenv(link, SERVICE_LINKS[link])
    if link == "DAYLINE_PORT":
        assert read_settings().port == 18944
        [shown] = [each for each in describe_settings() if each.variable == link]
        assert (shown.origin, shown.file, shown.value) == ("file", ".env", "18944")
    else:
        assert link in find_unknown_variables()


@pytest.mark.parametrize(
    ("variables", "access", "is_cached"),
    [
        ({}, ReadAccess.PUBLIC, True),
        ({"DAYLINE_READ_ACCESS": "api-key", "DAYLINE_WIRE_CACHE": "false"}, ReadAccess.API_KEY, False),
        ({"DAYLINE_READS": "keyed", "DAYLINE_EARLY_HITS": "false"}, ReadAccess.API_KEY, False),
        ({"DAYLINE_READS": " keyed ", "DAYLINE_READ_ACCESS": "api-key"}, ReadAccess.API_KEY, True),
        ({"DAYLINE_EARLY_HITS": "0", "DAYLINE_WIRE_CACHE": "false"}, ReadAccess.PUBLIC, False),
    ],
)
def test_former_names_set_the_settings_that_replace_them(
    variables: dict[str, str], access: ReadAccess, *, is_cached: bool
) -> None:
    settings = read_settings(variables)
    assert (settings.read_access, settings.wire_cache) == (access, is_cached)


@pytest.mark.parametrize(
    ("former", "current"),
    [
        ({"DAYLINE_READS": "keyed"}, {"DAYLINE_READ_ACCESS": "public"}),
        ({"DAYLINE_EARLY_HITS": "true"}, {"DAYLINE_WIRE_CACHE": "false"}),
    ],
)
def test_former_and_present_name_with_different_values_are_refused(
    former: dict[str, str], current: dict[str, str]
) -> None:
    with pytest.raises(ConfigurationError, match=f"{next(iter(former))} and {next(iter(current))} differ"):
        read_settings({**former, **current})


def test_present_name_does_not_take_a_former_value() -> None:
    with pytest.raises(ConfigurationError, match=r"^DAYLINE_READ_ACCESS: "):
        read_settings({"DAYLINE_READ_ACCESS": "keyed"})


def test_invalid_value_is_reported_under_the_former_name_that_holds_it() -> None:
    with pytest.raises(ConfigurationError, match=r"^DAYLINE_EARLY_HITS: "):
        read_settings({"DAYLINE_EARLY_HITS": "sometimes"})


def test_former_names_are_deprecated_and_not_unknown() -> None:
    former = {"DAYLINE_READS": "keyed", "DAYLINE_EARLY_HITS": "true"}
    assert find_unknown_variables(former) == {}
    assert find_former_variables(former) == {
        "DAYLINE_READS": "DAYLINE_READ_ACCESS",
        "DAYLINE_EARLY_HITS": "DAYLINE_WIRE_CACHE",
    }


def test_settings_names_a_former_variable_on_the_error_stream(
    dayline: Dayline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAYLINE_READS", "keyed")
    ended = dayline("settings", address="sqlite:///news.db")
    rows = {line.split()[0]: line.split()[1:] for line in ended.output.splitlines()}
    assert rows["DAYLINE_READ_ACCESS"] == ["environment", "api-key"]
    assert ended.errors.splitlines() == [
        "dayline: Deprecated settings, read until 1.0: DAYLINE_READS is now DAYLINE_READ_ACCESS; rename them."
    ]


def test_settings_prints_every_setting_with_source_and_value(dayline: Dayline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAYLINE_CACHE_BYTES", "1048576")
    ended = dayline("settings", address="sqlite:///news.db")
    assert (ended.status, ended.errors) == (0, "")
    rows = {line.split()[0]: line.split()[1:] for line in ended.output.splitlines()[1:]}
    assert rows.keys() == {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    assert rows["DAYLINE_DATABASE_URL"] == ["environment", "sqlite:///news.db"]
    assert rows["DAYLINE_CACHE_BYTES"] == ["environment", "1048576"]
    assert rows["DAYLINE_WEBHOOKS"] == ["default", "true"]
    assert rows["DAYLINE_ACCESS_LOG"] == ["default", "false"]
    assert rows["DAYLINE_TRUSTED_PROXIES"] == rows["DAYLINE_PUBLIC_URL"] == ["default", "none"]


@pytest.mark.parametrize(
    "address",
    [f"postgresql://desk:{WORD}@db/news", f"postgresql://desk:a@{WORD}@db/news", f"postgresql://:{WORD}@db/news"],
)
def test_settings_prints_no_secret(dayline: Dayline, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("DAYLINE_CDN_PURGE_URL", f"https://cdn.example/{WORD}/purge")
    monkeypatch.setenv("DAYLINE_CDN_PURGE_HEADER", f"Fastly-Key: {WORD}")
    monkeypatch.setenv("DAYLINE_DATABASE_PASSWORD", WORD)
    ended = dayline("settings", address=address)
    assert ended.status == 0
    assert WORD not in ended.output + ended.errors
    assert "@db/news" in ended.output
    assert "DAYLINE_DATABASE_PASSWORD" in ended.errors


def test_settings_check_is_silent_when_everything_is_usable(dayline: Dayline, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SERVICE_LINKS.items():
        monkeypatch.setenv(name, value)
    ended = dayline("settings", "--check", address="postgresql://desk@nowhere.invalid/news")
    assert (ended.status, ended.output, ended.errors) == (0, "", "")


def test_settings_check_refuses_unknown_variables_in_one_sentence(
    dayline: Dayline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAYLINE_CACHE_BYTE", WORD)
    monkeypatch.setenv("DAYLINE_QQQQ", WORD)
    ended = dayline("settings", "--check", address="sqlite:///news.db")
    assert is_one_sentence(ended), ended
    assert "DAYLINE_CACHE_BYTE (did you mean DAYLINE_CACHE_BYTES?)" in ended.errors
    assert "DAYLINE_QQQQ" in ended.errors
    assert WORD not in ended.errors


@pytest.mark.parametrize("words", [("settings",), ("settings", "--check")])
def test_settings_refuses_invalid_values(
    dayline: Dayline, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    ended = dayline(*words, address="oracle://desk@db/news")
    assert is_one_sentence(ended), ended
    monkeypatch.setenv("DAYLINE_CACHE_BYTES", "plenty")
    ended = dayline(*words, address="sqlite:///news.db")
    assert is_one_sentence(ended), ended
    assert "DAYLINE_CACHE_BYTES" in ended.errors


def test_unknown_variables_are_escaped() -> None:
    assert format_unknown({"DAYLINE_A\nB": None}) == r"DAYLINE_A\nB"


def test_serve_with_workers_warns_once_of_unknown_and_former_variables(sqlite_address: str, tmp_path: Path) -> None:
    variables = {"DAYLINE_CACHE_BYTE": WORD, "DAYLINE_EARLY_HITS": "false", **SERVICE_LINKS}
    environment = environment_of(sqlite_address, **variables)
    lines: list[str] = []
    with subprocess.Popen(  # noqa: S603 - our own program
        arguments_of("serve", "--workers", 2, "--port", free_port()),
        env=environment,
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        try:
            assert server.stderr is not None
            while sum("Application startup complete" in line for line in lines) < 2:
                lines.append(server.stderr.readline())
                assert lines[-1], lines
            server.send_signal(signal.SIGTERM)
            lines += server.communicate(timeout=MAX_SECONDS)[1].splitlines()
        finally:
            server.kill()
    [deprecation, warning] = [line for line in lines if " WARNING " in line]
    assert (
        "app.cli.serve: Deprecated settings, read until 1.0: DAYLINE_EARLY_HITS is now DAYLINE_WIRE_CACHE;"
        in deprecation
    )
    assert (
        "app.cli.serve: Unknown settings are ignored: DAYLINE_CACHE_BYTE (did you mean DAYLINE_CACHE_BYTES?);"
        in warning
    )
    assert WORD not in "".join(lines)


def test_log_settings_accept_any_letter_case() -> None:
    settings = read_settings({"DAYLINE_LOG_LEVEL": "WARNING", "DAYLINE_LOG_FORMAT": "Json"})
    assert (settings.log_level, settings.log_format) == ("warning", "json")
