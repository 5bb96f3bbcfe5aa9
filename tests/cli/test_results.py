# SPDX-License-Identifier: Apache-2.0
"""Numbers that come out of whole runs."""
import re

from support import CliTest, main

VOLATILE = ["time_s", "memory_bytes"]


def numbers(summary):
    return {key: value for key, value in summary.items() if key not in VOLATILE}


class Results(CliTest):
    def test_the_solid_cube_carries_the_published_force(self):
        self.osteon("solve", self.block(size=6), "-o", "run", "--set", "materials.bone.youngs_modulus_mpa=6829")
        summary = self.summary("run")
        self.assertAlmostEqual(summary["load_cases"][0]["reaction_force_n"][2] / -2651.538, 1, delta=1e-4)
        self.assertEqual(summary["schema"], "osteon-summary/1")
        self.assertEqual(summary["model"]["elements"], 216)
        for key in ["critical_strain", "ees_at_critical_volume", "factor", "failure_load_n", "definition"]:
            self.assertIn(key, summary["pistoia"])

    def test_a_resolved_case_runs_again_to_the_same_numbers_bit_for_bit(self):
        self.osteon("generate", "trabecular-plates", "-o", "bone.mha", "--size", 20, "--period", 10)
        self.osteon("solve", "bone.mha", "-o", "first", "--set", "load_case.type=shear_zx", "--set",
                    "solver.precision=double", "--set", "risk.ees.critical_strain=0.0081")
        self.osteon("solve", "first/case.toml", "-o", "second")
        self.assertEqual(numbers(self.summary("first")), numbers(self.summary("second")))
        self.assertEqual((self.folder / "first/case.toml").read_text(), (self.folder / "second/case.toml").read_text())

    def test_a_dry_run_tells_the_memory_of_the_run_within_a_factor_of_1_5(self):
        for kind in ["trabecular-rods", "block"]:
            self.osteon("generate", kind, "-o", f"{kind}.mha", "--size", 40)
            text = self.osteon("solve", f"{kind}.mha", "--dry-run", "--backend", "cpu").stdout
            told = [float(mb) for mb in re.search(r"about (\d+) MB on the device, (\d+) MB", text).groups()]
            self.osteon("solve", f"{kind}.mha", "-o", kind, "--backend", "cpu")
            memory = self.summary(kind)["memory_bytes"]
            for guess, peak in zip(told, [memory["peak_device"], memory["peak_host"]]):
                self.assertLess(max(guess / (peak / 1e6), peak / 1e6 / guess), 1.5, f"{kind}: {told} MB, {memory}")

    def test_a_force_load_is_the_strain_load_scaled(self):
        self.osteon("solve", self.block(), "-o", "strain")
        self.osteon("solve", "block.mha", "-o", "force", "--set", "load_case.force_n=-100")
        strain, force = self.summary("strain"), self.summary("force")
        self.assertAlmostEqual(force["load_cases"][0]["reaction_force_n"][2], -100, delta=1e-9)
        self.assertAlmostEqual(force["load_cases"][0]["stiffness_n_per_mm"] / strain["load_cases"][0]["stiffness_n_per_mm"],
                               1, delta=1e-9)
        self.assertAlmostEqual(force["pistoia"]["failure_load_n"] / strain["pistoia"]["failure_load_n"], 1, delta=1e-6)

    def test_several_load_cases_keep_their_order_and_their_own_fields(self):
        self.block()
        self.write("case.toml", """[image]
file = "block.mha"
[materials.bone]
youngs_modulus_mpa = 10000.0
[[load_case]]
name = "press"
type = "axial"
strain = -0.01
[[load_case]]
name = "twist"
type = "torsion"
angle_deg = 1.0
[[load_case]]
name = "slide"
type = "shear_zy"
strain = 0.01
[[load_case]]
name = "loose"
type = "uniaxial"
strain = -0.01
""")
        self.osteon("solve", "case.toml", "-o", "run")
        summary = self.summary("run")
        self.assertEqual([c["name"] for c in summary["load_cases"]], ["press", "twist", "slide", "loose"])
        log = (self.folder / "run/log.txt").read_text()
        for text in ["load case press: axial along z, strain -0.01", "press: set-up 0.", "slide: set-up shared with",
                     "loose: set-up 0.", "failure load"]:
            self.assertIn(text, log)
        self.assertNotIn("fields", summary)
        self.assertIn("pistoia", summary["load_cases"][0])
        self.assertNotIn("pistoia", summary["load_cases"][1])
        listed = self.osteon("info", "run").stdout
        for name in ["Displacement_press", "Displacement_twist", "RiskFactor_ees_slide", "MaterialID "]:
            self.assertIn(name, listed)

    def without_company(self, run):
        """The run's numbers, and how many load cases each one was solved with."""
        summary = numbers(self.summary(run))
        return summary, [case.pop("solved_together") for case in summary["load_cases"]]

    def test_load_cases_solved_together_and_one_after_another_give_the_same_numbers(self):
        self.osteon("generate", "trabecular-rods", "-o", "bone.mha", "--size", 20, "--period", 10)
        for columns in [0, 1, 4]:
            self.osteon("solve", "bone.mha", "-o", f"run{columns}", "--profile", "homogenise", "--set",
                        f"solver.block_columns={columns}")
        alone, company = self.without_company("run1")
        self.assertEqual(company, [1] * 6)
        self.assertIn("homogenised", alone)
        self.assertEqual(self.without_company("run0"), (alone, [6] * 6))
        self.assertEqual(self.without_company("run4"), (alone, [4] * 4 + [2] * 2))
        self.assertIn("its share of 6 solved together", (self.folder / "run0/log.txt").read_text())
        self.assertIn("6 load cases solved together",
                      self.osteon("solve", "bone.mha", "--profile", "homogenise", "--dry-run").stdout)

    def test_only_load_cases_with_the_same_supports_are_solved_together_and_forces_scale_each_one(self):
        self.osteon("generate", "trabecular-rods", "-o", "bone.mha", "--size", 20, "--period", 10)
        cases = [("press", "axial", "strain = -0.01"), ("aside", "axial", 'axis = "x"\nstrain = -0.01'),
                 ("load", "axial", "force_n = -2.0"), ("slide", "shear_zy", "force_n = 1.0"),
                 ("loose", "uniaxial", "strain = -0.01")]
        sections = "".join(f'[[load_case]]\nname = "{name}"\ntype = "{kind}"\n{load}\n' for name, kind, load in cases)
        self.write("case.toml", '[image]\nfile = "bone.mha"\n[materials.bone]\nyoungs_modulus_mpa = 10000.0\n' + sections)
        self.osteon("solve", "case.toml", "-o", "together")
        self.osteon("solve", "case.toml", "-o", "alone", "--set", "solver.block_columns=1")
        together, company = self.without_company("together")
        self.assertEqual(company, [3, 1, 3, 3, 1])
        self.assertEqual(together, self.without_company("alone")[0])
        self.assertEqual([case["name"] for case in together["load_cases"]], [name for name, _, _ in cases])
        self.assertAlmostEqual(together["load_cases"][2]["reaction_force_n"][2], -2, delta=1e-9)
        self.assertAlmostEqual(together["load_cases"][3]["reaction_force_n"][1], 1, delta=1e-9)

    def test_a_homogenised_solid_block_has_its_own_material_stiffness(self):
        self.osteon("solve", self.block(), "-o", "run", "--profile", "homogenise")
        found = self.summary("run")["homogenised"]
        for modulus in found["youngs_modulus_mpa"]:
            self.assertAlmostEqual(modulus, 10000, delta=0.1)
        self.assertAlmostEqual(found["poisson_ratio"]["xy"], 0.3, delta=1e-5)


main()
