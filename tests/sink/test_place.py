from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from vitruvian.errors import SinkError
from vitruvian.sink.place import GrowingFile, check_folder, disk_errors


class Disk:
    """A raw file on a disk that is full after so many bytes, or where Ctrl-C is pressed."""

    def __init__(self, file: object, room: int, error: BaseException) -> None:
        self._file, self._room, self._error = file, room, error

    def __getattr__(self, name: str) -> object:
        return getattr(self._file, name)

    def write(self, data: memoryview) -> int:
        room = max(0, self._room - self._file.tell())
        done = self._file.write(data[:room])
        if not done:
            raise self._error
        return done


def fill(file: GrowingFile, done: list[bytes]) -> None:
    for piece in (b"one,", b"two,", b"three,", b"four,", b"five,", b"six,seven,eight,"):
        file.append(piece)
        file.flush()
        done.append(piece)


FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("room", range(5, 40))
def test_a_full_disk_leaves_the_last_whole_state(room: int, tmp_path: Path) -> None:
    file = GrowingFile(tmp_path / "a.txt", b"<", b">>>")
    file._file = Disk(file._file, room, FULL)  # type: ignore[assignment]
    done = [b"<"]
    with pytest.raises(SinkError, match=r"a\.txt: no space is left"):
        fill(file, done)
    assert (tmp_path / "a.txt").read_bytes() == b"".join(done) + b">>>"
    file.close()
    assert (tmp_path / "a.txt").read_bytes() == b"".join(done) + b">>>"


@pytest.mark.parametrize("room", range(4, 20))
def test_a_stop_in_the_middle_of_a_flush_is_mended(room: int, tmp_path: Path) -> None:
    file = GrowingFile(tmp_path / "a.txt", b"<", b">>>")
    raw = file._file
    file._file = Disk(raw, room, KeyboardInterrupt())  # type: ignore[assignment]
    with pytest.raises(KeyboardInterrupt):
        file.append(b"one two three four five")
    file._file = raw
    file.close()
    assert (tmp_path / "a.txt").read_bytes() == b"<one two three four five>>>"


@pytest.mark.parametrize(
    ("number", "advice"),
    [
        (errno.ENOSPC, "no space is left"),
        (errno.EFBIG, "no space is left"),
        (errno.EROFS, "may not be written to"),
        (errno.EACCES, "may not be written to"),
        (errno.ENOTDIR, "a file is where a folder"),
        (errno.EISDIR, "a folder is where the file"),
        (errno.ENAMETOOLONG, "too long"),
        (errno.EIO, "--out"),
    ],
)
def test_whatever_the_disk_says_is_one_line_with_advice(number: int, advice: str) -> None:
    with (
        pytest.raises(SinkError, match=advice) as caught,
        disk_errors(Path("out/a.json")),
    ):
        raise OSError(number, os.strerror(number))
    assert str(caught.value).startswith(f"cannot write {Path('out/a.json')}: ")
    assert "\n" not in str(caught.value)


def test_a_folder_where_the_file_should_go_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "a.txt").mkdir()
    with pytest.raises(SinkError, match="a folder is where the file"):
        GrowingFile(tmp_path / "a.txt", b"")
    assert (tmp_path / "a.txt").is_dir()


def test_two_runs_never_write_the_same_file(tmp_path: Path) -> None:
    """A second run writes beside the first; a third is refused, and neither comes to harm."""
    pytest.importorskip("fcntl", reason="open files cannot be replaced here")
    first, second = (GrowingFile(tmp_path / "a.txt", head, b">") for head in (b"<one", b"<two"))
    for _ in range(2):
        with pytest.raises(SinkError, match=r"^another run is writing .*a\.part\.txt; wait for it"):
            GrowingFile(tmp_path / "a.txt", b"<three", b">")
    assert (first.path.name, second.path.name) == ("a.txt", "a.part.txt")
    first.close()
    assert (tmp_path / "a.txt").read_bytes() == b"<one>"
    second.close()
    assert (tmp_path / "a.txt").read_bytes() == b"<two>"
    GrowingFile(tmp_path / "a.txt", b"<four", b">").close()
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    assert (tmp_path / "a.txt").read_bytes() == b"<four>"


def test_folders_that_were_only_tried_are_not_left_behind(tmp_path):
    (tmp_path / "mine").mkdir()
    check_folder(tmp_path / "mine" / "a" / "b")
    check_folder(tmp_path / "mine")
    assert list(tmp_path.rglob("*")) == [tmp_path / "mine"]


def test_a_file_stays_locked_until_it_is_in_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another run that begins in just that moment may not empty it."""
    pytest.importorskip("fcntl", reason="open files cannot be replaced here")
    target = tmp_path / "a.txt"
    target.write_bytes(b"earlier")
    file = GrowingFile(target, b"<new", b">")
    file.append(b"!")
    replace = Path.replace

    def late(path: Path, to: Path) -> Path:
        with pytest.raises(SinkError, match="another run is writing"):
            GrowingFile(target, b"<other", b">")
        return replace(path, to)

    monkeypatch.setattr(Path, "replace", late)
    file.close()
    assert target.read_bytes() == b"<new!>"


def test_a_file_that_is_put_in_its_place_before_it_is_locked_is_not_emptied(tmp_path, monkeypatch):
    fcntl = pytest.importorskip("fcntl", reason="open files cannot be replaced here")
    target = tmp_path / "a.txt"
    target.write_bytes(b"earlier")
    other = GrowingFile(target, b"<other", b">")
    flock = fcntl.flock

    def late(file, how):
        monkeypatch.setattr(fcntl, "flock", flock)
        other.close()
        flock(file, how)

    monkeypatch.setattr(fcntl, "flock", late)
    mine = GrowingFile(target, b"<mine", b">")
    assert (target.read_bytes(), mine.path.name) == (b"<other>", "a.part.txt")
    mine.close()
    assert target.read_bytes() == b"<mine>"


def test_a_lock_that_keeps_out_our_own_handles_is_given_up(tmp_path, monkeypatch):
    """As SMB shares have them: none but the handle that holds the lock may write."""
    fcntl = pytest.importorskip("fcntl", reason="locks are another matter here")
    locked, flock, open_ = set(), fcntl.flock, Path.open

    def mandatory(file, how):
        flock(file, how)
        name = Path(file.name)
        locked.discard(name) if how & fcntl.LOCK_UN else locked.add(name)

    def refused(path, *arguments, **options):
        if path in locked:
            raise PermissionError(13, "Permission denied")
        return open_(path, *arguments, **options)

    monkeypatch.setattr(fcntl, "flock", mandatory)
    monkeypatch.setattr(Path, "open", refused)
    GrowingFile(tmp_path / "a.txt", b"<one", b">").close()
    monkeypatch.undo()
    assert (tmp_path / "a.txt").read_bytes() == b"<one>"
