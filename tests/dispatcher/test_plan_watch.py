"""A changed plan is taken up, a broken one refused with the old one still serving; calls finish on their own version."""

import shutil
from dataclasses import replace

import pytest

from ivr.dispatcher.plan_watch import PlanWatch
from tests.kit.town import ROOT


@pytest.fixture
def files(town, tmp_path):
    """The town's plan in files of its own, and what watches them."""
    routes, grammars = tmp_path / "routes.yaml", tmp_path / "grammars"
    shutil.copy(ROOT / "routes.yaml", routes)
    shutil.copytree(ROOT / "grammars", grammars)
    settings = replace(town.parts.settings, routes=routes, grammars=grammars)
    return routes, PlanWatch(replace(town.parts, settings=settings))


def rewrite(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_changed_greeting_is_heard_by_the_next_caller_and_calls_under_way_finish_on_their_version(town, files):
    routes, watch = files
    watch.look()
    call = town.calls()
    call.hears("Velkommen til Lillebælt Kommune")
    before = town.contact().plan_version

    rewrite(routes, "Velkommen til Lillebælt Kommune", "Goddag hos Lillebælt Kommune")
    assert watch.look() is not None
    town.calls("+4520304070").hears("Goddag hos Lillebælt Kommune")
    call.press("*")
    call.hears("Hvad drejer")

    assert town.contact(0).plan_version == before
    assert town.contact(1).plan_version != before


def test_of_two_plans_taken_up_in_the_same_moment_the_later_one_serves(town, files):
    routes, watch = files
    watch.look()
    for old, new in (("Velkommen til", "Goddag hos"), ("Goddag hos", "Hej hos"), ("Hej hos", "Velkommen til")):
        rewrite(routes, f"{old} Lillebælt Kommune", f"{new} Lillebælt Kommune")
        assert watch.look() is not None

    town.calls().hears("Velkommen til Lillebælt Kommune")


def test_a_broken_plan_is_refused_once_and_the_old_one_serves_on(town, files):
    routes, watch = files
    watch.look()
    rewrite(routes, "group: borgerservice", "group: borgerservise")

    assert watch.look() is None
    assert watch.look() is None
    town.calls().hears("Velkommen til Lillebælt Kommune")


def test_a_missing_file_is_no_disaster(town, files):
    routes, watch = files
    watch.look()
    routes.unlink()

    assert watch.look() is None
    town.calls().hears("Velkommen til Lillebælt Kommune")


def test_a_plan_that_cannot_be_kept_for_hard_times_serves_all_the_same(town, files, tmp_path):
    routes, watch = files
    (tmp_path / "no-folder").write_text("in the way")
    watch._parts = replace(watch._parts, settings=replace(watch._parts.settings, var=tmp_path / "no-folder"))
    rewrite(routes, "Velkommen til Lillebælt Kommune", "Goddag hos Lillebælt Kommune")

    assert watch.look() is not None
    town.calls().hears("Goddag hos Lillebælt Kommune")
