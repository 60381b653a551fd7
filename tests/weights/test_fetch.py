"""Fetching from a server on loopback and from clients that only pretend to be npm and pip."""

from __future__ import annotations

import errno
import hashlib
import http.server
import io
import os
import re
import subprocess
import sys
import tarfile
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor

import pytest

from vitruvian.errors import WeightsError
from vitruvian.weights import cache, download, packages
from vitruvian.weights.catalog import File, Package, Source
from vitruvian.weights.fetch import fetch

CONTENT = bytes(range(256)) * 4096
NPM = Package("some-models", "npm", "@some/models@1.0.0")
PYPI = Package("somelib", "pypi", "somelib==1.0")
SILENT = "http://127.0.0.1:9/model.bin"

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the pretended clients are scripts")


def file_of(content, *urls, packages=(NPM,), name="model.bin"):
    sha256, size = hashlib.sha256(content).hexdigest(), len(content)
    sources = tuple(Source(package, f"files/{name}", sha256, size) for package in packages)
    return File(name, sha256, size, urls, sources)


@pytest.fixture(autouse=True)
def empty_path(own_cache, tmp_path, monkeypatch):
    """No client can be found and every host may be asked again."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(packages.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(download, "_silent", set())
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("no_proxy", "127.0.0.1")


class Server(http.server.BaseHTTPRequestHandler):
    """Serves CONTENT, or a broken or wrong form of it, by the path's first word."""

    asked: list[str]

    def do_GET(self):
        self.asked.append(self.path)
        body, length = CONTENT, len(CONTENT)
        if self.path.startswith("/broken"):
            body = CONTENT[:5000]
        elif self.path.startswith("/wrong"):
            body = b"x" * len(CONTENT)
        elif self.path.startswith("/long"):
            body = CONTENT * 2
            length = len(body)
        elif self.path.startswith("/absent"):
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    asked = []
    handler = type("Handler", (Server,), {"asked": asked})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True).start()
        address = f"http://127.0.0.1:{running.server_port}"
        yield lambda path: f"{address}/{path}", asked
        running.shutdown()


@pytest.fixture
def client(tmp_path):
    """Pretend to be a client that brings an archive; returns how often it was called."""

    def install(name, archive, data):
        (tmp_path / archive).write_bytes(data)
        calls = tmp_path / f"{name}.calls"
        script = tmp_path / "bin" / name
        script.write_text(
            f"#!{sys.executable}\nimport shutil, sys\n"
            f"open({str(calls)!r}, 'a').write(' '.join(sys.argv[1:]) + '\\n')\n"
            f"shutil.copy({str(tmp_path / archive)!r}, '.')\n"
        )
        script.chmod(0o755)
        return lambda: calls.read_text().splitlines() if calls.exists() else []

    return install


def tarball(**files):
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(f"package/files/{name}.bin")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return data.getvalue()


def wheel(content):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("files/model.bin", content)
    return data.getvalue()


def left_over(folder):
    """Everything in the cache that is neither a model nor what belongs to one."""
    names = [path.name for path in folder.iterdir()]
    return [name for name in names if not name.endswith((".bin", ".stamp", ".lock"))]


def test_a_file_comes_from_its_address_with_progress(server, own_cache):
    at, _ = server
    seen = []
    path = fetch(file_of(CONTENT, at("model.bin")), progress=lambda *step: seen.append(step))
    assert path == own_cache / "model.bin"
    assert path.read_bytes() == CONTENT
    assert seen[-1] == ("model.bin", len(CONTENT), len(CONTENT))
    assert [done for _, done, _ in seen] == sorted(done for _, done, _ in seen)
    assert left_over(own_cache) == []


def test_a_cached_file_is_not_asked_for_again(server):
    at, asked = server
    file = file_of(CONTENT, at("model.bin"))
    fetch(file)
    fetch(file)
    assert len(asked) == 1


@pytest.mark.parametrize("bad", ["broken", "wrong", "long", "absent"])
def test_a_bad_download_gives_way_to_the_next_address(bad, server, own_cache):
    at, asked = server
    path = fetch(file_of(CONTENT, at(bad), at("good")))
    assert path.read_bytes() == CONTENT
    assert asked == [f"/{bad}", "/good"]
    assert left_over(own_cache) == []


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ("broken", "broke off"),
        ("wrong", "another file came"),
        ("long", "more than 1048576 bytes"),
        ("absent", "status 404"),
    ],
)
def test_nothing_of_a_bad_download_is_kept(bad, why, server, own_cache):
    at, _ = server
    with pytest.raises(WeightsError, match=why) as error:
        fetch(file_of(CONTENT, at(bad)))
    assert "\n" not in str(error.value)
    assert "npm is not installed" in str(error.value)
    assert str(own_cache) in str(error.value)
    assert not (own_cache / "model.bin").exists()
    assert left_over(own_cache) == []


