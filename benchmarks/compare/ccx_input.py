# SPDX-License-Identifier: Apache-2.0
"""Writes voxels as CalculiX C3D8 elements and reads the force back. Needs nothing but Python's standard library.

C3D8 is the trilinear brick with 2x2x2 Gauss points, which for a box is the same element as ours. Supports:

    axial   both z ends held sideways, the high one moved by the displacement
    free    the low z end fixed, the high one moved along z and free to spread
"""
import re

# Corners of C3D8 as offsets: the low face anticlockwise, then the high face.
CORNERS = [(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0), (0, 0, 1), (1, 0, 1), (1, 1, 1), (0, 1, 1)]


def mesh(voxels):
    """({node position: number}, {modulus: [(element number, corners)]}) of {(x, y, z): modulus}."""
    nodes, groups = {}, {}
    for number, (x, y, z) in enumerate(sorted(voxels, key=lambda v: (v[2], v[1], v[0])), 1):
        corners = [nodes.setdefault((x + a, y + b, z + c), len(nodes) + 1) for a, b, c in CORNERS]
        groups.setdefault(voxels[x, y, z], []).append((number, corners))
    return nodes, groups


def write_set(file, name, members):
    file.write(f"*NSET, NSET={name}\n")
    for i in range(0, len(members), 12):
        file.write(", ".join(str(n) for n in members[i:i + 12]) + ",\n")


def write(path, voxels, size, spacing, poisson_ratio, supports, displacement):
    """CalculiX input of {(x, y, z): modulus in MPa}; returns the number of nodes. ValueError: an end without bone."""
    nodes, groups = mesh(voxels)
    ends = {name: [n for p, n in nodes.items() if p[2] == height] for name, height in (("LOW", 0), ("HIGH", size[2]))}
    if not ends["LOW"] or not ends["HIGH"]:
        raise ValueError("the bone does not reach both z ends")
    with open(path, "w") as file:
        file.write("*NODE, NSET=ALL\n")
        for p, n in nodes.items():
            file.write(f"{n}, " + ", ".join(repr(p[d] * spacing[d]) for d in range(3)) + "\n")
        for group, (modulus, elements) in enumerate(groups.items(), 1):
            file.write(f"*ELEMENT, TYPE=C3D8, ELSET=BONE{group}\n")
            file.writelines(f"{number}, " + ", ".join(map(str, corners)) + "\n" for number, corners in elements)
            file.write(f"*MATERIAL, NAME=TISSUE{group}\n*ELASTIC\n{modulus!r}, {poisson_ratio!r}\n"
                       f"*SOLID SECTION, ELSET=BONE{group}, MATERIAL=TISSUE{group}\n")
        for name, members in ends.items():
            write_set(file, name, members)
        file.write("*STEP\n*STATIC\n*BOUNDARY\nLOW, 1, 3, 0.0\n")
        if supports == "axial":
            file.write("HIGH, 1, 2, 0.0\n")
        file.write(f"HIGH, 3, 3, {displacement!r}\n*NODE PRINT, NSET=LOW, TOTALS=ONLY\nRF\n*END STEP\n")
    return len(nodes)


def read_force(path):
    """Force on the high end along z, the opposite of the low end's reaction, from a .dat file; else ValueError."""
    try:
        with open(path) as file:
            numbers = re.findall(r"^\s*(\S+)\s+(\S+)\s+(\S+)\s*$", file.read().split("total force", 1)[1], re.M)
        return -float(numbers[0][2])
    except (OSError, IndexError, ValueError):
        raise ValueError("it gave no reaction") from None
