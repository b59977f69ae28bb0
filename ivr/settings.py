"""The environment, read once. A missing or malformed variable is a clear error at start-up."""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from ivr.domain.errors import IvrError

_ACCOUNT = re.compile(r"AC[0-9a-fA-F]{32}")
_SHORTEST_SECRET = 16


class BadSettings(IvrError):
    """One or more environment variables are missing or malformed; the text lists all of them."""

    code = "bad_settings"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an installation is told by its environment. `database_url` None means the embedded database in `var`.

    `listen_url` is where the carrier streams sound to, `vosk_models` the folder of the models that we hear it with.
    """

    public_url: str
    secret_key: str
    twilio_account_sid: str
    twilio_auth_token: str
    twilio_api_url: str | None = None
    database_url: str | None = None
    routes: Path = Path("routes.yaml")
    grammars: Path = Path("grammars")
    var: Path = Path("var")
    trained: Path = Path("var/trained")
    listen_url: str = ""
    vosk_models: Path | None = None

    def __post_init__(self) -> None:
        if not self.listen_url:
            object.__setattr__(self, "listen_url", f"ws{self.public_url.removeprefix('http')}/listen")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ, *, starting: bool = False) -> "Settings":
        """Read and check every variable. Raises `BadSettings` that names all that is wrong.

        Whoever is `starting` the engine needs the files too. Other commands may do without, and a process that is started
        anew while calls go on must not stumble over a file that is away: the plan is in the store.
        """
        problems: list[str] = []

        def needed(name: str, example: str) -> str:
            value = environment.get(name, "").strip()
            if not value:
                problems.append(f"{name} is not set (for example {example}).")
            return value

        def address(name: str, value: str) -> str:
            if value and (not _is_web_address(value) or urlsplit(value).query):
                problems.append(f"{name}={value!r} is not a base address such as https://ivr.example.dk.")
            return value.rstrip("/")

        public_url = address("IVR_PUBLIC_URL", needed("IVR_PUBLIC_URL", "https://ivr.example.dk"))
        secret_key = needed("IVR_SECRET_KEY", "the output of: python -c 'import secrets; print(secrets.token_hex())'")
        account_sid = needed("TWILIO_ACCOUNT_SID", "AC followed by 32 characters")
        auth_token = needed("TWILIO_AUTH_TOKEN", "the account's auth token")
        api_url = address("TWILIO_API_URL", environment.get("TWILIO_API_URL", "").strip()) or None
        database_url = environment.get("IVR_DATABASE_URL", "").strip() or None
        if database_url is not None and not database_url.startswith(("postgresql://", "postgres://")):
            problems.append("IVR_DATABASE_URL must begin with postgresql://.")
        if secret_key and len(secret_key) < _SHORTEST_SECRET:
            problems.append(f"IVR_SECRET_KEY is shorter than {_SHORTEST_SECRET} characters.")
        if account_sid and not _ACCOUNT.fullmatch(account_sid):
            problems.append(f"TWILIO_ACCOUNT_SID={account_sid!r} is not AC followed by 32 of 0-9 and a-f.")
        if auth_token and len(auth_token) < _SHORTEST_SECRET:
            problems.append("TWILIO_AUTH_TOKEN is too short: the account's auth token has 32 characters.")
        fallback_url = environment.get("IVR_FALLBACK_URL", "").strip()
        if fallback_url and not _is_web_address(fallback_url):
            example = "https://static.example.dk/ivr/{number}.xml"
            problems.append(f"IVR_FALLBACK_URL={fallback_url!r} is not a web address such as {example}.")
        listen_url = environment.get("IVR_LISTEN_URL", "").strip()
        if listen_url and not _is_socket_address(listen_url):
            problems.append(
                f"IVR_LISTEN_URL={listen_url!r} is not a socket's address such as wss://ivr.example.dk/listen."
            )
        vosk_models = environment.get("IVR_VOSK_MODELS", "").strip()
        var = Path(environment.get("IVR_VAR", "var"))
        settings = cls(
            public_url=public_url,
            secret_key=secret_key,
            twilio_account_sid=account_sid,
            twilio_auth_token=auth_token,
            twilio_api_url=api_url,
            database_url=database_url,
            routes=Path(environment.get("IVR_ROUTES", "routes.yaml")),
            grammars=Path(environment.get("IVR_GRAMMARS", "grammars")),
            var=var,
            trained=Path(environment.get("IVR_TRAINED") or var / "trained"),
            listen_url=listen_url,
            vosk_models=Path(vosk_models) if vosk_models else None,
        )
        if starting:
            problems.extend(settings._problems_of_files())
        if problems:
            raise BadSettings("\n".join(problems), hint="README.md lists every variable.")
        return settings

    def _problems_of_files(self) -> Iterator[str]:
        try:
            self.routes.open("rb").close()
        except OSError as error:
            yield f"IVR_ROUTES={str(self.routes)!r} cannot be read: {_reason(error)}."
        if not self.grammars.is_dir():
            yield f"IVR_GRAMMARS={str(self.grammars)!r} is not a folder."
        if self.vosk_models is not None and not self.vosk_models.is_dir():
            yield f"IVR_VOSK_MODELS={str(self.vosk_models)!r} is not a folder."
        try:
            self.var.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            yield f"IVR_VAR={str(self.var)!r} cannot be made: {_reason(error)}."
        else:
            if not os.access(self.var, os.W_OK | os.X_OK):
                yield f"IVR_VAR={str(self.var)!r} cannot be written to."


def _is_web_address(value: str) -> bool:
    parts = urlsplit(value)
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def _is_socket_address(value: str) -> bool:
    parts = urlsplit(value)
    # The carrier sends no query string along, and signs none.
    return parts.scheme in ("ws", "wss") and bool(parts.netloc) and bool(parts.path) and not parts.query


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__
