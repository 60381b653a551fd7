from __future__ import annotations

import pickle

import pytest

from vitruvian import errors
from vitruvian.errors import UnknownNameError, VitruvianError

LEAVES = [
    (errors.InputError, ValueError),
    (errors.UnknownNameError, ValueError),
    (errors.UnknownNameError, LookupError),
    (errors.SourceError, OSError),
    (errors.SourceNotFoundError, FileNotFoundError),
    (errors.SinkError, OSError),
    (errors.WeightsError, OSError),
    (errors.MissingExtraError, ImportError),
]


@pytest.mark.parametrize(("kind", "builtin"), LEAVES)
def test_every_error_is_ours_and_a_builtin(kind, builtin):
    assert issubclass(kind, VitruvianError)
    assert issubclass(kind, builtin)
    assert kind.__name__ in errors.__doc__


def test_none_is_left_out_of_this_table():
    assert {kind.__name__ for kind, _ in LEAVES} | {"VitruvianError"} == set(errors.__all__)


def test_a_message_is_shown_as_it_was_written():
    for kind in {kind for kind, _ in LEAVES} - {UnknownNameError}:
        assert str(kind("the disk is full; free some")) == "the disk is full; free some"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("ful", "no model is called 'ful'; did you mean 'full'?"),
        ("hevy", "no model is called 'hevy'; did you mean 'heavy'?"),
        ("zzzz", "no model is called 'zzzz'; known: full, heavy, lite"),
    ],
)
def test_an_unknown_name_suggests_the_nearest(typed, said):
    assert str(UnknownNameError("model", typed, ("lite", "full", "heavy"))) == said


@pytest.mark.parametrize("kind", sorted({k for k, _ in LEAVES}, key=lambda k: k.__name__))
def test_errors_reach_another_process(kind):
    error = UnknownNameError("model", "ful", ["full"]) if kind is UnknownNameError else kind("why")
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again)) == (kind, str(error))
