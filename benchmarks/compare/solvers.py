# SPDX-License-Identifier: Apache-2.0
"""Runs Osteon and ParOSol on one mask and brings what each of them says about itself to the same keys.

Both runs: bone voxels E 10 000 MPa, nu 0.3; every bone node of the z = 0 face fixed, of the other z face moved by -1 %
of the height and held sideways; stop at ||r|| / ||b|| <= tolerance, unpreconditioned, from a zero start.
"""
import glob
import importlib.metadata
import importlib.util
import json
import os
import re
import subprocess
import sys

import numpy as np

YOUNGS_MODULUS_MPA = 10000.0
POISSON_RATIO = 0.3
STRAIN = -0.01
MEASURE = [sys.executable, "-I", "-S", os.path.join(os.path.dirname(os.path.abspath(__file__)), "measure.py")]


class Failed(Exception):
    """A solver did not finish; the text holds the end of its output."""


def run_measured(command, cost_file, log, env=None, launcher=()):
    """Runs the command under measure.py (one per rank); returns the cost of each. Output goes to the file `log`."""
    for old in glob.glob(cost_file.replace("{rank}", "*")):
        os.remove(old)
    with open(log, "w") as output:
        code = subprocess.call([*launcher, *MEASURE, cost_file, *command], stdout=output, stderr=subprocess.STDOUT,
                               env=env)
    if code != 0:
        with open(log) as output:
            raise Failed(f"{os.path.basename(command[0])} ended with {code}:\n{output.read()[-2000:]}")
    costs = []
    for path in sorted(glob.glob(cost_file.replace("{rank}", "*"))):
        with open(path) as file:
            costs.append(json.load(file))
    return costs


def osteon(executable, image, folder, cores, tolerance):
    """One run of `osteon solve` with its default output, and its summary in our keys."""
    run = os.path.join(folder, "osteon-run")
    command = [executable, "solve", image, "--profile", "trabecular-axial", "--backend", "cpu", "--threads", str(cores),
               "--set", f"solver.tolerance={tolerance}", "-q", "-o", run, "--overwrite"]
    env = dict(os.environ, OMP_NUM_THREADS=str(cores))
    cost = run_measured(command, os.path.join(folder, "osteon-cost.json"), os.path.join(folder, "osteon.log"), env)[0]
    with open(os.path.join(run, "summary.json")) as file:
        summary = json.load(file)
    solver, times = summary["solver"], summary["time_s"]
    return {"version": summary["osteon"]["version"], "git": summary["osteon"]["git"], "method": solver["method"],
            "device": summary["osteon"]["device"], "elements": summary["model"]["elements"],
            "dof": summary["model"]["dof"], "iterations": solver["iterations"],
            "relative_residual": solver["relative_residual"], "converged": solver["converged"],
            "fine_operator_applications": solver.get("fine_operator_applications"),
            "setup_s": times["setup"], "solve_s": times["solve"], "wall_s": cost["wall_s"],
            "cpu_s": cost["user_s"] + cost["system_s"], "peak_memory_mb": cost["peak_memory_mb"],
            "reaction_n": summary["load_cases"][0]["reaction_force_n"][2]}


def parosol_version():
    """Version of the installed parosol-py, or None."""
    try:
        return importlib.metadata.version("parosol-py")
    except importlib.metadata.PackageNotFoundError:
        return None


