from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitruvian import InputError, UnknownNameError
from vitruvian.associate import settle
from vitruvian.associate.lay import HIDDEN, HIDDEN_SCORE, laid_out
from vitruvian.associate.stray import widened
from vitruvian.skeletons import HAND_21
from vitruvian.types import Landmarks


def middles(clip):
    """(T, P) the x of everybody's middle."""
    return (clip.boxes[..., 0] + clip.boxes[..., 2]) / 2


def at(clip, t, x):
    """The column of who is at x."""
    return int(np.nanargmin(np.abs(middles(clip)[t] - x)))


def crossing(make_film, swapped=30):
    """Two people in different clothes walk through each other; the first pass swaps them there."""

    def first(t):
        return 300 + 10 * t if t < swapped else 900 - 10 * t

    def second(t):
        return 900 - 10 * t if t < swapped else 300 + 10 * t

    return make_film([first, second], clothes=lambda t, p: p if t < swapped else 1 - p)


def test_an_early_mistake_is_mended_by_later_looks(make_film):
    clip = settle(crossing(make_film))
    assert clip.ids.tolist() == [1, 2]
    assert at(clip, 0, 300) == at(clip, 59, 890)
    assert at(clip, 0, 900) == at(clip, 59, 310)


def test_with_the_same_clothes_motion_decides(make_film):
    mistaken = crossing(make_film)
    alike = replace(mistaken, vectors=np.where(np.isnan(mistaken.vectors), np.nan, 1).astype("f4"))
    clip = settle(alike)
    assert at(clip, 0, 300) == at(clip, 59, 890)


def test_each_cue_can_be_switched_off(make_film):
    clip = crossing(make_film)
    blind = settle(clip, cues={"track"})
    assert at(blind, 0, 300) != at(blind, 59, 890)
    seeing = settle(clip, cues={"looks", "track"})
    assert at(seeing, 0, 300) == at(seeing, 59, 890)
    with pytest.raises(UnknownNameError, match="looks"):
        settle(clip, cues={"look"})


def test_whoever_returns_gets_their_id_back(make_film):
    def leaves(t):
        return 200 - 8 * t if t < 25 else None

    def returns(t):
        return 8 * (t - 60) if t > 60 else None

    def stays(t):
        return 1000

    clip = make_film([leaves, returns, stays], count=90, clothes=lambda t, p: [3, 3, 5][p])
    settled = settle(clip)
    assert len(settled.ids) == 2
    other = settle(make_film([leaves, returns, stays], count=90, clothes=lambda t, p: p))
    assert len(other.ids) == 3


def test_who_went_out_over_the_border_does_not_come_up_in_the_middle(make_film):
    def leaves(t):
        return 200 - 8 * t if t < 25 else None

    def comes_up(t):
        return 640 if t > 60 else None

    film = make_film([leaves, comes_up, lambda t: 1000], count=90, clothes=lambda t, p: p)
    assert len(settle(replace(film, vectors=None)).ids) == 3


def test_who_is_covered_is_filled_in_with_no_visibility(make_film):
    def behind(t):
        return None if 25 <= t < 40 else 300 + 8 * t

    def front(t):
        return 820 - 8 * t

    clip = make_film([behind, front], clothes=lambda t, p: p)
    settled = settle(clip)
    assert settled.present.all()
    q = at(settled, 0, 300)
    hidden = settled.scores[:, q] <= HIDDEN
    assert np.flatnonzero(hidden).tolist() == list(range(25, 40))
    np.testing.assert_allclose(middles(settled)[hidden, q], 300 + 8 * np.arange(25, 40), atol=2)
    assert (settled.body.visibility[hidden, q] == 0).all()
    assert np.isfinite(settled.body.xy[hidden, q]).all()
    assert settled.scores[hidden, q] == pytest.approx(HIDDEN_SCORE)
    again = settle(settled)
    np.testing.assert_allclose(middles(again), middles(settled), atol=1e-3)


def test_who_is_hidden_by_who_stays_is_drawn_towards_them(make_film):
    def behind(t):
        return None if 25 <= t < 40 else 320

    settled = settle(make_film([behind, lambda t: 350], clothes=lambda t, p: p))
    q = at(settled, 0, 320)
    x = middles(settled)[:, q]
    assert (settled.scores[25:40, q] <= HIDDEN).all()
    assert x[24] == x[40] == pytest.approx(320, abs=1)
    assert 330 < x[32] < 350
    assert (np.diff(x[24:33]) > 0).all()
    np.testing.assert_allclose(settled.body.xy[32, q].mean(0)[0], x[32], atol=1)


