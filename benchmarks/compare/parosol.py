# SPDX-License-Identifier: Apache-2.0
"""Osteon against ParOSol: the same masks, the same cores, the same stop rule, one run after the other.

  python3 benchmarks/compare/parosol.py                          all problems, two cores (about ten minutes)
  python3 benchmarks/compare/parosol.py --problems rods64 --skip-parosol

Writes NAME.json, NAME.md and NAME.png into --output; needs the packages of benchmarks/requirements.txt.
"""
import argparse
import datetime
import json
import os
import platform
import sys
import tempfile

import problems
import report
import solvers

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
REACTION_LIMIT = 1e-4   # relative; both solve the same equations to a residual of 1e-6
QUIET_LOAD = 0.3        # other work on the machine, in cores, above which times are marked


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--problems", nargs="+", type=problems.problem_name, default=problems.DEFAULT, metavar="NAME",
                        help="trab1240, rodsN, platesN, solidN (default: %(default)s)")
    parser.add_argument("--osteon", default=os.path.join(ROOT, "build", "osteon"), metavar="PATH")
    parser.add_argument("--ranks", type=int, default=2, help="cores: Osteon's threads and ParOSol's MPI ranks")
    parser.add_argument("--repeats", type=int, default=1, help="runs of ParOSol")
    parser.add_argument("--osteon-repeats", type=int, default=3, help="runs of Osteon")
    parser.add_argument("--tolerance", type=float, default=1e-6)
    parser.add_argument("--skip-parosol", action="store_true")
    parser.add_argument("--output", default=os.path.join(ROOT, "benchmarks", "results"), metavar="DIR")
    parser.add_argument("--name", help="of the files written (default: parosol-DATE)")
    options = parser.parse_args()
    if not os.access(options.osteon, os.X_OK):
        parser.error(f"no executable at {options.osteon}; build Osteon or say --osteon PATH")
    if min(options.ranks, options.repeats, options.osteon_repeats) < 1:
        parser.error("--ranks, --repeats and --osteon-repeats are at least 1")
    if not options.skip_parosol and solvers.parosol_version() is None:
        parser.error("parosol-py is not installed here (benchmarks/README.md), or say --skip-parosol")
    return options


def machine():
    cpu = platform.processor() or platform.machine()
    with open("/proc/cpuinfo") as file:
        cpu = next((line.split(":", 1)[1].strip() for line in file if line.startswith("model name")), cpu)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return {"cpu": cpu, "cores": os.cpu_count(), "memory_gb": memory, "system": platform.platform(terse=True)}


def use_cores(count):
    """Restricts this process, and so everything it starts, to `count` cores."""
    usable = sorted(os.sched_getaffinity(0))
    if count > len(usable):
        raise SystemExit(f"--ranks {count}, but only {len(usable)} cores can be used here")
    os.sched_setaffinity(0, usable[:count])
    return usable[:count]


