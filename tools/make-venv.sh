#!/bin/sh
# make-venv.sh FOLDER REQUIREMENT: a virtual environment with this package in it, editable.
set -eu
folder=$1
requirement=$2
if [ ! -x "$folder/bin/python" ]; then
    python=$("$(dirname "$0")/find-python.sh") || {
        echo "error: no Python from 3.10 to 3.13 with venv was found" >&2
        echo "hint: install one, or name it: make setup PYTHON=/path/to/python3" >&2
        exit 1
    }
    "$python" -m venv "$folder"
fi
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check --editable "$requirement"
