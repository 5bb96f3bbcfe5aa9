#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Dose, place, donor age and preset: what delivered cells do in the two healing examples (reference 8.4, CT-1, CT-2).

    python3 benchmarks/studies/cell_therapy.py build/osteon -o FOLDER [--spacing 0.5] [--workers 2]

Runs the examples with other keys, writes FOLDER/cell-therapy.md and, with matplotlib, FOLDER/cell-therapy.png. A run that
is done is not repeated. Half an hour on two cores.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess

MESHES = pathlib.Path(__file__).resolve().parents[2] / "meshes"
# A fixator without play that lets the fresh callus move by 0.06 mm under 500 N.
POOR_STABLE = {"diffusivity_mm2_per_day": 0.0117, "free_play_mm": 0.0, "fixator_n_per_mm": 8313.0}
SOFT_CARTILAGE = {"modulus_mpa": [2.0, 10.0, 1000.0, 6000.0]}


def fracture(name, seed, proliferation, source=0.02, **keys):
    keys = {"initial_cells": seed, "host_proliferation": proliferation, "outer_cell_source": source, **keys}
    return name, "fracture-healing/case.toml", keys, {"cell_source": source}


def with_cells(name, cells, age, **keys):
    """The stable fracture in a poor host, with a delivery of expanded marrow cells into the gap."""
    base = fracture(name, 0.0, 0.12, **POOR_STABLE, **keys)
    therapy = {"name": "cells", "cells": float(cells), "points_mm": [[6.5, 0.0, 0.0], [6.5, 6.5, 0.0], [0.0, 6.5, 0.0]],
               "spread_mm": 1.5, "retention": 1.0, "donor_age_years": float(age)}
    return (*base, therapy)


def defect(case, cells, **therapy):
    return f"{case} {cells:g}" + "".join(f" {k}={v}" for k, v in therapy.items()), f"critical-defect/case{case}.toml", {}, \
        {"cells": cells / 8, **therapy}


def breathing(case, cells):
    """The same where oxygen from the surfaces that bring cells decides who lives."""
    name, path, keys, therapy = defect(case, cells)
    return f"{name} oxygen", path, {**keys, "oxygen": True}, therapy


def studies():
    seeds = (0.0, 0.01, 0.1, 1.0)
    doses = (1e5, 1e6, 1e7, 1e8)
    return {
        "stable, poor host": [fracture(f"stable {s:g}", s, 0.12, **POOR_STABLE) for s in seeds],
        "less stable, poor host, cartilage 200 MPa":
            [fracture(f"strained 200 {s:g}", s, 0.12, diffusivity_mm2_per_day=0.0117) for s in (0.0, 0.1, 1.0)],
        "less stable, poor host, cartilage 10 MPa":
            [fracture(f"strained 10 {s:g}", s, 0.6, diffusivity_mm2_per_day=0.05, **SOFT_CARTILAGE)
             for s in (0.0, 0.01, 1.0)],
        "healthy host": [fracture(f"healthy {s:g}", s, 0.6, source=1.0) for s in (0.0, 0.1)],
        "large defect, no cells": [("defect none", "critical-defect/case.toml", {}, {})],
        "large defect, injected": [defect("-injected", d) for d in doses],
        "large defect, on the scaffold": [defect("-scaffold", d) for d in doses],
        "large defect with oxygen": [breathing(case, d) for case in ("-injected", "-scaffold") for d in (1e5, 1e7)],
        "stable, poor host, delivered, donor of 25 or 65 years":
            [with_cells(f"donor {age} {cells:g}", cells, age) for cells in (300, 3000) for age in (25, 65)],
        "large defect, on the scaffold, donor of 25 or 65 years":
            [defect("-scaffold", 1e5, donor_age_years=float(age)) for age in (25, 65)],
    }


def set_key(text, section, key, value):
    """`key` gets the value wherever it stands, or is put below the first [section]."""
    line = f"{key} = {json.dumps(value)}"
    new, count = re.subn(rf"(?m)^{key} *=.*$", line, text)
    return new if count else text.replace(f"{section}\n", f"{section}\n{line}\n", 1)


def case_text(case, keys, others, therapy=None):
    """The example with keys of [regenerate], keys of its materials or its delivery, and perhaps a delivery of its own."""
    text = (MESHES / case).read_text()
    for key, value in {**keys, "write_every": 1000}.items():
        text = set_key(text, "[regenerate]", key, value)
    for key, value in others.items():
        text = set_key(text, "[[therapy]]", key, value)
    if therapy:
        text += "\n[[therapy]]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in therapy.items())
    return text


