# SPDX-License-Identifier: Apache-2.0
"""Osteon beside ParOSol, PETSc and CalculiX: the same inputs, the same cores, one run after the other.

  python3 benchmarks/compare/compare.py                                  all problems, all solvers found, two cores
  python3 benchmarks/compare/compare.py --problems rods32 --solvers osteon petsc
  python3 benchmarks/compare/compare.py --redraw benchmarks/results/compare-DATE.json

Writes NAME.json, .md, .png and .svg into --output; needs the packages of benchmarks/requirements.txt.
"""
import argparse
import json
import os
import sys
import tempfile

import machine
import peer_ccx
import peer_parosol
import peer_petsc
import problems
import report
import solvers

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PEERS = {"parosol": peer_parosol, "petsc": peer_petsc, "ccx": peer_ccx}
REACTION_LIMIT = 1e-4   # relative; all solve the same equations, the iterative ones to a residual of 1e-6


def make_parser():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--solvers", nargs="+", choices=["osteon", *PEERS], metavar="NAME",
                        help="of osteon, parosol, petsc, ccx; osteon always runs (default: all that are installed)")
    parser.add_argument("--problems", nargs="+", type=problems.problem_name, default=problems.DEFAULT, metavar="NAME",
                        help="trab1240, rodsN, platesN, contrastN, solidN (default: %(default)s)")
    parser.add_argument("--seeds", nargs="+", type=int, default=[1], metavar="N",
                        help="of the generated bones; each is a problem of its own (default: 1)")
    parser.add_argument("--osteon", default=os.path.join(ROOT, "build", "osteon"), metavar="PATH")
    parser.add_argument("--cores", "--ranks", type=int, default=2, help="threads; MPI ranks of a solver that has those")
    parser.add_argument("--repeats", type=int, default=1, help="runs of each other solver")
    parser.add_argument("--osteon-repeats", type=int, default=3, help="runs of Osteon")
    parser.add_argument("--tolerance", type=float, default=1e-6)
    parser.add_argument("--output", default=os.path.join(ROOT, "benchmarks", "results"), metavar="DIR")
    parser.add_argument("--name", help="of the files written (default: compare-DATE)")
    parser.add_argument("--redraw", metavar="JSON", help="make .md, .png and .svg of an earlier run again, run nothing")
    for peer in PEERS.values():
        peer.add_arguments(parser)
    return parser


def arguments():
    parser = make_parser()
    options = parser.parse_args()
    if options.redraw:
        return options
    if not os.access(options.osteon, os.X_OK):
        parser.error(f"no executable at {options.osteon}; build Osteon or say --osteon PATH")
    if min(options.cores, options.repeats, options.osteon_repeats) < 1:
        parser.error("--cores, --repeats and --osteon-repeats are at least 1")
    if min(options.seeds) < 0:
        parser.error("--seeds are not negative")
    if not 0 < options.tolerance < 0.1:
        parser.error("--tolerance lies between 0 and 0.1")
    return options


def find_peers(options):
    """({key: what find() returned}, notes) of the other solvers. One that was asked for by name has to be there."""
    found, missing = {}, []
    for key in options.solvers or PEERS:
        if key == "osteon":
            continue
        try:
            found[key] = PEERS[key].find(options)
        except solvers.Missing as reason:
            if options.solvers:
                raise SystemExit(f"{PEERS[key].LABEL}: {reason} ({PEERS[key].INSTALL})") from None
            missing.append(f"{PEERS[key].LABEL}: {reason} ({PEERS[key].INSTALL})")
    if missing:
        print("not installed: " + "; ".join(missing), file=sys.stderr)
    names = ", ".join(text.split(":")[0] for text in missing)
    return found, [f"Left out because not installed: {names}."] if missing else []


