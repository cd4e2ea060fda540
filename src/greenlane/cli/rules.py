"""greenlane rules: the law as data, listed, shown, drawn, compared, checked and tested."""

from __future__ import annotations

from pathlib import Path

import click

from greenlane import wiring

_RULES = click.option("--rules", "folder", type=click.Path(path_type=Path, file_okay=False), help="Another rule base.")


@click.group()
def rules() -> None:
    """The law as data: list, show, timeline, diff, check, test, coverage."""


@rules.command()
@_RULES
def check(folder: Path | None) -> int:
    """Read the whole base and hold it against every integrity rule.

    \b
    Example:
        greenlane rules check
    """
    base = wiring.load_rules(folder, with_cases=True)
    click.echo(f"{len(base.instruments)} instruments, {len(base.measures)} measures, {len(base.cases)} cases: clean")
    return 0


@rules.command()
@click.argument("instruments", nargs=-1)
@_RULES
def test(instruments: tuple[str, ...], folder: Path | None) -> int:
    """Run the worked examples beside the law, all or those of some instruments.

    \b
    Example:
        greenlane rules test
        greenlane rules test cn-2025-018
    """
    base = wiring.load_rules(folder, with_cases=True, release=False)
    cases = [case for case in base.cases if not instruments or case.instrument in instruments]
    results = wiring.run_cases(cases, base)
    failed = [result for result in results if result.failures]
    for result in failed:
        click.echo(f"{result.case.file}:{result.case.at_line}: {result.case.name}")
        for text in result.failures:
            click.echo(f"    {text}")
    click.echo(f"{len(results) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0
