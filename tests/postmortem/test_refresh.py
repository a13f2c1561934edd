"""Edits of every kind in a generated document, and what a fresh build makes of them."""

from __future__ import annotations

import pytest

from postmortem_timeline.postmortem.blocks import Block, marked, parse
from postmortem_timeline.postmortem.refresh import refreshed

HEAD = "## Timeline\n\n| Time | What |\n| --- | --- |"
FIRST = [
    Block("head", "# Outage\n\n- **Severity:** _[to be filled: severity]_"),
    Block("summary", "## Summary\n\nIt failed for 10% of users[^aaaaaa].\nIt took 5 min."),
    Block("timeline", f"{HEAD}\n| 17:42 | fails |\n| 17:46 | alert |\n| 18:27 | over |", rows=True),
    Block("lucky", "### Lucky\n\n- night[^bbbbbb]\n- _[to be filled: what else]_", rows=True),
    Block("notes", "## Notes\n\n[^aaaaaa]: `a.log:1`\n[^bbbbbb]: `b.log:2`", rows=True),
]  # fmt: skip
SECOND = [
    FIRST[0],
    Block("summary", "## Summary\n\nIt failed for 12% of users[^cccccc].\nIt took 6 min."),
    Block("timeline", f"{HEAD}\n| 17:42 | fails |\n| 17:45 | page |\n| 17:46 | alert, again |\n| 18:28 | over |", rows=True),
    FIRST[3],
    Block("notes", "## Notes\n\n[^cccccc]: `c.log:3`\n[^bbbbbb]: `b.log:2`", rows=True),
]  # fmt: skip
OLD, NEW = marked(FIRST), marked(SECOND)


def after(edited: str, fresh=SECOND) -> str:
    now = refreshed(edited, fresh)
    assert now is not None
    again = refreshed(now.text, fresh)
    assert again is not None and again == now, "a second report changes nothing, and still offers what it offered"
    return now.text


def theirs(edited: str, fresh=SECOND) -> tuple[str, ...]:
    return refreshed(edited, fresh).theirs


def rows(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.startswith("| ")]


# What must not happen


@pytest.mark.parametrize("text", ["", "# Mine\n\nAll by hand.\n", "<!-- a comment -->\n"])
def test_a_document_without_marks_is_all_theirs(text):
    assert refreshed(text, SECOND) is None


def test_a_changed_block_stays_to_the_letter_and_the_fresh_text_is_offered():
    edited = OLD.replace("It took 5 min.", "It took five minutes, says Ops.")
    text = after(edited)
    assert "It failed for 10% of users[^aaaaaa].\nIt took five minutes, says Ops." in text and "12%" not in text
    assert theirs(edited) == ("summary",)


def test_the_evidence_of_a_kept_sentence_is_kept():
    assert "[^aaaaaa]: `a.log:1`" in after(OLD.replace("It took 5 min.", "Five."))
    assert "[^aaaaaa]: `a.log:1`" not in after(OLD)


def test_a_changed_block_that_would_be_the_same_again_is_not_offered():
    edited = OLD.replace("_[to be filled: severity]_", "SEV-2")
    assert "SEV-2" in after(edited) and theirs(edited) == ()


def test_a_deleted_block_stays_away():
    start, end = OLD.index("<!-- pmt summary -->"), OLD.index("<!-- pmt timeline -->")
    assert "## Summary" not in after(OLD[:start] + OLD[end:]) and theirs(OLD[:start] + OLD[end:]) == ()


def test_a_block_emptied_between_its_marks_stays_empty():
    assert "## Summary" not in after(OLD.replace(FIRST[1].text, ""))


def test_a_block_whose_mark_was_deleted_is_text_of_theirs():
    text = after(OLD.replace("<!-- pmt summary -->\n", ""))
    assert "It failed for 10%" in text and "12%" not in text


@pytest.mark.parametrize("gone", ["<!-- pmt timeline -->", "<!-- pmt document"], ids=["an opening mark", "the last line"])
def test_a_missing_mark_never_doubles_a_section(gone):
    edited = "\n".join(line for line in OLD.split("\n") if not line.startswith(gone))
    assert after(edited).count("## Timeline") == 1 and after(edited).count("## Summary") == 1


def test_rows_that_people_deleted_stay_away():
    assert "17:42 | fails" not in after(OLD.replace("| 17:42 | fails |\n", ""))


def test_a_row_that_both_changed_is_theirs_and_offered():
    edited = OLD.replace("| 17:46 | alert |", "| 17:46 | alert, nobody saw it |")
    text = after(edited)
    assert "nobody saw it" in text and "alert, again" not in text and theirs(edited) == ("timeline",)


