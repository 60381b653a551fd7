from __future__ import annotations

import pytest

from vitruvian.errors import InputError
from vitruvian.geometry.heights import HEIGHTS, check_height


def test_heights_that_somebody_has():
    for metres in (*HEIGHTS, 1.7):
        check_height(metres)


@pytest.mark.parametrize("metres", [0.1, 3.0, -1.7, 17, 1820, float("nan"), float("inf")])
def test_a_height_that_nobody_has_is_refused(metres):
    with pytest.raises(
        InputError, match=rf"^a height must be between 0.4 and 2.75 metres, not {metres:g}$"
    ):
        check_height(metres)


def test_centimetres_are_guessed():
    with pytest.raises(InputError, match=r"not 182; is it in centimetres\?"):
        check_height(182)


def test_what_is_measured_may_reach_less():
    check_height(0.8)
    with pytest.raises(InputError, match=r"between 0.9 and 2.4 metres, not 0.8$"):
        check_height(0.8, (0.9, 2.4))
