# SPDX-License-Identifier: Apache-2.0
"""Tables and chart of a comparison (the dictionary that compare.py writes as JSON)."""
import math

LABELS = {"osteon": "Osteon", "parosol": "ParOSol", "petsc": "PETSc GAMG", "ccx": "CalculiX"}
SOFTWARE = {"parosol": "ParOSol from parosol-py {}", "petsc": "PETSc {} (CG + GAMG)", "ccx": "CalculiX {}"}
# Okabe and Ito's palette: told apart with any colour vision; light and dark alternate for print without colour.
COLOURS = {"osteon": "#0072B2", "parosol": "#E69F00", "petsc": "#009E73", "ccx": "#CC79A7"}
COLUMNS = ["problem", "DOF", "solver", "iterations", "fine operator", "set-up s", "solve s", "total s", "memory MB",
           "set-up + solve / Osteon's", "total / Osteon's", "memory / Osteon's", "reaction N", "difference"]


def digits(value):
    """Three significant digits, without an exponent."""
    if value is None:
        return "-"
    return f"{value:.0f}" if abs(value) >= 99.95 else f"{value:.3g}"


def ratio(value, reference):
    return "-" if value is None or not reference else digits(value / reference)


def solver_s(run):
    """Set-up and solve together, s; None for a solver that does not say."""
    return None if run["solve_s"] is None else run["setup_s"] + run["solve_s"]


def cores(record):
    return f"{record['cores']} core" + ("s" if record["cores"] > 1 else "")


def title_of(problem):
    return problem["name"] + (f" seed {problem['seed']}" if problem["seed"] not in (None, 1) else "")


def applications(run):
    if run.get("fine_operator_applications"):
        return str(run["fine_operator_applications"])
    return f"~{run['fine_operator_estimate']}" if run.get("fine_operator_estimate") else "-"


def table_row(problem, key):
    run, first = problem["solvers"][key], problem["solvers"]["osteon"]
    head = [title_of(problem), str(problem["dof"])] if key == "osteon" else ["", ""]
    iterations = str(run["iterations"] or "-") + ("" if run["converged"] else " (not converged)")
    difference = problem["reaction_difference"].get(key)
    return [*head, LABELS[key], iterations, applications(run), digits(run["setup_s"]), digits(run["solve_s"]),
            digits(run["wall_s"]), digits(run["peak_memory_mb"]), ratio(solver_s(run), solver_s(first)),
            ratio(run["wall_s"], first["wall_s"]), ratio(run["peak_memory_mb"], first["peak_memory_mb"]),
            f"{run['reaction_n']:.6f}", "" if difference is None else f"{difference:+.1e}"]


def row(cells):
    return "| " + " | ".join(cells) + " |"


def seeds_table(record):
    """Iterations of each solver over the seeds, where there are several; else nothing."""
    seeds = sorted({p["seed"] for p in record["problems"] if p["seed"] is not None})
    keys = [key for key in LABELS if any((p["solvers"].get(key) or {}).get("iterations") for p in record["problems"])]
    if len(seeds) < 2:
        return []
    lines = ["", f"Iterations with seeds {', '.join(map(str, seeds))}:", "",
             row(["problem", *(LABELS[key] for key in keys)]), row(["---", *["---:"] * len(keys)])]
    for name in dict.fromkeys(p["name"] for p in record["problems"] if p["seed"] is not None):
        same = sorted((p for p in record["problems"] if p["name"] == name), key=lambda p: p["seed"])
        lines.append(row([name, *(", ".join(str(p["solvers"].get(key, {}).get("iterations") or "-") for p in same)
                                  for key in keys)]))
    return lines


def heading(record):
    """Title, machine, versions and what was solved."""
    host, first = record["machine"], record["problems"][0]["solvers"]["osteon"]
    present = [key for key in LABELS if any(key in p["solvers"] for p in record["problems"])]
    software = [f"Osteon {first['version']} ({first['git']})"]
    software += [SOFTWARE[key].format(record["versions"][key]) for key in present if key != "osteon"]
    if record["petsc_options"]:
        software.append(f"PETSc options `{' '.join(record['petsc_options'])}`")
    repeats = record["repeats"]
    runs = f"Runs: {repeats['osteon']} of Osteon"
    runs += (f", {repeats['others']} of each other" if len(present) > 1 else "") + "; the median is shown."
    return [f"# {', '.join(LABELS[key] for key in present)} on the same inputs, {record['date'][:10]}", "",
            f"{host['cpu']}, {cores(record)} of {host['cores']} (the same for every solver), "
            f"{host['memory_gb']:.0f} GB, {host['system']}.  ", "; ".join(software) + ".  ",
            f"`axial` z {100 * record['strain']:+g} %, E {record['youngs_modulus_mpa']:g} MPa, nu "
            f"{record['poisson_ratio']:g}, tolerance {record['tolerance']:g} on ||r||/||b||. {runs}"]


