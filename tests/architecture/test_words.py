"""What the modules say about themselves is there, and true."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil
import re
from pathlib import Path

import pytest

import vitruvian

ROOT = Path(__file__).parents[2]
MODULES = sorted(module.name for module in pkgutil.walk_packages(vitruvian.__path__, "vitruvian."))
WITH_EXAMPLES = [
    name
    for name in ["vitruvian", *MODULES]
    if ">>> " in (inspect.getsource(importlib.import_module(name)))
]


@pytest.mark.parametrize("name", MODULES)
def test_every_module_says_what_it_is_and_what_it_shows(name):
    module = importlib.import_module(name)
    assert inspect.getdoc(module)
    assert hasattr(module, "__all__") or hasattr(module, "__path__")
    # A package that only holds modules shows nothing of its own.
    for shown in getattr(module, "__all__", ()):
        value = getattr(module, shown)
        if inspect.isclass(value) or inspect.isfunction(value):
            assert inspect.getdoc(value), shown


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_the_examples_run(name):
    module = importlib.import_module(name)
    result = doctest.testmod(module, optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    assert result.attempted > 0
    assert result.failed == 0


def test_there_are_examples_to_run():
    assert len(WITH_EXAMPLES) >= 8


def test_the_changelog_knows_this_version():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    released = re.findall(r"^## \[?(\d+\.\d+\.\d+)", text, re.MULTILINE)
    assert "## Unreleased" in text or vitruvian.__version__ in released
    # A version that has been released is the newest one, and the package is not behind it.
    if released:
        newest, ours = (tuple(map(int, v.split("."))) for v in (released[0], vitruvian.__version__))
        assert ours >= newest
