# SPDX-License-Identifier: Apache-2.0
"""Falls from many directions, from outside: one set-up, a table, a share of falls, and the sentence that limits it."""
import csv

from support import CliTest, main

CASE = """
[image]
file = "block.mha"
[materials.bone]
youngs_modulus_mpa = 10000.0
[[load_case]]
name = "fall"
type = "free"
[[load_case.node_set]]
name = "shaft"
surface = "low"
displacement_x_mm = 0.0
displacement_y_mm = 0.0
displacement_z_mm = 0.0
[[load_case.node_set]]
name = "head"
surface = "high"
force_n = [0.0, 0.0, -100.0]
[solver]
tolerance = 1e-10
"""
PATIENT = "[patient]\nmass_kg = 60.0\nheight_cm = 160.0\n"


class Falls(CliTest):
    def case(self, more, load=None):
        if not (self.folder / "block.mha").exists():
            self.block()
        return self.write("case.toml", (CASE if load is None else CASE.replace("force_n = [0.0, 0.0, -100.0]", load)) + more)

    def test_strength_in_28_directions_and_the_share_of_falls_that_break(self):
        done = self.osteon("solve", self.case("[falls]\ncriterion = \"ees\"\n" + PATIENT), "-o", "run")
        falls = self.summary("run")["falls"]
        self.assertEqual((len(falls["directions"]), falls["falls"], falls["node_set"]), (28, 100000, "head"))
        self.assertEqual((falls["angle_1_axis"], falls["angle_2_axis"]), ("x", "y"))
        strength = [d["strength_n"] for d in falls["directions"]]
        self.assertEqual(falls["weakest"]["strength_n"], min(strength))
        self.assertTrue(falls["interval_95"][0] <= falls["arf0"] <= falls["interval_95"][1])
        for text in (falls["limits"], done.stdout):
            self.assertIn("not calibrated for this pipeline", text)
        rows = list(csv.DictReader((self.folder / "run/falls.csv").read_text().splitlines()))
        self.assertEqual([float(r["strength_n"]) for r in rows], strength)
        self.osteon("solve", "run/case.toml", "-o", "again", "--threads", "1")
        self.assertEqual(self.summary("again")["falls"], falls)

    def test_a_direction_of_the_table_is_the_one_that_is_solved_alone(self):
        # Of 64 voxels 0.01 % is the most loaded one, whose risk factor the summary of a load case has.
        falls = "[falls]\nangle_1_deg = [20.0]\nangle_2_deg = [-30.0]\ncritical_volume_percent = 0.01\n"
        self.osteon("solve", self.case(falls), "-o", "run")
        turned = self.summary("run")["falls"]["directions"][0]
        force = "force_n = [%r, %r, %r]" % tuple(100 * x for x in turned["direction"])
        self.osteon("solve", self.case("", force), "-o", "alone")
        self.assertAlmostEqual(turned["strength_n"] * self.summary("alone")["risk"]["ees"]["max"] / 100, 1, delta=1e-6)
        self.assertIsNone(self.summary("run")["falls"]["arf0"])
        self.assertIn("patient.mass_kg", self.summary("run")["falls"]["no_arf0_because"])

    def test_forces_of_the_users_own(self):
        own = "[falls]\nmodel = \"lognormal\"\nforce_median_n = %s\nforce_log_deviation = 0.3\nangle_1_deg = [0.0]\n" \
              "angle_2_deg = [0.0]\n"
        self.osteon("solve", self.case(own % 1.0), "-o", "first")
        strength = self.summary("first")["falls"]["directions"][0]["strength_n"]
        self.osteon("solve", self.case(own % strength), "-o", "second")
        self.assertAlmostEqual(self.summary("second")["falls"]["arf0"], 0.5, delta=0.005)

    def test_what_cannot_be_turned_is_said_before_the_solve(self):
        moved = self.case("[falls]\ncriterion = \"ees\"\n", "displacement_z_mm = -0.1")
        self.fails(2, ["'head' is moved", "a force is needed"], "solve", moved, "-o", "run")
        self.fails(2, ["type free", "axial"], "solve", "block.mha", "-o", "run", "--set", "falls.criterion=ees")
        self.fails(2, ["\"neck\"", "'head'"], "solve", self.case("[falls]\nnode_set = \"neck\"\n"), "-o", "run")
        self.fails(2, "two axes", "solve", self.case("[falls]\nangle_1_axis = \"y\"\n"), "-o", "run")
        self.fails(2, "force_median_n", "solve", self.case("[falls]\nmodel = \"lognormal\"\n"), "-o", "run")
        self.fails(2, "ascend", "solve", self.case("[falls]\nfinal_angle_deg = [120.0, 60.0]\n"), "-o", "run")

    def test_a_solve_that_does_not_converge_leaves_no_strength(self):
        case = self.case("[falls]\ncriterion = \"ees\"\n" + PATIENT)
        self.osteon("solve", case, "-o", "run", "--set", "solver.max_iterations=1", code=4)
        falls = self.summary("run")["falls"]
        self.assertEqual((falls["converged"], falls["directions"], falls["arf0"]), (False, [], None))


main()
