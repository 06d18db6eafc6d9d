#!/bin/sh
# Makes .venv-peers in the repository root: the peers' environment, apart from Amiss's own.
# A second call returns at once. TORCH names another build of torch where the machine needs one,
# e.g. TORCH="torch==2.13.0 --index-url https://download.pytorch.org/whl/cpu".
set -eu
cd "$(dirname "$0")/../.."
PYTHON=${PYTHON:-python3}
TORCH=${TORCH:-torch==2.13.0}
HERE=benchmarks/real
READY=.venv-peers/ready

if [ -e "$READY" ] && [ ! "$HERE/requirements.txt" -nt "$READY" ] && [ ! "$HERE/setup.sh" -nt "$READY" ]; then
    exit 0
fi

"$PYTHON" -m venv .venv-peers
pip() { .venv-peers/bin/python -m pip --quiet --disable-pip-version-check install "$@"; }

# shellcheck disable=SC2086  # TORCH may hold options
pip $TORCH
pip -r "$HERE/requirements.txt"
pip --no-deps anomalib==2.7.0 kornia==0.9.0 kornia-rs==0.2.0
touch "$READY"
