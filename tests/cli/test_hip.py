# SPDX-License-Identifier: Apache-2.0
"""Models of the hip: the same femur on both sides and in three poses; what is recorded; what is refused.

Coarse voxels (2 mm): their sampling is what the tolerances here allow. test_hip_fine.py shows 1 % at 1 mm."""
import json

from hip import HipTest, POSES, SIDES
from support import main


class Hip(HipTest):
    def test_an_unturned_femur_and_its_mirror_image_give_the_same_numbers(self):
        for profile in "hip-sideways-fall", "hip-stance":
            left, right = (self.numbers(profile, side, POSES[0], 2) for side in SIDES)
            for name, value in left.items():
                self.assertAlmostEqual(right[name] / value, 1, delta=1e-6, msg=f"{profile} {name}")

    def test_turned_femora_differ_by_their_sampling_only(self):
        # Measured over both sides and three poses: 6.4 % and 2.0 % in stiffness.
        for profile, tolerance in ("hip-sideways-fall", 0.07), ("hip-stance", 0.025):
            reference = self.numbers(profile, "left", POSES[0], 2)
            for side, pose in ("left", POSES[1]), ("right", POSES[1]), ("left", POSES[2]):
                for name, value in self.numbers(profile, side, pose, 2).items():
                    self.assertAlmostEqual(value / reference[name], 1, delta=tolerance, msg=f"{profile} {side} {name}")

    def test_what_was_chosen_and_found_is_in_the_summary(self):
        scan = self.femur("left", POSES[1], 2)
        self.solve(scan, "hip-sideways-fall", 2)
        bone = self.summary("run")["bone"]
        self.assertEqual((bone["model"], bone["version"]), ("hip-sideways-fall", 1))
        choices = {choice["name"]: choice["value"] for choice in bone["choices"]}
        self.assertEqual((choices["side"], choices["side shown by the bone"]), ("left", "left"))
        self.assertAlmostEqual(float(choices["angle of neck and shaft"]), 127, delta=1)
        self.assertAlmostEqual(float(choices["radius of the head"]), 23, delta=0.3)
        self.assertEqual(float(choices["rotation inwards (recalled, check)"]), 15)
        # Head and trochanter, 41 mm and 27 mm from the shaft's axis, and a radius of 23 mm, seen along the fall.
        self.assertAlmostEqual(bone["length_mm"], 89.4, delta=1)
        # The run's own case gives the same again.
        self.osteon("solve", "run/case.toml", "-o", "again", "-q")
        first, again = (self.summary(run)["load_cases"][0]["stiffness_n_per_mm"] for run in ("run", "again"))
        self.assertEqual(first, again)

    def test_the_direction_of_the_load_matters_and_is_a_setting(self):
        scan = self.femur("left", POSES[0], 2)
        stiffness = [self.solve(scan, "hip-sideways-fall", 2, f"bone.fall_rotation_deg={angle}")["stiffness"]
                     for angle in (0, 30)]
        self.assertGreater(abs(stiffness[1] / stiffness[0] - 1), 0.1)

    def test_falls_from_many_directions_on_a_femur(self):
        scan = self.femur("left", POSES[0], 2)
        self.osteon("solve", scan, "--mask", scan.replace(".mha", "-mask.mha"), "--profile", "hip-sideways-fall", "-o",
                    "falls", "--set", "bone.spacing_mm=3", "--set", "load_case.fall.force_n=-1000", "--set",
                    "load_case.fall.platen=false", "--set", "falls.criterion=ees", "--set", "patient.mass_kg=60",
                    "--set", "patient.height_cm=165")
        summary = self.summary("falls")
        falls = summary["falls"]
        self.assertEqual(len(falls["directions"]), 28)
        straight = next(d for d in falls["directions"] if d["angle_1_deg"] == 0 and d["angle_2_deg"] == 0)
        self.assertEqual([abs(x) for x in straight["direction"]], [0, 1, 0])
        self.assertLess(falls["weakest"]["strength_n"], straight["strength_n"])
        self.assertTrue(0 < falls["arf0"] < 1)
        self.assertAlmostEqual(summary["load_cases"][0]["force_balance_error"], 0, delta=1e-4)

    def test_the_wrong_side_a_short_shaft_and_a_mask_without_femur_are_refused(self):
        scan = self.femur("right", POSES[0], 2)
        mask = scan.replace(".mha", "-mask.mha")
        command = ["solve", scan, "--mask", mask, "--profile", "hip-stance", "--set", "bone.spacing_mm=2", "-o", "no"]
        self.fails(3, "shows a right femur", *command, "--set", "bone.side=left")
        self.fails(3, "smaller bone.shaft_mm", *command, "--set", "bone.shaft_mm=200")
        self.osteon("generate", "block", "-o", "block.mha", "--size", 40)
        self.fails(3, "upper femur", "solve", "block.mha", "--mask", "block.mha", "--profile", "hip-stance", "-o", "no")


main()
