"""The readers on real files: every party of the file is in the edition, and real states differ as they are known to.

The files lie beside the repository, in ../shared/data (or where GREENLANE_SHARED points).
"""

from __future__ import annotations

import csv
import gzip
import json
import os
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from greenlane.feeds.list_register import read_register
from greenlane.feeds.party_lists import read_list
from greenlane.feeds.rule_files import load
from greenlane.law.list_changes import list_changes
from greenlane.law.listings import shipped_editions
from greenlane.terms.listed import ListEdition

ROOT = Path(__file__).parents[2]
HOMES = [
    home
    for home in (Path(os.environ.get("GREENLANE_SHARED") or "-"), *(parent / "shared" for parent in ROOT.parents))
    if (home / "data" / "parties").is_dir()
]
pytestmark = pytest.mark.skipif(not HOMES, reason="the real lists are not there: ../shared/data/parties")
DATA = HOMES[0] / "data" if HOMES else Path()
STATE = date(2026, 7, 31)


@pytest.fixture(scope="module")
def csl() -> dict[str, ListEdition]:
    found = read_list((DATA / "us-screening-list" / "consolidated_2026-07-31.json.gz",), state=STATE)
    assert found.rejects == ()
    assert {one.code for one in found.findings} == {"GL0615"}, "only countries that are none"
    return {one.list: one for one in found.editions}


def test_every_entry_of_the_screening_list_is_in_its_edition(csl: dict[str, ListEdition]) -> None:
    with gzip.open(DATA / "us-screening-list" / "consolidated_2026-07-31.json.gz") as file:
        results = json.load(file)["results"]
    given = Counter(one["source"] for one in results)
    assert sum(len(one.parties) for one in csl.values()) == len(results) - 4, "four repeat another in every word"
    assert len(csl) == len(given) == 12
    names = {
        (" ".join(one["name"].split()), alias) for one in results for alias in one["alt_names"] if "subsidiary" not in one["name"]
    }
    held = {(one.names[0].text, name.text) for edition in csl.values() for one in edition.parties for name in one.names}
    missing = {(name, alias) for name, alias in names if (name, " ".join(alias.split())) not in held}
    assert len(missing) * 1_000 < len(names), sorted(missing)[:5]


def test_the_lists_that_ship_hold_every_name_of_the_official_file(csl: dict[str, ListEdition]) -> None:
    base = load(ROOT / "rules")
    shipped = {one.list: one for one in shipped_editions(base, read_register(ROOT / "rules", base))}
    for name in ("us-meu", "us-uvl", "us-dpl", "us-cmic"):
        changes = list_changes(shipped[name], csl[name])
        assert not [one for one in changes if one.what == "removed"], name
        # what comes on top are further entries of a name that ships already
        assert all(one.party.id.rpartition("-")[2].isdecimal() for one in changes if one.what == "added"), name
    changes = list_changes(shipped["us-entity-list"], csl["us-entity-list"])
    fresh = [one.party.names[0].text for one in changes if one.what == "added" and one.party.id.count("-") == 3]
    assert all(text.startswith("Address ") or "Ministry of Defence" in text for text in fresh), fresh


@pytest.mark.parametrize(
    ("old", "new", "counts"),
    [
        ("2023-05-09", "2024-04-04", {"added": 2_700, "removed": 343, "renamed": 19}),
        ("2024-04-04", "2024-05-02", {"added": 403, "removed": 4}),
        ("2024-05-02", "2024-05-03", {"removed": 8}),
    ],
)
def test_real_states_of_the_sdn_list_differ_as_known(old: str, new: str, counts: dict[str, int]) -> None:
    def edition(day: str) -> ListEdition:
        found = read_list((DATA / "parties" / f"us_ofac_sdn_{day}.csv.gz",), list_id="us-sdn", state=date.fromisoformat(day))
        assert found.rejects == ()
        return found.editions[0]

    told = Counter(one.what for one in list_changes(edition(old), edition(new)))
    assert {what: told[what] for what in ("added", "removed", "renamed") if told[what]} == counts


@pytest.mark.parametrize(
    ("files", "list_id", "lists"),
    [
        (("parties/un_consolidated_2026-02-27.xml.gz",), "", {"un-sc": 1_003}),
        (("parties/us_ofac_cons_prim.csv", "parties/us_ofac_cons_alt.csv"), "us-nonsdn", {"us-nonsdn": 442}),
        (("parties/eu_consolidated_acts_2026-08.csv.gz",), "", {"eu-acts": 8_016}),
        (
            ("parties/cn_sanctions_2026-08.csv",),
            "",
            {"cn-afsl": 94, "cn-counter": 257, "cn-ecl": 153, "cn-uel": 66, "cn-watch": 40},
        ),
    ],
)
def test_real_files_are_read_without_a_reject(files: tuple[str, ...], list_id: str, lists: dict[str, int]) -> None:
    found = read_list(tuple(DATA / one for one in files), list_id=list_id, state=STATE)
    assert found.rejects == ()
    assert {one.list: len(one.parties) for one in found.editions} == lists
    assert {one.code for one in found.findings} <= {"GL0614", "GL0615", "GL0616"}


def test_the_sample_of_all_columns_is_read_without_a_finding() -> None:
    path = DATA / "ofac-sdn-sample" / "csl_column_sample.csv"
    found = read_list((path,), state=STATE)
    with path.open(encoding="utf-8") as file:
        rows = sum(1 for _ in csv.DictReader(file))
    assert sum(len(one.parties) for one in found.editions) == rows
    assert (found.rejects, found.findings) == ((), ())
