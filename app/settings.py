"""Settings of an installation, from variables `DAYLINE_…`: their types and defaults, and what is set where."""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, NamedTuple

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from app.domain.html.inline_html import validate_site_url, validate_url
from app.domain.url import ascii_url
from app.environment import FILE_SUFFIX, Origin, Variable, read_variables, variable_name
from app.errors import ConfigurationError
from app.invalidation.surrogate_header import check_purge_url, parse_field
from app.net.base_path import parse_base_path
from app.net.client_address import Network, parse_networks
from app.net.cross_origin import ANY_ORIGIN, parse_origins
from app.net.listen_address import ListenAddress, parse_listen_address
from app.net.rate import parse_rate

_LINK = re.compile(r"(.+_)?(service_host|service_port(_.+)?|port_\d+_(tcp|udp|sctp)(_(proto|port|addr))?)")
_LINK_PORT = re.compile(r"(.+_)?port")
_LINK_ADDRESS = re.compile(r"(tcp|udp|sctp)://")
_PASSWORD = re.compile(r"(://[^/:@]*:).*@")


class ReadAccess(StrEnum):
    """Credentials that public content takes."""

    PUBLIC = "public"
    API_KEY = "api-key"


class FormerName(NamedTuple):
    """The setting that replaced a former name, with its former values."""

    setting: str
    values: Mapping[str, str] = MappingProxyType({})


FORMER_NAMES = {
    "reads": FormerName("read_access", MappingProxyType({"keyed": "api-key"})),
    "early_hits": FormerName("wire_cache"),
}
"""Names of settings before 0.2.0, read until 1.0."""