def test_a_table_with_another_head_is_theirs():
    edited = OLD.replace("| Time | What |", "| Time | What happened |")
    assert "17:45" not in after(edited) and theirs(edited) == ("timeline",)


# What is renewed


def test_an_untouched_document_is_the_fresh_one():
    assert after(OLD) == NEW


@pytest.mark.parametrize(
    "edit",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\ufeff" + text,
        lambda text: text.replace("| Time | What |\n| --- | --- |", "| Time  | What  |\n| ----- | ----- |"),
        lambda text: text.replace("\n\n", "\n\n\n"),
        lambda text: text.replace("5 min.", "5 min.  "),
    ],
    ids=["Windows line ends", "a byte order mark", "a formatter's table", "blank lines", "blanks at a line's end"],
)
def test_what_editors_do_by_themselves_is_no_edit(edit):
    assert after(edit(OLD)) == NEW


def test_text_between_blocks_stays_and_the_blocks_are_renewed():
    edited = OLD.replace("<!-- pmt timeline -->", "## What our customers said\n\nNot much.\n\n<!-- pmt timeline -->")
    text = after(edited)
    assert text.index("12% of users") < text.index("## What our customers said\n\nNot much.") < text.index("17:45 | page")


def test_a_moved_section_is_renewed_where_it_stands():
    start, end = OLD.index("<!-- pmt summary -->"), OLD.index("<!-- pmt timeline -->")
    moved = OLD[:start] + OLD[end:].replace("<!-- pmt lucky -->", OLD[start:end] + "<!-- pmt lucky -->")
    text = after(moved)
    assert text.index("18:28 | over") < text.index("12% of users") < text.index("### Lucky")


def test_a_heading_in_other_words_stays_and_the_text_beneath_is_renewed():
    text = after(OLD.replace("## Summary", "## Management summary"))
    assert "## Management summary\n\nIt failed for 12%" in text


def test_a_row_that_people_added_stays_in_its_place_among_fresh_ones():
    edited = OLD.replace("| 17:46 | alert |", "| 17:46 | alert |\n| 17:50 | Kim called the vendor |")
    assert rows(after(edited)) == [
        "| Time | What |", "| --- | --- |", "| 17:42 | fails |", "| 17:45 | page |", "| 17:46 | alert, again |",
        "| 17:50 | Kim called the vendor |", "| 18:28 | over |",
    ]  # fmt: skip
    assert theirs(edited) == ()


def test_a_bullet_filled_in_stays_and_those_beside_it_are_renewed():
    fresh = [*SECOND[:3], Block("lucky", "### Lucky\n\n- weekend\n- _[to be filled: what else]_", rows=True), SECOND[4]]
    text = after(OLD.replace("- _[to be filled: what else]_", "- the vendor picked up at once"), fresh)
    assert "### Lucky\n\n- weekend\n- the vendor picked up at once\n" in text


def test_a_block_that_only_a_new_version_writes_is_put_where_it_belongs():
    newer = [*SECOND[:2], Block("impact", "## Impact\n\nTwo windows."), *SECOND[2:]]
    text = after(OLD.replace("5 min.", "5 minutes."), newer)
    assert text.index("5 minutes.") < text.index("Two windows.") < text.index("## Timeline")


def test_a_block_that_no_version_writes_any_more_goes_unless_it_was_edited():
    assert "### Lucky" not in after(OLD.replace("5 min.", "5 minutes."), [*SECOND[:3], SECOND[4]])
    assert "- luck" in after(OLD.replace("- night", "- luck"), [*SECOND[:3], SECOND[4]])


def test_copying_a_block_from_the_offered_text_takes_it():
    edited = OLD.replace("It took 5 min.", "It took five minutes.")
    summary = NEW[NEW.index("<!-- pmt summary -->") : NEW.index("<!-- pmt timeline -->")]
    start, end = edited.index("<!-- pmt summary -->"), edited.index("<!-- pmt timeline -->")
    assert after(edited[:start] + summary + edited[end:]) == NEW


def test_marks_are_comments_with_blank_lines_around():
    lines = OLD.split("\n")
    marks = [n for n, line in enumerate(lines) if line.startswith("<!--")]
    assert len(marks) == 2 * len(FIRST) + 1
    assert all(not lines[n + 1] for n in marks[:-1])
    assert [part for part in parse(OLD) if isinstance(part, str) and part] == []