def median_run(runs):
    """The run with the median (of an even number: the lower) total time: its numbers belong together."""
    return sorted(runs, key=lambda run: run["wall_s"])[(len(runs) - 1) // 2]


def compare(name, options, folder):
    """One problem with both solvers."""
    image = problems.make(name, options.osteon, folder)
    mask, spacing = problems.read_mask(image)
    load = os.getloadavg()[0]
    runs = {"osteon": [solvers.osteon(options.osteon, image, folder, options.ranks, options.tolerance)
                       for _ in range(options.osteon_repeats)], "parosol": []}
    if not options.skip_parosol:
        runs["parosol"] = [solvers.parosol(mask, spacing, folder, options.ranks, options.tolerance)
                           for _ in range(options.repeats)]
    for run in runs["osteon"] + runs["parosol"]:
        if run["elements"] != mask.sum():
            raise solvers.Failed(f"{name}: the mask has {mask.sum()} bone voxels, a solver used {run['elements']}")
    result = {"name": name, "size": list(mask.shape[::-1]), "spacing_mm": list(spacing),
              "load_average_before": load, "runs": runs, "reaction_difference": None}
    for key in ("osteon", "parosol"):
        result[key] = median_run(runs[key]) if runs[key] else None
    if result["parosol"]:
        result["reaction_difference"] = result["osteon"]["reaction_n"] / result["parosol"]["reaction_n"] - 1
    return result


def notes_on(result, is_first):
    """What a reader of the table has to know about this problem; the last of the list says whether it failed."""
    notes = []
    spacing = result["spacing_mm"]
    if result["parosol"] and max(spacing) != min(spacing):
        notes.append(f"{result['name']}: voxels are {spacing[0]:.7g} x {spacing[1]:.7g} x {spacing[2]:.7g} mm; ParOSol "
                     f"knows cubes only and got {result['parosol']['spacing_mm']:.7g} mm.")
    if is_first and result["load_average_before"] > QUIET_LOAD:  # later, our own runs are in the average
        notes.append(f"The machine was not quiet: load average {result['load_average_before']:.1f} before the first "
                     "run. Do not quote these times.")
    return notes


def faults_of(result):
    faults = [f"{result['name']}: {key} did not converge" for key in ("osteon", "parosol")
              if result[key] and not result[key]["converged"]]
    difference = result["reaction_difference"]
    if difference is not None and not abs(difference) <= REACTION_LIMIT:
        faults.append(f"{result['name']}: the reactions differ by {difference:.2e}, more than {REACTION_LIMIT:g}")
    return faults


def one_line(result):
    runs = [(key, result[key]) for key in ("osteon", "parosol") if result[key]]
    return f"{result['name']}: " + ", ".join(f"{key} {run['wall_s']:.2f} s, {run['iterations']} iterations"
                                             for key, run in runs)


def write(record, options):
    """Written after each problem: a run that is stopped leaves what it has."""
    stem = os.path.join(options.output, options.name or f"parosol-{record['date'][:10]}")
    with open(stem + ".json", "w") as file:
        json.dump(record, file, indent=1)
        file.write("\n")
    with open(stem + ".md", "w") as file:
        file.write(report.markdown(record))
    report.chart(record, stem + ".png")
    return stem


def main():
    options = arguments()
    os.makedirs(options.output, exist_ok=True)
    record = {"schema": "osteon-benchmark/1", "benchmark": "parosol",
              "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
              "machine": machine(), "cores": options.ranks, "core_ids": use_cores(options.ranks),
              "parosol_py": None if options.skip_parosol else solvers.parosol_version(),
              "tolerance": options.tolerance, "strain": solvers.STRAIN,
              "youngs_modulus_mpa": solvers.YOUNGS_MODULUS_MPA, "poisson_ratio": solvers.POISSON_RATIO,
              "generated": {"spacing_mm": problems.SPACING_MM, "bvtv": problems.BVTV,
                            "period_voxels": problems.PERIOD_VOXELS, "seed": problems.SEED},
              "repeats": {"osteon": options.osteon_repeats, "parosol": options.repeats},
              "notes": [], "problems": []}
    faults, stem = [], None
    with tempfile.TemporaryDirectory(prefix="osteon-benchmark-") as folder:
        for name in options.problems:
            try:
                result = compare(name, options, folder)
            except problems.Skipped as reason:
                record["notes"].append(f"{name} was skipped: {reason}.")
                print(f"{name}: skipped, {reason}", file=sys.stderr)
                continue
            except solvers.Failed as failure:
                faults.append(str(failure))
                print(failure, file=sys.stderr)
                continue
            record["notes"] += notes_on(result, is_first=not record["problems"])
            record["problems"].append(result)
            faults += faults_of(result)
            stem = write(record, options)
            print(one_line(result), file=sys.stderr)
    for fault in faults:
        print(f"FAULT {fault}", file=sys.stderr)
    if stem:
        print(f"{stem}.md")
    return 1 if faults or not stem else 0


if __name__ == "__main__":
    sys.exit(main())