class LogLevel(StrEnum):
    """The lowest level that is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogFormat(StrEnum):
    """The form of log lines."""

    TEXT = "text"
    JSON = "json"


def _networks(value: object) -> object:
    return parse_networks(value) if isinstance(value, str) else value


def _listen_address(value: object) -> object:
    return parse_listen_address(value) if isinstance(value, str) else value


def _rate(value: object) -> object:
    return parse_rate(value) if isinstance(value, str) else value


def _public_url(value: object) -> object:
    if not isinstance(value, str):
        return value
    url = validate_site_url(value)
    parse_base_path(url)
    return url


def _origins(value: object) -> object:
    return parse_origins(value) if isinstance(value, str) else value


def _hub_url(value: object) -> object:
    return (validate_url(value.strip()) if value.strip() else None) if isinstance(value, str) else value


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _purge_url(value: object) -> object:
    return check_purge_url(value) if isinstance(value, str) else value


def _header_field(value: object) -> object:
    return parse_field(value) if isinstance(value, str) else value


Rate = Annotated[str | None, BeforeValidator(_rate)]


class Settings(BaseModel):
    """Every setting with its default; docs/operations.md lists them."""

    model_config = ConfigDict(frozen=True, extra="ignore", str_strip_whitespace=True)

    database_url: str = Field(
        "sqlite:///dayline.db",
        description="The database: `sqlite:///file.db` or `postgresql://user:password@host/name`.",
    )
    host: str = Field("127.0.0.1", min_length=1, description="Address that `dayline serve` listens on.")
    port: int = Field(8000, ge=0, le=65_535, description="Port that `dayline serve` listens on.")
    workers: int = Field(1, ge=1, le=64, description="Number of serving processes.")
    access_log: bool = Field(default=False, description="Log a line for each request.")
    log_level: Annotated[LogLevel, BeforeValidator(_lower)] = Field(
        LogLevel.INFO, description="Lowest level that is logged: `debug`, `info`, `warning` or `error`."
    )
    log_format: Annotated[LogFormat, BeforeValidator(_lower)] = Field(
        LogFormat.TEXT, description="`text`, in colour on a terminal, or `json`, one object a line."
    )
    metrics: Annotated[ListenAddress | None, BeforeValidator(_listen_address)] = Field(
        None, description="Separate address for Prometheus metrics, such as `127.0.0.1:9100`."
    )
    read_access: ReadAccess = Field(
        ReadAccess.PUBLIC, description="`public`, or `api-key`: reading takes an API key with `content:read`."
    )
    rate_limit_address: Rate = Field(
        None, description="Rate limit of a client address without a valid API key, such as `600/minute`."
    )
    rate_limit_key: Rate = Field(None, description="Rate limit of each API key, such as `600/minute`.")
    trusted_proxies: Annotated[tuple[Network, ...], BeforeValidator(_networks)] = Field(
        (), description="Proxies (addresses and networks) whose `Forwarded` and `X-Forwarded-For` are trusted."
    )
    webhooks: bool = Field(
        default=True,
        description="Send webhooks. Use `false` in a copy of an installation: its endpoints are real.",
    )
    webhook_networks: Annotated[tuple[Network, ...], BeforeValidator(_networks)] = Field(
        (), description="Private addresses and networks that webhooks may be sent to, also over plain HTTP."
    )
    cache_bytes: int = Field(
        64 * 1024 * 1024,
        ge=0,
        description="Memory for cached responses of a process, in bytes; `0` turns the cache off.",
    )
    wire_cache: bool = Field(default=True, description="Send cached responses before the application is called.")
    public_url: Annotated[str | None, BeforeValidator(_public_url)] = Field(
        None, description="URL of this installation. Links begin with its path; feeds have the whole URL."
    )
    cors_origins: Annotated[tuple[str, ...], BeforeValidator(_origins)] = Field(
        (ANY_ORIGIN,), description="Origins whose scripts may send credentials; `*` allows any origin, without them."
    )
    websub_hub: Annotated[str | None, BeforeValidator(_hub_url)] = Field(
        None, description="URL of the WebSub hub that feeds name, and that is notified of changes."
    )
    revision_thinning: bool = Field(
        default=False,
        description="Delete old revisions: all remain for a day, one an hour for 30 days, then public ones.",
    )
    cdn_purge_url: Annotated[str | None, BeforeValidator(_purge_url)] = Field(
        None, repr=False, description="URL of the CDN's purge API; responses then carry surrogate keys."
    )
    cdn_purge_header: Annotated[tuple[str, str] | None, BeforeValidator(_header_field)] = Field(
        None, repr=False, description="Header field of purge requests, such as `Fastly-Key: …`."
    )
    key: str | None = Field(
        None, min_length=1, repr=False, description="API key that `dayline conformance` sends to an installation."
    )

    @property
    def base_path(self) -> str:
        """Return the path of the public URL, which precedes every link; empty without one."""
        return "" if self.public_url is None else parse_base_path(self.public_url)

    @property
    def reads_require_key(self) -> bool:
        """Return whether reading takes an API key."""
        return self.read_access is ReadAccess.API_KEY

    @property
    def rate_limits_enabled(self) -> bool:
        """Return whether requests are counted."""
        return self.rate_limit_address is not None or self.rate_limit_key is not None

    @property
    def access_enabled(self) -> bool:
        """Return whether a request can be rejected before routing: for its API key, or by a rate limit."""
        return self.reads_require_key or self.rate_limits_enabled

    @property
    def cache_enabled(self) -> bool:
        """Return whether public responses are cached: if reading takes a key, every response is private."""
        return self.cache_bytes > 0 and not self.reads_require_key

    @property
    def hub_href(self) -> str | None:
        """Return the hub that feeds name, None where it cannot read them: reading takes a key."""
        return None if self.websub_hub is None or self.reads_require_key else ascii_url(self.websub_hub)

    @property
    def cdn_enabled(self) -> bool:
        """Return whether a CDN is purged: if reading takes a key, it caches nothing."""
        return self.cdn_purge_url is not None and not self.reads_require_key


FIELDS = Settings.model_fields
"""The settings by name; the value of one without `repr` is a secret, which no output shows."""

SECRETS = ("database_url", *(name for name, field in FIELDS.items() if not field.repr))
"""Settings that may be read from a file, by the variable with `_FILE`; the first holds a password beside the rest."""


class SettingValue(NamedTuple):
    """A setting as `dayline settings` shows it: its value is None if there is none, or if it `is_secret`."""

    variable: str
    origin: Origin
    file: str | None
    value: str | None
    is_secret: bool


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of this process; ConfigurationError names the variable whose value is invalid.

    A former name sets its setting. ConfigurationError where both names are set, to different values.
    """
    variables = _read_variables(environment)
    given = {name: variable for name, variable in variables.items() if name in FIELDS}
    for former, (setting, values) in FORMER_NAMES.items():
        if former not in variables:
            continue
        variable = variables[former]
        replaced = variable._replace(value=values.get(variable.value.strip(), variable.value))
        parsed = getattr(_validate({setting: replaced}, named=former), setting)
        if setting in given and getattr(_validate({setting: given[setting]}), setting) != parsed:
            raise ConfigurationError(
                f"{variable_name(former)} and {variable_name(setting)} differ: unset {variable_name(former)}, which is "
                f"the former name of {variable_name(setting)}."
            )
        given.setdefault(setting, replaced)
    return _validate(given)


