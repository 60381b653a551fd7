"""With the weights in the cache, the main job opens no network connection."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from vitruvian import weights

PRELUDE = """
import socket, sys

def forbidden(*arguments, **_):
    raise SystemExit(f"the network was asked for: {arguments}")

socket.socket.connect = socket.socket.connect_ex = socket.socket.sendto = forbidden
socket.getaddrinfo = socket.gethostbyname = socket.create_connection = forbidden

def watch(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto", "urllib.Request"):
        raise SystemExit(f"the network was asked for: {event} {arguments}")
    if event in ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn"):
        raise SystemExit(f"another program was started: {event} {arguments}")

sys.addaudithook(watch)
"""
MAIN = "from vitruvian.cli import main; main()"


@pytest.fixture(scope="module")
def python():
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    environment.pop("VITRUVIAN_OFFLINE", None)

    def call(code, *arguments):
        return subprocess.run(
            [sys.executable, "-c", PRELUDE + code, *map(str, arguments)],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    return call


def test_a_whole_run_asks_for_no_network(python, two_people_file, tmp_path):
    names = ["blazepose-lite-nomask", "blazepose-lite", "blazepose-detector"]
    for name in [*names, "movenet-multipose-256", "movenet-multipose-384", "movenet-thunder"]:
        weights.obtain(name)
    options = ("--model", "lite", "--save", "json,csv,video", "--out", tmp_path)
    for more in ([], ["--masks"], ["--rate", 10]):
        done = python(MAIN, "run", two_people_file, *options, *more)
        assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "two_people.json").is_file()
    assert python(MAIN, "models").returncode == 0


@pytest.mark.parametrize(
    "attempt",
    [
        "socket.create_connection(('127.0.0.1', 9))",
        "__import__('urllib.request').request.urlopen('http://127.0.0.1:9')",
        "__import__('subprocess').run(['true'])",
    ],
)
def test_the_watch_would_have_noticed(python, attempt):
    done = python(attempt)
    assert done.returncode == 1
    assert "the network was asked for" in done.stderr or "another program" in done.stderr
