#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Solves a crop of a mask with CalculiX and with Osteon and compares the force: an oracle that nobody here wrote.

The crop's largest face-connected part becomes CalculiX C3D8 elements with the same supports (ccx_input.py has them).
CalculiX factorises directly, so its force is exact to the seven digits it prints. Needs `ccx` (Debian package
calculix-ccx) and nothing but Python's standard library. Memory is about 1 GB for 30 000 elements.

    ccx_crop.py mask.npy --spacing 0.039 0.039 0.039 --crop 20 20 20 44 44 44 --supports free
                --osteon build/osteon -o work

Ends with status 1 when the forces differ by more than --accept.
"""
import argparse
import array
import gzip
import json
import math
import os
import re
import struct
import subprocess
import sys
import time
import zlib

import ccx_input

DTYPES = {"MET_UCHAR": "B", "MET_CHAR": "b", "MET_SHORT": "h", "MET_USHORT": "H", "MET_INT": "i", "MET_FLOAT": "f",
          "MET_DOUBLE": "d"}
NPY_TYPES = {"|u1": "B", "|i1": "b", "|b1": "B", "<i2": "h", "<u2": "H", "<i4": "i", "<f4": "f", "<f8": "d"}
NIFTI_TYPES = {2: "B", 4: "h", 8: "i", 16: "f", 64: "d"}


def read_mask(path):
    """Values with x fastest, size (x, y, z) and spacing in mm (None where the format has none)."""
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as reason:
        sys.exit(f"{path} cannot be read: {reason.strerror}")
    if path.endswith(".npy"):
        if data[:6] != b"\x93NUMPY":
            sys.exit(f"{path}: not a .npy file")
        wide = data[6] > 1
        length = struct.unpack("<I" if wide else "<H", data[8:12 if wide else 10])[0]
        start = (12 if wide else 10) + length
        header = data[12 if wide else 10:start].decode("latin1")
        kind = re.search(r"'descr':\s*'([^']+)'", header).group(1)
        shape = [int(n) for n in re.search(r"'shape':\s*\(([^)]*)\)", header).group(1).split(",") if n.strip()]
        if "'fortran_order': True" in header or len(shape) != 3 or kind not in NPY_TYPES:
            sys.exit(f"{path}: needs a C-ordered array of three dimensions and a plain type, not {header}")
        return array.array(NPY_TYPES[kind], data[start:]), (shape[2], shape[1], shape[0]), None
    if path.endswith((".nii", ".nii.gz")):
        data = gzip.decompress(data) if path.endswith(".gz") else data
        size, kind = struct.unpack("<3h", data[42:48]), NIFTI_TYPES[struct.unpack("<h", data[70:72])[0]]
        start = int(struct.unpack("<f", data[108:112])[0])
        values = array.array(kind)
        values.frombytes(data[start:start + size[0] * size[1] * size[2] * values.itemsize])
        return values, size, list(struct.unpack("<3f", data[80:92]))
    if not path.endswith(".mha"):
        sys.exit(f"{path}: .npy, .mha, .nii or .nii.gz")
    end = data.index(b"\n", data.index(b"ElementDataFile")) + 1
    header = dict(re.split(r"\s*=\s*", line, maxsplit=1) for line in data[:end].decode("latin1").splitlines() if line)
    body = zlib.decompress(data[end:]) if header.get("CompressedData", "").lower() == "true" else data[end:]
    size = tuple(int(n) for n in header["DimSize"].split())
    return array.array(DTYPES[header["ElementType"]], body), size, [float(h) for h in header["ElementSpacing"].split()]


def crop_bone(values, size, crop):
    """Voxels > 0 of the crop (x0 y0 z0 nx ny nz), largest face-connected part, as a set of positions in the crop."""
    x0, y0, z0, nx, ny, nz = crop
    if min(crop) < 0 or x0 + nx > size[0] or y0 + ny > size[1] or z0 + nz > size[2]:
        sys.exit(f"the crop {crop} does not lie in the mask of {size}")
    left = {(x, y, z) for z in range(nz) for y in range(ny) for x in range(nx)
            if values[((z0 + z) * size[1] + y0 + y) * size[0] + x0 + x] > 0}
    best = set()
    while left:
        part, front = set(), [left.pop()]
        while front:
            x, y, z = front.pop()
            part.add((x, y, z))
            for near in ((x - 1, y, z), (x + 1, y, z), (x, y - 1, z), (x, y + 1, z), (x, y, z - 1), (x, y, z + 1)):
                if near in left:
                    left.remove(near)
                    front.append(near)
        best = max(best, part, key=len)
    return best


def write_npy(path, bone, size):
    header = f"{{'descr': '|u1', 'fortran_order': False, 'shape': ({size[2]}, {size[1]}, {size[0]}), }}"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    voxels = bytearray(size[0] * size[1] * size[2])
    for x, y, z in bone:
        voxels[(z * size[1] + y) * size[0] + x] = 1
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + bytes(voxels))


def run_ccx(folder, threads):
    """Force on the high end along z, and wall seconds."""
    start = time.monotonic()
    environment = dict(os.environ, OMP_NUM_THREADS=str(threads))
    done = subprocess.run(["ccx", "-i", "crop"], cwd=folder, env=environment, capture_output=True, text=True)
    seconds = time.monotonic() - start
    try:
        return ccx_input.read_force(os.path.join(folder, "crop.dat")), seconds
    except ValueError as problem:
        sys.exit(f"ccx: {problem}\n{done.stdout[-2000:]}\n{done.stderr[-1000:]}")


def osteon_case(spacing, options):
    if options.supports == "axial":
        load = f'type = "axial"\naxis = "z"\ndisplacement_mm = {options.displacement!r}\n'
    else:
        load = f'''type = "free"
axis = "z"

[[load_case.node_set]]
name = "low"
surface = "low"
displacement_x_mm = 0.0
displacement_y_mm = 0.0
displacement_z_mm = 0.0

[[load_case.node_set]]
name = "high"
surface = "high"
displacement_z_mm = {options.displacement!r}
'''
    return f'''[image]
file = "crop.npy"
spacing_mm = [{", ".join(map(repr, spacing))}]

[materials.bone]
youngs_modulus_mpa = {options.youngs_modulus!r}
poisson_ratio = {options.poisson_ratio!r}
source = "the comparison's own choice"

[[load_case]]
name = "crop"
{load}
[solver]
tolerance = {options.tolerance!r}
'''


def run_osteon(folder, spacing, options):
    """Summary of `osteon solve`, and wall seconds."""
    with open(os.path.join(folder, "case.toml"), "w") as file:
        file.write(osteon_case(spacing, options))
    start = time.monotonic()
    done = subprocess.run([os.path.abspath(options.osteon), "solve", "case.toml", "-o", "run", "--overwrite", "-q",
                           "--backend", "cpu", "--threads", str(options.threads)], cwd=folder, capture_output=True,
                          text=True)
    seconds = time.monotonic() - start
    if done.returncode != 0:
        sys.exit(f"osteon ended with {done.returncode}:\n{done.stderr[-2000:]}")
    with open(os.path.join(folder, "run", "summary.json")) as file:
        return json.load(file), seconds


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("mask", help=".npy (z, y, x), .mha, .nii, .nii.gz (osteon export --nifti); voxels > 0 are bone")
    parser.add_argument("--crop", type=int, nargs=6, metavar=("X", "Y", "Z", "NX", "NY", "NZ"), help="default: all")
    parser.add_argument("--spacing", type=float, nargs=3, help="mm; needed for .npy")
    parser.add_argument("--supports", choices=["axial", "free"], default="axial")
    parser.add_argument("--displacement", type=float, help="mm, of the high end; default -1 %% of the height")
    parser.add_argument("--youngs-modulus", type=float, default=18000.0, help="MPa")
    parser.add_argument("--poisson-ratio", type=float, default=0.3)
    parser.add_argument("--tolerance", type=float, default=1e-8, help="of Osteon's solver")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--osteon", required=True, help="the osteon program")
    parser.add_argument("--accept", type=float, default=5e-4, help="largest relative difference of the forces")
    parser.add_argument("-o", "--output", required=True, help="folder for both programs' files")
    return parser.parse_args()


def main():
    options = parse_arguments()
    values, size, spacing = read_mask(options.mask)
    spacing = options.spacing or spacing or sys.exit("--spacing is needed: a .npy file has none")
    crop = options.crop or [0, 0, 0, *size]
    bone, extent = crop_bone(values, size, crop), crop[3:]
    if options.displacement is None:
        options.displacement = -0.01 * extent[2] * spacing[2]
    os.makedirs(options.output, exist_ok=True)
    try:
        nodes = ccx_input.write(os.path.join(options.output, "crop.inp"), dict.fromkeys(bone, options.youngs_modulus),
                                extent, spacing, options.poisson_ratio, options.supports, options.displacement)
    except ValueError as problem:
        sys.exit(f"{problem} of this crop; choose another crop")
    write_npy(os.path.join(options.output, "crop.npy"), bone, extent)

    summary, osteon_s = run_osteon(options.output, spacing, options)
    if summary["model"]["elements"] != len(bone) or summary["model"]["nodes"] != nodes:
        sys.exit(f"different meshes: {len(bone)} elements, {nodes} nodes here, {summary['model']} in Osteon")
    osteon_n = summary["load_cases"][0]["reaction_force_n"][2]
    ccx_n, ccx_s = run_ccx(options.output, options.threads)
    difference = abs(osteon_n / ccx_n - 1)

    print("| crop | supports | elements | nodes | ccx F (N) | Osteon F (N) | difference | ccx s | Osteon s |")
    print("|---|---|---|---|---|---|---|---|---|")
    print(f"| {' '.join(map(str, crop))} | {options.supports} | {len(bone)} | {nodes} | {ccx_n:.7g} | {osteon_n:.9g} "
          f"| {difference:.1e} | {ccx_s:.1f} | {osteon_s:.1f} |")
    if not math.isfinite(difference) or difference > options.accept:
        sys.exit(f"the forces differ by {difference:.2e}, more than {options.accept:g}")


if __name__ == "__main__":
    main()
