from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from vitruvian import InputError
from vitruvian.associate import Click, settle


def at(clip, t, x):
    """The name of who is at x."""
    middles = (clip.boxes[t, :, 0] + clip.boxes[t, :, 2]) / 2
    return clip.names[int(np.nanargmin(np.abs(middles - x)))]


@pytest.fixture(scope="module")
def bounce(make_film):
    """Two people in the same clothes come together and part again, or have they crossed?"""
    return make_film(
        [lambda t: 380 - abs(30 - t) * 6, lambda t: 450 + abs(30 - t) * 6],
        clothes=lambda t, p: 0,
    )


def test_a_click_is_read_and_written():
    click = Click.read("Ana Maria=640,300.5@2.5")
    assert click == Click("Ana Maria", 640, 300.5, 2.5)
    assert Click.read(str(click)) == click
    assert Click.read(" Bo = 1, 2 @ 3 ") == Click("Bo", 1, 2, 3)


@pytest.mark.parametrize(
    "text",
    ["", "Ana", "Ana=", "=1,2@3", "Ana=1,2", "Ana=1@2", "Ana=1,2@x", "Ana=a,2@3", "Ana=1,2,3@4",
     "Ana=nan,2@3", "Ana=1,2@inf", "Ana@3=1,2"],
)  # fmt: skip
def test_what_is_no_click(text):
    with pytest.raises(InputError, match="NAME=X,Y@SECONDS"):
        Click.read(text)


def test_a_name_goes_through_the_whole_film(bounce):
    clip = settle(bounce, clicks=["Ana=200,300@0", Click("Bo", 630, 300, 0.1)])
    assert clip.names == ("Ana", "Bo")
    assert at(clip, 59, 206) == "Ana"
    assert at(clip, 59, 624) == "Bo"
    assert settle(bounce, clicks=["Ana=200,300@0"]).names == ("Ana", None)


def test_a_second_click_corrects_a_swap_where_it_is_most_doubtful(bounce):
    clip = settle(bounce, clicks=["Ana=200,300@0", "Ana=624,300@1.96"])
    assert at(clip, 0, 200) == at(clip, 59, 624) == "Ana"
    assert at(clip, 15, 290) == "Ana"
    assert at(clip, 45, 540) == "Ana"
    assert len(clip.ids) == 2
    assert clip.present.all()


def test_another_name_on_the_same_person_later_does_too(bounce):
    clip = settle(bounce, clicks=["Ana=200,300@0", "Bo=206,300@1.96"])
    assert at(clip, 59, 206) == "Bo"
    assert at(clip, 59, 624) == "Ana"
    assert at(clip, 10, 260) == "Ana"


def test_a_third_click_says_that_it_was_only_for_a_while(make_film):
    clip = make_film(
        [lambda t: 400 if 20 <= t < 40 else 300, lambda t: 500 if 20 <= t < 40 else 700],
        clothes=lambda t, p: 0,
    )
    clicks = ["Ana=300,300@0", "Ana=500,300@1", "Ana=300,300@1.9"]
    settled = settle(clip, clicks=clicks)
    assert at(settled, 0, 300) == at(settled, 30, 500) == at(settled, 57, 300) == "Ana"


def test_without_looks_names_are_kept_and_changed(bounce):
    named = settle(replace(bounce, vectors=None), clicks=["Ana=200,300@0", "Bo=630,300@0"])
    again = settle(named)
    assert again.names == ("Ana", "Bo")
    assert settle(named, clicks=["Bea=630,300@0"]).names == ("Ana", "Bea")
    assert settle(named, clicks=["Bo=200,300@0"]).names == ("Bo", None)


@pytest.mark.parametrize(
    ("clicks", "said"),
    [
        (["Ana=900,100@1"], r"Ana=900,100@1 is on nobody; near are, at 1.00 s: person 2 at"),
        (["Ana=200,300@7"], r"outside of the film, which has frames from 0.00 s to 1.97 s"),
        (["Ana=200,300@-1"], "outside of the film"),
        (["Ana=200,300@0", "Bo=201,310@0"], "Ana and Bo are the same person at 0.00 s"),
        (["Ana=200,300@0", "Ana=630,300@0"], "Ana cannot be two people at 0.00 s"),
        (["Ana 200,300"], "NAME=X,Y@SECONDS"),
    ],
)
def test_a_click_that_cannot_be(bounce, clicks, said):
    with pytest.raises(InputError, match=said):
        settle(bounce, clicks=clicks)


def test_more_names_than_people(bounce):
    with pytest.raises(InputError, match=r"2 names \(Ana, Bo\) do not fit 1 person"):
        settle(bounce, 1, ["Ana=200,300@0", "Bo=630,300@0"])


def test_nobody_in_the_film(make_film):
    with pytest.raises(InputError, match="nobody is seen in this film"):
        settle(make_film([lambda t: None]), clicks=["Ana=1,1@0"])
