"""The accessibility statement: to be read by everybody, in both languages, from every page."""

import pytest

from tests.pages.test_accessibility import is_accessible


def test_it_names_the_municipality_and_its_number_and_needs_no_sign_in(otto):
    shown = otto.opens("/tilgaengelighed")

    assert shown.status_code == 200
    assert "Lillebælt Kommune vil have, at alle kan bruge dette websted." in shown.text
    assert "Ring til Lillebælt Kommune på 72\u00a000\u00a012\u00a034" in shown.text
    assert "Digitaliseringsstyrelsen" in shown.text


def test_it_is_there_in_english(otto):
    shown = otto.opens("/language/en?next=/tilgaengelighed").text

    assert "Lillebaelt Municipality wants everybody to be able to use this website." in shown
    assert "What we know does not work" in shown


def test_every_page_leads_to_it(otto, sofie_reads):
    pages = [otto.opens("/login"), otto.opens("/l/abcdefgh"), otto.opens("/ingenting")]
    pages += [sofie_reads.opens(path) for path in ("/desk", "/wallboard", "/messages", "/contacts")]

    assert ['href="/tilgaengelighed"' in page.text for page in pages] == [True] * 7


def test_it_is_no_part_of_the_api(otto):
    assert "/tilgaengelighed" not in otto.opens("/api/v1/openapi.json").json()["paths"]


def test_without_a_plan_it_is_there_all_the_same(town, otto):
    with town.engine.begin() as db:
        db.exec_driver_sql("DELETE FROM dialplans")
    town.parts.plans._loaded.clear()

    shown = otto.opens("/tilgaengelighed")

    assert shown.status_code == 200
    assert "Kommunen vil have, at alle kan bruge dette websted." in shown.text
    assert "Skriv til kommunen i Digital Post." in shown.text


@pytest.mark.browser
def test_it_is_accessible_itself(town, page):
    page.goto(f"{town.url}/tilgaengelighed")
    is_accessible(page)
