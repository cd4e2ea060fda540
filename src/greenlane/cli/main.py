"""The `greenlane` command: verbs are imported only when they are used, so that `--help` is quick."""

from __future__ import annotations

import importlib
import os
import sys

import click

from greenlane import __version__
from greenlane.errors import GreenlaneError, LedgerRefusal, RuleBaseError

_VERBS = {
    "decide": ("greenlane.cli.decide", "decide", "Give each order line in a file a verdict, a reason and a source."),
    "ask": ("greenlane.cli.decide", "ask", "Ask about one line from the command line."),
    "why": ("greenlane.cli.decide", "why", "Print the proof tree of a line of the newest run that holds it."),
    "whatif": ("greenlane.cli.whatif", "whatif", "Show which lines of a file another day, knowledge or law would change."),
    "classify": ("greenlane.cli.classify", "classify", "Propose goods codes and list entries for goods, with the evidence."),
    "screen": ("greenlane.cli.screen", "screen", "Hold a name, or a book of them, against lists of parties; judge the alerts."),
    "licences": ("greenlane.cli.licences", "licences", "Licences: grant, reserve, commit, draw, observe, register, verify."),
    "rules": ("greenlane.cli.rules", "rules", "The law as data: list, show, timeline, diff, check, test, coverage, export."),
    "lists": ("greenlane.cli.lists", "lists", "Lists of parties: status, update, load, diff."),
    "demo": ("greenlane.cli.demo", "demo", "The desk of 10 June 2025: an invented firm, real measures."),
    "verify": ("greenlane.cli.decide", "verify", "Run a recorded run or screening again: the same, or what changed."),
}


class _Verbs(click.Group):
    """A group whose commands are imported on use."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(_VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _VERBS:
            return None
        module, name, _ = _VERBS[cmd_name]
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, _, about) in _VERBS.items()])


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="greenlane")
@click.option("--no-cache", is_flag=True, help="Read the rule files anew, and keep nothing of them (as GREENLANE_CACHE=off does).")
def cli(no_cache: bool) -> None:
    """Trade controls between the United States and China: may these goods go, on that day, and who says so?

    Not legal advice. Silence is never clearance.

    \b
    Example:
        greenlane demo
        greenlane ask --from CN --to DE --codes hs:850511 --contains "Nd:29%;Dy:3.1%" --on 2025-06-10
    """
    if no_cache:
        os.environ["GREENLANE_CACHE"] = "off"


def main() -> None:
    """Run, and turn errors into messages and exit codes: 0 done, 1 findings, rejects or a refused step, 2 bad input or usage."""
    try:
        status = cli.main(standalone_mode=False)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.Abort:
        click.echo("stopped", err=True)
        sys.exit(130)
    except click.ClickException as problem:
        problem.show()
        sys.exit(2)
    except RuleBaseError as problem:
        click.echo(str(problem), err=True)
        click.echo(f"\n{len(problem.problems)} problems; the whole base is refused", err=True)
        sys.exit(2)
    except GreenlaneError as problem:
        click.echo(str(problem), err=True)
        sys.exit(1 if isinstance(problem, LedgerRefusal) else 2)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    sys.exit(status if isinstance(status, int) else 0)
