"""What `make` installs is what `edgekit doctor` asks for."""

import shutil
import subprocess
from pathlib import Path

from edgekit.cli._tools import MANAGERS, PROGRAMS

ROOT = Path(__file__).parents[2]


def test_doctor_knows_every_system_package():
    script = (ROOT / "tools" / "system-packages.sh").read_text()
    for program in PROGRAMS:
        # Other systems' compilers for bare RISC-V have other names and are not set up.
        riscv_only = any("riscv" in name for name in program.names)
        assert set(program.packages) == ({"apt-get"} if riscv_only else set(MANAGERS))
        for package in program.packages.values():
            assert f" {package.removeprefix('--cask ')}" in script, package


def test_ci_runs_lint_and_tests():
    script = (ROOT / ".ci" / "run").read_text()
    assert "make lint" in script
    assert "make test" in script


BASICS = ["sh", "dirname", "awk", "sort", "tr", "cat", "env", "mawk", "gawk"]


def system_packages(folder: Path, **fakes: str) -> subprocess.CompletedProcess[str]:
    """Run the script on a system that has nothing but a shell and these programs."""
    for tool in BASICS:
        found = shutil.which(tool)
        if found is not None:
            (folder / tool).symlink_to(Path(found).resolve())
    for name, text in fakes.items():
        program = folder / name.replace("_", "-")
        program.write_text(f"#!{shutil.which('sh')}\n{text}\n")
        program.chmod(0o755)
    script = str(ROOT / "tools" / "system-packages.sh")
    return subprocess.run([script], env={"PATH": str(folder)}, capture_output=True, text=True)


def test_apt_installs_what_is_missing(tmp_path):
    log = tmp_path / "log"
    done = system_packages(tmp_path, apt_get=f'echo "$@" >> {log}', id="echo 0", cmake="", ninja="")
    assert done.returncode == 0, done.stderr
    update, install = log.read_text().splitlines()
    assert update.startswith("update")
    assert install.startswith("install -y --no-install-recommends ")
    packages = install.split()
    assert {"gcc-arm-none-eabi", "gcc-riscv64-unknown-elf", "qemu-system-arm", "gcc", "g++"} <= set(
        packages
    )
    assert {"python3", "python3-venv"} <= set(packages)
    assert not {"cmake", "ninja-build"} & set(packages), "these are there already"


def test_sudo_is_used_by_others_than_root(tmp_path):
    log = tmp_path / "log"
    sudo = f'echo "sudo $@" >> {log}'
    done = system_packages(tmp_path, apt_get="exit 1", id="echo 1000", sudo=sudo)
    assert done.returncode == 0, done.stderr
    update, install = log.read_text().splitlines()
    assert update.startswith("sudo apt-get update")
    assert "apt-get install" in install


def test_neither_root_nor_sudo(tmp_path):
    done = system_packages(tmp_path, apt_get="exit 1", id="echo 1000")
    assert done.returncode == 1
    assert "hint: as root: apt-get install" in done.stderr


def test_without_apt_the_packages_are_named(tmp_path):
    done = system_packages(tmp_path)
    assert done.returncode == 1
    for manager, package in (
        ("dnf", "arm-none-eabi-gcc-cs"),
        ("pacman", "arm-none-eabi-gcc"),
        ("brew", "gcc-arm-embedded"),
    ):
        (line,) = [
            text for text in done.stderr.splitlines() if text.startswith(f"hint: {manager}:")
        ]
        assert package in line
        assert "python" in line


def test_another_manager_is_recognised(tmp_path):
    done = system_packages(tmp_path, dnf="")
    assert done.returncode == 1
    assert "hint: dnf install arm-none-eabi-binutils-cs arm-none-eabi-gcc-cs" in done.stderr


def test_nothing_is_done_where_nothing_is_missing(tmp_path):
    tools = ["arm_none_eabi_gcc", "arm_none_eabi_ld", "qemu_system_arm", "cmake", "ninja", "gcc"]
    tools += ["riscv64_unknown_elf_gcc", "riscv64_unknown_elf_ld", "qemu_system_riscv32"]
    # `g++` is no Python name; the script's own Python stands for all versions.
    (tmp_path / "g++").symlink_to("/bin/sh")
    fakes = dict.fromkeys(tools, "") | {"apt_get": "exit 1", "python3": "exit 0"}
    done = system_packages(tmp_path, **fakes)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_browser_is_brought_where_the_package_lists_have_it(tmp_path):
    log = tmp_path / "log"
    fakes = {"apt_get": f'echo "$@" >> {log}', "apt_cache": "exit 0", "id": "echo 0"}
    assert system_packages(tmp_path, **fakes).returncode == 0
    assert log.read_text().splitlines()[-1].endswith("chromium chromium-driver")


def test_a_browser_that_can_not_be_installed_stops_nothing(tmp_path):
    log = tmp_path / "log"
    refuse = f'case "$*" in *chromium*) exit 100;; esac; echo "$@" >> {log}'
    done = system_packages(tmp_path, apt_get=refuse, apt_cache="exit 0", id="echo 0")
    assert done.returncode == 0
    assert "chromium is not installed" in done.stdout
    (tmp_path / "apt-cache").write_text(f"#!{shutil.which('sh')}\nexit 100\n")
    again = subprocess.run(
        [str(ROOT / "tools" / "system-packages.sh")],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert again.returncode == 0
    assert "chromium" not in again.stdout, "these lists have no such package"
