"""The writer: whole or not at all, and never over what the user changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from edgekit import output
from edgekit.errors import InputError

FILES = {"a.txt": b"one", "sub/b.txt": b"two"}


def _tree(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in folder.rglob("*")
        if p.is_file() and p.name != output.MANIFEST
    }


def test_writes_files_and_their_hashes(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "out"
    written = output.write(folder, FILES, {"model": "m"})
    assert _tree(folder) == FILES
    assert written.kept == ()
    manifest = output.read_manifest(folder)
    assert manifest["model"] == "m"
    assert manifest["outputs"] == {path: output.sha256(data) for path, data in FILES.items()}
    assert [p.name for p in folder.parent.iterdir()] == ["out"], "nothing temporary is left"


def test_refuses_a_folder_that_exists(tmp_path: Path) -> None:
    output.write(tmp_path / "out", FILES, {})
    with pytest.raises(InputError, match="exists"):
        output.check_destination(tmp_path / "out", force=False)
    output.check_destination(tmp_path / "out", force=True)
    output.check_destination(tmp_path / "new", force=False)
    (tmp_path / "empty").mkdir()
    output.check_destination(tmp_path / "empty", force=False)


def test_refuses_a_folder_of_somebody_else_even_with_force(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("mine")
    with pytest.raises(InputError, match="did not make"):
        output.check_destination(tmp_path, force=True)


def test_keeps_what_the_user_changed_and_added(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    output.write(folder, FILES, {})
    (folder / "a.txt").write_bytes(b"mine")
    (folder / "sub" / "sensor.c").write_bytes(b"added")
    (folder / "build").mkdir()
    (folder / "build" / "x.o").write_bytes(b"object")
    same = output.write(folder, FILES, {})
    assert (same.kept, same.beside) == (("a.txt",), ())
    assert _tree(folder) == {**FILES, "a.txt": b"mine", "sub/sensor.c": b"added"}
    newer = output.write(folder, {**FILES, "a.txt": b"three"}, {})
    assert (newer.kept, newer.beside) == (("a.txt",), ("a.txt",))
    assert (folder / "a.txt").read_bytes() == b"mine"
    assert (folder / "a.txt.new").read_bytes() == b"three"


def test_drops_what_is_no_longer_made(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    output.write(folder, FILES, {})
    output.write(folder, {"a.txt": b"one"}, {})
    assert _tree(folder) == {"a.txt": b"one"}


@pytest.mark.parametrize("path", ["../evil", "sub/../../evil", "/evil"])
def test_refuses_paths_that_lead_outside(tmp_path: Path, path: str) -> None:
    with pytest.raises(InputError, match="outside"):
        output.write(tmp_path / "out", {"a.txt": b"", path: b""}, {})
    assert list(tmp_path.iterdir()) == [], "nothing is left of a refused result"


def test_an_interruption_leaves_the_old_result(tmp_path: Path, monkeypatch) -> None:
    folder = tmp_path / "out"
    output.write(folder, FILES, {})

    def interrupted(made: Path, folder: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(output, "_swap", interrupted)
    with pytest.raises(KeyboardInterrupt):
        output.write(folder, {"a.txt": b"changed"}, {})
    assert _tree(folder) == FILES
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_manifest_that_is_no_manifest(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="edgekit convert"):
        output.read_manifest(tmp_path)
    (tmp_path / output.MANIFEST).write_text("{")
    with pytest.raises(InputError, match="can't be read"):
        output.read_manifest(tmp_path)
