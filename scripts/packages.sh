# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# The one list of distribution packages (Debian 12, Ubuntu 24.04), and how they get installed. Sourced, not run.

osteon_packages_build="g++ cmake ninja-build git pkg-config ccache ca-certificates"
osteon_packages_core="libeigen3-dev libhdf5-dev zlib1g-dev libfmt-dev libcli11-dev libtomlplusplus-dev
  nlohmann-json3-dev doctest-dev"
# Image formats. libgdcm-tools, libfftw3-dev and uuid-dev are only recommended by the first, but its CMake files look for
# them: without the tools CMake prints a page about a faulty installation.
osteon_packages_itk="libinsighttoolkit5-dev libgdcm-tools libfftw3-dev uuid-dev"
osteon_packages_vtk="libvtk9-dev"
# Tests: the command line from outside, and other programs' readers on our files.
# shellcheck disable=SC2034
osteon_packages_test="python3 python3-venv"
# shellcheck disable=SC2034  # used by the scripts that source this file
osteon_packages="$osteon_packages_build $osteon_packages_core $osteon_packages_itk $osteon_packages_vtk"

# Prints those of the given packages that are not installed.
osteon_missing_packages() {
  for package in "$@"; do
    case $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) in
      installed) ;;
      *) printf '%s ' "$package" ;;
    esac
  done
}

# Installs what is missing of the given packages, as root or through sudo, asking nothing. Does nothing, and needs
# neither, when all are there.
osteon_install_packages() {
  if ! command -v apt-get >/dev/null 2>&1; then
    echo "osteon: no apt-get here; these packages (or their like) are taken to be installed: $*" >&2
    return 0
  fi
  missing=$(osteon_missing_packages "$@")
  [ -n "$missing" ] || return 0
  as_root=
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null 2>&1 || {
      echo "osteon: to install packages run this as root, install sudo, or ask for: $missing" >&2
      return 1
    }
    as_root=sudo
  fi
  echo "osteon: installing $missing"
  $as_root apt-get -q update || {
    echo "osteon: the package lists could not be refreshed; going on with those on this machine" >&2
  }
  # The list is split at spaces on purpose.
  # shellcheck disable=SC2086
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing </dev/null
}