def test_a_silent_host_is_asked_once_in_a_run(monkeypatch):
    tried = []
    connect = download.socket.create_connection

    def counted(place, *rest):
        tried.append(place)
        return connect(place, *rest)

    monkeypatch.setattr(download.socket, "create_connection", counted)
    for name in ("one.bin", "two.bin"):
        with pytest.raises(WeightsError, match=r"127\.0\.0\.1:9 does not answer"):
            fetch(file_of(CONTENT, SILENT, name=name))
    assert tried == [("127.0.0.1", 9)]


def test_a_host_that_hangs_is_given_up_soon(monkeypatch):
    monkeypatch.setattr(download, "CONNECT_SECONDS", 0.05)
    hanging = threading.Event()

    def hang(*_):
        hanging.wait(5)
        raise TimeoutError

    monkeypatch.setattr(download.socket, "create_connection", hang)
    with pytest.raises(WeightsError, match="does not answer"):
        fetch(file_of(CONTENT, SILENT))
    hanging.set()


@pytest.mark.parametrize(
    ("package", "name", "archive", "data"),
    [
        (NPM, "npm", "some-models-1.0.0.tgz", tarball(model=CONTENT)),
        (PYPI, "pip", "somelib-1.0-py3-none-any.whl", wheel(CONTENT)),
    ],
)
def test_the_ordinary_client_is_asked_last(package, name, archive, data, client, own_cache):
    calls = client(name, archive, data)
    path = fetch(file_of(CONTENT, SILENT, packages=(package,)))
    assert path.read_bytes() == CONTENT
    (call,) = calls()
    assert call.endswith(package.spec)
    # The archive itself is gone.
    assert left_over(own_cache) == []


def test_a_package_fetched_once_serves_every_file_in_it(client):
    other = file_of(b"other", name="other.bin")
    calls = client("npm", "some-models-1.0.0.tgz", tarball(model=CONTENT, other=b"other"))
    fetch(file_of(CONTENT), companions=[other])
    assert fetch(other).read_bytes() == b"other"
    assert len(calls()) == 1


def test_a_companion_that_is_not_there_spoils_nothing(client):
    client("npm", "some-models-1.0.0.tgz", tarball(model=CONTENT))
    assert fetch(file_of(CONTENT), companions=[file_of(b"no", name="no.bin")]).is_file()


def test_the_second_package_is_tried_when_the_first_is_wrong(client, own_cache):
    client("npm", "some-models-1.0.0.tgz", tarball(model=b"another"))
    client("pip", "somelib-1.0-py3-none-any.whl", wheel(CONTENT))
    assert fetch(file_of(CONTENT, packages=(NPM, PYPI))).read_bytes() == CONTENT
    assert left_over(own_cache) == []


@pytest.mark.parametrize("data", [b"", b"no archive", tarball(model=CONTENT)[:2000]])
def test_a_damaged_package_is_not_kept(data, client, own_cache):
    client("npm", "some-models-1.0.0.tgz", data)
    with pytest.raises(WeightsError, match=r"@some/models@1\.0\.0"):
        fetch(file_of(CONTENT))
    assert [path.name for path in own_cache.iterdir()] == [".some-models.lock"]


@pytest.mark.parametrize(
    ("package", "says", "passed_on"),
    [
        (NPM, "npm notice hello|npm error code E404|npm error see the log", "npm error code E404"),
        (NPM, "npm ERR! code E404|npm ERR! see the log", "npm ERR! code E404"),
        (PYPI, "ERROR: Exception:|  raise|ValueError: no such thing", "ValueError: no such thing"),
        (PYPI, "only this", "only this"),
        (PYPI, "", "exit code 1"),
        (NPM, "npm error code ENOSPC", "there is no space left"),
        (PYPI, "OSError: [Errno 28] No space left on device", "there is no space left"),
    ],
)
def test_what_a_failing_client_says_is_passed_on(package, says, passed_on, tmp_path):
    script = tmp_path / "bin" / {"npm": "npm", "pypi": "pip"}[package.client]
    text = says.replace("|", "\n")
    script.write_text(f"#!{sys.executable}\nimport sys\nsys.stderr.write({text!r})\nsys.exit(1)")
    script.chmod(0o755)
    with pytest.raises(WeightsError, match=re.escape(passed_on)) as error:
        fetch(file_of(CONTENT, packages=(package,)))
    assert "\n" not in str(error.value)


