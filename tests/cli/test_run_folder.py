# SPDX-License-Identifier: Apache-2.0
"""What a run leaves behind: all of it or nothing, never over something else, readable after Ctrl-C."""
import json
import signal
import subprocess
import time

from support import OSTEON, CliTest, main

FILES = ["case.toml", "log.txt", "result.vtkhdf", "summary.json"]


class RunFolder(CliTest):
    def names(self, folder):
        return sorted(p.name for p in (self.folder / folder).iterdir())

    def test_a_run_leaves_its_four_files_and_nothing_beside(self):
        self.osteon("solve", self.block())
        self.assertEqual(self.names("."), ["block.mha", "block.osteon"])
        self.assertEqual(self.names("block.osteon"), FILES)

    def test_an_existing_folder_is_refused_and_untouched(self):
        self.osteon("solve", self.block(), "-o", "run")
        before = (self.folder / "run/summary.json").read_bytes()
        self.fails(2, "--overwrite", "solve", "block.mha", "-o", "run")
        self.assertEqual(before, (self.folder / "run/summary.json").read_bytes())

    def test_overwrite_replaces_a_run_and_keeps_foreign_files(self):
        self.osteon("solve", self.block(), "-o", "run", "--set", "output.formats=csv")
        self.write("run/notes.txt", "mine")
        self.osteon("solve", "block.mha", "-o", "run", "--overwrite")
        self.assertEqual(self.names("run"), sorted(FILES + ["notes.txt"]))

    def test_overwrite_refuses_a_folder_that_is_no_run(self):
        (self.folder / "photos").mkdir()
        self.write("photos/cat.txt", "mine")
        self.fails(2, "not the folder of an earlier run", "solve", self.block(), "-o", "photos", "--overwrite")

    def test_a_dry_run_prints_the_model_and_writes_nothing(self):
        self.block()
        done = self.fails(0, "", "solve", "block.mha", "--dry-run")
        for text in ["64 elements", "125 nodes", "E = 10000 MPa", "axial", "memory"]:
            self.assertIn(text, done.stdout)

    def test_a_pipe_gets_whole_lines_and_quiet_nothing_at_all(self):
        self.assertNotIn("\r", self.osteon("solve", self.block(), "-o", "a").stderr)
        quiet = self.osteon("solve", "block.mha", "-o", "b", "-q")
        self.assertEqual(quiet.stdout + quiet.stderr, "")

    def interrupted(self, number, code):
        self.osteon("generate", "trabecular-rods", "-o", "bone.mha", "--size", 48)
        process = subprocess.Popen([OSTEON, "solve", "bone.mha", "-o", "run", "--set", "solver.preconditioner=block_jacobi",
                                    "--set", "solver.tolerance=1e-14", "--set", "solver.max_iterations=1000000"],
                                   cwd=self.folder, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        deadline = time.time() + 60
        while not list(self.folder.glob(".run.partial-*/log.txt")) and time.time() < deadline:
            time.sleep(0.05)
        time.sleep(0.5)
        process.send_signal(number)
        error = process.communicate(timeout=120)[1]
        self.assertEqual(process.returncode, code, error)
        self.assertEqual(self.names("run"), ["case.toml", "log.txt", "summary.json"])
        self.assertEqual(json.loads((self.folder / "run/summary.json").read_text())["state"], "interrupted")
        self.assertIn("interrupted", (self.folder / "run/log.txt").read_text())
        self.assertEqual(list(self.folder.glob(".run.partial-*")), [])

    def test_ctrl_c_leaves_a_readable_state_and_ends_with_130(self):
        self.interrupted(signal.SIGINT, 130)

    def test_sigterm_leaves_a_readable_state_and_ends_with_143(self):
        self.interrupted(signal.SIGTERM, 143)

    def test_an_unconverged_run_ends_with_4_and_its_fields_are_written_and_marked(self):
        self.osteon("generate", "trabecular-rods", "-o", "bone.mha", "--size", 24)
        self.osteon("solve", "bone.mha", "-o", "run", "--set", "solver.max_iterations=2", "--set",
                    "solver.preconditioner=block_jacobi", code=4)
        self.assertEqual(self.names("run"), FILES)
        summary = self.summary("run")
        self.assertFalse(summary["solver"]["converged"])
        self.assertEqual(summary["state"], "not converged")
        self.assertIn("did not converge", summary["warnings"][0])
        quiet = self.osteon("solve", "run/case.toml", "-o", "quiet", "-q", code=4)
        self.assertIn("not converged", quiet.stderr)


main()
