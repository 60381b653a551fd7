from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

import vitruvian


def test_all_is_what_the_module_shows():
    for name in vitruvian.__all__:
        getattr(vitruvian, name)
    machinery = {"annotations", "Any", "TYPE_CHECKING", "import_module"}
    shown = {
        name
        for name in set(dir(vitruvian)) - machinery
        if not name.startswith("_") and not inspect.ismodule(getattr(vitruvian, name))
    }
    assert shown == set(vitruvian.__all__)
    assert len(set(vitruvian.__all__)) == len(vitruvian.__all__)


@pytest.mark.parametrize("name", vitruvian.__all__)
def test_every_public_name_says_what_it_is(name):
    value = getattr(vitruvian, name)
    assert inspect.getdoc(value)
    if not inspect.isclass(value):
        return
    for member, method in inspect.getmembers(value):
        if not member.startswith("_") and (inspect.isfunction(method) or inspect.ismethod(method)):
            assert inspect.getdoc(method), f"{name}.{member}"


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="'peple'"):
        vitruvian.peple  # noqa: B018


def test_star_import_gives_the_public_names():
    code = (
        "from vitruvian import *; import vitruvian; "
        "print([n for n in vitruvian.__all__ if n not in globals()])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
