"""What was misunderstood, from the caller's words to the operator's file; each step through its own door."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from html import unescape

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from ivr.adapters.store import retention
from ivr.cli.proposals import command as proposals_command
from ivr.domain.contacts.facts import Fact
from tests.kit.database import environment
from tests.pages.conftest import Visitor, signed_in
from tests.pages.test_accessibility import is_accessible

NONSENSE = "kvadratrod af en giraf"
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def mads_reads(town):
    """Another supervisor."""
    town.agent("mads", groups="byg", role="supervisor")
    return Visitor(town).signs_in("mads")


def says(town, *words):
    """Karen says it at the open question and is asked again; then she wants a person."""
    call = town.calls()
    call.hears("Hvad drejer")
    for said in words:
        call.say(said)
        call.hears("fangede")
    call.press("0")
    call.hears("kø")
    return call


def ends_with(town, ali, call, topic):
    """Ali answers, and says at wrap-up what it was about."""
    if ali.state != "ready":
        ali.ready()
    ali.takes()
    call.joins_conference()
    town.wait(5)
    call.hang_up()
    town.wait(2)
    ali.wraps_up("yes", topic=topic)


def is_misunderstood(town, ali, words=NONSENSE, topic="byggesag"):
    ends_with(town, ali, says(town, words), topic)


def rows(shown):
    """What stands in each card, as running text."""
    cards = re.findall(r'<li class="card lesson".*?(?=<li class="card lesson"|</ol>)', shown, re.S)
    return [unescape(" ".join(re.sub(r"<select.*?</select>|<[^>]+>", " ", card, flags=re.S).split())) for card in cards]


def form_of(shown):
    """What the first card's form would send if its button were pressed at once."""
    form = re.search(r'<form class="stack" method="post" action="/lessons/proposals">.*?</form>', shown, re.S)[0]
    fields = dict(re.findall(r'<input(?: type="hidden")? name="(\w+)" value="([^"]*)"', form))
    chosen = re.search(r'<option value="([^"]*)" selected>', form)
    del fields["csrf_token"]
    return {**fields, "topic": chosen[1] if chosen else ""}


def proposes(reader, **changed):
    """One click at the first card, perhaps after a change of the form."""
    return reader.sends(
        "/lessons/proposals", seen_on="/lessons", **{**form_of(reader.opens("/lessons").text), **changed}
    )


def stored(town):
    with town.engine.connect() as db:
        return db.execute(text("SELECT topic, phrase, proposed_by, state FROM grammar_proposals ORDER BY id")).all()


def proposals_file(database_url, *options):
    return CliRunner().invoke(proposals_command, options, env=environment(database_url))


def test_what_was_not_understood_stands_where_the_agent_says_that_it_belonged(town, ali, sofie_reads):
    is_misunderstood(town, ali)

    shown = sofie_reads.opens("/lessons").text

    (row,) = rows(shown)
    assert "<h1>Misforstået i sidste uge</h1>" in shown
    assert row.startswith("»kvadratrod af en giraf« sagt 1 gang · sidst 23. nov. 2026 kl. 10.00")
    assert "Blev taget for ikke forstået Hørte hjemme under En byggesag" in row
    assert f'href="/contacts/{town.contact().id}"' in shown
    assert form_of(shown)["topic"] == "byggesag"


def test_one_click_proposes_it_and_the_operators_file_has_it(town, ali, sofie_reads, database_url, tmp_path):
    is_misunderstood(town, ali)
    out = tmp_path / "proposals-da.yaml"

    shown = proposes(sofie_reads).text
    printed = proposals_file(database_url)
    written = proposals_file(database_url, "--language", "da", "--out", str(out))

    assert "Tak. Formuleringen er foreslået." in shown
    assert "Foreslået »kvadratrod af en giraf« til En byggesag sofie, 23. nov. 2026" in rows(shown)[0]
    assert '\nbyggesag:\n  # sofie, 2026-11-23\n  - "kvadratrod af en giraf"\n' in out.read_text("utf-8")
    assert out.read_text("utf-8") == printed.stdout
    assert written.exit_code == 0, written.output
    assert "hentet af den driftsansvarlige" in sofie_reads.opens("/lessons").text
    assert stored(town) == [("byggesag", "kvadratrod af en giraf", "sofie", "exported")]


