"""Settings: ``folkmoot.toml``, then the environment over it; secrets only in the environment or in files.

Every fault is reported at once. ``origins`` says where each value came from.
"""

import difflib
import os
import time
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from folkmoot.spec.errors import ConfigurationFaults

PREFIX = "FOLKMOOT_"
POSTGRESQL = "postgresql://"
# These are read by the start-up itself, not settings of a site.
SWITCHES = frozenset(
    {"FOLKMOOT_CONFIG", "FOLKMOOT_BLOCK_PLUGINS", "FOLKMOOT_SAMPLE_DATA", "FOLKMOOT_BATTERY", "FOLKMOOT_TEST_POSTGRES"}
)
# Never in the file, and never shown.
SECRETS = frozenset(
    {"secret_key", "files.secret_access_key", "mail.password", "mail.notify_api_key", "mail.receipts_key"}
)
KINDS = Literal[
    "department",
    "executive-agency",
    "executive-ndpb",
    "advisory-ndpb",
    "non-ministerial-department",
    "nhs-body",
    "council",
    "network",
    "other",
]


class Section(BaseModel):
    """One table of the file; an unknown key in it is a fault."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SiteSection(Section):
    """The first (or only) site; more are made with ``folkmoot site create``."""

    slug: str = Field(pattern=r"^[a-z][a-z0-9-]{1,39}$")
    name: str = Field(min_length=1, max_length=120)
    organisation: str = Field(default="", max_length=120)
    host: str = Field(default="localhost", pattern=r"^[a-z0-9.-]{1,253}$")
    kind: KINDS = "other"
    phase: Literal["alpha", "beta", "live"] = "beta"
    theme: Literal["neutral"] = "neutral"
    brand_colour: str = Field(default="#1d4f91", pattern=r"^#[0-9a-fA-F]{6}$")
    locales: tuple[str, ...] = ("en",)
    contact_email: str = Field(default="", max_length=254)


class PluginsSection(Section):
    """Which installed plugins are active, in order."""

    active: tuple[str, ...] = ()


class DatabaseSection(Section):
    """Where rows are kept."""

    url: str = "sqlite:///data/folkmoot.db"
    owner_url: str = ""
    system_url: str = ""
    pool: int = Field(default=10, ge=2, le=100)


class FilesSection(Section):
    """Where files are kept, who looks at them before anyone gets them, and how much each site may keep."""

    url: str = "file:data/files"
    endpoint: str = Field(default="", pattern=r"^(https?://[^\s]+)?$")
    region: str = ""
    access_key_id: str = ""
    secret_access_key: str = ""
    quota_mb: int = Field(default=5_000, ge=1)
    scanner: str = Field(default="", pattern=r"^(clamd://([^\s/:]+:\d+|/[^\s]+))?$")


class MailSection(Section):
    """How messages leave."""

    backend: Literal["console", "smtp", "notify"] = "console"
    sender: str = "no-reply@localhost"
    host: str = ""
    port: int = Field(default=0, ge=0, le=65_535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str = ""
    password: str = ""
    timeout: float = Field(default=20, ge=0.1, le=120)
    notify_url: str = "https://api.notifications.service.gov.uk"
    notify_api_key: str = ""
    notify_template_id: str = ""
    receipts_key: str = ""


class ServerSection(Section):
    """What stands in front of the process."""

    trusted_proxies: tuple[str, ...] = ()


class Settings(BaseSettings):
    """Everything that can be set."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True, case_sensitive=False
    )

    site: SiteSection
    plugins: PluginsSection = PluginsSection()
    database: DatabaseSection = DatabaseSection()
    files: FilesSection = FilesSection()
    mail: MailSection = MailSection()
    server: ServerSection = ServerSection()
    secret_key: str = Field(default="", max_length=200)
    secret_key_file: str = "data/secret_key"  # noqa: S105 (a path)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take what ``load`` has merged, and nothing else: it also keeps where each value came from."""
        return (init_settings,)


@dataclass(frozen=True, slots=True)
class DatabaseUrls:
    """Where the database is: on SQLite one URL, on PostgreSQL one for each role.

    :param app: of the role that serves sites, which sees one site at a time
    :param owner: of the role that owns the tables: migrations
    :param system: of the role that sees all sites: sign-in, claims of jobs, backup
    """

    app: str
    owner: str = ""
    system: str = ""

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return "sqlite" if self.app.startswith("sqlite:") else "postgresql"

    @property
    def path(self) -> str:
        """The path of the SQLite file."""
        return self.app.removeprefix("sqlite:///")


