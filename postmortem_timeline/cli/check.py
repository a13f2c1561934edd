"""`pmt check`: is the postmortem complete, blameless and true to its own numbers?"""

from __future__ import annotations

import json
from pathlib import Path

import click

from postmortem_timeline.cli.faults import CHECK_FAILED
from postmortem_timeline.cli.text import tell


@click.command()
@click.argument("target", metavar="DIR|FILE.md")
@click.pass_context
def check(ctx: click.Context, target: str) -> None:
    """List what is missing, blaming or wrong in a postmortem; exit status 1 if anything is.

    DIR is what `pmt build` wrote; FILE.md is any postmortem in Markdown.
    """
    from postmortem_timeline.postmortem.checklist import check_document, check_markdown
    from postmortem_timeline.postmortem.findings import listed

    path = Path(target)
    if path.is_dir():
        incident = json.loads((path / "incident.json").read_text(encoding="utf-8"))
        findings = check_document(incident, (path / "postmortem.md").read_text(encoding="utf-8"))
    else:
        findings = check_markdown(path.read_text(encoding="utf-8"))
    tell(listed(findings))
    ctx.exit(CHECK_FAILED if findings else 0)
