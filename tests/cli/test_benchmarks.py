# SPDX-License-Identifier: Apache-2.0
"""The parts of benchmarks/compare that need no other solver and no package."""
import pathlib
import re
import sys

from support import CliTest, main

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "benchmarks" / "compare"))
import ccx_input  # noqa: E402
import report  # noqa: E402


def run_of(seconds, **more):
    return {"iterations": 10, "converged": True, "setup_s": 1.0, "solve_s": seconds - 1, "wall_s": seconds + 1,
            "peak_memory_mb": 100.0, "reaction_n": -2.0, "version": "1", "git": "abc", **more}


def record_of(problems):
    return {"date": "2026-01-02T03:04:05", "cores": 2, "tolerance": 1e-6, "strain": -0.01,
            "youngs_modulus_mpa": 10000.0, "poisson_ratio": 0.3,
            "versions": {"petsc": "3.0", "ccx": "2.0"}, "petsc_options": [], "notes": ["A note."],
            "machine": {"cpu": "CPU", "cores": 4, "memory_gb": 8.0, "system": "Linux"},
            "repeats": {"osteon": 3, "others": 1}, "problems": problems}


def problem_of(seed, **solvers):
    return {"name": "rods24", "seed": seed, "dof": 300, "solvers": solvers,
            "reaction_difference": {key: 1e-7 for key in solvers if key != "osteon"}}


class Benchmarks(CliTest):
    def test_calculix_input_has_one_material_per_modulus_and_shared_nodes(self):
        path = self.folder / "two.inp"
        voxels = {(0, 0, 0): 10.0, (0, 0, 1): 20.0}
        nodes = ccx_input.write(path, voxels, (1, 1, 2), (0.5, 0.5, 0.5), 0.3, "axial", -0.01)
        text = path.read_text()
        self.assertEqual(nodes, 12)
        self.assertEqual(re.findall(r"\*ELASTIC\n(\S+), 0.3", text), ["10.0", "20.0"])
        self.assertIn("HIGH, 3, 3, -0.01", text)
        self.assertEqual(len(re.search(r"NSET=HIGH\n(.*)", text)[1].split(",")) - 1, 4)

    def test_calculix_needs_bone_at_both_ends(self):
        with self.assertRaisesRegex(ValueError, "does not reach both z ends"):
            ccx_input.write(self.folder / "x.inp", {(0, 0, 0): 1.0}, (1, 1, 2), (1, 1, 1), 0.3, "axial", -0.01)

    def test_calculix_force_is_the_opposite_of_the_reaction(self):
        path = self.folder / "x.dat"
        path.write_text("\n total force (fx,fy,fz) for set LOW and time 1.0\n\n    1.0E-01  2.0E-01  3.5E+00\n")
        self.assertEqual(ccx_input.read_force(path), -3.5)
        with self.assertRaisesRegex(ValueError, "no reaction"):
            ccx_input.read_force(self.folder / "absent.dat")

    def test_table_compares_with_osteon_and_leaves_out_what_is_unknown(self):
        direct = run_of(9.0, iterations=None, setup_s=None, solve_s=None, wall_s=25.0)
        own_script = run_of(8.0, wall_s=None, fine_operator_estimate=60)
        text = report.markdown(record_of([problem_of(1, osteon=run_of(4.0), petsc=own_script, ccx=direct)]))
        cells = {line.split(" | ")[2]: line.split(" | ") for line in text.splitlines() if line.count(" | ") == 13}
        self.assertEqual(cells["PETSc GAMG"][4], "~60")
        self.assertEqual(cells["PETSc GAMG"][9:12], ["2", "-", "1"])
        self.assertEqual(cells["CalculiX"][9:12], ["-", "5", "1"])
        self.assertIn("- A note.", text)

    def test_several_seeds_make_a_table_of_iterations(self):
        problems = [problem_of(seed, osteon=run_of(4.0, iterations=10 + seed)) for seed in (1, 2)]
        self.assertIn("| rods24 | 11, 12 |", report.markdown(record_of(problems)))
        self.assertEqual(len(report.charted(record_of(problems))), 1)


if __name__ == "__main__":
    main()