def parosol_launch(ranks):
    """(executable, launcher, environment) of the executable and Open MPI inside the parosol-py package.

    Only files are looked up; the package is not imported. The variables are Open MPI's own, for a moved installation
    and for shared memory only: looking for network cards would cost ParOSol over a second and 10 MB per rank.
    """
    package = os.path.dirname(importlib.util.find_spec("parosol_py").origin)
    mpi = os.path.join(package, "bin", "openmpi")
    env = dict(os.environ, OMP_NUM_THREADS="1", OMPI_MCA_pml="ob1", OMPI_MCA_btl="self,vader", OMPI_MCA_osc="pt2pt")
    launcher = ["mpirun"]
    if os.path.isdir(mpi):
        launcher = [os.path.join(mpi, "bin", "mpirun")]
        library = os.path.join(mpi, "lib")
        env.update(OPAL_PREFIX=mpi, PMIX_PREFIX=mpi, LD_LIBRARY_PATH=library,
                   OPAL_MCA_mca_base_component_path=os.path.join(library, "openmpi"),
                   PMIX_MCA_mca_base_component_path=os.path.join(library, "pmix"))
    if os.geteuid() == 0:
        env.update(OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")
    launcher += ["--bind-to", "none", "-np", str(ranks)]  # the cores are set by the process that calls this
    return os.path.join(package, "bin", "parosol"), launcher, env


def face_nodes(layer, z):
    """Nodes (z, y, x) of the bone voxels of one z layer, on the plane z."""
    touched = np.zeros((layer.shape[0] + 1, layer.shape[1] + 1), bool)
    for dy in (0, 1):
        for dx in (0, 1):
            touched[dy:dy + layer.shape[0], dx:dx + layer.shape[1]] |= layer
    yx = np.argwhere(touched)
    return np.column_stack([np.full(len(yx), z), yx])


def write_parosol_input(path, mask, spacing_mm):
    """ParOSol's HDF5 input: cubes, modulus in GPa as 32-bit, fixed nodes as 16-bit (z, y, x, direction)."""
    import h5py
    if max(mask.shape) >= 2**16:
        raise Failed("ParOSol reads node coordinates as 16 bits")
    faces = [face_nodes(mask[0], 0), face_nodes(mask[-1], mask.shape[0])]
    moved_mm = STRAIN * mask.shape[0] * spacing_mm
    rows, values = [], []
    for nodes, z_mm in zip(faces, (0.0, moved_mm)):
        for direction in range(3):
            rows.append(np.column_stack([nodes, np.full(len(nodes), direction)]))
            values.append(np.full(len(nodes), z_mm if direction == 2 else 0.0))
    with h5py.File(path, "w") as file:
        group = file.create_group("Image_Data")
        group.create_dataset("Image", data=np.where(mask, YOUNGS_MODULUS_MPA / 1000, 0).astype("<f4"))
        group.create_dataset("Voxelsize", data=np.array([spacing_mm], "<f8"))
        group.create_dataset("Poisons_ratio", data=np.array([POISSON_RATIO], "<f8"))
        group.create_dataset("Fixed_Displacement_Coordinates", data=np.vstack(rows).astype("<u2"))
        group.create_dataset("Fixed_Displacement_Values", data=np.concatenate(values).astype("<f4"))


def read_parosol_reaction(path):
    """Force along z on the moved face, N."""
    import h5py
    with h5py.File(path, "r") as file:
        z = file["Mesh/Coordinates"][:, 2]
        return float(file["Solution/force"][:, 2][z == z.max()].sum())


def printed(text, label):
    return float(re.search(rf"^#\s*{label}:\s*(\S+)", text, re.MULTILINE)[1])


def parosol(mask, spacing, folder, ranks, tolerance):
    """One run of ParOSol with its default output, and what it prints in our keys."""
    spacing_mm = float(np.mean(spacing))
    problem, log = os.path.join(folder, "parosol.h5"), os.path.join(folder, "parosol.log")
    write_parosol_input(problem, mask, spacing_mm)
    executable, launcher, env = parosol_launch(ranks)
    costs = run_measured([executable, "--tol", str(tolerance), problem], os.path.join(folder, "parosol-{rank}.json"),
                         log, env, launcher)
    with open(log) as file:
        text = file.read()
    counts = re.search(r"global elements: (\d+) global nodes: (\d+)", text)
    result = {"version": parosol_version(), "ranks": ranks, "elements": int(counts[1]), "dof": 3 * int(counts[2]),
              "spacing_mm": spacing_mm, "iterations": int(printed(text, "Nr of It")),
              "relative_residual": printed(text, "Relative residuum"),
              "setup_s": printed(text, "Constant"), "solve_s": printed(text, "Solving"),
              "wall_s": max(cost["wall_s"] for cost in costs),
              "cpu_s": sum(cost["user_s"] + cost["system_s"] for cost in costs),
              "peak_memory_mb": sum(cost["peak_memory_mb"] for cost in costs),
              "reaction_n": read_parosol_reaction(problem)}
    result["converged"] = result["relative_residual"] <= tolerance
    os.remove(problem)
    return result
