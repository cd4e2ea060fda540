"""The labelled material: which parties are listed, what was asked, and which answer is right."""

from __future__ import annotations

import csv
import gzip
import json
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from greenlane.screen.candidates import ask, candidates
from greenlane.screen.evidence import weigh
from greenlane.screen.index import Index
from greenlane.screen.letters import folded, visible
from greenlane.screen.names import read_name
from greenlane.screen.score import segment_of
from greenlane.terms.listed import ListedParty, NameKind, PartyKind, PartyName

KINDS = {
    "Person": PartyKind.PERSON,
    "Company": PartyKind.ORGANISATION,
    "Organization": PartyKind.ORGANISATION,
    "Vessel": PartyKind.VESSEL,
    "Airplane": PartyKind.AIRCRAFT,
}
INVENTED = "invented"
SOFT = ("neg_company", "neg_person", "neg_zh_company")
HARD = ("neg_hard_company", "neg_hard_person")


@dataclass(frozen=True)
class Asked:
    qid: str
    kind: str  # kind of corruption, or of innocence
    text: str
    right: str  # cluster, empty where the party is not listed
    without: str = ""  # key of a name the list is to be taken not to hold
    source: str = ""  # the listed name it was made from


def listed_parties(folder: Path) -> tuple[list[ListedParty], dict[str, str]]:
    """The parties of the bench list, and the cluster of each id."""
    parties, clusters = [], {}
    with gzip.open(folder / "screening_list.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            names = tuple(PartyName(one["n"], NameKind.WEAK if one["k"] == "w" else NameKind.PRIMARY) for one in record["names"])
            country = record["country"].upper()
            kind = KINDS.get(record["schema"], PartyKind.UNKNOWN)
            parties.append(
                ListedParty(id=record["id"], list=record["list"], kind=kind, names=names, countries=(country,) if country else ())
            )
            clusters[record["id"]] = record["cluster"]
    return parties, clusters


def queries(folder: Path) -> list[Asked]:
    with gzip.open(folder / "screening_dev_queries.jsonl.gz", "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    return [Asked(one["qid"], one["cat"], one["q"], one["expect"] or "", source=one["src"] or "") for one in records]


def invented_innocents(asked: Sequence[Asked]) -> list[Asked]:
    """More innocent names, out of the innocent ones: firms of one word, persons with another's family name, Chinese halves.

    A firm called by one word that is also the whole of a listed name is the false alert that a book of a million brings. Each has
    the id of the query it was made from, so that it is in the same half.
    """
    made = []
    firms = [one for one in asked if one.kind == "neg_company"]
    for one in firms:
        words = [word for word in one.text.split() if len(word) > 4 and word.isalpha()]
        if words:
            made.append(Asked(one.qid, INVENTED, words[0] if int(one.qid[1:]) % 2 else f"{words[0]} Ltd", ""))
    for half in ("even", "odd"):
        persons = [one for one in asked if one.kind == "neg_person" and half_of(one.qid) == half]
        for one, other in zip(persons, persons[1:] + persons[:1], strict=True):
            made.append(Asked(one.qid, INVENTED, f"{one.text.split()[0]} {other.text.split()[-1]}", ""))
        chinese = [(one, read_name(one.text).han) for one in asked if one.kind == "neg_zh_company" and half_of(one.qid) == half]
        for turn in range(1, 5):
            for (one, signs), (_, others) in zip(chinese, chinese[turn:] + chinese[:turn], strict=True):
                cut = 1 if turn % 2 else len(signs) // 2
                text = signs[:cut] + others[-max(len(signs) - cut, 1) :]
                made.append(Asked(one.qid, INVENTED, f"{text}有限公司" if turn > 2 else text, ""))
    return made


def same_key(text: str) -> str:
    """One key for names of the same words in any order and case."""
    return " ".join(sorted(re.findall(r"[^\W_]+", folded(visible(text)))))


def name_pairs(folder: Path) -> list[dict[str, str]]:
    with (folder / "labelled_pairs_nomenklatura_name_bench.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def half_of(qid: str) -> str:
    """Which half a query is in: by a hash of its id, so that the halves are alike in kind."""
    return "even" if zlib.crc32(qid.encode()) % 2 == 0 else "odd"


@dataclass(frozen=True)
class Labelled:
    """K pairs of rows over the queries, with evidence and whether the party is the right one."""

    qid: Sequence[str]
    kind: Sequence[str]
    answerable: NDArray[np.bool_]  # queries
    query: NDArray[np.int64]  # K
    party: NDArray[np.int64]
    listed: NDArray[np.int64]
    evidence: NDArray[np.float64]
    segment: NDArray[np.int64]
    right: NDArray[np.bool_]

    def weighed(self, weight: Mapping[str, float], otherwise: float) -> NDArray[np.float64]:
        """K: the weight of a pair, by what kind of query it answers."""
        return np.asarray([weight.get(one, otherwise) for one in self.kind])[self.query]

    def best_of_party(self, score: NDArray[np.float64]) -> NDArray[np.bool_]:
        """K: whether the pair is the best of its query and party."""
        order = np.lexsort((self.listed, -score, self.party, self.query))
        first = np.ones(len(order), dtype=bool)
        q, p = self.query[order], self.party[order]
        first[1:] = (q[1:] != q[:-1]) | (p[1:] != p[:-1])
        best = np.zeros(len(order), dtype=bool)
        best[order[first]] = True
        return best


def compare(asked: Sequence[Asked], index: Index, clusters: Mapping[str, str]) -> Labelled:
    """Find candidates for all queries and weigh them."""
    questions = ask([read_name(one.text) for one in asked], index)
    pairs = candidates(questions, index, limit=20, without={})
    if any(one.without for one in asked):
        keys = [same_key(text) for text in index.name_text]
        gone = [asked[at].without == keys[index.row_name[row]] for at, row in zip(pairs.query, pairs.listed, strict=True)]
        pairs = pairs.only(~np.asarray(gone, dtype=bool))
    evidence = weigh(pairs, questions, index)
    cluster = np.asarray([clusters[one] for one in index.party_id])
    truth = np.asarray([one.right for one in asked])
    party = index.row_party[pairs.listed]
    return Labelled(
        qid=[one.qid for one in asked],
        kind=[one.kind for one in asked],
        answerable=truth != "",
        query=pairs.query,
        party=party,
        listed=pairs.listed,
        evidence=evidence,
        segment=segment_of(pairs.listed, evidence, index),
        right=cluster[party] == truth[pairs.query],
    )
