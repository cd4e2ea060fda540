"""Rule folders: YAML and tables to nodes to a rule base, every scalar as text.

PyYAML's C parser gives the events; nothing is resolved by it, so that `NO` stays Norway and `8505.10` a code. What the
parser would allow and we do not: anchors and aliases, tags, merge keys, duplicate keys, several documents in one file.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import yaml

from greenlane.errors import Place, RuleBaseError, RuleError
from greenlane.law.checks import check_base
from greenlane.law.node import Node
from greenlane.law.parse import Reader
from greenlane.law.rulebase import RuleBase
from greenlane.law.table import Table

SIZE_MAX = 2_000_000
TABLE_SIZE_MAX = 8_000_000
SCHEDULE = "rates"  # how the name of a table of rates begins: long, and read in a way of its own
DEPTH_MAX = 24
SIDES = ("cn", "us")
OWNERSHIP = "ownership.yaml"  # optional; read last, because it names measures
TOLERANCES = "tolerances.yaml"  # optional
PENDING = ".accepting"  # while a draft is moved in: see rule_shelf
_BRACKETS = re.compile(r"[\[\]{}]")
_DASHES = re.compile(r"(?:[-?] ){50}")
_TAGS = {"tag:yaml.org,2002:str", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map"}


def read_node(text: str, *, file: str) -> Node:
    """Parse one YAML document into nodes. Raises RuleError."""
    if _nests_too_deep(text):  # the C parser recurses: deep enough, it would take the process down
        raise RuleError("GL0206", f"nested more than {DEPTH_MAX} deep", at=Place(file))
    try:
        root = yaml.compose(text, Loader=yaml.CBaseLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(file, None if mark is None else mark.line + 1)
        raise RuleError("GL0201", f"not YAML: {error.problem}", at=place, hint="check indentation, quotes and colons") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise RuleError("GL0201", f"not YAML: {str(error).splitlines()[0]}", at=Place(file)) from error
    if root is None:
        raise RuleError("GL0201", "the file is empty", at=Place(file), hint="take it away, or write the instrument")
    return _node(root, file, "", set(), 0)


def _nests_too_deep(text: str) -> bool:
    """A cheap look at the text before it is parsed; `_node` looks exactly."""
    depth = 0
    for sign in _BRACKETS.findall(text):
        depth += 1 if sign in "[{" else -1
        if depth > 1_000:
            return True
    return _DASHES.search(text) is not None


def _node(raw: yaml.Node, file: str, key: str, seen: set[int], depth: int) -> Node:
    line = raw.start_mark.line + 1
    place = Place(file, line, key or None)
    if depth > DEPTH_MAX:
        raise RuleError("GL0206", f"nested more than {DEPTH_MAX} deep", at=place)
    if id(raw) in seen:
        raise RuleError("GL0207", "an alias (`*name`)", at=place, hint="write the value out")
    seen.add(id(raw))
    if raw.tag not in _TAGS:
        raise RuleError("GL0207", f"a tag (`{raw.tag}`)", at=place, hint="write plain text; it is read as text anyway")
    if isinstance(raw, yaml.ScalarNode):
        return Node(raw.value, file, line, key)
    if isinstance(raw, yaml.SequenceNode):
        return Node([_node(one, file, key, seen, depth + 1) for one in raw.value], file, line, key)
    found: dict[str, Node] = {}
    for name, value in raw.value:
        here = name.start_mark.line + 1
        if not isinstance(name, yaml.ScalarNode):
            raise RuleError("GL0205", "a key that is not a text", at=Place(file, here, key or None))
        if name.value == "<<":
            raise RuleError("GL0207", "a merge key (`<<`)", at=Place(file, here, key or None), hint="write the keys out")
        if name.value in found:
            raise RuleError("GL0202", f"`{name.value}` occurs twice", at=Place(file, here, name.value), hint="keep one of the two")
        child = _node(value, file, name.value, seen, depth + 1)
        if isinstance(value, yaml.ScalarNode):
            child.line = here
        found[name.value] = child
    return Node(found, file, line, key)


def read_table(text: str, *, file: str) -> Table:
    """Parse a table: a header, then rows of as many cells; empty cells are left out. Raises RuleError."""
    reader = csv.reader(io.StringIO(text), strict=True)
    rows: list[Node] = []
    header: list[str] = []
    line = 1
    try:
        for cells in reader:
            if not header:
                header = cells
                if len(set(header)) != len(header) or not all(name.strip() for name in header):
                    raise RuleError("GL0209", "the header names a column twice, or not at all", at=Place(file, 1))
            elif len(cells) != len(header):
                what = f"{len(cells)} cells under {len(header)} columns"
                raise RuleError("GL0209", what, at=Place(file, line), hint="quote a cell that holds a comma")
            else:
                named = zip(header, cells, strict=True)
                rows.append(Node({name: Node(cell, file, line, name) for name, cell in named if cell.strip()}, file, line))
            line = reader.line_num + 1
    except csv.Error as error:
        raise RuleError("GL0209", f"not a table: {error}", at=Place(file, line), hint="check its quotes") from error
    if not rows:
        raise RuleError("GL0209", "a table without rows", at=Place(file), hint="take it away, or fill it")
    return Table(file, tuple(header), tuple(rows))


def read_text(path: Path, *, shown: str) -> str:
    """The text of a rule file. Raises RuleError if it is missing, too large or not UTF-8."""
    place = Place(shown)
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise RuleError("GL0208", f"cannot be read: {error.strerror}", at=place) from error
    limit = TABLE_SIZE_MAX if path.suffix == ".csv" else SIZE_MAX
    if len(raw) > limit:
        raise RuleError("GL0208", f"{len(raw)} bytes, more than {limit}", at=place, hint="split the instrument")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise RuleError("GL0208", "not UTF-8", at=Place(shown, line), hint="save the file as UTF-8") from error


def load(folder: Path, *, with_cases: bool = False, release: bool = True) -> RuleBase:
    """Load and check a whole base. Raises RuleBaseError with every problem found; a base with one problem is no base.

    `with_cases` reads the worked examples as well; `release` also demands that each instrument has some.
    """
    reader = Reader()
    total = hashlib.sha256()
    hashes: dict[str, str] = {}
    if not folder.is_dir():
        raise RuleBaseError(
            (RuleError("GL0208", "there is no such folder", at=Place(str(folder)), hint="point --rules at a rule base"),)
        )

    if (folder / PENDING).exists():
        problem = RuleError(
            "GL0408",
            "an acceptance was interrupted: some of its files are in the base, some are not",
            at=Place(f"{folder.name}/{PENDING}"),
            hint=f"greenlane rules accept --finish --rules {folder.name}",
        )
        raise RuleBaseError((problem,))

    def text_of(path: Path) -> str | None:
        shown = path.relative_to(folder).as_posix()
        text = reader.attempt(lambda: read_text(path, shown=shown))
        if text is not None and path.name != "cases.yaml":
            digest = hashlib.sha256(text.encode()).hexdigest()
            hashes[path.parent.name if path.name == "measure.yaml" else shown] = digest
            total.update(f"{shown}\0{digest}\n".encode())
        return text

    def node_of(path: Path) -> Node | None:
        text = text_of(path)
        if text is None:
            return None
        return reader.attempt(lambda: read_node(text, file=path.relative_to(folder).as_posix()))

    def tables_of(home: Path, paths: Iterable[Path]) -> dict[str, Table]:
        found = {}
        for path in paths:
            text = text_of(path)
            shown = path.relative_to(folder).as_posix()
            if path.name.startswith(SCHEDULE) and path.parent != home:
                reader.schedules[shown] = text or ""
                continue
            table = None if text is None else reader.attempt(lambda text=text, shown=shown: read_table(text, file=shown))  # type: ignore[misc]
            if table is not None:
                found[path.relative_to(home).as_posix()] = table
        return found

    version = (text_of(folder / "VERSION") or "").strip()
    for name, read in (
        ("regimes.yaml", reader.regimes_file),
        ("presumptions.yaml", reader.presumptions_file),
        ("derivations.yaml", reader.derivations_file),
    ):
        node = node_of(folder / name)
        if node is not None:
            reader.attempt(lambda node=node, read=read: read(node))  # type: ignore[misc]
    tables: dict[str, Table] = {}
    for side in SIDES:
        home = folder / side
        if not home.is_dir():
            continue
        here = tables_of(home, sorted([*home.glob("*.csv"), *home.glob("*/*.csv")]))
        tables.update({table.file: table for table in here.values()})
        for path in sorted(home.iterdir()):
            if path.name.startswith(".") or path.suffix == ".csv":
                continue
            if path.name == "groups.yaml":
                node = node_of(path)
                if node is not None:
                    reader.attempt(lambda node=node, here=here: reader.groups_file(node, here))  # type: ignore[misc]
            elif path.is_dir():
                own = {
                    name.removeprefix(f"{path.name}/"): table for name, table in here.items() if name.startswith(f"{path.name}/")
                }
                _instrument(reader, path, folder, side, node_of, hashes, own, with_cases=with_cases, release=release)
            else:
                reader.problems.append(_stray(path, folder))
    if (folder / OWNERSHIP).exists():
        node = node_of(folder / OWNERSHIP)
        if node is not None:
            reader.attempt(lambda node=node: reader.ownership_file(node))  # type: ignore[misc]
    if (folder / TOLERANCES).exists():
        node = node_of(folder / TOLERANCES)
        if node is not None:
            reader.attempt(lambda node=node: reader.tolerances_file(node))  # type: ignore[misc]
    named = [*tables, *reader.schedules]
    reader.problems.extend(_stray(folder / name, folder) for name in named if name not in reader.tables_used)
    if not reader.problems:
        base = reader.base(version=version, sha256=total.hexdigest(), hashes=hashes)
        reader.problems.extend(check_base(base, reader.places, cases=with_cases))
        if not reader.problems:
            return base
    raise RuleBaseError(
        tuple(sorted(reader.problems, key=lambda one: (str(one.at.file if one.at else ""), one.at.line or 0 if one.at else 0)))
    )


def fingerprint(folder: Path) -> str:
    """A hash of all that `load` looks at (without cases): the name of every file, and what is in it.

    Of cases only the names count. Raises OSError.
    """
    total = hashlib.sha256()

    def walk(home: Path, depth: int) -> None:
        for path in sorted(home.iterdir()):
            shown = path.relative_to(folder).as_posix()
            if path.is_dir():
                total.update(f"{shown}/\0".encode())
                if depth < DEPTH_MAX:
                    walk(path, depth + 1)
            else:
                digest = "" if path.name == "cases.yaml" else hashlib.sha256(path.read_bytes()).hexdigest()
                total.update(f"{shown}\0{digest}\0".encode())

    walk(folder, 0)
    return total.hexdigest()


def _stray(path: Path, folder: Path) -> RuleError:
    hint = "name it in `rows`, `lift_rows`, `rates` or `tables`, or take it away" if path.suffix == ".csv" else "take it away"
    return RuleError("GL0208", "a file that does not belong here", at=Place(path.relative_to(folder).as_posix()), hint=hint)


def _instrument(
    reader: Reader,
    path: Path,
    folder: Path,
    side: str,
    node_of: Callable[[Path], Node | None],
    hashes: Mapping[str, str],
    tables: Mapping[str, Table],
    *,
    with_cases: bool,
    release: bool,
) -> None:
    node = node_of(path / "measure.yaml")
    if node is not None:
        sha256 = hashes[path.name]
        reader.attempt(lambda: reader.instrument_file(node, folder=path.name, side=side, sha256=sha256, tables=tables))
    cases = path / "cases.yaml"
    if release and not cases.exists():
        place = Place((path / "measure.yaml").relative_to(folder).as_posix())
        reader.problems.append(RuleError("RB13", f"`{path.name}` has no cases", at=place, hint="write cases.yaml beside it"))
    if with_cases and cases.exists():
        examples = node_of(cases)
        if examples is not None:
            reader.attempt(lambda: reader.cases_file(examples, instrument=path.name))
    for other in sorted(path.iterdir()):
        if other.name not in ("measure.yaml", "cases.yaml") and other.suffix != ".csv" and not other.name.startswith("."):
            reader.problems.append(_stray(other, folder))
