"""Options that take one or more kinds of output."""

from __future__ import annotations

import click
import pytest

from vitruvian.cli.kinds import Kinds
from vitruvian.errors import UnknownNameError


def test_kinds_are_parted_by_commas_and_each_counts_once():
    assert Kinds(("csv", "png")).convert("png, csv,,png", None, None) == ("png", "csv")


def test_a_kind_that_is_not_there_and_none_at_all_are_refused():
    with pytest.raises(UnknownNameError, match="no kind of output is called 'pnk'; did you mean"):
        Kinds(("csv", "png")).convert("csv,pnk", None, None)
    with pytest.raises(click.BadParameter, match="expected one or more of csv, png"):
        Kinds(("csv", "png")).convert(" ,", None, None)


@pytest.mark.parametrize("command", ["run", "who", "angles", "count", "positions", "fit"])
def test_every_command_says_what_it_does_not_write(run, film, command):
    done = run(command, film, "--save", "jsin")
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert "no kind of output is called 'jsin'" in done.err
    assert run(command, film, "--save", ",").code == 2
