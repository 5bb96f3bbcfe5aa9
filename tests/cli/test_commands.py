# SPDX-License-Identifier: Apache-2.0
"""The commands beside solve."""
import json

from support import CliTest, main


class Commands(CliTest):
    def test_help_and_version_end_with_0(self):
        self.assertIn("osteon solve", self.osteon("--help").stdout)
        self.assertRegex(self.osteon("--version").stdout, r"^osteon \d+\.\d+\.\d+ ")
        self.assertIn("--dry-run", self.osteon("solve", "--help").stdout)

    def test_every_profile_makes_a_case_file_that_runs(self):
        names = [line.split()[0] for line in self.osteon("profiles").stdout.splitlines()]
        self.assertIn("xtremect1", names)
        self.osteon("generate", "shaft", "-o", "scan.mha", "--size", 24)
        for name in names:
            self.write(f"{name}.toml", self.osteon("init", name).stdout)
            self.osteon("solve", f"{name}.toml", "--dry-run")

    def test_the_key_table_lists_every_section(self):
        table = self.osteon("init", "--keys").stdout
        for key in ["image.file", "prepare.threshold", "materials.*.law", "load_case.node_set.box_mm", "solver.tolerance",
                    "risk.pstrain", "output.gzip_level"]:
            self.assertIn(f"`{key}", table)

    def test_generate_is_reproducible_and_never_overwrites(self):
        arguments = ["generate", "trabecular-rods", "--size", 20, "--seed", 7, "-o"]
        self.osteon(*arguments, "a.npy")
        self.osteon(*arguments, "b.npy")
        self.assertEqual((self.folder / "a.npy").read_bytes(), (self.folder / "b.npy").read_bytes())
        self.fails(2, "exists", *arguments, "a.npy")
        self.osteon(*arguments, "a.npy", "--overwrite")
        self.fails(2, "between 1 and", "generate", "block", "-o", "c.npy", "--size", -3)
        self.fails(2, ".mha or .npy", "generate", "block", "-o", "c.png")

    def test_info_tells_size_and_spacing(self):
        self.osteon("generate", "cantilever", "-o", "beam.mha", "--size", 8, 3, 2, "--spacing", 0.5, 1, 2)
        info = json.loads(self.osteon("info", "beam.mha", "--json").stdout)
        self.assertEqual(info["size"], [8, 3, 2])
        self.assertEqual(info["spacing_mm"], [0.5, 1, 2])
        self.osteon("info", "none.mha", code=3)

    def test_info_of_a_format_without_spacing_says_so(self):
        self.block("block.npy", size=5)
        self.assertIn("not in the file", self.osteon("info", "block.npy").stdout)
        info = json.loads(self.osteon("info", "block.npy", "--json").stdout)
        self.assertEqual((info["size"], info["spacing_mm"]), ([5, 5, 5], None))

    def test_risk_is_recomputed_from_a_stored_result(self):
        self.osteon("solve", self.block(), "-o", "run")
        before = self.summary("run")["risk"]["ees"]["max"]
        done = self.osteon("risk", "run", "--criterion", "ees", "--set", "risk.ees.critical_strain=0.0035")
        highest = float(done.stdout.split("highest ")[1].split()[0])
        self.assertAlmostEqual(highest / (2 * before), 1, delta=1e-3)
        missing = self.osteon("risk", "run", "--criterion", "pstrain", code=3)
        self.assertIn("PrincipalStrain", missing.stderr)
        self.osteon("risk", "run", "--criterion", "pstran", code=2)

    def test_risk_from_strain_equals_risk_of_the_solve(self):
        self.osteon("solve", self.block(), "-o", "run", "--set", "output.fields=Strain,MaterialID")
        before = self.summary("run")["risk"]["pstrain"]["max"]
        done = self.osteon("risk", "run", "--criterion", "pstrain")
        self.assertAlmostEqual(float(done.stdout.split("highest ")[1].split()[0]) / before, 1, delta=1e-3)

    def test_export_writes_each_format_and_never_overwrites(self):
        self.osteon("solve", self.block(), "-o", "run")
        self.osteon("export", "run", "--xdmf", "--nifti", "--csv")
        for name in ["result.xdmf", "result_RiskFactor_ees.nii.gz", "result_cells.csv", "result_points.csv"]:
            self.assertTrue((self.folder / "run" / name).stat().st_size > 0, name)
        self.osteon("export", "run", "--csv", code=2)
        self.osteon("export", "run", "--csv", "--overwrite")
        self.osteon("export", "run", code=2)
        self.osteon("export", "run", "--nifti", "--field", "Nothing", code=2)


main()
