# SPDX-License-Identifier: Apache-2.0
"""PETSc: an assembled matrix, CG preconditioned by GAMG; petsc_gamg.py does it in the Python that has petsc4py."""
import glob
import json
import os
import shlex
import shutil
import subprocess
import sys

import numpy as np

import problems
import solvers

LABEL = "PETSc GAMG"
INSTALL = "apt-get install python3-petsc4py python3-numpy openmpi-bin"
SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "petsc_gamg.py")
# Per iteration on the finest grid: 1 of CG, 2 + 2 Chebyshev steps and the residual between them, of which the first
# starts from zero; the eigenvalue estimate takes 10 once. Holds for the default options only.
APPLICATIONS, ESTIMATE = 5, 10
PROBE = ("import numpy, petsc4py; petsc4py.init(); from petsc4py import PETSc; "
         "print('.'.join(map(str, PETSc.Sys.getVersion())), PETSc.ScalarType == numpy.float64)")


def add_arguments(parser):
    parser.add_argument("--petsc-python", metavar="PATH", help="Python with petsc4py (default: the first with it)")
    parser.add_argument("--petsc-mpirun", metavar="PATH", help="mpirun of PETSc's own MPI (default: the system's)")
    parser.add_argument("--petsc-options", default="", metavar="TEXT",
                        help='more PETSc options, for example "-pc_gamg_threshold 0.01"; write --petsc-options="..."')


def find(options):
    """Version, Python, mpirun, environment. Debian's petsc4py needs PETSC_DIR where PETSc's headers are missing."""
    mpirun = options.petsc_mpirun or shutil.which("mpirun.openmpi") or shutil.which("mpirun")
    if not mpirun or not shutil.which(mpirun):
        raise solvers.Missing("there is no mpirun")
    pythons = [options.petsc_python] if options.petsc_python else [sys.executable, "/usr/bin/python3", "python3"]
    folders = sorted(glob.glob("/usr/lib/petscdir/petsc*/*-real*"), reverse=True)
    places = [{}] + [{"PETSC_DIR": folder} for folder in folders]
    for python in filter(shutil.which, dict.fromkeys(pythons)):
        for place in places:
            env = dict(solvers.mpi_environment(), **place)
            done = subprocess.run([python, "-c", PROBE], env=env, capture_output=True, text=True)
            words = done.stdout.split()
            if done.returncode == 0 and words[1:] == ["True"]:
                return {"version": words[0], "python": python, "env": env,
                        "launcher": [mpirun, "--bind-to", "none", "-np", str(options.cores)],
                        "options": shlex.split(options.petsc_options)}
    raise solvers.Missing(f"no petsc4py with real numbers in {', '.join(dict.fromkeys(pythons))}")


def run(problem, folder, options, found):
    """One run. Total time, assembly and the Python around it are our script's, not PETSc's: not compared."""
    data, answer = os.path.join(folder, "petsc.npz"), os.path.join(folder, "petsc.json")
    np.savez(data, modulus_mpa=problem.modulus, spacing_mm=problem.spacing, poisson_ratio=problems.POISSON_RATIO,
             strain=problems.STRAIN, tolerance=options.tolerance)
    costs = solvers.run_measured([found["python"], SCRIPT, data, answer, *found["options"]],
                                 os.path.join(folder, "petsc-{rank}.json"), os.path.join(folder, "petsc.log"),
                                 found["env"], found["launcher"])
    with open(answer) as file:
        result = json.load(file)
    used = solvers.spent(costs)
    result.update(petsc_options=found["options"], converged=result["reason"] > 0, wall_s=None, cpu_s=used["cpu_s"],
                  script_wall_s=used["wall_s"],
                  peak_memory_mb=sum(result["memory_per_rank_mb"]) - sum(result["python_per_rank_mb"]))
    if not found["options"]:
        result["fine_operator_estimate"] = APPLICATIONS * result["iterations"] + ESTIMATE
    os.remove(data)
    return result
