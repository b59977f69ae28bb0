import requests

from tests.kit.town import PASSWORD


def test_the_description_of_the_api_names_every_call(otto):
    paths = otto.asks("GET", "/openapi.json").json()["paths"]

    assert {path.removeprefix("/api/v1") for path in paths} == {
        "/login", "/me", "/me/state", "/me/contact", "/queues", "/stats", "/contacts", "/contacts/{contact_id}",
        "/contacts/{contact_id}/accept", "/contacts/{contact_id}/decline", "/contacts/{contact_id}/hold",
        "/contacts/{contact_id}/resume", "/contacts/{contact_id}/hang-up", "/contacts/{contact_id}/link",
        "/contacts/{contact_id}/wrap-up", "/messages", "/messages/{message_id}/handled",
        "/messages/{message_id}/take", "/messages/{message_id}/give-back", "/notices", "/notices/{notice_id}", "/groups/{group_id}/open",
        "/lessons", "/proposals", "/proposals/{proposal_id}",
    }  # fmt: skip


def test_an_address_that_is_not_there_is_a_problem_document(otto):
    answer = otto.asks("GET", "/nowhere")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_body_of_a_megabyte_is_turned_away(otto):
    answer = otto.asks("POST", "/login", {"username": "x" * 1_000_000, "password": "y"})

    assert answer.status_code == 413


def test_our_own_fault_tells_nothing_of_itself(town, ali):
    town.parts.engine.dispose()
    with town.engine.begin() as db:
        db.exec_driver_sql("ALTER TABLE engagements RENAME TO engagements_elsewhere")
    try:
        answer = town.http.get(
            f"{town.url}/api/v1/me/contact", headers={"Authorization": f"Bearer {ali.token}"}, timeout=20
        )
    finally:
        with town.engine.begin() as db:
            db.exec_driver_sql("ALTER TABLE engagements_elsewhere RENAME TO engagements")

    assert answer.status_code == 503
    assert answer.json()["detail"] == "The error is ours and has been logged."
    assert "engagements" not in answer.text


def test_a_session_changes_nothing_in_the_api_without_its_csrf_token(town, ali):
    browser = requests.Session()
    form = browser.get(f"{town.url}/login", timeout=20).text
    token = form.split('name="csrf_token" value="')[1].split('"')[0]
    browser.post(f"{town.url}/login", data={"csrf_token": token, "username": "ali", "password": PASSWORD}, timeout=20)
    page = browser.get(f"{town.url}/desk", timeout=20).text
    csrf = page.split('name="csrf_token" value="')[1].split('"')[0]
    address, wish = f"{town.url}/api/v1/me/state", {"state": "ready"}

    without = browser.put(address, json=wish, timeout=20)
    with_it = browser.put(address, json=wish, headers={"X-CSRFToken": csrf}, timeout=20)

    assert without.status_code == 400
    assert (with_it.status_code, with_it.json()["state"]) == (200, "ready")
