import pytest

from tests.pages.test_lessons import NONSENSE, is_misunderstood


def test_what_was_misunderstood_is_told_with_where_it_belonged(town, ali, sofie):
    is_misunderstood(town, ali)

    told = sofie.ask("GET", "/lessons")

    (row,) = told["misunderstood"]
    assert row == {
        "language": "da",
        "words": NONSENSE,
        "count": 1,
        "last_at": row["last_at"],
        "contact": town.contact().id,
        "confidence": None,
        "taken": [{"topics": [], "way": "not_understood", "count": 1}],
        "belonged": [{"topic": "byggesag", "count": 1}],
    }
    assert [day["day"] for day in told["days"]] == [f"2026-11-{day}" for day in range(17, 24)]
    assert told["days"][-1] == {"day": "2026-11-23", "understood": 0, "asked": 0, "misunderstood": 1, "unknown": 0}


def test_a_period_can_be_asked_for_up_to_a_month(town, ali, sofie):
    is_misunderstood(town, ali)

    before = sofie.ask("GET", "/lessons?from=2026-11-01&to=2026-11-22")
    too_long = sofie.ask("GET", "/lessons?from=2026-10-01&to=2026-11-23", status=422)

    assert (before["misunderstood"], len(before["days"])) == ([], 22)
    assert (too_long["code"], too_long["detail"]) == ("bad_period", "The period is longer than 31 days.")


def test_a_phrase_is_proposed_listed_and_withdrawn(town, sofie):
    proposed = sofie.ask("POST", "/proposals", {"language": "da", "topic": "pas", "phrase": "Mit Rejsepapir."})
    again = sofie.ask("POST", "/proposals", {"language": "da", "topic": "pas", "phrase": "mit rejsepapir"})
    listed = sofie.ask("GET", "/proposals")["proposals"]
    sofie.ask("DELETE", f"/proposals/{proposed['id']}", status=204)

    assert proposed == {
        "id": proposed["id"],
        "language": "da",
        "topic": "pas",
        "phrase": "mit rejsepapir",
        "proposed_by": "sofie",
        "proposed_at": proposed["proposed_at"],
        "state": "open",
    }
    assert again == proposed
    assert listed == [proposed]
    assert sofie.ask("GET", "/proposals")["proposals"] == []


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"phrase": "ring 20 30 40 59"}, 422, "phrase_is_personal"),
        ({"phrase": "?"}, 422, "phrase_empty"),
        ({"phrase": "giraf " * 20}, 422, "phrase_too_long"),
        ({"topic": "giraf"}, 422, "bad_proposal"),
        ({"language": "xx"}, 422, "bad_proposal"),
        ({"topic": "koerekort"}, 409, "phrase_taken"),
    ],
)
def test_what_cannot_be_proposed_is_told_and_why(town, sofie, changed, status, code):
    proposal = {"language": "da", "topic": "pas", "phrase": "mit rejsepapir"}
    stands = sofie.ask("POST", "/proposals", proposal)

    refused = sofie.ask("POST", "/proposals", {**proposal, **changed}, status=status)

    assert refused["code"] == code
    assert refused["hint"] != ""
    assert sofie.ask("GET", "/proposals")["proposals"] == [stands]


def test_a_proposal_that_is_not_there_is_not_found(sofie):
    nobodys = "/proposals/0190a1b2-0000-7000-8000-000000000000"

    assert sofie.ask("DELETE", nobodys, status=404)["code"] == "no_such_proposal"


def test_an_agent_is_refused_and_otto_is_nobody(ali, otto):
    for method, path in (("GET", "/lessons"), ("GET", "/proposals"), ("POST", "/proposals")):
        assert ali.ask(method, path, {} if method == "POST" else None, status=403)["code"] == "forbidden"
        assert otto.asks(method, path, {} if method == "POST" else None).status_code == 401
