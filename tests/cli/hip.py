# SPDX-License-Identifier: Apache-2.0
"""Generated femora and their models, for the tests of the hip."""
from support import CliTest

SIDES = "left", "right"
POSES = (0, 0, 0), (10, -15, 20), (-75, 30, 140)


class HipTest(CliTest):
    def femur(self, side, pose, spacing):
        scan = f"{side}{POSES.index(pose)}.mha"
        self.osteon("generate", "proximal-femur", "-o", scan, "--spacing", spacing, "--side", side, "--turn-deg", *pose,
                    "--overwrite")
        return scan

    def solve(self, scan, profile, spacing, *settings):
        """Stiffness, force at 4 % of the length, Pistoia load, length."""
        sets = [f"bone.spacing_mm={spacing}", "solver.tolerance=1e-8", *settings]
        self.osteon("solve", scan, "--mask", scan.replace(".mha", "-mask.mha"), "--profile", profile, "-o", "run", "-q",
                    "--overwrite", *(word for key in sets for word in ("--set", key)))
        summary = self.summary("run")
        stiffness, length = summary["load_cases"][0]["stiffness_n_per_mm"], summary["bone"]["length_mm"]
        return {"stiffness": stiffness, "force at 4 %": 0.04 * stiffness * length, "length": length,
                "Pistoia load": summary["pistoia"]["failure_load_n"]}

    def numbers(self, profile, side, pose, spacing):
        return self.solve(self.femur(side, pose, spacing), profile, spacing, f"bone.side={side}")
