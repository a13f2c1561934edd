"""Whose fault it is, as an exit status: 2 the usage or the evidence, 3 ours."""

from __future__ import annotations

import errno
import traceback
from typing import Any

import click

from postmortem_timeline.errors import PostmortemTimelineError

CHECK_FAILED, NOT_USABLE, OUR_FAULT, INTERRUPTED = 1, 2, 3, 130


class Refused(click.ClickException):
    """A message for the person, no traceback."""

    exit_code = NOT_USABLE


class Program(click.Group):
    """A group that keeps `pmt` commands in the order of the work and turns exceptions into exit statuses."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except KeyboardInterrupt:
            ctx.exit(INTERRUPTED)
        except PostmortemTimelineError as error:
            raise Refused(str(error)) from error
        except OSError as error:
            if error.errno == errno.EPIPE:  # whoever read us has seen enough; click ends quietly
                raise
            raise Refused(f"{error.filename}: {error.strerror}" if error.filename else str(error)) from error
        except Exception:
            click.echo(traceback.format_exc(), err=True, nl=False)
            click.echo("This is a fault of ours, not of the exports. Please report it with the lines above.", err=True)
            ctx.exit(OUR_FAULT)
