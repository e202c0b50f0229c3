"""The interpreter's switch interval is short while any worker runs, and the usual one afterwards."""

import sys

import pytest

from gradviz.session.politeness import polite


def test_workers_that_overlap_give_the_usual_interval_back() -> None:
    usual = sys.getswitchinterval()
    first, second = polite(), polite()
    first.__enter__()
    second.__enter__()
    short = sys.getswitchinterval()
    first.__exit__(None, None, None)
    assert sys.getswitchinterval() == short < usual
    second.__exit__(None, None, None)
    assert sys.getswitchinterval() == pytest.approx(usual)
