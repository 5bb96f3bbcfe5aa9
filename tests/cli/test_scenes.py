# SPDX-License-Identifier: Apache-2.0
"""Scenes of the healing simulation from `osteon generate`: options, and the mechanics of the fracture before healing."""
import json

from fracture import BONE, EIGHTH
from support import CliTest, main

SETTINGS = """
[solver]
tolerance = 1e-8

[output]
fields = ["Displacement"]
"""

FULL = '\n[[load_case]]\nname = "axial"\ntype = "uniaxial"\naxis = "z"\ndisplacement_mm = -1.0\n'

GRANULATION = "youngs_modulus_mpa = 0.2\npoisson_ratio = 0.167"
HEALED = "youngs_modulus_mpa = 6000.0\npoisson_ratio = 0.3"


class Scenes(CliTest):
    def scene(self, name, *arguments):
        self.osteon("generate", "fracture", "-o", f"{name}.mha", *arguments)
        return f"{name}.mha"

    def force(self, image, load, tissue):
        """Force (N) at the end of the part that is solved."""
        self.write("case.toml", BONE.format(image=image, source="", callus=tissue) + load + SETTINGS)
        self.osteon("solve", "case.toml", "-o", "run", "-q", "--overwrite")
        return abs(self.summary("run")["load_cases"][0]["reaction_force_n"][2])

    def test_an_eighth_with_planes_of_symmetry_carries_what_the_full_bone_does(self):
        eighth, full = self.scene("eighth", "--spacing", 1), self.scene("full", "--spacing", 1, "--symmetry", "full")
        for tissue in GRANULATION, HEALED:
            whole = self.force(full, FULL, tissue)
            self.assertAlmostEqual(4 * self.force(eighth, EIGHTH, tissue) / whole, 1, delta=1e-6)

    def test_stiffness_before_and_after_healing_is_that_of_the_axisymmetric_reference(self):
        # 19.0 and 14.5 N/mm with granulation tissue, 64 kN/mm healed (case A), of a mesh of 0.25 mm that follows the
        # cylinders; voxels of 0.5 mm make the cortex 3.5 % too thick, voxels of 0.25 mm 1.2 %.
        for spacing, tolerance in (0.5, 0.065), (0.25, 0.025):
            stable = self.scene(f"a{spacing}", "--spacing", spacing)
            mobile = self.scene(f"b{spacing}", "--spacing", spacing, "--gap-mm", 3)
            for image, tissue, stiffness in [(stable, GRANULATION, 19.0), (mobile, GRANULATION, 14.5),
                                             (stable, HEALED, 64e3)]:
                got = 4 * self.force(image, EIGHTH, tissue)  # four quarters, over a whole movement of 1 mm
                self.assertAlmostEqual(got / stiffness, 1, delta=tolerance, msg=f"{spacing} mm, {stiffness} N/mm")

    def test_size_and_labels_follow_from_the_options(self):
        options = ["--defect-mm", 10, "--length-mm", 32, "--scaffold", "honeycomb", "--cell-mm", 4, "--wall-mm", 1,
                   "--symmetry", "quarter"]
        self.osteon("generate", "critical-defect", "-o", "defect.mha", *options)
        self.osteon("generate", "critical-defect", "-o", "defect.npy", *options)
        info = json.loads(self.osteon("info", "defect.mha", "--json").stdout)
        self.assertEqual((info["size"], info["spacing_mm"]), ([25, 25, 64], [0.5, 0.5, 0.5]))
        voxels = (self.folder / "defect.npy").read_bytes()[-25 * 25 * 64:]
        self.assertEqual(set(voxels), {0, 1, 2, 3, 4, 5})

    def test_options_of_another_kind_and_dimensions_that_do_not_fit_are_refused(self):
        for says, arguments in [
            ("--spacing", ["fracture", "--size", 20]),
            ("it is for fracture", ["shaft", "--gap-mm", 2]),
            ("it is for critical-defect", ["fracture", "--defect-mm", 20]),
            ("--scaffold honeycomb", ["critical-defect", "--scaffold", "tube", "--wall-mm", 1]),
            ("cubic voxels", ["fracture", "--spacing", 0.5, 0.5, 1]),
            ("smaller spacing", ["fracture", "--spacing", 1.5]),
            ("leaves none beyond", ["critical-defect", "--defect-mm", 60]),
            ("at least a voxel", ["critical-defect", "--scaffold", "honeycomb", "--wall-mm", 0.2]),
            ("it is for proximal-femur", ["shaft", "--side", "left"]),
            ("the size follows", ["proximal-femur", "--size", 64]),
            ("radius of the neck", ["proximal-femur", "--neck-radius-mm", 22]),
        ]:
            self.fails(2, says, "generate", *arguments, "-o", "scene.mha")

    def test_a_femur_is_a_scan_and_its_mask_on_one_grid(self):
        options = ["--spacing", 2, 2, 3, "--side", "right", "--turn-deg", 10, -20, 30]
        self.osteon("generate", "proximal-femur", "-o", "femur.mha", *options)
        scan, mask = (json.loads(self.osteon("info", name, "--json").stdout) for name in ("femur.mha", "femur-mask.mha"))
        self.assertEqual((scan["value_type"], mask["value_type"]), ("float32", "uint8"))
        for key in "size", "spacing_mm", "origin_mm":
            self.assertEqual(scan[key], mask[key])
        (self.folder / "femur.mha").unlink()
        self.fails(2, "femur-mask.mha exists", "generate", "proximal-femur", "-o", "femur.mha")


main()
