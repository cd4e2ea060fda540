from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from greenlane.feeds.model_files import read_model
from greenlane.screen.evidence import COLUMN, FEATURES
from greenlane.screen.score import SEGMENTS

MODEL = read_model()
# More of these never lowers a score, or never raises it, whatever else holds.
FOR = ("query_rarest", "list_rarest")
AGAINST = ("exchanged", "query_lacking", "weak", "places")


@given(st.lists(st.floats(-60, 60), min_size=2, max_size=20))
def test_a_higher_score_is_never_less_likely(scores: list[float]) -> None:
    probability = MODEL.probability(np.asarray(sorted(scores)))
    assert (np.diff(probability) >= 0).all()
    assert ((probability > 0) & (probability < 1)).all()


def test_the_calibration_rises_everywhere() -> None:
    assert all((np.diff(one) > 0).all() for one in MODEL.knots)


rows = st.lists(st.floats(0, 30), min_size=len(FEATURES), max_size=len(FEATURES))


@given(rows, st.sampled_from((*FOR, *AGAINST)), st.floats(0, 30), st.integers(0, len(SEGMENTS) - 1))
def test_evidence_speaks_one_way(row: list[float], name: str, more: float, segment: int) -> None:
    row[COLUMN["bridge"]] = min(row[COLUMN["bridge"]], 7)
    less = np.asarray([row])
    changed = less.copy()
    changed[0, COLUMN[name]] += more
    where = np.asarray([segment])
    difference = float((MODEL.score(changed, where) - MODEL.score(less, where))[0])
    assert difference >= -1e-9 if name in FOR else difference <= 1e-9


def test_the_parts_add_up_to_the_score() -> None:
    evidence = np.linspace(0, 7, 5)[:, None] * np.ones(len(FEATURES))
    segment = np.asarray([0, 1, 2, 3, 0])
    assert np.allclose(MODEL.start[segment] + MODEL.parts_of(evidence, segment).sum(axis=1), MODEL.score(evidence, segment))
