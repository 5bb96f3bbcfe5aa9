#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs check_paraview.py in ParaView's own python, off screen. Exit code 77: there is no ParaView here, or no display.
#   check_paraview.sh FOLDER | RESULT PICTURE.png
# Debian 12: apt-get install --no-install-recommends paraview xvfb xauth python3-h5py. ParaView's python module cannot
# be installed beside libvtk9-dev (apt would remove that one silently); unpack it aside and say where:
#   apt-get download python3-paraview && dpkg -x python3-paraview_*.deb DIR
#   export PARAVIEW_PYTHONPATH=DIR/usr/lib/python3/dist-packages
# A name of its own, for in PYTHONPATH its VTK would hide that of the other readback checks.
# Another ParaView: export PVBATCH=/its/bin/pvbatch
set -eu

pvbatch=${PVBATCH:-pvbatch}
if ! command -v "$pvbatch" > /dev/null; then
  echo "skipped: no pvbatch"
  exit 77
fi
if [ -n "${PARAVIEW_PYTHONPATH:-}" ]; then
  export PYTHONPATH="$PARAVIEW_PYTHONPATH${PYTHONPATH:+:$PYTHONPATH}"
fi
here=$(cd "$(dirname "$0")" && pwd)
if [ -n "${DISPLAY:-}" ]; then
  exec "$pvbatch" "$here/check_paraview.py" "$@"
elif command -v xvfb-run > /dev/null; then
  exec xvfb-run -a "$pvbatch" "$here/check_paraview.py" "$@"
fi
echo "skipped: no display and no xvfb-run"
exit 77
