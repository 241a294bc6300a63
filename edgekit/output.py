"""The one writer: a folder of results, written whole or not at all.

Files are made in a temporary folder beside the destination, which then takes its place by
renaming. A file that the user changed or added since the last time stays as it is.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from edgekit.errors import InputError

MANIFEST = "manifest.json"
_SCRATCH = ("build",)  # made by later verbs, worthless once the sources change


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a result.

    Attributes:
        folder: where it is.
        kept: paths that the user had changed and that were left alone.
        beside: of these, the paths whose new version was put beside them as `<path>.new`.
    """

    folder: Path
    kept: tuple[str, ...]
    beside: tuple[str, ...]


def sha256(data: bytes) -> str:
    """The SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def check_destination(folder: Path, force: bool) -> None:
    """Refuse a destination before any long work is done for it.

    Raises:
        InputError: it is a file, or a folder with something in it and `force` is not given, or
            one that edgekit did not make.
    """
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is a file", "choose another folder with --out")
    if not folder.is_dir() or not any(folder.iterdir()):
        return
    if not (folder / MANIFEST).is_file():
        raise InputError(
            f"{folder} has files in it that edgekit did not make",
            "choose another folder with --out",
        )
    if not force:
        raise InputError(
            f"{folder} exists",
            "choose another folder with --out, or give --force: what you changed in it is kept",
        )


def write(folder: Path, files: Mapping[str, bytes], manifest: Mapping[str, object]) -> Written:
    """Write a result; `check_destination` comes first.

    Args:
        folder: destination.
        files: path below it -> contents.
        manifest: written as manifest.json, with the SHA-256 of every file under `outputs`.

    Raises:
        InputError: the destination can't be written.
    """
    outputs = {path: sha256(data) for path, data in sorted(files.items())}
    text = json.dumps({**manifest, "outputs": outputs}, indent=2) + "\n"
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise InputError(f"can't write below {folder.parent}: {error.strerror}") from error
    try:
        kept, beside = _fill(made, folder, files)
        (made / MANIFEST).write_text(text)
        made.chmod(0o755)
        _swap(made, folder)
    except OSError as error:
        raise InputError(f"can't write {folder}: {error.strerror}") from error
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return Written(folder, tuple(kept), tuple(beside))


def write_file(path: Path, data: bytes) -> None:
    """Write one file of a folder that grows (a run): whole or not at all.

    Raises:
        InputError: it can't be written.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(data)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise InputError(f"can't write {path}: {error.strerror}") from error


def write_new(path: Path, data: bytes, *, over: bytes = b"") -> None:
    """Write one file that the user named.

    Args:
        path: destination.
        data: contents.
        over: how a file begins that may be replaced; none may if empty.

    Raises:
        InputError: another file is there, or it can't be written.
    """
    try:
        taken = path.exists() and not (over and path.read_bytes().startswith(over))
    except OSError as error:
        raise InputError(f"can't write {path}: {error.strerror}") from error
    if taken:
        raise InputError(f"{path} exists", "choose another file, or remove it")
    write_file(path, data)


def read_manifest(folder: Path) -> dict[str, object]:
    """The manifest of a folder that `write` made.

    Raises:
        InputError: there is none, or it can't be read.
    """
    try:
        found = json.loads((folder / MANIFEST).read_text())
    except FileNotFoundError:
        raise InputError(
            f"{folder} is not a folder that `edgekit convert` made", "give the folder of its --out"
        ) from None
    except (OSError, ValueError) as error:
        raise InputError(f"{folder / MANIFEST} can't be read: {error}") from error
    if not isinstance(found, dict):
        raise InputError(f"{folder / MANIFEST} is damaged", "convert again with --force")
    return found


def _fill(made: Path, folder: Path, files: Mapping[str, bytes]) -> tuple[list[str], list[str]]:
    """Write the new files into `made` and take over from `folder` what the user owns."""
    kept, beside = [], []
    theirs = _users_files(folder)
    recorded = _recorded(folder)
    for path, data in files.items():
        _place(made, path, theirs.get(path, data))
        if path in theirs:
            kept.append(path)
            if sha256(data) != recorded.get(path):
                _place(made, f"{path}.new", data)
                beside.append(path)
    for path, data in theirs.items():
        if path not in files and not path.endswith(".new"):
            _place(made, path, data)
    return sorted(kept), sorted(beside)


def _recorded(folder: Path) -> dict[str, str]:
    if not (folder / MANIFEST).is_file():
        return {}
    outputs = read_manifest(folder).get("outputs")
    return outputs if isinstance(outputs, dict) else {}


def _users_files(folder: Path) -> dict[str, bytes]:
    """Files that are not as edgekit wrote them: changed, or added."""
    recorded = _recorded(folder)
    found: dict[str, bytes] = {}
    if not folder.is_dir():
        return found
    for file in sorted(folder.rglob("*")):
        path = file.relative_to(folder).as_posix()
        if not file.is_file() or path == MANIFEST or path.split("/")[0] in _SCRATCH:
            continue
        data = file.read_bytes()
        if sha256(data) != recorded.get(path):
            found[path] = data
    return found


def _place(base: Path, path: str, data: bytes) -> None:
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts:
        raise InputError(f"refusing to write outside of the destination: {path!r}")
    target = base / pure
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)


def _swap(made: Path, folder: Path) -> None:
    """Put `made` in the place of `folder`; the old one comes back if that fails."""
    if not folder.exists():
        made.rename(folder)
        return
    old = made.with_name(made.name + "-old")
    folder.rename(old)
    try:
        made.rename(folder)
    except BaseException:
        old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)
