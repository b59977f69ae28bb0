"""The environment, read once. A missing or malformed variable is a clear error at start-up."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from ivr.domain.errors import IvrError


class BadSettings(IvrError):
    """One or more environment variables are missing or malformed; the text lists all of them."""

    code = "bad_settings"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an installation is told by its environment. `database_url` None means the embedded database in `var`."""

    public_url: str
    secret_key: str
    twilio_account_sid: str
    twilio_auth_token: str
    twilio_api_url: str | None = None
    database_url: str | None = None
    routes: Path = Path("routes.yaml")
    grammars: Path = Path("grammars")
    var: Path = Path("var")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Read and check every variable. Raises `BadSettings` that names all that is wrong."""
        problems: list[str] = []

        def needed(name: str, example: str) -> str:
            value = environment.get(name, "").strip()
            if not value:
                problems.append(f"{name} is not set (for example {example}).")
            return value

        def address(name: str, value: str) -> str:
            parts = urlsplit(value)
            if value and (parts.scheme not in ("http", "https") or not parts.netloc or parts.query):
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
        if secret_key and len(secret_key) < 16:
            problems.append("IVR_SECRET_KEY is shorter than 16 characters.")
        if problems:
            raise BadSettings("\n".join(problems), hint="README.md lists every variable.")
        return cls(
            public_url=public_url,
            secret_key=secret_key,
            twilio_account_sid=account_sid,
            twilio_auth_token=auth_token,
            twilio_api_url=api_url,
            database_url=database_url,
            routes=Path(environment.get("IVR_ROUTES", "routes.yaml")),
            grammars=Path(environment.get("IVR_GRAMMARS", "grammars")),
            var=Path(environment.get("IVR_VAR", "var")),
        )
