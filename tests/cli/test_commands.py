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
        self.osteon("generate", "vertebra", "-o", "vertebra.mha", "--spacing", 2)
        self.osteon("generate", "proximal-femur", "-o", "femur.mha", "--spacing", 2)
        for name in names:
            scan = {"spine": "vertebra.mha", "hip-s": "femur.mha"}.get(name[:5])
            image = ["--image", scan] if scan else []
            self.write(f"{name}.toml", self.osteon("init", name, *image).stdout)
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
        self.osteon("risk", "run", "--criterion", "pstran", code=2)

    def test_every_criterion_follows_from_the_fields_a_run_stores_anyway(self):
        everything = "ees,pstrain,pstrain_tissue,vm,dp,mohr,modified_mohr,hoffman,tsaiwu,de"
        self.osteon("generate", "trabecular-rods", "-o", "bone.mha", "--size", 24, "--seed", 3)
        self.osteon("solve", "bone.mha", "-o", "solved", "--set", f"risk.criteria={everything}",
                    "--set", "output.fields=Stress,PrincipalStrain,EffectiveStrain,MaterialID,YoungsModulus")
        self.osteon("solve", "bone.mha", "-o", "plain")
        done = self.osteon("risk", "plain", "--criterion", "all")
        self.assertIn("displacement", done.stdout)
        solved, plain = self.summary("solved")["risk"], self.summary("plain")["risk"]
        self.assertEqual(list(solved), everything.split(","))
        self.assertEqual(list(plain), list(solved))
        for criterion in solved:
            for key in ["max", "p98"]:
                self.assertAlmostEqual(plain[criterion][key] / solved[criterion][key], 1, delta=1e-3, msg=criterion)
            self.assertEqual(plain[criterion]["most_loaded_voxel"], solved[criterion]["most_loaded_voxel"])
        self.osteon("export", "plain", "--csv")
        header = (self.folder / "plain/result_cells.csv").read_text().splitlines()[0]
        for criterion in solved:
            self.assertIn(f"RiskFactor_{criterion} ", header)

    def test_what_a_result_cannot_tell_is_said_in_words(self):
        self.osteon("solve", self.block(), "-o", "run", "--set", "output.fields=EffectiveStrain,MaterialID")
        missing = self.osteon("risk", "run", "--criterion", "vm,pstrain", code=3)
        self.assertIn("has no Stress, which vm reads", missing.stderr)
        self.assertEqual(list(self.summary("run")["risk"]), ["ees", "pstrain"])

    def test_risk_refreshes_the_summary_beside_the_result_and_nothing_else_in_it(self):
        self.osteon("solve", self.block(size=6), "-o", "run", "--set", "risk.thresholds=[0.5, 2]")
        before = self.summary("run")
        done = self.osteon("risk", "run", "--criterion", "ees,vm", "--set", "risk.ees.critical_strain=0.0035",
                           "--set", "risk.cluster_threshold=1.5")
        after = self.summary("run")
        self.assertEqual(list(after["risk"]), ["ees", "pstrain", "vm"])
        self.assertEqual(after["risk"]["pstrain"], before["risk"]["pstrain"])
        self.assertEqual({k: v for k, v in after.items() if k != "risk"},
                         {k: v for k, v in before.items() if k != "risk"})
        ees = after["risk"]["ees"]
        self.assertAlmostEqual(ees["max"] / before["risk"]["ees"]["max"], 2, delta=1e-3)
        self.assertEqual(ees["parameters"], {"critical_strain": 0.0035})
        self.assertIn('replaces the one with {"critical_strain":0.007}', done.stdout)
        self.assertEqual(ees["thresholds"], [0.5, 2])
        self.assertEqual(ees["by_material"]["bone"]["elements"], before["model"]["elements"])
        biggest = ees["clusters"][0]
        self.assertEqual(biggest["voxel_of_maximum"], ees["most_loaded_voxel"])
        self.assertEqual(biggest["material"], "bone")
        self.assertEqual(sorted(p.name for p in (self.folder / "run").iterdir()),
                         ["case.toml", "log.txt", "result.vtkhdf", "summary.json"])
        self.write("run/summary.json", "{}")
        self.assertIn("stays as it is", self.osteon("risk", "run").stdout)
        self.assertEqual((self.folder / "run/summary.json").read_text(), "{}")

    def test_risk_of_several_load_cases_stands_in_each(self):
        self.osteon("generate", "trabecular-rods", "-o", "bone.mha", "--size", 24, "--seed", 3)
        self.write("two.toml", self.osteon("init", "trabecular-axial").stdout.replace("scan.mha", "bone.mha") +
                   '\n[[load_case]]\nname = "pull"\ntype = "axial"\naxis = "x"\nstrain = 0.01\n')
        self.osteon("solve", "two.toml", "-o", "run")
        self.osteon("risk", "run", "--criterion", "dp")
        cases = self.summary("run")["load_cases"]
        self.assertEqual([list(case["risk"]) for case in cases], [["ees", "pstrain", "dp"]] * 2)
        self.assertNotEqual(cases[0]["risk"]["dp"]["max"], cases[1]["risk"]["dp"]["max"])

    def test_the_list_of_criteria_names_formulas_and_sources(self):
        text = self.osteon("risk", "--list").stdout
        for part in ["hoffman", "RF = <s1 / st - s3 / sc>", "risk.pstrain_tissue.tensile_limit = 0.0041",
                     "(recalled, check)"]:
            self.assertIn(part, text)
        self.osteon("risk", code=2)

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
