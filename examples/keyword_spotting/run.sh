#!/bin/sh
# Keyword spotting, from a model to a verified and measured firmware:
#   sh examples/keyword_spotting/run.sh [OUT]
# With MLPerf Tiny's model and features (MODEL, DATA) it runs those; without them it takes the same
# architecture from edgekit's zoo, untrained, with made-up features: sizes and speed are the same.
set -eu
cd "$(dirname "$0")/../.."
if [ -d .venv/bin ]; then PATH="$PWD/.venv/bin:$PATH"; fi
out=${1:-build/keyword_spotting}
corpus=../shared/corpus
model=${MODEL:-$corpus/models/kws_ref_model_int8.tflite}
data=${DATA:-$corpus/kws01/kws01.npz}
labels=examples/keyword_spotting/labels.txt
mkdir -p "$out"

if [ -f "$model" ] && [ -f "$data" ]; then
    edgekit convert "$model" --board netduino_plus_2 --out "$out/firmware" --force \
        --name kws --labels "$labels" --evaluate "$data"
    set -- --data "$data" --samples 200
else
    echo "no $model with $data: taking the untrained zoo:ds_cnn"
    python examples/keyword_spotting/features.py "$out/calibration.npz"
    edgekit convert zoo:ds_cnn --board netduino_plus_2 --out "$out/firmware" --force \
        --name kws --labels "$labels" --calibration "$out/calibration.npz"
    set --
fi
edgekit build "$out/firmware"
edgekit verify "$out/firmware" "$@"
edgekit bench "$out/firmware" --emulate
