# SPDX-License-Identifier: Apache-2.0
"""Models of whole bones, from a generated scan and its mask."""
import xml.etree.ElementTree

from support import CliTest, main


class WholeBones(CliTest):
    def vertebra(self, name, *options):
        self.osteon("generate", "vertebra", "-o", f"{name}.mha", "--spacing", 2, *options)
        return (f"{name}.mha", "--mask", f"{name}-mask.mha", "--profile", "spine-compression",
                "--set", "bone.spacing_mm=2")

    def test_a_vertebra_from_scan_and_mask(self):
        self.osteon("solve", *self.vertebra("straight"), "-o", "a")
        self.osteon("solve", *self.vertebra("turned", "--turn-deg", 15, -10, 25), "-o", "b")
        straight, turned = self.summary("a"), self.summary("b")
        stiffness = [s["load_cases"][0]["stiffness_n_per_mm"] for s in (straight, turned)]
        self.assertLess(abs(stiffness[1] / stiffness[0] - 1), 0.03)  # voxels of 2 mm
        bone = turned["bone"]
        self.assertEqual((bone["model"], bone["version"]), ("spine-compression", 1))
        choices = {c["name"]: c["value"] for c in bone["choices"]}
        self.assertEqual(choices["pose"], "endplates")
        self.assertAlmostEqual(float(choices["turned against the patient's axes"]), 31.8, delta=0.5)
        self.assertAlmostEqual(straight["load_cases"][0]["applied_displacement_mm"], -0.01 * straight["bone"]["length_mm"])
        self.assertIn("pistoia", straight)
        figure = (self.folder / "a" / "bone.svg").read_text()
        for text in ["spine-compression, version 1", "height of the body", "data:image/png;base64,", "Research use only"]:
            self.assertIn(text, figure)
        xml.etree.ElementTree.fromstring(figure)
        self.osteon("solve", "a/case.toml", "-o", "again")
        self.assertEqual(self.summary("again")["load_cases"][0]["reaction_force_n"],
                         straight["load_cases"][0]["reaction_force_n"])

    def test_a_force_instead_of_a_strain(self):
        image = self.vertebra("v")
        self.osteon("solve", *image, "--set", "load_case.compression.force_n=-500", "-o", "f")
        self.assertAlmostEqual(self.summary("f")["load_cases"][0]["reaction_force_n"][2], -500, delta=0.01)

    def test_what_does_not_fit_is_said(self):
        image = self.vertebra("v")
        self.fails(3, ["no voxel has label 20", "the mask has 1, 2"], "solve", *image, "--set", "bone.body_labels=[20]")
        self.fails(2, "spine-compression has version 1 only", "solve", *image, "--set", "bone.version=2")
        self.fails(2, "set bone.spacing_mm instead", "solve", *image, "--set", "prepare.resample_spacing_mm=1")
        self.fails(2, "needs bone.reference", "solve", *image, "--set", "bone.pose=registration")
        self.fails(2, "hips are posed by their landmarks", "solve", "v.mha", "--mask", "v-mask.mha", "--profile",
                   "hip-stance", "--set", "bone.pose=scan")
        self.fails(2, "needs image.mask", "solve", "v.mha", "--profile", "spine-compression")
        self.block()
        self.fails(2, "no [bone] model", "solve", "block.mha", "--profile", "trabecular-axial", "--set",
                   "load_case.axial.type=spine_compression")


if __name__ == "__main__":
    main()