def test_who_is_read_as_the_other_while_vanishing_is_not_there(make_film):
    def behind(t):
        return None if 25 <= t < 40 else 300 + 8 * t if t < 23 or t >= 40 else 430

    clip = make_film([behind, lambda t: 560], clothes=lambda t, p: p)
    settled = settle(clip)
    q = at(settled, 0, 300)
    hidden = settled.scores[:, q] <= HIDDEN
    assert np.flatnonzero(hidden).tolist() == list(range(23, 40))
    np.testing.assert_allclose(middles(settled)[hidden, q], 300 + 8 * np.arange(23, 40), atol=2)


def test_nothing_of_the_other_is_left_with_who_was_read_as_them(make_film):
    def behind(t):
        return None if 25 <= t < 40 else 300 + 8 * t if t < 23 or t >= 40 else 430

    clip = make_film([behind, lambda t: 560], clothes=lambda t, p: p)
    lead = clip.scores.shape
    hands = Landmarks.missing(HAND_21, lead)
    hands.xy[:] = 1
    labels = np.full(lead, "waves", object)
    settled = settle(replace(clip, left_hand=hands, labels=labels))
    hidden = settled.scores[:, at(settled, 0, 300)] <= HIDDEN
    q = at(settled, 0, 300)
    assert np.isnan(settled.left_hand.xy[hidden, q]).all()
    assert np.isnan(settled.vectors[hidden, q]).all()
    assert set(settled.labels[hidden, q]) == {None}
    assert np.isfinite(settled.left_hand.xy[~hidden, q]).all()


@pytest.mark.parametrize(
    ("x", "gap", "there"), [(640, 60, True), (640, 120, False), (60, 60, False)]
)
def test_who_is_out_of_sight_for_a_moment_in_the_middle_of_the_picture_is_still_there(
    make_film, x, gap, there
):
    def comes_and_goes(t):
        return None if 40 <= t < 40 + gap else x + (t >= 40) * 150

    film = make_film([comes_and_goes, lambda t: 1100], count=220, clothes=lambda t, p: p)
    settled = settle(film, people=2)
    assert len(settled.ids) == 2
    q = at(settled, 0, x)
    assert settled.present[40 : 40 + gap, q].all() == there
    assert settled.present[:, q].sum() == (220 if there else 220 - gap)


def test_two_gaps_that_become_one_are_filled_as_one(make_film):
    # Between two gaps they are read as the other for two frames.
    def behind(t):
        gone = 20 <= t < 28 or 30 <= t < 38
        return None if gone else 430 if t in (28, 29) else 200 + 6 * t

    clip = make_film([behind, lambda t: 560], clothes=lambda t, p: p)
    assert widened(clip, [(0, 29, 38), (0, 19, 28)]) == [(0, 19, 38)]


def test_where_people_are_in_metres_goes_with_them(make_film):
    clip = crossing(make_film)
    root = np.stack([middles(clip), np.zeros((60, 2)), np.full((60, 2), 3)], -1).astype(np.float32)
    settled = settle(replace(clip, root=root))
    assert at(settled, 59, 300) != at(clip, 59, 300) or at(settled, 0, 300) != at(clip, 0, 300)
    np.testing.assert_array_equal(settled.root[..., 0], middles(settled))
    assert settle(replace(clip, root=root), people=1).root.shape == (60, 1, 3)


def test_nobody_is_invented_after_somebody_has_gone(make_film):
    clip = make_film([lambda t: 30 * t if t < 40 else None, lambda t: 600], clothes=lambda t, p: p)
    settled = settle(clip)
    assert settled.present.sum() == clip.present.sum()


def test_who_is_seen_for_a_moment_only_is_nobody(make_film):
    clip = make_film([lambda t: 300, lambda t: 900 if 20 < t < 25 else None])
    assert len(settle(clip).ids) == 1


