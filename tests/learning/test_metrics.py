from __future__ import annotations

import pytest

from sorgente.learning import metrics

TRUTH, FOUND = ["a", "a", "b", "b"], ["a", "b", "b", "b"]


def test_accuracy_and_f1_by_hand():
    assert metrics.accuracy(TRUTH, FOUND) == 0.75
    assert metrics.f1_by_label(TRUTH, FOUND) == pytest.approx({"a": 2 / 3, "b": 4 / 5})
    assert metrics.macro_f1(TRUTH, FOUND) == pytest.approx(11 / 15)
    assert metrics.recall_of("a", TRUTH, FOUND) == 0.5
    assert metrics.recall_of("never", TRUTH, FOUND) == 1


def test_calibration_error_is_the_gap_of_confidence_and_truth():
    assert metrics.calibration_error([0.9] * 10, [True] * 9 + [False]) == pytest.approx(0)
    assert metrics.calibration_error([0.9] * 10, [True] * 5 + [False] * 5) == pytest.approx(0.4)
    assert metrics.calibration_error([], []) == 0


def test_coverage_is_the_largest_share_that_reaches_the_precision():
    confidence = [0.9, 0.8, 0.7, 0.6]
    assert metrics.coverage_at(0.75, confidence, [True, True, False, True]) == (1.0, 0.6)
    assert metrics.coverage_at(0.9, confidence, [True, True, False, True]) == (0.5, 0.8)
    assert metrics.coverage_at(0.9, confidence, [False] * 4) == (0.0, 1.0)