@dataclass(frozen=True, slots=True)
class Configuration:
    """Settings as read: the values, the folder they are relative to, and where each came from."""

    settings: Settings
    folder: Path
    path: Path
    origins: Mapping[str, str]
    read_ms: float = 0.0

    def secret_key(self) -> str:
        """Return the key that signs forms; raises ``ConfigurationFaults`` when there is none."""
        if self.settings.secret_key:
            return self.settings.secret_key
        path = self.folder / self.settings.secret_key_file
        try:
            key = path.read_text().strip()
        except OSError:
            key = ""
        if len(key) < 32:
            raise ConfigurationFaults(
                [
                    f"There is no secret key of at least 32 characters in {self.settings.secret_key_file}: "
                    "run “folkmoot check --make-secret-key”, or set FOLKMOOT_SECRET_KEY."
                ]
            )
        return key

    def database_urls(self) -> DatabaseUrls:
        """Return the database's URLs, a relative SQLite path made absolute from the configuration's folder."""
        section = self.settings.database
        scheme, _, path = section.url.partition(":///")
        if scheme == "sqlite":
            return DatabaseUrls(f"sqlite:///{self.folder / path}")
        urls = (section.url, section.owner_url, section.system_url)
        faults = [
            f"database.{name} must start with {POSTGRESQL}: PostgreSQL needs a URL for each of three roles."
            for name, url in zip(("url", "owner_url", "system_url"), urls, strict=True)
            if not url.startswith(POSTGRESQL)
        ]
        if not section.url.startswith(POSTGRESQL):
            faults = [f"database.url must start with sqlite:/// or {POSTGRESQL}."]
        if faults:
            raise ConfigurationFaults(faults)
        return DatabaseUrls(*urls)


def find_config(given: str | None = None) -> Path:
    """Return the path of the configuration file: given, else ``FOLKMOOT_CONFIG``, else ``folkmoot.toml`` here."""
    path = Path(given or os.environ.get("FOLKMOOT_CONFIG") or "folkmoot.toml")
    if not path.is_file():
        raise ConfigurationFaults(
            [f"There is no {path}. Make a site with “folkmoot new site”, or name its file with --config."]
        )
    return path.resolve()


def load(path: Path, environ: Mapping[str, str] | None = None) -> Configuration:
    """Read and check a configuration file with the environment over it; raises ``ConfigurationFaults``."""
    start = time.perf_counter()
    environ = os.environ if environ is None else environ
    try:
        from_file = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationFaults([f"{path.name} cannot be read: {error}."]) from None
    faults = [
        f"{name} holds a secret: set FOLKMOOT_{name.upper().replace('.', '__')} instead."
        for name, _ in _flat(from_file)
        if name in SECRETS
    ]
    from_environment, unknown = _environment(environ)
    faults += unknown
    merged = _merge(from_file, from_environment)
    try:
        settings = Settings(**merged)
    except ValidationError as error:
        raise ConfigurationFaults(faults + [_sentence(item) for item in error.errors()]) from None
    if faults:
        raise ConfigurationFaults(faults)
    origins = dict(_origins(settings, from_file, from_environment, path.name))
    return Configuration(settings, path.parent, path, origins, (time.perf_counter() - start) * 1000)


def _environment(environ: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    values: dict[str, Any] = {}
    faults: list[str] = []
    known = {name.upper() for name in Settings.model_fields}
    for variable, value in sorted(environ.items()):
        if not variable.startswith(PREFIX) or variable in SWITCHES:
            continue
        name = variable.removeprefix(PREFIX)
        if name.endswith("_FILE") and name not in known:
            name = name.removesuffix("_FILE")
            try:
                value = Path(value).read_text(encoding="utf-8").strip()  # noqa: PLW2901 (the file's text is the value)
            except OSError as error:
                faults.append(f"{variable} names a file that cannot be read: {error.strerror}.")
                continue
        if name.partition("__")[0] not in known:
            faults.append(f"{variable} is not a setting.{_suggest(name.partition('__')[0], known)}")
            continue
        values[PREFIX + name] = value
    source = EnvSettingsSource(Settings, env_prefix=PREFIX, env_nested_delimiter="__")
    source.env_vars = {key.lower(): value for key, value in values.items()}
    return source(), faults


def _merge(low: Mapping[str, Any], high: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(low)
    for key, value in high.items():
        below = merged.get(key)
        merged[key] = _merge(below, value) if isinstance(value, dict) and isinstance(below, dict) else value
    return merged


def _fields(where: tuple[str | int, ...]) -> set[str]:
    model: Any = Settings
    for part in where:
        field = model.model_fields.get(part) if hasattr(model, "model_fields") else None
        model = field.annotation if field else None
    return set(getattr(model, "model_fields", ()))


def _suggest(name: str, known: set[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f" Did you mean “{close[0]}”?" if close else ""


def _sentence(error: Any) -> str:
    where = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        return f"{where} is not a setting.{_suggest(str(error['loc'][-1]), _fields(error['loc'][:-1]))}"
    if error["type"] == "missing":
        return f"{where} is missing."
    return f"{where}: {error['msg']}."


def _flat(values: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{key}.")
        else:
            yield f"{before}{key}", value


def _origins(
    settings: Settings, from_file: Mapping[str, Any], from_environment: Mapping[str, Any], name: str
) -> Iterator[tuple[str, str]]:
    in_file, in_environment = dict(_flat(from_file)), dict(_flat(from_environment))
    for key, _ in _flat(settings.model_dump()):
        if key in in_environment:
            yield key, "environment"
        else:
            yield key, name if key in in_file else "default"