def test_nothing_changes_by_itself(town, ali, sofie_reads):
    is_misunderstood(town, ali)
    proposes(sofie_reads)

    call = town.calls()
    call.say(NONSENSE)

    call.hears("fangede")


def test_the_same_words_are_one_row_and_the_most_frequent_stand_first(town, ali, sofie_reads):
    is_misunderstood(town, ali, "roden af en giraf")
    is_misunderstood(town, ali, "Kvadratrod, af en giraf!")
    is_misunderstood(town, ali, NONSENSE, topic="pas")
    is_misunderstood(town, ali, NONSENSE, topic="pas")

    first, second = rows(sofie_reads.opens("/lessons").text)

    assert first.startswith("»kvadratrod af en giraf« sagt 3 gange")
    assert "Pas · 2 gange En byggesag · 1 gang" in first
    assert second.startswith("»roden af en giraf« sagt 1 gang")


def test_an_utterance_that_was_taken_for_something_else_says_for_what_and_how_surely(town, ali, sofie_reads):
    birgit = town.agent("birgit", groups="borgerservice", skills="pas:5")
    call = town.calls()
    call.say("jeg skal have nyt pas")
    call.hears("link")
    call.press("0")
    call.hears("kø")
    ends_with(town, birgit, call, "koerekort")

    shown = sofie_reads.opens("/lessons").text

    (row,) = rows(shown)
    assert re.search(r"Blev taget for .*[Pp]as.* · uden at spørge sikkerhed \d+ %", row)
    assert form_of(shown)["topic"] == "koerekort"


def test_a_day_tells_how_many_were_understood_asked_and_misunderstood(town, ali, sofie_reads):
    is_misunderstood(town, ali)
    call = town.calls()
    call.say("jeg skal have nyt pas")
    call.hears("link")
    call.hang_up()
    town.wait(2)

    shown = sofie_reads.opens("/lessons").text
    month = sofie_reads.opens("/lessons?days=28").text

    today = "Forstået med det samme 1, Forstået, efter at der blev spurgt 0, Misforstået 1, Ikke forstået"
    assert f"Mandag den 23. november 2026: {today}" in shown
    assert shown.count("<rect ") == 2
    assert "Misforstået i de sidste 28 dage" in month
    assert month.count('<span class="which">') == 28


def test_before_anything_was_misunderstood_the_page_says_what_will_stand_here(sofie_reads):
    shown = sofie_reads.opens("/lessons").text

    assert "Intet blev misforstået i perioden." in shown
    assert "Her kommer til at stå, hvad borgerne sagde" in shown
    assert "Dag for dag" not in shown


def test_a_call_that_goes_on_is_not_judged(town, ali, sofie_reads):
    says(town, NONSENSE)

    assert rows(sofie_reads.opens("/lessons").text) == []


@pytest.mark.parametrize(
    "number", ["ring til mig på 20 30 40 59", "mit nummer er tyve tredive fyrre nioghalvtreds", "010180-1234"]
)
def test_a_phrase_with_a_number_by_which_somebody_is_known_is_refused_and_can_be_mended(town, ali, sofie_reads, number):
    is_misunderstood(town, ali)

    answer = proposes(sofie_reads, phrase=f"giraf {number}")

    assert answer.status_code == 422
    assert "Formuleringen ser ud til at indeholde et telefonnummer, et CPR-nummer eller en adresse." in answer.text
    assert f'value="giraf {number}"' in answer.text
    assert 'aria-invalid="true" autofocus' in answer.text
    assert stored(town) == []


