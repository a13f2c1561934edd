"""`pmt check`: is a postmortem complete, blameless and true to its own numbers?"""

from __future__ import annotations

import click

from postmortem_timeline.cli.faults import CHECK_FAILED
from postmortem_timeline.cli.text import tell


@click.command()
@click.argument("targets", nargs=-1, required=True, metavar="DIR|FILE.md...")
@click.option("--format", "form", type=click.Choice(["text", "json", "github"]), default="text",
              help="text for people (default), json, or github: annotations at the lines in GitHub Actions.")  # fmt: skip
@click.option("--config", metavar="FILE", help="A pmt.toml; by default the nearest one, or pyproject.toml, above each.")
@click.option("--ignore", multiple=True, metavar="CODE", help="Leave these findings out (repeatable).")
@click.option("--warn", multiple=True, metavar="CODE", help="Show these, but do not fail for them (repeatable).")
@click.pass_context
def check(
    ctx: click.Context, targets: tuple[str, ...], form: str, config: str | None, ignore: tuple[str, ...], warn: tuple[str, ...]
) -> None:  # fmt: skip
    """List what is missing, blaming or wrong in a postmortem; exit status 1 if anything is.

    DIR is what `pmt build` wrote; FILE.md is any postmortem in Markdown.
    """
    from postmortem_timeline.postmortem.checking import checked, told

    found = checked(targets, config, ignore, warn)
    tell(told(found, form))
    ctx.exit(CHECK_FAILED if any(one.severity == "error" for findings in found.values() for one in findings) else 0)
