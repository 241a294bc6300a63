#!/bin/sh
# The steps of demo.py as you would type them: sh examples/digits/run.sh [OUT]
set -eu
cd "$(dirname "$0")/../.."
if [ -d .venv/bin ]; then PATH="$PWD/.venv/bin:$PATH"; fi
out=${1:-build/digits}

python examples/digits/train.py --out "$out"
edgekit convert "$out/digits.keras" --board netduino_plus_2 --out "$out/firmware" --force \
    --calibration "$out/calibration.npz" --evaluate "$out/test.npz"
edgekit build "$out/firmware"
edgekit verify "$out/firmware" --data "$out/test.npz" --samples 100
edgekit bench "$out/firmware" --emulate