def make_images(osteon, folder, spacing):
    images = {"stable.mha": ["fracture", "--gap-mm", "2"], "empty.mha": ["critical-defect", "--defect-mm", "40"],
              "scaffold.mha": ["critical-defect", "--defect-mm", "40", "--scaffold", "tube"]}
    for file, (kind, *options) in images.items():
        if not (folder / file).exists():
            subprocess.run([osteon, "generate", kind, "-o", folder / file, "--spacing", str(spacing), *options],
                           check=True, capture_output=True)


def run(osteon, folder, study, threads):
    name, case, *rest = study
    slug = re.sub(r"[^a-z0-9]+", "-", name)
    out = folder / slug
    if not (out / "summary.json").exists():
        path = folder / f"{slug}.toml"
        path.write_text(case_text(case, *rest))
        command = [osteon, "regenerate", path, "-o", out, "-q", "--overwrite", "--threads", str(threads)]
        done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "OMP_WAIT_POLICY": "PASSIVE"})
        if done.returncode:
            raise SystemExit(f"{name}: {done.stderr}")
    return name, json.loads((out / "summary.json").read_text())["regeneration"]


DAYS = (28, 42, 56, 84, 112, 120)


def table(title, results):
    lines = [f"## {title}", "| case | " + " | ".join(f"bone d {d}" for d in DAYS) + " | " +
             " | ".join(f"movement d {d}" for d in DAYS) + " | overflow |", "|" + " --- |" * (2 + 2 * len(DAYS))]
    for name, result in results:
        steps = result["steps"]
        cohorts = steps[-1]["cohorts"]
        lost = f"{100 * cohorts[0]['overflow'] / cohorts[0]['delivered']:.0f} %" if cohorts else "-"
        lines.append(f"| {name} | " + " | ".join(f"{steps[d]['gap_bone_fraction']:.2f}" for d in DAYS) + " | " +
                     " | ".join(f"{steps[d]['movement_mm']:.4f}" for d in DAYS) + f" | {lost} |")
    return "\n".join(lines) + "\n"


def plot(path, all_results):
    try:
        import matplotlib
        matplotlib.use("Agg")
        import matplotlib.pyplot as plt
    except ImportError:
        return
    shown = [t for t in all_results if "donor" not in t and t not in ("large defect, no cells", "large defect with oxygen")]
    figure, axes = plt.subplots(2, 3, figsize=(13, 7), sharex=True, sharey=True)
    for axis, title in zip(axes.flat, shown):
        extra = all_results["large defect, no cells"] if "large defect" in title else []
        lines = extra + all_results[title]
        for i, (name, result) in enumerate(lines):
            shade = plt.get_cmap("viridis")(0.9 * i / max(1, len(lines) - 1))
            axis.plot([s["day"] for s in result["steps"]], [s["gap_bone_fraction"] for s in result["steps"]],
                      color=shade, label=name.split()[-1].lstrip("-"))
        axis.set_title(title, fontsize=10)
        axis.legend(title="cells" if "defect" in title else "seed (c_max)", fontsize=8)
        axis.grid(alpha=0.3)
    for axis in axes[-1]:
        axis.set_xlabel("day")
    for axis in axes[:, 0]:
        axis.set_ylabel("bone fraction of gap or defect")
    figure.tight_layout()
    figure.savefig(path, dpi=110)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("osteon")
    parser.add_argument("-o", "--output", required=True, type=pathlib.Path)
    parser.add_argument("--spacing", type=float, default=0.5, help="mm")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    options = parser.parse_args()
    folder = options.output
    folder.mkdir(parents=True, exist_ok=True)
    osteon = pathlib.Path(options.osteon).resolve()
    make_images(osteon, folder, options.spacing)
    with concurrent.futures.ThreadPoolExecutor(options.workers) as pool:
        waiting = {title: [pool.submit(run, osteon, folder, study, 1) for study in group]
                   for title, group in studies().items()}
        results = {title: [future.result() for future in group] for title, group in waiting.items()}
    text = "# Delivered cells in the healing examples\n\n" + "\n".join(table(t, r) for t, r in results.items())
    (folder / "cell-therapy.md").write_text(text)
    plot(folder / "cell-therapy.png", results)
    print(text)


if __name__ == "__main__":
    main()