def test_more_people_than_there_are_room_for(make_film):
    clip = make_film(
        [lambda t: 200, lambda t: 600 if t > 10 else None, lambda t: 1000 if t > 30 else None]
    )
    assert len(settle(clip).ids) == 3
    fewer = settle(clip, people=2)
    assert middles(fewer)[59].tolist() == [200, 600]


def test_so_many_people_have_ids_from_one_and_most_of_the_film(make_film):
    # The second is lost again and again, and comes back under another id; a third looks on.
    spans = [(0, 20), (24, 40), (44, 60)]

    def part(first, last):
        return lambda t: 900 - 4 * t if first <= t < last else None

    def passing(t):
        return 100 if 20 < t < 45 else None

    tracks = [lambda t: 300 + 2 * t, *(part(*span) for span in spans), passing]
    clothes = [0, 1, 1, 1, 2]
    settled = settle(make_film(tracks, clothes=lambda t, p: clothes[p]), people=2)
    assert settled.ids.tolist() == [1, 2]
    np.testing.assert_allclose(middles(settled)[:, 0], 300 + 2 * np.arange(60), atol=1)
    np.testing.assert_allclose(middles(settled)[:, 1], 900 - 4 * np.arange(60), atol=1)


def test_a_cut_between_cameras_does_not_hand_ids_on_by_place(make_film):
    clip = make_film([lambda t: 300, lambda t: 900], clothes=lambda t, p: p if t < 30 else 1 - p)
    settled = settle(clip)
    assert at(settled, 0, 300) == at(settled, 59, 900)
    assert at(settled, 0, 900) == at(settled, 59, 300)


def test_a_film_of_one_frame_and_one_of_nobody(make_film):
    one = settle(make_film([lambda t: 300, lambda t: 900], count=1))
    assert one.ids.tolist() == [1, 2]
    nobody = settle(make_film([lambda t: None], count=5))
    assert nobody.ids.tolist() == []
    assert nobody.boxes.shape == (5, 0, 4)
    assert settle(make_film([], count=3)).ids.tolist() == []


def test_people_must_be_one_or_more(make_film):
    with pytest.raises(InputError, match="1 or more"):
        settle(make_film([lambda t: 300]), people=0)


tracks = st.lists(
    st.tuples(
        st.integers(60, 1220),
        st.integers(-12, 12),
        st.integers(0, 20),
        st.integers(21, 40),
        st.integers(0, 5),
    ),
    min_size=1,
    max_size=5,
)


def built(make_film, given_tracks):
    def track(x, speed, start, stop):
        return lambda t: x + speed * t if start <= t < stop else None

    return make_film(
        [track(*parts[:4]) for parts in given_tracks],
        count=40,
        clothes=lambda t, p: given_tracks[p][4],
    )


@settings(max_examples=25)
@given(tracks, st.one_of(st.none(), st.integers(1, 3)))
def test_laws_of_every_film(make_film, given_tracks, people):
    clip = built(make_film, given_tracks)
    settled = settle(clip, people)
    assert len(set(settled.ids.tolist())) == len(settled.ids)
    if people is not None:
        assert len(settled.ids) <= people
    seen = settled.scores > HIDDEN
    # Every body that is seen is somebody's of the first pass, and nobody has it twice.
    for t in range(len(clip.times)):
        before = [tuple(box) for box in clip.boxes[t][clip.present[t]].tolist()]
        after = [tuple(box) for box in settled.boxes[t][seen[t]].tolist()]
        assert len(after) <= len(before)
        assert set(after) <= set(before)
    known = settled.id_scores[settled.present]
    assert ((known >= 0) & (known <= 1)).all()
    first = [np.flatnonzero(settled.present[:, q])[0] for q in range(len(settled.ids))]
    assert first == sorted(first)


@settings(max_examples=15)
@given(tracks, st.randoms(use_true_random=False))
def test_the_ids_of_the_first_pass_do_not_matter(make_film, given_tracks, random):
    clip = built(make_film, given_tracks)
    order = list(range(len(clip.ids)))
    random.shuffle(order)
    columns = np.tile(np.array(order), (len(clip.times), 1))
    other = laid_out(clip, columns, np.array(order, np.int64) + 7)
    one, two = settle(clip), settle(other)
    key = sorted(map(tuple, np.nan_to_num(one.boxes[:, :, 0]).T.tolist()))
    assert key == sorted(map(tuple, np.nan_to_num(two.boxes[:, :, 0]).T.tolist()))
