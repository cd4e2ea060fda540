from __future__ import annotations

from dataclasses import replace

import numpy as np

from greenlane.feeds.model_files import read_model
from greenlane.screen.explain import Explanation, explain
from greenlane.screen.index import Index
from greenlane.screen.match import Query, screen
from greenlane.screen.names import read_name
from greenlane.screen.rows import HAN
from greenlane.terms.listed import Identifier
from tests.screen.screening_parties import DAY, PARTIES

INDEX = Index.build(PARTIES)
MODEL = read_model()


def explained(query: Query) -> Explanation:
    (hits,) = screen([query], INDEX, MODEL, threshold=0.0, on=DAY, known_by=DAY)
    (one,) = explain([(query, hits[0])], INDEX, MODEL)
    return one


def how(one: Explanation) -> dict[tuple[str, str], str]:
    return {(pair.query, pair.listed): pair.how for pair in one.words}


def test_equal_words_a_typo_an_extra_and_a_missing_one() -> None:
    table = how(explained(Query("Exampel Zarnitsa Group")))
    assert table["zarnitsa", "zarnitsa"] == "equal"
    assert table["exampel", "example"] == "typo"
    assert table["group", ""] == "extra"


def test_an_initial() -> None:
    one = explained(Query("B. Examplevich"))
    assert how(one)["b", "borislav"] == "initial"
    assert "a word agrees in its first letter only" in one.against


def test_chinese_meets_chinese_sign_by_sign() -> None:
    query = Query("北京寬達電子")
    (hits,) = screen([query], INDEX, MODEL, threshold=0.0, on=DAY, known_by=DAY)
    (row,) = np.flatnonzero((INDEX.row_bridge == HAN) & (INDEX.row_party == INDEX.parties["us-sdn:2"])).tolist()
    signs = replace(hits[0], reading=len(read_name(query.name).readings), row=row)
    (one,) = explain([(query, signs)], INDEX, MODEL)
    assert one.bridge == "han"
    assert {pair.how for pair in one.words} == {"equal"}
    assert [pair.query for pair in one.words] == list("北京宽达电子")


def test_numbers_that_differ_speak_against() -> None:
    (hits,) = screen([Query("Institute 13 of Example Vexil Research")], INDEX, MODEL, threshold=0.0, on=DAY, known_by=DAY)
    (one,) = explain([(Query("Institute 13 of Example Vexil Research"), hits[1])], INDEX, MODEL)
    assert "the numbers differ" in one.against


def test_facts_beside_the_name_are_named() -> None:
    one = explained(Query("Borislav Examplevich", country="FR", identifiers=(Identifier("passport", "ZZ 1"),)))
    assert "another country" in one.against
    assert "another identifier" in one.against


def test_it_says_what_was_searched_and_by_which_model() -> None:
    one = explained(Query("Example Morava Shipping"))
    assert (one.model, one.index) == (MODEL.version, INDEX.version)
    assert one.sentence.startswith(
        "“Example Morava Shipping” may be us-sdn:6 on us-sdn, there called “Example Morava Shipping GmbH”"
    )


def test_many_at_once_are_explained_as_each_alone() -> None:
    queries = [Query("Exampel Zarnitsa"), Query("B. Examplevich"), Query("北京寬達電子")]
    found = [
        (query, hits[0])
        for query, hits in zip(queries, screen(queries, INDEX, MODEL, threshold=0.0, on=DAY, known_by=DAY), strict=True)
    ]
    assert explain(found, INDEX, MODEL) == [explain([one], INDEX, MODEL)[0] for one in found]
    assert explain([], INDEX, MODEL) == []
