# SPDX-License-Identifier: Apache-2.0
"""The masks on which solvers are compared, and how to read them back."""
import argparse
import os
import re
import subprocess
import zlib

import numpy as np

DEFAULT = ["rods64", "plates64", "trab1240", "plates128", "rods128"]
SPACING_MM = 0.036
BVTV = 0.25
PERIOD_VOXELS = 20
SEED = 1
GENERATED = re.compile(r"(rods|plates|solid)([1-9]\d*)")
KINDS = {"rods": "trabecular-rods", "plates": "trabecular-plates", "solid": "block"}


class Skipped(Exception):
    """This problem cannot be run here; the text says why."""


def problem_name(text):
    """trab1240, or rodsN, platesN, solidN with N voxels along each edge (for argparse)."""
    if text != "trab1240" and not GENERATED.fullmatch(text):
        raise argparse.ArgumentTypeError(f"no problem is called '{text}': use trab1240, rodsN, platesN or solidN")
    return text


def make(name, osteon, folder):
    """Image file (.mha) of the problem NAME."""
    if name == "trab1240":
        return find_trab1240()
    kind, size = GENERATED.fullmatch(name).groups()
    path = os.path.join(folder, name + ".mha")
    command = [osteon, "generate", KINDS[kind], "-o", path, "--size", size, size, size, "--spacing", str(SPACING_MM),
               "--overwrite"]
    if kind != "solid":
        command += ["--bvtv", str(BVTV), "--period", str(PERIOD_VOXELS), "--seed", str(SEED)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return path


def find_trab1240():
    data = os.environ.get("OSTEON_VALIDATION_DATA")
    if not data:
        raise Skipped("OSTEON_VALIDATION_DATA is not set")
    path = os.path.join(data, "trab1240", "trab1240_labels.mha")
    if not os.path.exists(path):
        raise Skipped("OSTEON_VALIDATION_DATA holds no trab1240/trab1240_labels.mha")
    return path


def read_mask(path):
    """(bone voxels as a bool array in (z, y, x) order, spacing (x, y, z) in mm) of a one-file MetaImage of bytes."""
    header = {}
    with open(path, "rb") as file:
        while "ElementDataFile" not in header:
            key, value = file.readline().decode("ascii").split("=", 1)
            header[key.strip()] = value.strip()
        data = file.read()
    if header["ElementType"] != "MET_UCHAR" or header["ElementDataFile"] != "LOCAL":
        raise SystemExit(f"{path}: only one-file images of unsigned bytes are read here")
    if header.get("CompressedData", "False") == "True":
        data = zlib.decompress(data)
    x, y, z = (int(n) for n in header["DimSize"].split())
    spacing = tuple(float(h) for h in header["ElementSpacing"].split())
    return np.frombuffer(data, np.uint8).reshape(z, y, x) > 0, spacing
