# SPDX-License-Identifier: Apache-2.0
"""Table and chart of a comparison (the dictionary that parosol.py writes as JSON)."""

import math

SOLVERS = (("osteon", "Osteon"), ("parosol", "ParOSol"))
PAROSOL_APPLICATIONS = 34  # on the finest grid per outer iteration, estimated: README.md here
COLOURS = {"osteon": "#1f6f8b", "parosol": "#c9ada7"}


def digits(value):
    """Three significant digits, without an exponent."""
    return f"{value:.0f}" if value >= 99.95 else f"{value:.3g}"


def cores(record):
    return f"{record['cores']} core" + ("s" if record["cores"] > 1 else "")


def solver_cells(key, run):
    iterations = str(run["iterations"]) + ("" if run["converged"] else " (not converged)")
    applications = run.get("fine_operator_applications")
    if key == "parosol":
        applications = f"~{PAROSOL_APPLICATIONS * run['iterations']}"
    return [iterations, str(applications or "-"), digits(run["setup_s"]), digits(run["solve_s"]), digits(run["wall_s"]),
            digits(run["peak_memory_mb"])]


def markdown(record):
    """The table with everything a reader needs to judge it."""
    machine, first = record["machine"], record["problems"][0] if record["problems"] else {}
    software = [f"Osteon {first['osteon']['version']} ({first['osteon']['git']})"] if first else []
    if record["parosol_py"]:
        software.append(f"ParOSol from parosol-py {record['parosol_py']}")
    lines = [f"# Osteon and ParOSol on the same masks, {record['date'][:10]}", "",
             f"{machine['cpu']}, {cores(record)} of {machine['cores']} (the same for both solvers), "
             f"{machine['memory_gb']:.0f} GB, {machine['system']}.  ",
             "; ".join(software) + ".  ",
             f"`axial` z {100 * record['strain']:+g} %, E {record['youngs_modulus_mpa']:g} MPa, nu "
             f"{record['poisson_ratio']:g}, tolerance {record['tolerance']:g} on ||r||/||b|| for both. Osteon: median "
             f"of {record['repeats']['osteon']} runs" +
             (f"; ParOSol: of {record['repeats']['parosol']}." if record["parosol_py"] else "."), "",
             "| problem | elements | DOF | solver | iterations | fine operator | set-up s | solve s | total wall s | "
             "memory MB | reaction N | reaction difference |",
             "| --- | ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"]
    for problem in record["problems"]:
        for key, label in SOLVERS:
            run = problem[key]
            if run is None:
                continue
            head = [problem["name"], str(run["elements"]), str(run["dof"])] if key == "osteon" else ["", "", ""]
            difference = problem["reaction_difference"]
            tail = "" if key == "parosol" or difference is None else f"{difference:+.1e}"
            cells = [*head, label, *solver_cells(key, run), f"{run['reaction_n']:.6f}", tail]
            lines.append("| " + " | ".join(cells) + " |")
    lines += ["", "How to read this, and what an iteration of each solver costs: "
              "[benchmarks/compare](../compare/README.md)."]
    notes = [f"- {note}" for note in record["notes"]]
    return "\n".join(lines + ([""] + notes if notes else [])) + "\n"


def chart(record, path):
    """Bars: total wall time and peak memory of each problem, logarithmic."""
    import matplotlib
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    from matplotlib.ticker import NullFormatter
    problems = record["problems"]
    shown = [(key, label) for key, label in SOLVERS if any(p[key] for p in problems)]
    figure, axes = plt.subplots(1, 2, figsize=(10, 1.4 + 0.65 * len(problems)), sharey=True)
    for axis, quantity, title in ((axes[0], "wall_s", "total wall time, s"), (axes[1], "peak_memory_mb", "memory, MB")):
        for i, (key, label) in enumerate(shown):
            rows = [n for n, p in enumerate(problems) if p[key]]
            values = [problems[n][key][quantity] for n in rows]
            height = 0.8 / len(shown)
            places = [n + (i - (len(shown) - 1) / 2) * height for n in rows]
            bars = axis.barh(places, values, height, color=COLOURS[key], label=label)
            axis.bar_label(bars, [digits(v) for v in values], padding=3, fontsize=8)
        values = [p[key][quantity] for p in problems for key, _ in shown if p[key]]
        axis.set_xscale("log")
        axis.set_xlim(10.0 ** math.floor(math.log10(min(values) / 1.2)), 4 * max(values))  # room for the last number
        axis.xaxis.set_major_formatter("{x:g}")
        axis.xaxis.set_minor_formatter(NullFormatter())
        axis.set_xlabel(title)
        axis.spines[["top", "right"]].set_visible(False)
    axes[0].set_yticks(range(len(problems)),
                       [f"{p['name']}\n{p['osteon']['dof'] / 1e6:.2f} M DOF" for p in problems])
    axes[0].invert_yaxis()
    axes[1].legend(frameon=False, loc="lower right", bbox_to_anchor=(1, 1), ncols=2)
    axes[0].set_title(f"{record['machine']['cpu']}, {cores(record)}, {record['date'][:10]}", fontsize=10, loc="left")
    figure.tight_layout()
    figure.savefig(path, dpi=150)
    plt.close(figure)
