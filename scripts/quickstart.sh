#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# From a fresh machine to a fracture-risk map: installs what is needed, builds, runs the built-in trabecular example.
# usage: scripts/quickstart.sh [BUILD_FOLDER]     default: build
set -eu
cd "$(dirname "$0")/.."
. scripts/packages.sh

build=${1:-build}
example=meshes/trabecular

# shellcheck disable=SC2086
osteon_install_packages $osteon_packages
cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release
cmake --build "$build" --target osteon
osteon=$(find "$build" -name osteon -type f -perm -u+x | head -n 1)

meshes/make.sh "$osteon" "$example"
result=$example/result
"$osteon" solve "$example/case.toml" -o "$result" --overwrite

cat <<END

Done. Look at:
  $result/result.vtkhdf   in ParaView (File > Open, Apply, colour by RiskFactor_ees)
  $result/summary.json    stiffness, failure load, risk scores
  $example/README.md      what this example shows
Your own scan: $osteon solve SCAN --profile xtremect2 -o result     ($osteon profiles lists the others)
END
