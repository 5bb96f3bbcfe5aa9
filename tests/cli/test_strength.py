# SPDX-License-Identifier: Apache-2.0
"""[strength] of `osteon solve`: summary, curve, fields, exit codes, and what is refused."""
import csv

from support import CliTest, main

CASE = """
[image]
file = "block.mha"

[materials.bone]
youngs_modulus_mpa = 10000.0

[[load_case]]
name = "push"
type = "uniaxial"
strain = -0.01

[strength]
law = "asymmetric"
post_yield_ratio = 0.0
load_factors = [2.0]

[output]
fields = ["Displacement"]
"""


class Strength(CliTest):
    def setUp(self):
        super().setUp()
        self.block(size=4)
        self.write("case.toml", CASE)

    def curve(self, run):
        with open(self.folder / run / "strength.csv", newline="") as file:
            return list(csv.DictReader(file))

    def test_a_block_yields_at_its_strength_and_carries_no_more(self):
        done = self.osteon("solve", "case.toml", "-o", "run")
        self.assertIn("ultimate", done.stdout + done.stderr)
        summary = self.summary("run")
        strength, length = summary["strength"], summary["model"]["spacing_mm"][2] * 4
        force = 10000 * 0.0083 * length * length
        self.assertTrue(strength["completed"])
        self.assertAlmostEqual(strength["first_yield"]["load_factor"], 0.83, delta=1e-5)
        self.assertAlmostEqual(strength["ultimate"]["force"] / force, 1, delta=1e-4)
        self.assertAlmostEqual(strength["offset_yield"]["force"] / force, 1, delta=1e-4)
        self.assertAlmostEqual(strength["offset_yield"]["displacement"] / (0.0103 * length), 1, delta=1e-4)
        rows = self.curve("run")
        self.assertEqual(len(rows), len(strength["curve"]["force"]))
        self.assertAlmostEqual(float(rows[-1]["displacement [mm]"]), 0.02 * length, places=12)
        self.assertAlmostEqual(float(rows[-1]["yielded_bone [%]"]), 100, places=9)
        info = self.osteon("info", "run/result.vtkhdf").stdout
        for field in "PlasticStrain", "Failed":
            self.assertIn(field, info)
        self.assertNotIn("Damage", info)

    def test_the_resolved_case_runs_again_to_the_same_curve(self):
        self.osteon("solve", "case.toml", "-o", "run", "-q")
        self.osteon("solve", "run/case.toml", "-o", "again", "-q")
        self.assertEqual(self.curve("run"), self.curve("again"))

    def test_without_the_section_nothing_is_run_or_written(self):
        self.write("linear.toml", CASE[:CASE.index("[strength]")] + CASE[CASE.index("[output]"):])
        self.osteon("solve", "linear.toml", "-o", "run", "-q")
        self.assertNotIn("strength", self.summary("run"))
        self.assertFalse((self.folder / "run" / "strength.csv").exists())
        self.assertNotIn("[strength]", (self.folder / "run" / "case.toml").read_text())
        self.osteon("solve", "linear.toml", "-o", "asked", "-q", "--set", "strength.law=asymmetric")
        self.assertIn("strength", self.summary("asked"))

    def test_a_force_that_the_block_cannot_carry_ends_with_code_4_and_the_curve_so_far(self):
        push = CASE.index("[[load_case]]")
        free = """
[[load_case]]
name = "force"
type = "free"
axis = "z"

[[load_case.node_set]]
surface = "low"
displacement_x_mm = 0.0
displacement_y_mm = 0.0
displacement_z_mm = 0.0

[[load_case.node_set]]
surface = "high"
force_n = [0.0, 0.0, -1.0]
"""
        size = 4 * self.spacing()
        self.write("force.toml", CASE[:push] + free + CASE[CASE.index("[strength]"):])
        self.osteon("solve", "force.toml", "-o", "run", "-q", "--set",
                    f"strength.load_factors=[{2 * 83 * size * size}]", code=4)
        summary = self.summary("run")
        self.assertEqual(summary["state"], "not converged")
        self.assertIn("no equilibrium", summary["strength"]["failure"])
        self.assertTrue(any("no equilibrium" in text for text in summary["warnings"]))
        self.assertGreater(len(self.curve("run")), 1)

    def spacing(self):
        self.osteon("solve", "case.toml", "-o", "linear", "-q", "--set", "strength.law=none")
        return self.summary("linear")["model"]["spacing_mm"][0]

    def test_what_does_not_fit_together_is_refused(self):
        for says, settings in [
            ('needs strength.yield_strain', ["strength.law=von_mises"]),
            ("belongs to the law von_mises", ["strength.yield_strain=0.006"]),
            ("none of the load cases: push", ["strength.load_case=pull"]),
            ("must begin with one that is not 0", ["strength.load_factors=[0.0, 1.0]"]),
            ("two strength.load_factors in a row", ["strength.load_factors=[1.0, 1.0]"]),
            ("must not be above", ["strength.tensile_yield_strain=0.02"]),
            ("< 1", ["strength.post_yield_ratio=1.0"]),
            ("strength.law", ["strength.law=tresca"]),
        ]:
            self.fails(2, says, "solve", "case.toml", "-o", "run",
                       *[part for setting in settings for part in ("--set", setting)])


main()
