# SPDX-License-Identifier: Apache-2.0
"""Starts and measures programs, and runs Osteon. Each other solver has a peer_*.py of its own with

  LABEL, INSTALL        its name in tables; how to get it, in a few words
  add_arguments(parser) its own options
  find(options)         a dictionary with at least `version`, or Missing
  run(problem, folder, options, found)
                        one run, in the keys of benchmarks/results/README.md; Failed, or problems.Skipped

All runs: every bone node of the z = 0 face fixed, of the other z face moved by -1 % of the height and held sideways.
"""
import glob
import json
import os
import subprocess
import sys

MEASURE = [sys.executable, "-I", "-S", os.path.join(os.path.dirname(os.path.abspath(__file__)), "measure.py")]


class Failed(Exception):
    """A solver did not finish; the text holds the end of its output."""


class Missing(Exception):
    """A solver is not installed; the text says what was looked for."""


def run_measured(command, cost_file, log, env=None, launcher=(), cwd=None):
    """Runs the command under measure.py (one per rank); returns the cost of each. Output goes to the file `log`."""
    for old in glob.glob(cost_file.replace("{rank}", "*")):
        os.remove(old)
    with open(log, "w") as output:
        code = subprocess.call([*launcher, *MEASURE, cost_file, *command], stdout=output, stderr=subprocess.STDOUT,
                               env=env, cwd=cwd)
    if code != 0:
        with open(log) as output:
            raise Failed(f"{os.path.basename(command[0])} ended with {code}:\n{output.read()[-2000:]}")
    costs = []
    for path in sorted(glob.glob(cost_file.replace("{rank}", "*"))):
        with open(path) as file:
            costs.append(json.load(file))
    return costs


def mpi_environment():
    """Open MPI's own variables: one thread per rank, and shared memory only.

    Looking for network cards would cost a program over a second and 10 MB per rank.
    """
    env = dict(os.environ, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", OMPI_MCA_pml="ob1",
               OMPI_MCA_btl="self,vader", OMPI_MCA_osc="pt2pt")
    if os.geteuid() == 0:
        env.update(OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")
    return env


def spent(costs):
    """Wall time of the slowest rank and processor time of all."""
    return {"wall_s": max(cost["wall_s"] for cost in costs),
            "cpu_s": sum(cost["user_s"] + cost["system_s"] for cost in costs)}


def osteon(problem, folder, options):
    """One run of `osteon solve` with its default output, and its summary in our keys."""
    run = os.path.join(folder, "osteon-run")
    command = [os.path.abspath(options.osteon), "solve", *problem.case, "--backend", "cpu", "--threads",
               str(options.cores), "--set", f"solver.tolerance={options.tolerance}", "-q", "-o", run, "--overwrite"]
    env = dict(os.environ, OMP_NUM_THREADS=str(options.cores))
    costs = run_measured(command, os.path.join(folder, "osteon-cost.json"), os.path.join(folder, "osteon.log"), env)
    with open(os.path.join(run, "summary.json")) as file:
        summary = json.load(file)
    solver, times = summary["solver"], summary["time_s"]
    return {"version": summary["osteon"]["version"], "git": summary["osteon"]["git"], "method": solver["method"],
            "device": summary["osteon"]["device"], "elements": summary["model"]["elements"],
            "dof": summary["model"]["dof"], "iterations": solver["iterations"],
            "relative_residual": solver["relative_residual"], "converged": solver["converged"],
            "fine_operator_applications": solver.get("fine_operator_applications"),
            "setup_s": times["setup"], "solve_s": times["solve"], **spent(costs),
            "peak_memory_mb": costs[0]["peak_memory_mb"],
            "reaction_n": summary["load_cases"][0]["reaction_force_n"][2]}