def find_former_variables(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the variables that are set under a former name, each with its present name."""
    variables = _read_variables(environment)
    return {
        variable_name(name): variable_name(each.setting) for name, each in FORMER_NAMES.items() if name in variables
    }


def _validate(given: Mapping[str, Variable], *, named: str | None = None) -> Settings:
    """Return the settings; ConfigurationError names the variable, or the former name that its value came from."""
    try:
        return Settings.model_validate({name: variable.value for name, variable in given.items()})
    except ValidationError as error:
        first = error.errors()[0]
        reason = first["msg"].removeprefix("Value error, ").rstrip(".")
        setting = str(first["loc"][0])
        file = given[setting].file
        place = "" if file is None else f" ({file})"
        raise ConfigurationError(f"{variable_name(named or setting)}{place}: {reason}.") from error


def find_unknown_variables(environment: Mapping[str, str] | None = None) -> dict[str, str | None]:
    """Return the variables `DAYLINE_…` that are no setting, each with the known one whose name is nearest, if any is.

    Left out are those that Kubernetes and Docker set for a service with a name like `dayline` or `dayline-db`.
    """
    names = [*FIELDS, *(f"{secret}{FILE_SUFFIX}" for secret in SECRETS)]
    return {
        variable_name(name): next(map(variable_name, get_close_matches(name, names, 1)), None)
        for name in _read_variables(environment)
        if name not in FIELDS and name not in FORMER_NAMES
    }


def describe_settings(environment: Mapping[str, str] | None = None) -> Iterator[SettingValue]:
    """Yield each setting with where its value comes from, the value of secrets left out."""
    given = _read_variables(environment)
    for former, (setting, values) in FORMER_NAMES.items():
        if former in given:
            variable = given[former]
            given.setdefault(setting, variable._replace(value=values.get(variable.value, variable.value)))
    for name, field in FIELDS.items():
        variable = given.get(name, Variable(""))
        is_given = name in given
        shown = _PASSWORD.sub(r"\1…@", variable.value) if is_given else _format_default(field.default)
        yield SettingValue(
            variable=variable_name(name),
            origin=variable.origin if is_given else Origin.DEFAULT,
            file=variable.file,
            value=shown if field.repr or not is_given else None,
            is_secret=not field.repr,
        )


def _read_variables(environment: Mapping[str, str] | None) -> dict[str, Variable]:
    """Return the variables without service links, such as `DAYLINE_PORT=tcp://…`, which is no port to listen on."""
    return read_variables(SECRETS, _is_service_link, environment)


def _is_service_link(name: str, value: str) -> bool:
    """Return whether a service link has this name; `DAYLINE_WEB_PORT` is one only with an address such as `tcp://…`."""
    return bool(_LINK.fullmatch(name) or (_LINK_PORT.fullmatch(name) and _LINK_ADDRESS.match(value)))


def _format_default(value: object) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or None
    return None if value is None else str(value)
