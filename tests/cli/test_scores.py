# SPDX-License-Identifier: Apache-2.0
"""Whole-bone scores and probabilities from outside: what is asked for is there, with its limits; what cannot be is said."""
import math

from support import CliTest, main

HIP = ("--set", "scores.site=hip", "--set", "patient.sex=female")


class Scores(CliTest):
    def test_a_fall_is_set_against_the_strength_with_the_limits_beside_it(self):
        done = self.osteon("solve", self.block(), "-o", "run", *HIP, "--set", "patient.mass_kg=60", "--set",
                           "patient.height_cm=160", "--set", "scores.strength=fixed_deformation")
        scores = self.summary("run")["scores"]
        stiffness = self.summary("run")["load_cases"][0]["stiffness_n_per_mm"]
        self.assertAlmostEqual(scores["strength_n"] / (stiffness * 4 * 0.04), 1, places=9)
        self.assertEqual({r["model"] for r in scores["load_to_strength"]}, {"carpenter", "bouxsein"})
        for ratio in scores["load_to_strength"]:
            self.assertAlmostEqual(ratio["ratio"], ratio["load_n"] / scores["strength_n"], places=12)
        self.assertIn("not calibrated for this pipeline", scores["limits"])
        self.assertIn("not calibrated for this pipeline", done.stdout)
        self.osteon("solve", "run/case.toml", "-o", "again")
        self.assertEqual(self.summary("again")["scores"], scores)

    def test_activities_of_the_user_are_set_against_the_strength(self):
        spine = ("--set", "scores.site=spine", "--set", "patient.sex=male", "--set", "scores.activities_file=loads.csv")
        self.write("loads.csv", "activity,newton_per_kg,newton\nstanding,6.5,0\nlifting 10 kg,20,150.5\r\n")
        self.osteon("solve", self.block(), "-o", "run", *spine, "--set", "patient.mass_kg=80")
        scores = self.summary("run")["scores"]
        self.assertEqual([(r["model"], r["load_n"]) for r in scores["load_to_strength"]],
                         [("standing", 520), ("lifting 10 kg", 1750.5)])
        self.assertAlmostEqual(scores["load_to_strength"][1]["ratio"], 1750.5 / scores["strength_n"], places=12)
        self.fails(2, ["'standing'", "patient.mass_kg"], "solve", "block.mha", "-o", "other", *spine)
        for row, says in (("standing,6.5", "loads.csv:2"), ("standing,0,0", "loads.csv:2"), ("a,1,2\na,3,4", "twice"),
                          ("a,1,2,3", "loads.csv:2"), ("", "no row")):
            self.write("loads.csv", "activity,newton_per_kg,newton\n" + row + "\n")
            self.fails(3, [says, "loads.csv"], "solve", "block.mha", "-o", "other", *spine)
        self.write("loads.csv", "standing,6.5,0\n")
        self.fails(3, ["loads.csv:1", "activity,newton_per_kg,newton"], "solve", "block.mha", "-o", "other", *spine)

    def test_a_table_of_the_user_gives_a_z_score(self):
        self.write("lms.csv", "age_years,l,m,s\n20,1,1000,0.5\n80,1,1000,0.5\n")
        self.osteon("solve", self.block(), "-o", "run", *HIP, "--set", "patient.age_years=50", "--set",
                    "scores.lms_file=lms.csv", "--set", "scores.load_n=700")
        scores = self.summary("run")["scores"]
        self.assertAlmostEqual(scores["z_score"], (scores["strength_n"] / 1000 - 1) / 0.5, places=9)
        self.assertEqual([r["load_n"] for r in scores["load_to_strength"]], [700])
        self.write("lms.csv", "age_years,l,m,s\n20;1;1000;0.5\n")
        self.fails(3, ["lms.csv:2", "age_years,l,m,s"], "solve", "block.mha", "-o", "other", *HIP, "--set",
                   "patient.age_years=50", "--set", "scores.lms_file=lms.csv")

    def test_probability_is_a_field_with_its_shares_of_variance(self):
        self.osteon("solve", self.block(), "-o", "run", "--set", "risk.probability.criterion=ees", "--set",
                    "load_case.axial.strain=-0.007", "--set", "load_case.axial.type=uniaxial")
        probability = self.summary("run")["probability"]
        self.assertAlmostEqual(sum(probability["variance_shares"].values()), 1, places=12)
        self.assertAlmostEqual(probability["load_cases"]["axial"]["highest_local_probability"], 0.5, places=4)
        # 64 voxels of 1 mm3, RF = 1 everywhere
        self.assertAlmostEqual(probability["load_cases"]["axial"]["structure_probability"], 1 - math.exp(-64), places=6)
        self.osteon("solve", "run/case.toml", "-o", "again")
        self.assertEqual(self.summary("again")["probability"], probability)
        self.assertIn("FailureProbability", self.osteon("info", "run/result.vtkhdf").stdout)

    def test_a_load_of_random_direction_replaces_the_factor_voxel_by_voxel(self):
        self.block()
        held = "displacement_x_mm = 0.0\ndisplacement_y_mm = 0.0\ndisplacement_z_mm = 0.0\n"
        self.write("case.toml", """
[image]
file = "block.mha"
[materials.bone]
youngs_modulus_mpa = 10000.0
[[load_case]]
name = "push"
type = "free"
[[load_case.node_set]]
name = "low"
surface = "low"
""" + held + """[[load_case.node_set]]
name = "high"
surface = "high"
force_n = [0.0, 0.0, -500.0]
[risk.probability]
criterion = "ees"
""")
        arguments = ("solve", "case.toml", "--set", "solver.tolerance=1e-9")
        turned = "risk.probability.load_direction_deg=%s"
        self.osteon(*arguments, "-o", "factor", "--set", "risk.probability.load_direction=0")
        self.osteon(*arguments, "-o", "little", "--set", turned % 0.001)
        done = self.osteon(*arguments, "-o", "much", "--set", turned % 10)
        factor, little, much = (self.summary(run)["probability"] for run in ("factor", "little", "much"))
        home = "push", "highest_local_probability"
        # A tilt that is hardly one is none; a large one moves the probabilities and takes its share of the variance.
        self.assertAlmostEqual(little["load_cases"][home[0]][home[1]], factor["load_cases"][home[0]][home[1]], places=5)
        self.assertGreater(much["load_cases"][home[0]][home[1]], little["load_cases"][home[0]][home[1]])
        shares = [run["load_cases"]["push"]["mean_variance_shares"] for run in (little, much)]
        for share in shares:
            self.assertAlmostEqual(sum(share.values()), 1, places=9)
        self.assertLess(shares[0]["load_direction"], 1e-4)
        self.assertGreater(shares[1]["load_direction"], 0.05)
        for name, share in factor["variance_shares"].items():
            self.assertAlmostEqual(shares[0][name], share, places=4)
        self.assertIn("mean share of variance", done.stdout)
        self.assertIn("LoadDirectionLogDeviation", self.osteon("info", "much/result.vtkhdf").stdout)
        self.osteon("solve", "much/case.toml", "-o", "again", "--threads", "1")
        self.assertEqual(self.summary("again")["probability"], much)
        # one set of unit forces serves both
        self.osteon(*arguments, "-o", "both", "--set", turned % 10, "--set", "falls.angle_1_deg=[0.0]")
        self.assertEqual((self.folder / "both/log.txt").read_text().count("three unit forces, "), 1)
        self.fails(2, ["load_direction_deg", "'axial' cannot be turned", "type free"], "solve", "block.mha", "-o", "other",
                   "--set", "risk.probability.criterion=ees", "--set", turned % 5)
        self.osteon(*arguments, "-o", "short", "--set", turned % 5, "--set", "solver.max_iterations=1", code=4)
        self.assertNotIn("probability", self.summary("short"))

    def test_what_scores_need_is_asked_for(self):
        self.block()
        self.osteon("solve", "block.mha", "-o", "unknown", "--set", "scores.site=spine")
        self.assertNotIn("strength_class", self.summary("unknown")["scores"])
        self.assertIn("no strength class without patient.sex", (self.folder / "unknown" / "log.txt").read_text())
        self.fails(2, "[strength]", "solve", "block.mha", "-o", "run", *HIP, "--set", "scores.strength=ultimate")
        self.fails(2, "none of risk.criteria", "solve", "block.mha", "-o", "run", "--set",
                   "risk.probability.criterion=vm")


main()