def test_a_name_can_be_struck_out_and_the_row_is_marked_all_the_same(town, ali, sofie_reads):
    is_misunderstood(town, ali, "Karen Lund her om kvadratrod af en giraf")

    shown = proposes(sofie_reads, phrase="om kvadratrod af en giraf").text

    assert "Foreslået »om kvadratrod af en giraf« til En byggesag" in rows(shown)[0]
    assert [row.phrase for row in stored(town)] == ["om kvadratrod af en giraf"]


@pytest.mark.parametrize(("field", "said"), [("topic", "Vælg et af emnerne."), ("phrase", "Formuleringen er tom.")])
def test_a_form_without_a_topic_or_a_phrase_is_refused(town, ali, sofie_reads, field, said):
    is_misunderstood(town, ali)

    answer = proposes(sofie_reads, **{field: ""})

    assert answer.status_code == 422
    assert said in answer.text


def test_a_double_click_proposes_once(town, ali, sofie_reads):
    is_misunderstood(town, ali)
    form = form_of(sofie_reads.opens("/lessons").text)

    first, second = (sofie_reads.sends("/lessons/proposals", seen_on="/lessons", **form) for _ in range(2))

    assert (first.status_code, second.status_code) == (200, 200)
    assert len(stored(town)) == 1
    with town.engine.connect() as db:
        assert db.execute(text("SELECT count(*) FROM events WHERE kind = 'phrase_proposed'")).scalar_one() == 1


@pytest.mark.parametrize(("hers", "his"), [("byggesag", "byggesag"), ("byggesag", "pas")])
def test_of_two_supervisors_at_once_one_proposes_and_the_other_is_told_what_stands(
    town, ali, sofie_reads, mads_reads, hers, his
):
    is_misunderstood(town, ali)
    form, together = form_of(sofie_reads.opens("/lessons").text), threading.Barrier(2)

    def clicks(reader, topic):
        together.wait()
        return reader.sends("/lessons/proposals", seen_on="/lessons", **{**form, "topic": topic})

    with ThreadPoolExecutor() as both:
        answers = list(both.map(clicks, (sofie_reads, mads_reads), (hers, his)))

    assert sorted(answer.status_code for answer in answers) == ([200, 200] if hers == his else [200, 409])
    assert len(stored(town)) == 1
    if hers != his:
        refused = next(answer for answer in answers if answer.status_code == 409)
        assert "Formuleringen er allerede foreslået til et andet emne." in refused.text


def test_a_proposal_that_is_withdrawn_is_forgotten_and_can_be_made_again(town, ali, sofie_reads, mads_reads):
    is_misunderstood(town, ali)
    shown = proposes(sofie_reads).text
    address = re.search(r'action="(/lessons/proposals/[^/]+/withdraw)"', shown)[1]

    withdrawn = mads_reads.sends(address, seen_on="/lessons")
    again = mads_reads.sends(address, seen_on="/lessons")
    proposed = proposes(mads_reads, topic="pas")

    assert "Forslaget er trukket tilbage, og formuleringen er slettet." in withdrawn.text
    assert again.status_code == 200
    assert proposed.status_code == 200
    assert [tuple(row) for row in stored(town)] == [
        ("byggesag", None, "sofie", "withdrawn"),
        ("pas", NONSENSE, "mads", "open"),
    ]


def test_a_proposal_that_never_was_is_not_found(sofie_reads):
    nobodys = "/lessons/proposals/0190a1b2-0000-7000-8000-000000000000/withdraw"

    assert sofie_reads.sends(nobodys, seen_on="/lessons").status_code == 404


def test_what_an_anonymous_caller_said_is_nowhere(town, ali, sofie_reads):
    call = town.calls()
    call.say("naboen hedder Emma og giraffen")
    call.hears("fangede")
    call.say("jeg er bekymret for et barn")
    call.hears("Dit nummer bliver ikke vist")
    call.hang_up()
    town.wait(5)

    with town.engine.connect() as db:
        kept = "\n".join(
            str(row) for row in db.execute(text("SELECT data::text FROM events UNION ALL SELECT heard FROM contacts"))
        )
    assert town.contact().anonymous
    assert rows(sofie_reads.opens("/lessons").text) == []
    assert "giraffen" not in kept
    assert "bekymret" not in kept
    assert town.facts().count(Fact.HEARD) == 2


