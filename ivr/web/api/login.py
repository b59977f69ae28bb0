"""`POST /login`: a username and a password for a token."""

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from ivr.assembly import Parts
from ivr.web import auth


class Credentials(BaseModel):
    username: str = Field(min_length=1, max_length=200)
    password: str = Field(min_length=1, max_length=200)


class Token(BaseModel):
    """Sent later as `Authorization: Bearer …`; good for twelve hours."""

    token: str


def blueprint(parts: Parts) -> APIBlueprint:
    api = APIBlueprint("api_login", __name__, tag="Sign-in")

    @api.post("/login")
    @api.input(Credentials)
    @api.output(Token)
    @api.doc(summary="Sign in", responses=[401, 429])
    def login(json_data: Credentials) -> Token:
        return Token(token=auth.door().token(auth.door().signed_in(json_data.username, json_data.password)))

    return api
