#!/bin/sh
# Face or no face, made to meet three latencies on a Cortex-M4 board:
#   sh examples/face_unlock/run.sh [OUT]
# Trains a MobileNet on 200 patches of Labeled Faces in the Wild that come with scikit-image, then
# asks for 100 ms, 60 ms and 10 ms. A limit that can't be met within the accuracy is told, with what
# it would cost (exit code 5, which is part of this example).
set -eu
cd "$(dirname "$0")/../.."
if [ -d .venv/bin ]; then PATH="$PWD/.venv/bin:$PATH"; fi
out=${1:-build/face_unlock}
limits=${LIMITS:-100ms 60ms 10ms}
mkdir -p "$out"

edgekit train "zoo:mobilenet_v1?alpha=0.5&input=96x96x1&classes=2" --data faces \
    --epochs "${EPOCHS:-15}" --batch-size 16 --out "$out/train" --force
for limit in $limits; do
    code=0
    edgekit optimize "$out/train/model.keras" --board netduino_plus_2 --data faces \
        --max-latency "$limit" --max-drop 2pt --epochs 2 --batch-size 16 \
        --out "$out/$limit" --force || code=$?
    if [ "$code" != 0 ] && [ "$code" != 5 ]; then exit "$code"; fi
    edgekit verify "$out/$limit" --samples 2
done
set --
for limit in $limits; do set -- "$@" "$out/$limit"; done
edgekit compare "$@" --data faces
