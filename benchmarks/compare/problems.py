# SPDX-License-Identifier: Apache-2.0
"""The problems on which solvers are compared: image, modulus of every voxel, and how Osteon is told about them."""
import argparse
import dataclasses
import os
import re
import subprocess
import zlib

import numpy as np

DEFAULT = ["rods48", "rods64", "plates64", "trab1240", "plates128", "rods128"]
SPACING_MM = 0.036
BVTV = 0.25
PERIOD_VOXELS = 20
YOUNGS_MODULUS_MPA = 10000.0
POISSON_RATIO = 0.3
STRAIN = -0.01
PORE_MODULUS_MPA = 1.0  # of contrastN: 1e-4 of the bone's
GENERATED = re.compile(r"(rods|plates|solid|contrast)([1-9]\d*)")
KINDS = {"rods": "trabecular-rods", "plates": "trabecular-plates", "solid": "block", "contrast": "trabecular-rods"}


class Skipped(Exception):
    """This problem cannot be run here, or not by this solver; the text says why."""


@dataclasses.dataclass
class Problem:
    name: str
    seed: "int | None"       # None where nothing is random
    case: "list[str]"        # what `osteon solve` gets: image and profile, or a case file
    modulus: np.ndarray      # (z, y, x), MPa, 0 = no element
    spacing: tuple           # (x, y, z), mm

    @property
    def elements(self):
        return int((self.modulus > 0).sum())

    def title(self):
        return self.name if self.seed in (None, 1) else f"{self.name} seed {self.seed}"

    def dof(self):
        """Three per node that touches an element."""
        used = np.zeros(np.array(self.modulus.shape) + 1, bool)
        for corner in np.ndindex(2, 2, 2):
            used[tuple(slice(c, c + n) for c, n in zip(corner, self.modulus.shape))] |= self.modulus > 0
        return 3 * int(used.sum())


def problem_name(text):
    """A name from the table of README.md, for argparse."""
    if text != "trab1240" and not GENERATED.fullmatch(text):
        raise argparse.ArgumentTypeError(f"no problem is called '{text}': use trab1240, rodsN, platesN, contrastN or "
                                         "solidN, with N voxels along each edge")
    return text


def is_random(name):
    return name != "trab1240" and not name.startswith("solid")


def make(name, seed, osteon, folder):
    """The problem NAME; its files go into `folder`."""
    if name == "trab1240":
        image = find_trab1240()
    else:
        image = generate(name, seed, osteon, folder)
    labels, spacing = read_labels(image)
    modulus = np.where(labels > 0, YOUNGS_MODULUS_MPA, 0.0).astype(np.float32)
    case = [image, "--profile", "trabecular-axial"]
    if name.startswith("contrast"):
        modulus[labels == 0] = PORE_MODULUS_MPA
        case = [fill_pores(image, labels, spacing, osteon)]
    return Problem(name, seed if is_random(name) else None, case, modulus, spacing)


def generate(name, seed, osteon, folder):
    """Image file (.mha) of a generated problem."""
    kind, size = GENERATED.fullmatch(name).groups()
    path = os.path.join(folder, name + ".mha")
    command = [osteon, "generate", KINDS[kind], "-o", path, "--size", size, size, size, "--spacing", str(SPACING_MM),
               "--overwrite"]
    if is_random(name):
        command += ["--bvtv", str(BVTV), "--period", str(PERIOD_VOXELS), "--seed", str(seed)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{name} cannot be generated: {done.stderr.strip()}")
    return path


def fill_pores(image, labels, spacing, osteon):
    """Gives the pores label 2 in the image file; returns a case file with a soft material for them."""
    write_labels(image, np.where(labels > 0, 1, 2).astype(np.uint8), spacing)
    path = image[:-len(".mha")] + ".toml"
    case = subprocess.run([osteon, "init", "trabecular-axial", "--image", os.path.basename(image)], check=True,
                          capture_output=True, text=True).stdout
    with open(path, "w") as file:
        file.write(f"{case}\n[materials.pores]\nlabel = 2\nyoungs_modulus_mpa = {PORE_MODULUS_MPA}\n"
                   f'poisson_ratio = {POISSON_RATIO}\nsource = "the benchmark\'s own choice"\n')
    return path


def find_trab1240():
    data = os.environ.get("OSTEON_VALIDATION_DATA")
    if not data:
        raise Skipped("OSTEON_VALIDATION_DATA is not set")
    path = os.path.join(data, "trab1240", "trab1240_labels.mha")
    if not os.path.exists(path):
        raise Skipped("OSTEON_VALIDATION_DATA holds no trab1240/trab1240_labels.mha")
    return path


def read_labels(path):
    """(labels in (z, y, x) order, spacing (x, y, z) in mm) of a one-file MetaImage of bytes."""
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
    return np.frombuffer(data, np.uint8).reshape(z, y, x), spacing


def write_labels(path, labels, spacing):
    header = {"ObjectType": "Image", "NDims": 3, "BinaryData": True, "BinaryDataByteOrderMSB": False,
              "CompressedData": False, "ElementSpacing": " ".join(map(repr, spacing)),
              "DimSize": " ".join(map(str, labels.shape[::-1])), "ElementType": "MET_UCHAR", "ElementDataFile": "LOCAL"}
    with open(path, "wb") as file:
        file.write("".join(f"{key} = {value}\n" for key, value in header.items()).encode("ascii"))
        file.write(labels.tobytes())
