from ivr.adapters.store import agents
from ivr.operations.agents import hashed
from tests.kit.town import PASSWORD


def test_a_password_is_exchanged_for_a_token_that_opens_the_api(otto, ali):
    token = otto.asks("POST", "/login", {"username": "ali", "password": PASSWORD}).json()["token"]

    assert otto.asks("GET", "/me", token=token).json()["username"] == "ali"


def test_otto_is_told_in_a_problem_document_that_his_password_is_wrong(otto, ali):
    answer = otto.asks("POST", "/login", {"username": "ali", "password": "guess"})

    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json() == {
        "type": "urn:ivr:problem:wrong_password",
        "title": "Unauthorized",
        "status": 401,
        "detail": "The username is unknown or the password is another.",
        "hint": "",
        "code": "wrong_password",
        "instance": "/api/v1/login",
        "errors": {},
    }


def test_an_unknown_name_is_answered_like_a_wrong_password(otto, ali):
    known = otto.asks("POST", "/login", {"username": "ali", "password": "guess"}).json()
    unknown = otto.asks("POST", "/login", {"username": "nobody", "password": "guess"}).json()

    assert known == unknown


def test_five_failures_in_a_minute_are_enough_even_for_the_right_password(otto, ali):
    for _ in range(5):
        otto.asks("POST", "/login", {"username": "ali", "password": "guess"})

    answer = otto.asks("POST", "/login", {"username": "Ali", "password": PASSWORD})

    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_attempts")
    assert answer.headers["Retry-After"] == "60"


def test_a_body_with_fields_missing_says_which(otto):
    answer = otto.asks("POST", "/login", {"username": "ali"})

    assert answer.status_code == 422
    assert "password" in answer.json()["errors"]["json"]


def test_a_forged_token_opens_nothing(otto, ali):
    answer = otto.asks("GET", "/me", token=ali.token[:-2] + "xx")

    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_new_password_ends_the_old_token(town, otto, ali):
    with town.engine.begin() as db:
        agents.change(db, agents.by_username(db, "ali").id, password_hash=hashed("another"))

    assert otto.asks("GET", "/me", token=ali.token).status_code == 401
