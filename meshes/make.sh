#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes the example images with a given osteon program: meshes/make.sh OSTEON [FOLDER ...]
# Runs the "# generate:" line of each case*.toml in its folder; an image that is already there is kept.
set -eu

if [ $# -lt 1 ]; then
  echo "usage: $0 OSTEON [FOLDER ...]    e.g. $0 build/osteon meshes/trabecular" >&2
  exit 2
fi
osteon=$(command -v "$1") || { echo "$0: '$1' is not a program; give the path of the osteon you built" >&2; exit 2; }
osteon=$(cd "$(dirname "$osteon")" && pwd)/$(basename "$osteon")
shift
here=$(cd "$(dirname "$0")" && pwd)
[ $# -gt 0 ] || set -- "$here"/*/

for folder in "$@"; do
  for case in "$folder"/case*.toml; do
    image=$(sed -n 's/^file = "\(.*\)"$/\1/p' "$case")
    arguments=$(sed -n 's/^# generate: osteon //p' "$case")
    if [ -z "$image" ] || [ -z "$arguments" ]; then
      echo "$0: $case has no 'file' or no '# generate:' line" >&2
      exit 2
    fi
    if [ -e "$folder/$image" ]; then
      echo "$folder/$image is there"
    else
      # The line holds plain words only, so splitting it at spaces is what is meant.
      # shellcheck disable=SC2086
      (cd "$folder" && "$osteon" $arguments)
    fi
  done
done
