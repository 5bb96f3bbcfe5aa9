# SPDX-License-Identifier: Apache-2.0
"""CalculiX: the same voxels as C3D8 elements and its direct solver, up to a size that this can hold."""
import os
import re
import shutil
import subprocess

import numpy as np

import ccx_input
import problems
import solvers

LABEL = "CalculiX"
INSTALL = "apt-get install calculix-ccx"


def add_arguments(parser):
    parser.add_argument("--ccx", default="ccx", metavar="PATH", help="CalculiX (default: %(default)s)")
    parser.add_argument("--ccx-max-dof", type=int, default=150_000, metavar="N",
                        help="larger problems are left out: it factorises (default: %(default)s)")


def find(options):
    path = shutil.which(options.ccx)
    if not path:
        raise solvers.Missing(f"there is no program '{options.ccx}'")
    printed = subprocess.run([path, "-v"], capture_output=True, text=True).stdout
    version = re.search(r"Version\s+(\S+)", printed)
    return {"version": version[1] if version else "of unknown version", "executable": os.path.abspath(path)}


def run(problem, folder, options, found):
    """One run; CalculiX says neither set-up nor solve time, only the whole is known."""
    dof = problem.dof()
    if dof > options.ccx_max_dof:
        raise problems.Skipped(f"{dof} degrees of freedom, more than --ccx-max-dof {options.ccx_max_dof}")
    voxels = {(int(x), int(y), int(z)): float(problem.modulus[z, y, x]) for z, y, x in np.argwhere(problem.modulus > 0)}
    size = problem.modulus.shape[::-1]
    nodes = ccx_input.write(os.path.join(folder, "ccx.inp"), voxels, size, problem.spacing, problems.POISSON_RATIO,
                            "axial", problems.STRAIN * size[2] * problem.spacing[2])
    env = dict(os.environ, OMP_NUM_THREADS=str(options.cores))
    log, data = os.path.join(folder, "ccx.log"), os.path.join(folder, "ccx.dat")
    if os.path.exists(data):
        os.remove(data)
    costs = solvers.run_measured([found["executable"], "-i", "ccx"], os.path.join(folder, "ccx-cost.json"), log, env,
                                 cwd=folder)
    try:
        reaction = ccx_input.read_force(data)
    except ValueError as problem_with_it:
        with open(log) as file:
            raise solvers.Failed(f"CalculiX: {problem_with_it}\n{file.read()[-2000:]}") from None
    return {"version": found["version"], "threads": options.cores, "elements": len(voxels), "dof": 3 * nodes,
            "iterations": None, "relative_residual": None, "converged": True, "setup_s": None, "solve_s": None,
            **solvers.spent(costs), "peak_memory_mb": costs[0]["peak_memory_mb"], "reaction_n": reaction}