def median_run(runs):
    """The run with the median (of an even number: the lower) time: its numbers belong together."""
    return sorted(runs, key=lambda run: run["wall_s"] or run["setup_s"] + run["solve_s"])[(len(runs) - 1) // 2]


def run_peer(key, problem, folder, options, found, notes):
    """All runs of one other solver; none when this problem is not for it."""
    try:
        return [PEERS[key].run(problem, folder, options, found) for _ in range(options.repeats)]
    except problems.Skipped as reason:
        notes.append(f"{PEERS[key].LABEL} was left out of {problem.title()}: {reason}.")
        return []


def compare(problem, options, folder, peers, faults, notes):
    """One problem with every solver. A solver that fails is a fault and leaves the others their run."""
    runs = {"osteon": [solvers.osteon(problem, folder, options) for _ in range(options.osteon_repeats)]}
    for key, found in peers.items():
        try:
            runs[key] = run_peer(key, problem, folder, options, found, notes)
        except solvers.Failed as failure:
            faults.append(f"{problem.title()}: {failure}")
    result = {"name": problem.name, "seed": problem.seed, "size": list(problem.modulus.shape[::-1]),
              "spacing_mm": list(problem.spacing), "elements": problem.elements, "dof": runs["osteon"][0]["dof"],
              "solvers": {key: median_run(all_runs) for key, all_runs in runs.items() if all_runs}, "runs": runs}
    reference = result["solvers"]["osteon"]["reaction_n"]
    result["reaction_difference"] = {key: run["reaction_n"] / reference - 1
                                     for key, run in result["solvers"].items() if key != "osteon"}
    return result


def faults_of(result):
    """What is wrong with this problem's numbers, in sentences."""
    faults, name = [], report.title_of(result)
    for key, run in result["solvers"].items():
        label = report.LABELS[key]
        if not run["converged"]:
            faults.append(f"{name}: {label} did not converge")
        for what in ("elements", "dof"):
            if run[what] != result[what]:
                faults.append(f"{name}: {label} used {run[what]} {what}, not {result[what]}")
    for key, difference in result["reaction_difference"].items():
        if not abs(difference) <= REACTION_LIMIT:
            faults.append(f"{name}: the reaction of {report.LABELS[key]} differs by {difference:.2e}, more than "
                          f"{REACTION_LIMIT:g}")
    return faults


def cube_note(result):
    """ParOSol stores one edge length per voxel."""
    spacing = result["spacing_mm"]
    if "parosol" not in result["solvers"] or max(spacing) == min(spacing):
        return []
    return [f"{result['name']}: voxels are {spacing[0]:.7g} x {spacing[1]:.7g} x {spacing[2]:.7g} mm; ParOSol knows "
            f"cubes only and got {result['solvers']['parosol']['spacing_mm']:.7g} mm."]


def one_line(result):
    parts = []
    for key, run in result["solvers"].items():
        seconds = run["wall_s"] or run["setup_s"] + run["solve_s"]
        parts.append(f"{key} {seconds:.2f} s" + (f", {run['iterations']} it." if run["iterations"] else ""))
    return f"{report.title_of(result)}: " + "; ".join(parts)


def write(record, options):
    """Written after each problem: a run that is stopped leaves what it has."""
    stem = os.path.join(options.output, options.name or f"compare-{record['date'][:10]}")
    with open(stem + ".json", "w") as file:
        json.dump(record, file, indent=1)
        file.write("\n")
    report.write(record, stem)
    return stem


def new_record(options, peers, notes):
    return {"schema": "osteon-benchmark/2", "benchmark": "compare", "date": machine.now(), "machine": machine.machine(),
            "cores": options.cores, "core_ids": machine.use_cores(options.cores), "load_average_before": None,
            "versions": {key: found["version"] for key, found in peers.items()},
            "petsc_options": peers["petsc"]["options"] if "petsc" in peers else None,
            "tolerance": options.tolerance, "strain": problems.STRAIN,
            "youngs_modulus_mpa": problems.YOUNGS_MODULUS_MPA, "poisson_ratio": problems.POISSON_RATIO,
            "generated": {"spacing_mm": problems.SPACING_MM, "bvtv": problems.BVTV,
                          "period_voxels": problems.PERIOD_VOXELS, "pore_modulus_mpa": problems.PORE_MODULUS_MPA},
            "repeats": {"osteon": options.osteon_repeats, "others": options.repeats}, "notes": notes, "problems": []}


def run_all(record, options, peers):
    """(faults, stem of the files written or None)."""
    faults, stem = [], None
    wanted = [(name, seed) for name in options.problems
              for seed in (options.seeds if problems.is_random(name) else options.seeds[:1])]
    for name, seed in wanted:
        with tempfile.TemporaryDirectory(prefix="osteon-benchmark-") as folder:
            try:
                problem = problems.make(name, seed, os.path.abspath(options.osteon), folder)
                result = compare(problem, options, folder, peers, faults, record["notes"])
            except problems.Skipped as reason:
                record["notes"].append(f"{name} was skipped: {reason}.")
                print(f"{name}: skipped, {reason}", file=sys.stderr)
                continue
            except solvers.Failed as failure:
                faults.append(f"{name}: {failure}")
                continue
        record["notes"] += cube_note(result)
        record["problems"].append(result)
        faults += faults_of(result)
        stem = write(record, options)
        print(one_line(result), file=sys.stderr)
    return faults, stem


def main():
    options = arguments()
    if options.redraw:
        return redraw(options.redraw)
    load, notes = machine.load_note()  # before the probes of find_peers
    peers, missing = find_peers(options)
    os.makedirs(options.output, exist_ok=True)
    record = new_record(options, peers, notes + missing)
    record["load_average_before"] = load
    faults, stem = run_all(record, options, peers)
    for fault in faults:
        print(f"FAULT {fault}", file=sys.stderr)
    if stem:
        print(f"{stem}.md")
    return 1 if faults or not stem else 0


def redraw(path):
    try:
        with open(path) as file:
            record = json.load(file)
    except (OSError, ValueError) as reason:
        raise SystemExit(f"{path} cannot be read: {reason}") from None
    if record.get("schema") != "osteon-benchmark/2" or record.get("benchmark") != "compare":
        raise SystemExit(f"{path} is not a comparison in the format osteon-benchmark/2")
    report.write(record, os.path.splitext(path)[0])
    return 0


if __name__ == "__main__":
    sys.exit(main())
