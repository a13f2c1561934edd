"""postmortem.md: every section, every number with a footnote to its evidence, every gap marked."""

from __future__ import annotations

from postmortem_timeline.postmortem import evidence_index, measured, sections
from postmortem_timeline.postmortem.blocks import Block
from postmortem_timeline.postmortem.footnotes import Notes
from postmortem_timeline.postmortem.model import Document
from postmortem_timeline.redact import seal


def render(document: Document) -> str:
    """The document as GitHub-flavoured Markdown; ends with one newline."""
    return "\n\n".join(block.text for block in blocks(document)) + "\n"


def blocks(document: Document) -> list[Block]:
    """The document in the parts that are told apart when people have edited it. Raises Leak where a known name stands."""
    notes = Notes(document.quotes)
    made = [
        Block("head", sections.head(document)),
        Block("summary", _titled("Executive summary", sections.summary(document, notes))),
        Block("facts", _titled("Key facts", measured.key_facts(document, notes)), rows=True),
        Block("timeline", _titled("Timeline", sections.timeline(document)), rows=True),
        Block("impact", _titled("Impact", measured.impact(document, notes)), rows=True),
        Block("root-cause", _titled("Root cause", sections.whys(document, notes))),
        *_causes(document, notes),
        *_lessons(document, notes),
        Block("actions", _titled("Action items", sections.actions(document, notes)), rows=True),
        Block("questions", _titled("Open questions", sections.questions(document, notes)), rows=True),
        Block("evidence", _titled("Evidence", evidence_index.ledger(document)), rows=True),
        *(Block(name, f"### {title}\n\n{text}", rows=True) for name, title, text in evidence_index.further(document)),
    ]
    made.append(Block("notes", _titled("Notes", notes.listed()), rows=True))
    for block in made:
        seal(block.text, document.known, spare=document.spare)
    return made


def _titled(title: str, body: str) -> str:
    return f"## {title}\n\n{body}"


def _causes(document: Document, notes: Notes) -> list[Block]:
    """Nothing set off what did not happen."""
    if not document.whys:
        return []
    return [
        Block("trigger", f"### Trigger\n\n{notes.cited(document.trigger)}"),
        Block("factors", f"### Contributing factors\n\n{sections.factors(document, notes)}", rows=True),
    ]


def _lessons(document: Document, notes: Notes) -> list[Block]:
    sides = (
        ("went-well", "## Lessons\n\n### What went well", document.lessons.well),
        ("went-poorly", "### What went poorly", document.lessons.poorly),
        ("lucky", "### Where we were lucky", document.lessons.lucky),
    )
    return [Block(name, f"{title}\n\n{sections.bullets(side, notes)}", rows=True) for name, title, side in sides]
