"""What people do.

One person's pose: `collect` reads poses from folders, `train` learns from them,
`graph.write_tflite` makes the file, `PoseClassifier` opens it, `Classify` labels everybody in a
film with it, and `evaluate_classes` says how good it is. Over time: `count_repetitions`. Two
people: `PairModel` and `timeline`.
"""

from __future__ import annotations

from vitruvian.classify.collect import Collected, LeftOut, collect
from vitruvian.classify.evaluation import ClassEvaluation, Prediction, evaluate_classes
from vitruvian.classify.features import Features, extract
from vitruvian.classify.keypoints import KeypointReader
from vitruvian.classify.model import NONE, Branch, PoseModel
from vitruvian.classify.pair_model import PairActivities, PairModel, load_positions
from vitruvian.classify.quick import collect_quickly
from vitruvian.classify.reader import PoseClassifier
from vitruvian.classify.repetitions import Repetition, count_by_class, count_repetitions
from vitruvian.classify.scores import ClassScores, class_scores
from vitruvian.classify.stage import Classify
from vitruvian.classify.table import COURSE, OURS, PoseTable, read_table
from vitruvian.classify.timeline import Stretch, Timeline, timeline
from vitruvian.classify.training import Plan, Trained, train

__all__ = [
    "COURSE",
    "NONE",
    "OURS",
    "Branch",
    "ClassEvaluation",
    "ClassScores",
    "Classify",
    "Collected",
    "Features",
    "KeypointReader",
    "LeftOut",
    "PairActivities",
    "PairModel",
    "Plan",
    "PoseClassifier",
    "PoseModel",
    "PoseTable",
    "Prediction",
    "Repetition",
    "Stretch",
    "Timeline",
    "Trained",
    "class_scores",
    "collect",
    "collect_quickly",
    "count_by_class",
    "count_repetitions",
    "evaluate_classes",
    "extract",
    "load_positions",
    "read_table",
    "timeline",
    "train",
]