def markdown(record):
    """The tables with everything a reader needs to judge them."""
    lines = [*heading(record), "", row(COLUMNS), row(["---", "---:", "---", *["---:"] * (len(COLUMNS) - 3)])]
    for problem in record["problems"]:
        lines += [row(table_row(problem, key)) for key in LABELS if key in problem["solvers"]]
    lines += seeds_table(record)
    lines += ["", "How to read this, what an iteration of each solver costs and which options it ran with: "
              "[benchmarks/compare](../compare/README.md)."]
    notes = [f"- {note}" for note in record["notes"]]
    return "\n".join(lines + ([""] + notes if notes else [])) + "\n"


def charted(record):
    """One problem of each name, its first seed."""
    first = {}
    for problem in record["problems"]:
        first.setdefault(problem["name"], problem)
    return list(first.values())


def bar_places(shown):
    """[(place, problem index, solver)] and the middle of each group; groups are as tall as they have solvers."""
    bars, middles, place = [], [], 0.0
    for index, problem in enumerate(shown):
        keys = [key for key in LABELS if key in problem["solvers"]]
        bars += [(place + n, index, key) for n, key in enumerate(keys)]
        middles.append(place + (len(keys) - 1) / 2)
        place += len(keys) + 0.9
    return bars, middles


def time_of(run):
    return run["wall_s"] if solver_s(run) is None else solver_s(run)


def time_label(run):
    return digits(time_of(run)) + (f"  ({run['iterations']} it.)" if run["iterations"] else "  (direct)")


def draw_panel(axis, bars, shown, value, label, title, room):
    """Horizontal bars on a logarithmic axis, each with its label behind it; `room` is the label's part of the axis."""
    runs = [(place, key, shown[index]["solvers"][key]) for place, index, key in bars]
    values = [value(run) for _, _, run in runs]
    left = 10.0 ** math.floor(math.log10(min(values) / 1.5))
    for (place, key, run), length in zip(runs, values):
        axis.barh(place, length - left, 0.86, left=left, color=COLOURS[key], linewidth=0)
        axis.annotate(label(run), (length, place), xytext=(3, 0), textcoords="offset points", va="center", fontsize=7,
                      bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.4})  # over the grid lines
    axis.set_xscale("log")
    axis.set_xlim(left, left * (max(values) / left) ** (1 / (1 - room)))
    axis.set_xlabel(title)
    axis.spines[["top", "right"]].set_visible(False)
    axis.tick_params(axis="y", length=0)
    axis.grid(axis="x", which="major", color="0.88", linewidth=0.6)
    axis.set_axisbelow(True)


def chart(record, stem):
    """Set-up + solve time and peak memory of each problem and solver, as PNG and SVG."""
    import matplotlib
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    from matplotlib.patches import Patch
    from matplotlib.ticker import NullFormatter
    shown = charted(record)
    bars, middles = bar_places(shown)
    present = [key for key in LABELS if any(key in p["solvers"] for p in shown)]
    style = {"font.size": 8, "axes.linewidth": 0.6, "svg.fonttype": "none", "svg.hashsalt": "osteon"}
    with plt.rc_context(style):
        height = 1.0 + 0.17 * (bars[-1][0] + 1)
        figure, axes = plt.subplots(1, 2, figsize=(7.2, height), sharey=True, layout="constrained",
                                    width_ratios=(1.25, 1))
        whole = " (CalculiX: whole run)" if "ccx" in present else ""
        draw_panel(axes[0], bars, shown, time_of, time_label, f"set-up + solve, s{whole}", 0.24)
        draw_panel(axes[1], bars, shown, lambda run: run["peak_memory_mb"],
                   lambda run: digits(run["peak_memory_mb"]), "peak memory, MB", 0.14)
        for axis in axes:
            axis.xaxis.set_major_formatter("{x:g}")
            axis.xaxis.set_minor_formatter(NullFormatter())
        axes[0].set_yticks(middles, [f"{title_of(p)}\n{dof_text(p['dof'])} DOF" for p in shown])
        axes[0].set_ylim(bars[-1][0] + 0.8, -0.8)
        figure.legend([Patch(color=COLOURS[key]) for key in present], [LABELS[key] for key in present], frameon=False,
                      loc="outside upper center", ncols=len(present), handlelength=1.2)
        figure.savefig(stem + ".png", dpi=200)
        figure.savefig(stem + ".svg", metadata={"Date": None})
        plt.close(figure)


def dof_text(dof):
    return f"{dof / 1e6:.2f} M" if dof >= 1e6 else f"{dof / 1e3:.0f} k"


def write(record, stem):
    with open(stem + ".md", "w") as file:
        file.write(markdown(record))
    chart(record, stem)
