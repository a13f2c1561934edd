"""Templates that become one, and those that do not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from postmortem_timeline.digest.merging import merge_templates

LABELLED = Path(__file__).parents[2] / "fixtures" / "patterns"


def merged(*shapes: str) -> list[str]:
    found = merge_templates(shapes)
    return [found[shape] for shape in shapes]


@pytest.mark.parametrize(
    "shapes",
    [
        ["job load runs", "job load stopped", "job load idle"],
        ["job load started", "job load stopped", "job load failed", "job load paused", "job load resumed"],
        ["started the job", "stopped the job", "failed the job", "paused the job", "<*> the job"],
        ["user a", "user b", "user c", "user d", "user e", "user f"],
        ["cache is <*> full", "cache is <*> empty"],
        ["caused by java.net.ConnectException here", "caused by java.io.IOException here"],
        ["peer web is up", "peer db is up"],
        [],
    ],
    ids=[
        "three variants",
        "what happened",
        "the first word differs",
        "one word shared",
        "no mask in the place",
        "two faults",
        "two words",
        "nothing",
    ],
)
def test_what_is_not_merged(shapes: list[str]) -> None:
    assert merged(*shapes) == shapes


def test_ten_words_are_values_whatever_they_say_and_however_little_stands_around_them() -> None:
    names = [f"{letter}ed" for letter in "abcdefghij"]
    assert set(merged(*(f"job load {name}" for name in names))) == {"job load <*>"}
    assert set(merged(*(f"unpacking {name} <*>" for name in names))) == {"unpacking <*>"}


def test_two_dotted_names_in_one_place_are_values() -> None:
    assert set(merged("no such file peers.dat here", "no such file (bans.dat) here")) == {"no such file <*> here"}


def test_what_merging_masks_is_folded_as_what_is_masked_at_once() -> None:
    assert set(merged("setting up <*> ...", *(f"setting up {name} (<*>) ..." for name in "abcd"))) == {
        "setting up <*> ..."
    }


def test_four_words_in_one_place_are_values() -> None:
    shapes = [f"session opened for {name}" for name in ("root", "news", "cyrus", "guest")]
    assert set(merged(*shapes)) == {"session opened for <*>"}


def test_a_mask_in_a_place_makes_the_words_there_values() -> None:
    assert set(merged("no route for host=<*>", "no route for host=db.example")) == {"no route for host=<*>"}


def test_merging_goes_on_until_nothing_changes_and_order_does_not_matter() -> None:
    shapes = [f"login of {name} from {place}" for name in "abcde" for place in ("home", "<*>")]
    assert merge_templates(shapes) == merge_templates(reversed(shapes))
    assert set(merged(*shapes)) == {"login of <*> from <*>"}


@pytest.mark.parametrize("path", sorted(LABELLED.glob("*.tsv")), ids=lambda path: path.stem)
def test_a_label_fits_its_message(path: Path) -> None:
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        template, message = line.split("\t", 1)
        assert re.fullmatch(".*?".join(map(re.escape, template.split("<*>"))) + r"\s*", message), message
