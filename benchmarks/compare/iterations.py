# SPDX-License-Identifier: Apache-2.0
"""How many iterations Osteon takes, over kinds of bone, sizes and seeds: does the count grow with the grid?

  python3 benchmarks/compare/iterations.py                          rods and plates, 64 128 192, three seeds, trab1240
  python3 benchmarks/compare/iterations.py --sizes 24 32 --name try

Writes NAME.json and NAME.md into --output; needs NumPy. One run each: counts are exact, times are not medians.
"""
import argparse
import json
import os
import sys
import tempfile

import machine
import problems
import report
import solvers

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kinds", nargs="+", choices=["rods", "plates", "contrast"], default=["rods", "plates"])
    parser.add_argument("--sizes", nargs="+", type=int, default=[64, 128, 192], metavar="N", help="voxels per edge")
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3], metavar="N")
    parser.add_argument("--osteon", default=os.path.join(ROOT, "build", "osteon"), metavar="PATH")
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--tolerance", type=float, default=1e-6)
    parser.add_argument("--output", default=os.path.join(ROOT, "benchmarks", "results"), metavar="DIR")
    parser.add_argument("--name", help="of the files written (default: iterations-DATE)")
    options = parser.parse_args()
    if not os.access(options.osteon, os.X_OK):
        parser.error(f"no executable at {options.osteon}; build Osteon or say --osteon PATH")
    if min(options.sizes) < 8 or min(options.seeds) < 0 or options.cores < 1:
        parser.error("--sizes are at least 8, --seeds not negative, --cores at least 1")
    options.osteon = os.path.abspath(options.osteon)
    return options


def row_of(problem, run):
    kept = ("elements", "dof", "iterations", "fine_operator_applications", "relative_residual", "converged", "setup_s",
            "solve_s", "wall_s", "peak_memory_mb", "reaction_n", "version", "git", "method", "device")
    return {"name": problem.name, "seed": problem.seed, **{key: run[key] for key in kept}}


def spread(values):
    if None in values:
        return "-"
    return str(values[0]) if min(values) == max(values) else f"{min(values)} to {max(values)}"


def summary_lines(record):
    """One line per problem: what the seeds have in common."""
    lines = ["| problem | million DOF | iterations | fine operator |", "| --- | ---: | ---: | ---: |"]
    for name in dict.fromkeys(r["name"] for r in record["rows"]):
        rows = [r for r in record["rows"] if r["name"] == name]
        dof = sum(r["dof"] for r in rows) / len(rows) / 1e6
        lines.append(report.row([name, report.digits(dof), spread([r["iterations"] for r in rows]),
                                 spread([r["fine_operator_applications"] for r in rows])]))
    return lines


def markdown(record):
    host, first = record["machine"], record["rows"][0]
    lines = [f"# Iterations of Osteon, {record['date'][:10]}", "",
             f"{host['cpu']}, {report.cores(record)} of {host['cores']}, {host['memory_gb']:.0f} GB, "
             f"{host['system']}.  ",
             f"Osteon {first['version']} ({first['git']}): {first['method']}; {first['device']}.  ",
             f"`axial` z {100 * problems.STRAIN:+g} %, tolerance {record['tolerance']:g} on ||r||/||b||; generated "
             f"bones: BV/TV {problems.BVTV:g}, period {problems.PERIOD_VOXELS} voxels. One run each.", "",
             *summary_lines(record), "",
             "| problem | seed | DOF | iterations | fine operator | set-up s | solve s | total s | memory MB |",
             "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"]
    for r in record["rows"]:
        seed = "-" if r["seed"] is None else str(r["seed"])
        iterations = str(r["iterations"]) + ("" if r["converged"] else " (not converged)")
        cost = [report.digits(r[key]) for key in ("setup_s", "solve_s", "wall_s", "peak_memory_mb")]
        lines.append(report.row([r["name"], seed, str(r["dof"]), iterations, report.applications(r), *cost]))
    notes = [f"- {note}" for note in record["notes"]]
    return "\n".join(lines + ([""] + notes if notes else [])) + "\n"


def write(record, options):
    """Written after each run: a run that is stopped leaves what it has."""
    stem = os.path.join(options.output, options.name or f"iterations-{record['date'][:10]}")
    with open(stem + ".json", "w") as file:
        json.dump(record, file, indent=1)
        file.write("\n")
    with open(stem + ".md", "w") as file:
        file.write(markdown(record))
    return stem


def main():
    options = arguments()
    os.makedirs(options.output, exist_ok=True)
    _, notes = machine.load_note()
    record = {"schema": "osteon-benchmark/2", "benchmark": "iterations", "date": machine.now(),
              "machine": machine.machine(), "cores": options.cores, "core_ids": machine.use_cores(options.cores),
              "tolerance": options.tolerance, "notes": notes, "rows": []}
    wanted = [(f"{kind}{size}", seed) for kind in options.kinds for size in options.sizes for seed in options.seeds]
    faults, stem = 0, None
    for name, seed in [*wanted, ("trab1240", None)]:
        with tempfile.TemporaryDirectory(prefix="osteon-benchmark-") as folder:
            try:
                problem = problems.make(name, seed, options.osteon, folder)
                record["rows"].append(row_of(problem, solvers.osteon(problem, folder, options)))
                print(f"{name} seed {seed}: {record['rows'][-1]['iterations']} iterations", file=sys.stderr)
            except problems.Skipped as reason:
                record["notes"].append(f"{name} was skipped: {reason}.")
            except solvers.Failed as failure:
                faults += 1
                print(f"FAULT {name} seed {seed}: {failure}", file=sys.stderr)
                continue
        if record["rows"]:
            stem = write(record, options)
    faults += sum(not r["converged"] for r in record["rows"])
    if stem:
        print(f"{stem}.md")
    return 1 if faults or not stem else 0


if __name__ == "__main__":
    sys.exit(main())
