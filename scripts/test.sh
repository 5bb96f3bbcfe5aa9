#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs what is needed, builds and tests: the whole program, then the core without ITK, VTK and CUDA.
# usage: scripts/test.sh [--full] [BUILD_FOLDER]     --full adds the tests labelled slow and validation
set -eu
cd "$(dirname "$0")/.."
. scripts/packages.sh

full=no
if [ "${1:-}" = --full ]; then
  full=yes
  shift
fi
build=${1:-build}
core=$build-core
jobs=$(nproc)

# shellcheck disable=SC2086
osteon_install_packages $osteon_packages $osteon_packages_test

# Other programs' readers (VTK, h5py, nibabel) come from PyPI; without them the read-back tests report "skipped".
python=python3
if [ "$full" = yes ]; then
  readers=$build/readers
  if [ -x "$readers/bin/python" ] || python3 -m venv "$readers"; then
    if "$readers/bin/python" -m pip install -q -r tests/readback/requirements.txt; then
      python=$(pwd)/$readers/bin/python
      case $readers in /*) python=$readers/bin/python ;; esac
    else
      echo "osteon: the readers of tests/readback/requirements.txt could not be installed; those tests will be skipped" >&2
    fi
  fi
fi

# run_tests FOLDER ARGUMENT...: ctest, whole output kept in FOLDER/ctest.log, its closing lines repeated at the very end.
run_tests() {
  folder=$1
  shift
  ctest --test-dir "$folder" --output-on-failure --no-tests=error "$@" </dev/null >"$folder/ctest.log" 2>&1 && state=0 ||
    state=$?
  cat "$folder/ctest.log"
  return "$state"
}

cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DOSTEON_PYTHON="$python"
cmake --build "$build" --parallel "$jobs"
cmake -S . -B "$core" -G Ninja -DCMAKE_BUILD_TYPE=Release \
  -DOSTEON_ITK=OFF -DOSTEON_VTK=OFF -DOSTEON_CUDA=OFF
cmake --build "$core" --parallel "$jobs"

failed=
if [ "$full" = yes ]; then
  run_tests "$build" || failed="$failed whole"
else
  run_tests "$build" --label-exclude 'slow|validation' || failed="$failed whole"
fi
run_tests "$core" --label-regex '^unit$' || failed="$failed core"

echo
for folder in "$build" "$core"; do
  echo "== $folder"
  sed -n '/tests passed/,$p' "$folder/ctest.log"
done
if [ -n "$failed" ]; then
  echo "FAILED:$failed" >&2
  exit 1
fi
echo "All tests passed."
