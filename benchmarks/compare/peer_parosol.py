# SPDX-License-Identifier: Apache-2.0
"""ParOSol, from the package parosol-py: files in, files and printed lines out."""
import importlib.metadata
import importlib.util
import os
import re

import numpy as np

import problems
import solvers

LABEL = "ParOSol"
INSTALL = "pip install parosol-py h5py"
APPLICATIONS = 34  # on the finest grid per iteration, estimated: README.md here


def add_arguments(parser):
    pass


def find(options):
    """Version, executable, launcher and environment; only files are looked up, the package is not imported."""
    try:
        version = importlib.metadata.version("parosol-py")
    except importlib.metadata.PackageNotFoundError:
        raise solvers.Missing("this Python has no parosol-py") from None
    if importlib.util.find_spec("h5py") is None:
        raise solvers.Missing("this Python has no h5py")
    package = os.path.dirname(importlib.util.find_spec("parosol_py").origin)
    mpi, env, launcher = os.path.join(package, "bin", "openmpi"), solvers.mpi_environment(), ["mpirun"]
    if os.path.isdir(mpi):
        launcher = [os.path.join(mpi, "bin", "mpirun")]
        library = os.path.join(mpi, "lib")
        env.update(OPAL_PREFIX=mpi, PMIX_PREFIX=mpi, LD_LIBRARY_PATH=library,  # Open MPI's, for a moved installation
                   OPAL_MCA_mca_base_component_path=os.path.join(library, "openmpi"),
                   PMIX_MCA_mca_base_component_path=os.path.join(library, "pmix"))
    launcher += ["--bind-to", "none", "-np", str(options.cores)]  # the cores are set by the process that calls this
    return {"version": version, "executable": os.path.join(package, "bin", "parosol"), "launcher": launcher, "env": env}


def face_nodes(layer, z):
    """Nodes (z, y, x) of the bone voxels of one z layer, on the plane z."""
    touched = np.zeros((layer.shape[0] + 1, layer.shape[1] + 1), bool)
    for dy in (0, 1):
        for dx in (0, 1):
            touched[dy:dy + layer.shape[0], dx:dx + layer.shape[1]] |= layer
    yx = np.argwhere(touched)
    return np.column_stack([np.full(len(yx), z), yx])


def write_input(path, modulus, spacing_mm):
    """ParOSol's HDF5 input: cubes, modulus in GPa as 32-bit, fixed nodes as 16-bit (z, y, x, direction)."""
    import h5py
    if max(modulus.shape) >= 2**16:
        raise problems.Skipped("ParOSol reads node coordinates as 16 bits")
    faces = [face_nodes(modulus[0] > 0, 0), face_nodes(modulus[-1] > 0, modulus.shape[0])]
    moved_mm = problems.STRAIN * modulus.shape[0] * spacing_mm
    rows, values = [], []
    for nodes, z_mm in zip(faces, (0.0, moved_mm)):
        for direction in range(3):
            rows.append(np.column_stack([nodes, np.full(len(nodes), direction)]))
            values.append(np.full(len(nodes), z_mm if direction == 2 else 0.0))
    with h5py.File(path, "w") as file:
        group = file.create_group("Image_Data")
        group.create_dataset("Image", data=(modulus / 1000).astype("<f4"))
        group.create_dataset("Voxelsize", data=np.array([spacing_mm], "<f8"))
        group.create_dataset("Poisons_ratio", data=np.array([problems.POISSON_RATIO], "<f8"))
        group.create_dataset("Fixed_Displacement_Coordinates", data=np.vstack(rows).astype("<u2"))
        group.create_dataset("Fixed_Displacement_Values", data=np.concatenate(values).astype("<f4"))


def read_reaction(path):
    """Force along z on the moved face, N."""
    import h5py
    with h5py.File(path, "r") as file:
        z = file["Mesh/Coordinates"][:, 2]
        return float(file["Solution/force"][:, 2][z == z.max()].sum())


def printed(text, label):
    found = re.search(rf"^#\s*{label}:\s*(\S+)", text, re.MULTILINE)
    if not found:
        raise solvers.Failed(f"ParOSol printed no '{label}':\n{text[-2000:]}")
    return float(found[1])


def run(problem, folder, options, found):
    """One run of ParOSol with its default output, and what it prints in our keys."""
    spacing_mm = float(np.mean(problem.spacing))
    data, log = os.path.join(folder, "parosol.h5"), os.path.join(folder, "parosol.log")
    write_input(data, problem.modulus, spacing_mm)
    costs = solvers.run_measured([found["executable"], "--tol", str(options.tolerance), data],
                                 os.path.join(folder, "parosol-{rank}.json"), log, found["env"], found["launcher"])
    with open(log) as file:
        text = file.read()
    counts = re.search(r"global elements: (\d+) global nodes: (\d+)", text)
    if not counts:
        raise solvers.Failed(f"ParOSol printed no size:\n{text[-2000:]}")
    iterations = int(printed(text, "Nr of It"))
    result = {"version": found["version"], "ranks": options.cores, "elements": int(counts[1]),
              "dof": 3 * int(counts[2]), "spacing_mm": spacing_mm, "iterations": iterations,
              "fine_operator_estimate": APPLICATIONS * iterations + 1,
              "relative_residual": printed(text, "Relative residuum"),
              "setup_s": printed(text, "Constant"), "solve_s": printed(text, "Solving"), **solvers.spent(costs),
              "peak_memory_mb": sum(cost["peak_memory_mb"] for cost in costs), "reaction_n": read_reaction(data)}
    result["converged"] = result["relative_residual"] <= options.tolerance
    os.remove(data)
    return result