def test_after_the_time_of_words_has_run_out_they_are_gone_and_an_accepted_phrase_stays(town, ali, sofie_reads):
    is_misunderstood(town, ali)
    proposes(sofie_reads, phrase="roden af giraffen")

    with town.engine.begin() as db:
        now = town.parts.operations.clock.now(db) + timedelta(days=1)
        for trace in retention.TRACES:
            if trace.kind == "words":
                retention.forget(db, trace, now, 1000)
    shown = sofie_reads.opens("/lessons").text

    assert rows(shown) == []
    assert NONSENSE not in shown
    assert "»roden af giraffen«" in shown


def test_an_agent_neither_reads_nor_proposes(town, ali, ali_reads):
    is_misunderstood(town, ali)

    sent = ali_reads.sends(
        "/lessons/proposals", seen_on="/desk", language="da", topic="pas", phrase="nyt rejsepapir", row="x"
    )

    assert ali_reads.opens("/lessons").status_code == 403
    assert sent.status_code == 403
    assert 'href="/lessons"' not in ali_reads.opens("/desk").text
    assert stored(town) == []


def test_otto_is_sent_to_sign_in_and_a_form_of_another_site_is_refused(otto, sofie_reads):
    assert "/login" in otto.opens("/lessons").url
    assert "/login" in otto.sends("/lessons/proposals", seen_on="/login", phrase="x").url
    assert sofie_reads.sends("/lessons/proposals", seen_on="/lessons", csrf=False, phrase="x").status_code == 400


def test_english_stands_beside_the_danish(town, ali, sofie_reads):
    is_misunderstood(town, ali)

    shown = sofie_reads.opens("/language/en?next=/lessons").text

    assert "<h1>Misunderstood last week</h1>" in shown
    assert "Propose for the grammar" in shown
    assert '<h3 lang="da">»kvadratrod af en giraf«</h3>' in shown


@pytest.mark.browser
def test_a_phrase_is_proposed_with_the_keyboard_alone(town, ali, sofie, page):
    is_misunderstood(town, ali)
    signed_in(page, town, "sofie")
    page.goto(f"{town.url}/lessons")

    page.get_by_label("Formulering").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("kald 20304059")
    page.keyboard.press("Enter")
    field = page.get_by_label("Formulering")
    field.and_(page.locator("[aria-invalid]")).wait_for()
    assert field.evaluate("field => field === document.activeElement")
    page.keyboard.press("Control+a")
    page.keyboard.type("roden af en giraf")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    page.get_by_role("status").filter(has_text="Tak. Formuleringen er foreslået.").wait_for()
    assert [row.phrase for row in stored(town)] == ["roden af en giraf"]


@pytest.mark.browser
def test_the_page_in_every_state(town, ali, sofie, page):
    signed_in(page, town, "sofie")
    page.goto(f"{town.url}/lessons")
    is_accessible(page)
    for words in (NONSENSE, "roden af en giraf og alle dens fjorten fætre fra den grønne komet"):
        is_misunderstood(town, ali, words)
    page.reload()
    is_accessible(page)
    page.get_by_label("Formulering").first.fill("kald 20304059")
    page.get_by_role("button", name="Foreslå til grammatikken").first.click()
    page.get_by_text("ser ud til at indeholde").wait_for()
    is_accessible(page)
    page.get_by_label("Formulering").first.fill("roden af en giraf")
    page.get_by_role("button", name="Foreslå til grammatikken").first.click()
    page.get_by_text("Tak. Formuleringen er foreslået.").wait_for()
    is_accessible(page)
    page.goto(f"{town.url}/lessons?days=28")
    is_accessible(page)
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
