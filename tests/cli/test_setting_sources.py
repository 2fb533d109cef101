"""Sources of settings: the environment, a file `.env` and files of secrets, in their order of precedence."""

import json
from pathlib import Path

import pytest

from app.cli.main import run
from app.environment import PREFIX
from app.errors import ConfigurationError
from app.settings import FORMER_NAMES, SECRETS, Settings, read_settings
from tests.cli.commands import is_one_sentence
from tests.cli.conftest import Dayline

WORD = "s3cret-w0rd"
URL = "DAYLINE_DATABASE_URL"


@pytest.fixture(autouse=True)
def _folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Remove the settings of the environment that runs the tests, and work in an empty folder."""
    for name in (*Settings.model_fields, *FORMER_NAMES, *(f"{secret}_file" for secret in SECRETS)):
        monkeypatch.delenv(f"{PREFIX}{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("DAYLINE_DATABASE_URL=sqlite:///a.db", "sqlite:///a.db"),
        ("export DAYLINE_DATABASE_URL = 'sqlite:///a b.db' # comment", "sqlite:///a b.db"),
        ('DAYLINE_DATABASE_URL="postgresql://desk:${HOME}$x@db/news"', "postgresql://desk:${HOME}$x@db/news"),
        ("OTHER=1\n\n# DAYLINE_PORT=1\nDAYLINE_DATABASE_URL=sqlite:///a.db\nbroken line", "sqlite:///a.db"),
    ],
)
def test_dotenv_sets_settings(tmp_path: Path, line: str, value: str) -> None:
    (tmp_path / ".env").write_text(line)
    assert read_settings().database_url == value


def test_environment_precedes_dotenv(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DAYLINE_PORT=9000\nDAYLINE_WORKERS=2\nDAYLINE_DATABASE_URL_FILE=absent\n")
    monkeypatch.setenv("DAYLINE_PORT", "9001")
    with pytest.raises(ConfigurationError, match=r"^DAYLINE_DATABASE_URL_FILE: 'absent' cannot be read: "):
        read_settings()
    (tmp_path / "absent").write_text("sqlite:///of-the-file.db\n")
    monkeypatch.setenv(URL, "sqlite:///a.db")
    settings = read_settings()
    assert (settings.port, settings.workers, settings.database_url) == (9001, 2, "sqlite:///a.db")


def test_former_names_are_read_from_dotenv(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DAYLINE_READS=keyed\n")
    assert read_settings().reads_require_key


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"A=1\nDAYLINE_PORT\n", ".env, line 2: A line is NAME=value."),
        (b'DAYLINE_PORT="9000\n', ".env, line 1: A line is NAME=value."),
        (b"DAYLINE_PORT=nine\n", "DAYLINE_PORT (.env): "),
        (b"DAYLINE_PORT=\xff\n", ".env cannot be read: it is no text in UTF-8."),
    ],
)
def test_unusable_dotenv_is_reported_in_one_sentence(
    dayline: Dayline, tmp_path: Path, content: bytes, says: str
) -> None:
    (tmp_path / ".env").write_bytes(content)
    ended = dayline("settings", address="sqlite:///news.db")
    assert is_one_sentence(ended), ended
    assert says in ended.errors


@pytest.mark.parametrize(
    ("secret", "value"),
    [
        ("database_url", f"postgresql://desk:{WORD}@db/news"),
        ("cdn_purge_url", f"https://cdn.example/{WORD}/purge"),
        ("cdn_purge_header", f"Fastly-Key: {WORD}"),
    ],
)
def test_secret_is_read_from_a_file_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path, secret: str, value: str
) -> None:
    file, variable = tmp_path / "secret", f"{PREFIX}{secret.upper()}"
    file.write_text(f"{value}\n")
    monkeypatch.setenv(f"{variable}_FILE", str(file))
    assert WORD in str(getattr(read_settings(), secret))
    for options in ([], ["--json"]):
        assert run(["settings", *options]) == 0
        shown = "".join(capfd.readouterr())
        assert WORD not in shown
        assert str(file) in shown


def test_every_secret_is_refused_in_a_file_beside_its_variable(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    for secret in SECRETS:
        variable = f"{PREFIX}{secret.upper()}"
        with pytest.raises(ConfigurationError, match=f"^{variable} and {variable}_FILE are both set"):
            read_settings({variable: "x", f"{variable}_FILE": "secret"})


def test_file_of_the_environment_precedes_the_variable_of_dotenv(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("sqlite:///of-the-file.db")
    (tmp_path / ".env").write_text(f"{URL}=sqlite:///a.db\n")
    monkeypatch.setenv(f"{URL}_FILE", "secret")
    assert read_settings().database_url == "sqlite:///of-the-file.db"


@pytest.mark.parametrize(("content", "reason"), [(b"", "is empty."), (b"\xff\xfe", "it is no text in UTF-8.")])
def test_unusable_file_of_a_secret_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "secret").write_bytes(content)
    with pytest.raises(ConfigurationError, match=f"^DAYLINE_CDN_PURGE_URL_FILE: 'secret' .*{reason}$"):
        read_settings({"DAYLINE_CDN_PURGE_URL_FILE": "secret"})


def test_settings_are_listed_as_json_with_their_origin(
    dayline: Dayline, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("DAYLINE_WORKERS=2\nDAYLINE_CDN_PURGE_HEADER=Fastly-Key: 1\n")
    monkeypatch.setenv("DAYLINE_HOST", "::1")
    items = json.loads(dayline("settings", "--json", address="sqlite:///news.db").output)["items"]
    shown = {item.pop("variable"): item for item in items}
    assert shown.keys() == {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    assert shown["DAYLINE_HOST"] == {"source": "environment", "file": None, "secret": False, "value": "::1"}
    assert shown["DAYLINE_WORKERS"] == {"source": "file", "file": ".env", "secret": False, "value": "2"}
    assert shown["DAYLINE_PORT"] == {"source": "default", "file": None, "secret": False, "value": "8000"}
    assert shown["DAYLINE_PUBLIC_URL"] == {"source": "default", "file": None, "secret": False, "value": None}
    assert shown["DAYLINE_CDN_PURGE_HEADER"] == {"source": "file", "file": ".env", "secret": True, "value": None}


def test_file_variable_of_a_setting_that_is_no_secret_is_unknown(
    dayline: Dayline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAYLINE_WORKERS_FILE", "a")
    ended = dayline("settings", "--check", address="sqlite:///news.db")
    assert is_one_sentence(ended), ended
    assert "DAYLINE_WORKERS_FILE" in ended.errors