def test_a_damaged_file_is_fetched_again(server, own_cache):
    at, asked = server
    file = file_of(CONTENT, at("model.bin"))
    path = fetch(file)
    path.write_bytes(CONTENT[:-1] + b"?")
    assert fetch(file).read_bytes() == CONTENT
    assert len(asked) == 2


def test_a_file_put_there_by_hand_is_accepted(own_cache):
    own_cache.mkdir()
    (own_cache / "model.bin").write_bytes(CONTENT)
    assert fetch(file_of(CONTENT)) == own_cache / "model.bin"


def test_offline_nothing_is_asked(server, monkeypatch):
    at, asked = server
    file = file_of(CONTENT, at("model.bin"))
    monkeypatch.setenv("VITRUVIAN_OFFLINE", "1")
    with pytest.raises(WeightsError, match="VITRUVIAN_OFFLINE is set"):
        fetch(file)
    assert asked == []
    monkeypatch.setenv("VITRUVIAN_OFFLINE", "0")
    assert fetch(file).is_file()


def test_threads_at_once_fetch_once(server):
    at, asked = server
    file = file_of(CONTENT, at("model.bin"))
    with ThreadPoolExecutor(4) as pool:
        paths = list(pool.map(lambda _: fetch(file), range(8)))
    assert {path.read_bytes() for path in paths} == {CONTENT}
    assert len(asked) == 1


def test_two_processes_at_once_fetch_once(server, own_cache):
    at, asked = server
    script = (
        "import sys\nfrom vitruvian.weights.catalog import *\n"
        "from vitruvian.weights.fetch import fetch\n"
        "url, sha, size = sys.argv[1:]\n"
        "source = Source(Package('p', 'npm', 'p@1'), 'model.bin', sha, int(size))\n"
        "fetch(File('model.bin', sha, int(size), (url,), (source,)))\n"
    )
    sha256 = hashlib.sha256(CONTENT).hexdigest()
    command = [sys.executable, "-c", script, at("model.bin"), sha256, str(len(CONTENT))]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    running = [subprocess.Popen(command, env=environment) for _ in range(3)]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    assert (own_cache / "model.bin").read_bytes() == CONTENT
    assert len(asked) == 1
    assert left_over(own_cache) == []


def test_the_leavings_of_a_killed_process_are_cleared(client, own_cache):
    (own_cache / ".some-models.work-abc").mkdir(parents=True)
    (own_cache / ".some-models.work-abc" / "half.tgz").touch()
    client("npm", "some-models-1.0.0.tgz", tarball(model=CONTENT))
    fetch(file_of(CONTENT))
    assert left_over(own_cache) == []


def test_no_space_left_is_one_clear_line(server, monkeypatch, own_cache):
    at, _ = server

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    file = file_of(CONTENT, at("model.bin"))
    own_cache.mkdir()
    monkeypatch.setattr(cache.os, "replace", full)
    with pytest.raises(WeightsError, match=r"no space left.*VITRUVIAN_CACHE") as error:
        fetch(file)
    assert "\n" not in str(error.value)
    assert not (own_cache / "model.bin").exists()


def test_a_cache_that_cannot_be_a_folder_is_one_clear_line(server, tmp_path, monkeypatch):
    at, _ = server
    (tmp_path / "file").touch()
    monkeypatch.setenv("VITRUVIAN_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(WeightsError, match=r"cannot write weights into .*VITRUVIAN_CACHE"):
        fetch(file_of(CONTENT, at("model.bin")))


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES])
def test_a_read_only_cache_is_one_clear_line(number, server, own_cache, monkeypatch):
    at, _ = server

    def refuse(*_, **__):
        raise OSError(number, os.strerror(number))

    own_cache.mkdir()
    monkeypatch.setattr(cache.os, "open", refuse)
    with pytest.raises(WeightsError, match=r"it is read-only; set VITRUVIAN_CACHE"):
        fetch(file_of(CONTENT, at("model.bin")))


def test_what_a_killed_download_left_is_cleared_in_time(server, own_cache):
    at, _ = server
    own_cache.mkdir()
    old, new = (own_cache / f".model.bin.{pid}-1.part" for pid in (1, 2))
    old.touch()
    new.touch()
    os.utime(old, (0, 0))
    fetch(file_of(CONTENT, at("model.bin")))
    assert left_over(own_cache) == [new.name]
