# SPDX-License-Identifier: Apache-2.0
"""Every bad input ends with a clear message and the right exit code, and leaves nothing behind."""
from support import CliTest, main, write_npy

USAGE, INPUT, DEVICE = 2, 3, 5

CASE = """[image]
file = "block.mha"
[materials.bone]
youngs_modulus_mpa = 10000.0
poisson_ratio = 0.3
[[load_case]]
type = "axial"
strain = -0.01
[solver]
tolerance = 1e-6
"""


class BadCommandLine(CliTest):
    def test_no_command_unknown_command_and_missing_input_are_usage_errors(self):
        self.osteon(code=USAGE)
        self.osteon("sovle", code=USAGE)
        self.osteon("solve", code=USAGE)

    def test_an_unknown_profile_names_the_nearest(self):
        self.fails(USAGE, "did you mean 'xtremect2'", "solve", self.block(), "--profile", "xtremct2")

    def test_an_unknown_setting_names_the_nearest(self):
        self.fails(USAGE, "did you mean 'solver.tolerance'", "solve", self.block(), "--set", "solver.tol=1e-3")

    def test_cuda_without_a_gpu_is_a_device_error(self):
        if "cuda     usable" in self.osteon("devices").stdout:
            self.skipTest("this machine has a GPU")
        self.fails(DEVICE, "cuda", "solve", self.block(), "--backend", "cuda")

    def test_an_unknown_backend_is_a_usage_error(self):
        self.fails(USAGE, "auto, cpu, cuda", "solve", self.block(), "--backend", "gpu")


class BadCaseFile(CliTest):
    def rejected(self, old, new, *says):
        self.block()
        self.fails(USAGE, says, "solve", self.write("case.toml", CASE.replace(old, new)))

    def test_an_unknown_key_is_named_with_line_column_and_nearest_key(self):
        self.rejected("tolerance", "tolerence", "case.toml:10:1", "did you mean 'solver.tolerance'")

    def test_a_wrong_type_is_named_with_its_place(self):
        self.rejected("1e-6", '"small"', "case.toml:10:13", "must be a number, not a text")

    def test_a_negative_modulus_is_refused(self):
        self.rejected("10000.0", "-10000.0", "case.toml:4:22", "must be > 0")

    def test_an_incompressible_material_is_refused(self):
        self.rejected("0.3", "0.5", "case.toml:5:17", "< 0.5")

    def test_a_syntax_error_is_named_with_its_place(self):
        self.rejected('type = "axial"', 'type = "axial', "case.toml:7")

    def test_a_missing_case_file_is_a_usage_error(self):
        self.fails(USAGE, "none.toml", "solve", "none.toml")

    def test_a_load_without_a_size_is_refused(self):
        self.rejected("strain = -0.01\n", "", "needs strain or displacement_mm or force_n")

    def test_a_folder_for_a_case_file_is_named_as_one(self):
        (self.folder / "case.toml").mkdir()
        self.fails(USAGE, "is a folder", "solve", "case.toml")


class BadImage(CliTest):
    def test_a_result_is_not_taken_for_a_scan(self):
        self.osteon("solve", self.block(), "-o", "run", "-q")
        self.fails(INPUT, "is a result, not a scan", "solve", "run/result.vtkhdf", "-o", "again")

    def test_a_threshold_above_the_image_names_the_step_and_the_maximum(self):
        self.fails(INPUT, ["'threshold above 450'", "the values are 1 to 1"], "solve", self.block(), "--set", "prepare.threshold=450")

    def test_a_missing_image_is_an_input_error(self):
        self.fails(INPUT, "none.mha", "solve", "none.mha")

    def test_a_truncated_image_is_an_input_error(self):
        path = self.folder / self.block(size=12)
        path.write_bytes(path.read_bytes()[:-20])
        self.fails(INPUT, "block.mha", "solve", "block.mha")

    def test_an_image_without_bone_is_an_input_error(self):
        write_npy(self.folder / "empty.npy", (3, 3, 3), [0] * 27)
        self.fails(INPUT, "no bone", "solve", "empty.npy", "--set", "image.spacing_mm=1")

    def test_grey_values_taken_for_labels_are_an_input_error(self):
        write_npy(self.folder / "grey.npy", (3, 3, 3), range(27))
        self.fails(INPUT, "prepare.threshold", "solve", "grey.npy", "--set", "image.spacing_mm=1")

    def test_a_loose_part_that_is_kept_is_an_input_error(self):
        # two columns through the grid and one voxel in the middle that touches neither
        values = [0] * 125
        for z in range(5):
            values[25 * z] = 1
            values[25 * z + 1] = 1
            values[25 * z + 5] = 1
            values[25 * z + 6] = 1
        values[25 * 2 + 5 * 3 + 3] = 1
        write_npy(self.folder / "loose.npy", (5, 5, 5), values)
        command = ["solve", "loose.npy", "--set", "image.spacing_mm=1", "-o", "run"]
        self.fails(INPUT, "", *command, "--set", "prepare.largest_component=false")
        self.osteon(*command)
        self.assertEqual(self.summary("run")["model"]["removed_elements"], 1)

    def test_a_label_without_material_is_refused(self):
        write_npy(self.folder / "labels.npy", (3, 3, 3), [100] * 14 + [55] * 13)
        self.fails(INPUT, "55", "solve", "labels.npy", "--profile", "xtremect2", "--set", "image.spacing_mm=1", "--set",
                   "prepare.labels=[100, 55]")


main()
