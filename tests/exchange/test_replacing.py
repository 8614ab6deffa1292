"""An exchange is there whole or not at all, whoever is killed, and nothing else is ever replaced."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

import harmoniqc as hq
from harmoniqc.exchange.folders import swapping, writing
from tests.exchange.folder_examples import package, results

WRITER = """
import sys, tempfile
import harmoniqc as hq
sys.path.insert(0, sys.argv[2])
from tests.exchange.folder_examples import package
packages = [package(title=name) for name in "ab"]
with tempfile.TemporaryDirectory() as elsewhere:
    hq.write(packages[0], elsewhere + "/x")  # everything is loaded now
sys.stdout.write("ready\\n")
sys.stdout.flush()
while True:
    for item in packages:
        hq.write(item, sys.argv[1])
"""
ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.skipif(
    not sys.platform.startswith(("linux", "darwin")), reason="others cannot exchange folders in one step"
)
def test_a_writer_killed_at_any_moment_leaves_the_old_exchange_or_the_new_one(tmp_path: Path) -> None:
    moments = random.Random(8)
    whole = {title: package(title=title) for title in ("old", "a", "b")}
    seen = set()
    for _ in range(50):
        folder = tmp_path / "x"
        hq.write(whole["old"], folder)
        command = [sys.executable, "-c", WRITER, str(folder), str(ROOT)]
        writer = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        time.sleep(moments.random() * 0.25)
        writer.kill()
        writer.communicate()
        assert hq.verify(folder) == hq.Findings()
        received = hq.read(folder)
        assert isinstance(received, hq.Package)
        assert received == whole[received.title or ""]
        seen.add(received.title)
        for left in tmp_path.iterdir():  # what was being written or removed: it never claims to be what it is not
            if left != folder:
                if not hq.verify(left).errors:
                    assert hq.read(left) in whole.values()
                shutil.rmtree(left)
    assert len(seen) >= 2


@pytest.mark.slow
def test_a_writer_killed_where_there_was_nothing(tmp_path: Path) -> None:
    moments = random.Random(9)
    whole = {title: package(title=title) for title in "ab"}
    there = 0
    for number in range(10):
        folder = tmp_path / f"x{number}"
        command = [sys.executable, "-c", WRITER, str(folder), str(ROOT)]
        writer = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        time.sleep(moments.random() * 0.2)
        writer.kill()
        writer.communicate()
        if folder.exists():
            there += 1
            received = hq.read(folder)
            assert isinstance(received, hq.Package)
            assert received == whole[received.title or ""]
    assert 0 < there <= 10


@pytest.mark.parametrize("can_exchange", [True, False])
def test_replacing_an_exchange(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, can_exchange: bool) -> None:
    if not can_exchange:
        monkeypatch.setattr(swapping, "_exchange", lambda left, right: False)
    hq.write(package(), tmp_path / "x")
    hq.write(package(title="newer", results=results().slice(2)), tmp_path / "x")
    assert hq.read(tmp_path / "x") == package(title="newer", results=results().slice(2))
    assert [item.name for item in tmp_path.iterdir()] == ["x"]


def test_where_the_new_folder_cannot_be_put_the_old_one_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hq.write(package(), tmp_path / "x")
    monkeypatch.setattr(swapping, "_exchange", lambda left, right: False)
    rename = Path.rename

    def failing(self: Path, target: Path) -> Path:
        if self.name.endswith(".part"):
            raise OSError("no")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OSError, match="no"):
        hq.write(package(title="newer"), tmp_path / "x")
    assert hq.read(tmp_path / "x") == package()
    assert [item.name for item in tmp_path.iterdir()] == ["x"]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, MemoryError])
@pytest.mark.parametrize("function", ["manifest_of", "sync_folders", "put_in_place", "write_synced"])
def test_an_exception_leaves_the_old_exchange_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, function: str, error: type[BaseException]
) -> None:
    hq.write(package(), tmp_path / "x")

    def fail(*arguments: object, **options: object) -> None:
        raise error

    monkeypatch.setattr(writing, function, fail)
    with pytest.raises(error):
        hq.write(package(title="newer"), tmp_path / "x")
    with pytest.raises(error):
        hq.write(package(title="newer"), tmp_path / "y")
    assert hq.read(tmp_path / "x") == package()
    assert [item.name for item in tmp_path.iterdir()] == ["x"]


def test_nothing_but_an_exchange_is_replaced(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    hq.write(package(), home)
    assert hq.read(home) == package(), "an empty folder is free"
    for name in ("thesis.docx", "results/schema_major=0/notes.txt", "deep/a/b/c/d/e"):
        file = home / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("years of work", encoding="utf-8")
        with pytest.raises(hq.DocumentError) as refused:
            hq.write(package(title="newer"), home)
        assert refused.value.findings.codes == {"folder-in-use"}
        assert file.read_text(encoding="utf-8") == "years of work"
        shutil.rmtree(home / "deep", ignore_errors=True)
        file.unlink(missing_ok=True)
    (home / "manifest.json").unlink()
    with pytest.raises(hq.DocumentError, match="no manifest"):
        hq.write(package(), home)
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(hq.DocumentError, match="no folder"):
        hq.write(package(), tmp_path / "file")
    (tmp_path / "link").symlink_to(home)
    with pytest.raises(hq.DocumentError, match="no folder"):
        hq.write(package(), tmp_path / "link")
    with pytest.raises(FileNotFoundError):
        hq.write(package(), tmp_path / "missing" / "x")


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_modes_follow_the_mask(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        hq.write(package(), tmp_path / "x")
    finally:
        os.umask(before)
    assert (tmp_path / "x").stat().st_mode & 0o777 == 0o750
    assert (tmp_path / "x" / "manifest.json").stat().st_mode & 0o777 == 0o640
