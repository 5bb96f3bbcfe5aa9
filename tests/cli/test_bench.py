# SPDX-License-Identifier: Apache-2.0
"""osteon bench: what it measures is written whole, once, and never over something else."""
import json
import signal
import subprocess

from support import OSTEON, CliTest, main

QUICK = ["bench", "--quick", "--kinds", "rods", "--sizes", 24, "--repeats", 1, "--backend", "cpu"]


class Bench(CliTest):
    def positive(self, values, *keys):
        for key in keys:
            self.assertGreater(values[key], 0, key)

    def positive_series(self, series, repeats):
        self.assertEqual(len(series["repeats"]), repeats)
        self.assertGreater(min(series["repeats"]), 0)
        self.assertGreater(series["median"], 0)

    def test_the_json_holds_machine_copy_and_every_number_of_the_table(self):
        table = self.osteon(*QUICK, "--json", "bench.json").stdout
        self.assertIn("rods 24", table)
        record = json.loads((self.folder / "bench.json").read_text())
        self.assertEqual((record["schema"], record["state"], record["skipped"]), ("osteon-bench/1", "done", []))
        self.assertRegex(record["date"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.positive(record["machine"], "cores", "threads", "free_host_bytes")
        for key in ["cpu", "simd", "backend", "device", "load_average"]:
            self.assertIn(key, record["machine"])
        self.assertTrue(record["commit"])
        self.positive(record["copy"], "array_bytes")
        self.positive_series(record["copy"]["gb_per_s"], 5)
        self.assertEqual(len(record["problems"]), 1)
        self.check_problem(record["problems"][0])

    def check_problem(self, problem):
        self.assertEqual(problem["name"], "rods 24")
        self.assertAlmostEqual(problem["elements"] / 24 ** 3, 0.25, places=3)
        self.assertTrue(problem["converged"])
        self.positive(problem, "nodes", "iterations", "fine_operator_applications")
        self.assertEqual(problem["dof"], 3 * problem["nodes"])
        for precision, real_bytes in [("fp64", 8), ("fp32", 4)]:
            operator = problem["operator"][precision]
            self.positive(operator, "gdof_per_s", "gb_per_s", "fraction_of_copy")
            self.positive_series(operator["seconds"], 1)
            self.assertEqual(operator["bytes_needed"], 6 * real_bytes * problem["nodes"] + 5 * problem["elements"])
            self.assertIsNone(operator["bytes_moved"])
        self.positive_series(problem["cycle"]["seconds"], 1)
        for stage in ["setup_s", "solve_s", "total_s"]:
            self.positive_series(problem[stage], 1)
        self.assertAlmostEqual(problem["total_s"]["median"],
                               problem["setup_s"]["median"] + problem["solve_s"]["median"], places=9)
        self.assertGreater(problem["memory"]["buffer_peak_bytes"][0], 0)
        together = problem["together"]
        self.assertEqual(together["columns"], 6)
        self.assertAlmostEqual(together["gain"], 6 * problem["solve_s"]["median"] / together["solve_s"], places=9)

    def test_an_existing_file_is_replaced_only_on_demand_and_quiet_says_nothing(self):
        self.write("bench.json", "mine")
        self.fails(2, "--overwrite", *QUICK, "--json", "bench.json")
        self.assertEqual((self.folder / "bench.json").read_text(), "mine")
        done = self.osteon(*QUICK, "--json", "bench.json", "--overwrite", "-q")
        self.assertEqual(done.stdout + done.stderr, "")
        self.assertEqual([p.name for p in self.folder.iterdir()], ["bench.json"])
        self.assertIn("osteon-bench/1", (self.folder / "bench.json").read_text())

    def test_what_cannot_be_run_is_refused_at_once(self):
        self.fails(2, "between 8 and 1024", "bench", "--sizes", 4)
        self.fails(2, "plates", "bench", "--kinds", "marble")
        self.fails(2, "no folder", *QUICK, "--json", "nowhere/bench.json")

    def test_ctrl_c_ends_with_130_and_keeps_what_was_measured(self):
        arguments = ["bench", "--kinds", "rods", "--sizes", "24", "128", "--repeats", "1", "--json", "bench.json"]
        process = subprocess.Popen([OSTEON, *arguments], cwd=self.folder, text=True, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        while not process.stdout.readline().startswith("rods 24"):
            self.assertIsNone(process.poll())
        process.send_signal(signal.SIGINT)
        error = process.communicate(timeout=120)[1]
        self.assertEqual(process.returncode, 130, error)
        record = json.loads((self.folder / "bench.json").read_text())
        self.assertEqual((record["state"], len(record["problems"])), ("interrupted", 1))


main()
