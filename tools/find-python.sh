#!/bin/sh
# Prints a Python that edgekit runs on and that can make virtual environments; fails if none can.
# Set PYTHON to choose one.
for python in ${PYTHON:-python3.12 python3.13 python3.11 python3.10 python3}; do
    # Run, not only looked for: version managers leave names on the PATH that lead nowhere.
    if "$python" -c '
import sys, venv, ensurepip
sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
        echo "$python"
        exit 0
    fi
done
exit 1
