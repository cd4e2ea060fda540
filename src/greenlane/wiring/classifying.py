"""Which words, titles and indexes a classifier is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from greenlane.decide import classify
from greenlane.decide.line import Line, Row, read_line
from greenlane.feeds import nomenclature, tables
from greenlane.feeds.tables import BadRow, Reject
from greenlane.law.rulebase import RuleBase
from greenlane.settings import read_settings
from greenlane.store.run_folder import FOLDER
from greenlane.store.text_index import TextIndex
from greenlane.wiring import read_one


@dataclass(frozen=True)
class Classifier:
    """What proposes codes for goods: the rule base, our words and titles, and a schedule if one is given."""

    rules: RuleBase
    words: tuple[classify.Word, ...]
    entries: tuple[classify.Entry, ...]
    titles: Mapping[str, str]
    index: TextIndex
    schedule: TextIndex | None

    def propose(self, line: Line, *, top: int = classify.TOP) -> classify.Proposals:
        """The codes that may be meant by the goods of a line; its route does not matter."""
        goods = classify.read_goods(line, self.words, self.rules)
        listed = () if self.schedule is None else self.schedule.search(goods.query)
        found = self.index.search(goods.query)
        return classify.propose(goods, self.entries, found, self.rules, schedule=listed, titles=self.titles, top=top)


def open_classifier(rules: RuleBase, *, folder: Path | None, schedule: Path | None, desk: Path | None = None) -> Classifier:
    """Read our words and titles beside the rules, and the schedule; its index is kept in the desk. Raises FileError."""
    settings = read_settings(rules=folder, desk=desk)
    entries = classify.catalogue(rules)
    titles = nomenclature.read_titles(settings.rules / "goods-titles.csv")
    listed: TextIndex | None = None
    if schedule is not None:
        name, raw = nomenclature.read_schedule(schedule)
        file = settings.desk / FOLDER / "schedules" / f"{name}.index"
        listed = TextIndex.kept(file) or TextIndex.keep(file, nomenclature.headings(raw, str(schedule)))
    return Classifier(
        rules,
        nomenclature.read_words(settings.rules / "goods-words.csv"),
        entries,
        {text.key: text.own for text in titles},
        TextIndex.of(classify.texts(entries, titles)),
        listed,
    )


def goods_line(cells: Mapping[str, str]) -> Line:
    """A line that is only asked what its goods are. Raises LineError."""
    return read_one(_routed(cells))


def _routed(cells: Mapping[str, str]) -> dict[str, str]:
    """The cells with a route: a line has one; where it is not asked for, any that leaves the country will do."""
    start, end = (cells.get(name, "").strip() for name in ("ship_from", "ship_to"))
    start = start or ("US" if end.upper() == "CN" else "CN")
    return {**cells, "ship_from": start, "ship_to": end or ("CN" if start.upper() == "US" else "US")}


def read_goods_file(path: Path) -> tuple[list[Line], list[Reject]]:
    """The lines of a file that are asked what their goods are: only `line_id` is compulsory. Raises FileError."""
    good: list[Line] = []
    bad: list[Reject] = []
    for row in tables.read_rows(path, compulsory=("line_id",)).rows:
        if isinstance(row, BadRow):
            bad.append(Reject(row.cells, row.file, row.number, (row.problem,)))
            continue
        line, problems = read_line(Row(_routed(row.cells), row.file, row.number))
        if line is None:
            bad.append(Reject(row.cells, row.file, row.number, problems))
        else:
            good.append(line)
    return good, bad
