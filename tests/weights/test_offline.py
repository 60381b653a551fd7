"""Once the weights are there, nothing opens a network connection."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from vitruvian import weights

NAMES = ["blazepose-detector", "blazepose-lite-nomask", "movenet-multipose-256"]
SCRIPT = """
import socket, sys

def forbidden(*arguments, **_):
    raise SystemExit(f"the network was asked for: {arguments}")

socket.socket.connect = socket.socket.connect_ex = socket.socket.sendto = forbidden
socket.getaddrinfo = socket.gethostbyname = socket.create_connection = forbidden

def watch(event, arguments):
    if event.startswith(("socket.", "urllib.", "http.", "subprocess.", "os.system", "os.exec")):
        raise SystemExit(f"forbidden: {event} {arguments}")

import numpy as np
from vitruvian import weights
from vitruvian.runtime import open_session

sys.addaudithook(watch)
for name in sys.argv[1:]:
    session = weights.load(name, open_session)
    ((shape, dtype),) = session.inputs
    print(name, len(session.run(np.zeros(shape, dtype))), weights.state(weights.row(name)))
"""


def run(script, *arguments):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run(
        [sys.executable, "-c", script, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_with_weights_cached_no_connection_is_opened():
    for name in NAMES:
        weights.obtain(name)
    done = run(SCRIPT, *NAMES)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.split("\n")[:-1] == [
        "blazepose-detector 2 cached",
        "blazepose-lite-nomask 4 cached",
        "movenet-multipose-256 1 cached",
    ]
    # Not a word from the engine either.
    assert done.stderr == ""


@pytest.mark.parametrize(
    "attempt",
    [
        "socket.create_connection(('127.0.0.1', 9))",
        "__import__('urllib.request').request.urlopen('http://127.0.0.1:9')",
        "__import__('subprocess').run(['true'])",
    ],
)
def test_the_watch_would_have_noticed(attempt):
    done = run(f"{SCRIPT}\n{attempt}")
    assert done.returncode == 1
    assert "forbidden" in done.stderr or "network" in done.stderr
