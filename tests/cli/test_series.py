# SPDX-License-Identifier: Apache-2.0
"""Commands on a result with time steps, as tests/readback/write_series makes it."""
import csv
import json
import os
import subprocess
import sys

from support import CliTest, main

WRITE_SERIES = os.path.abspath(sys.argv[2])


class Series(CliTest):
    def setUp(self):
        super().setUp()
        subprocess.run([WRITE_SERIES, self.folder], check=True)

    def column(self, name, field):
        with open(self.folder / name, newline="") as file:
            return [float(row[field]) for row in csv.DictReader(file)]

    def test_info_tells_steps_and_days_and_whether_the_run_has_finished(self):
        for run in ["running", "finished"]:
            info = json.loads(self.osteon("info", run, "--json").stdout)
            self.assertEqual((info["steps"], info["days"], info["finished"]), (5, [0.5, 2, 3.5, 5, 6.5], run == "finished"))
            self.assertIn({"name": "Cells_Host", "location": "cell", "components": 1, "items": 36, "unit": "cells/mm3"},
                          info["fields"])
            text = self.osteon("info", run).stdout
            self.assertIn("5 steps, day 0.5 to 6.5", text)
            self.assertEqual("not finished" in text, run == "running")

    def test_export_takes_the_last_step_or_the_one_asked_for(self):
        for run in ["running", "finished"]:
            for step, arguments in [(4, []), (0, ["--step", 0]), (3, ["--step", 3])]:
                self.osteon("export", run, "--csv", "--overwrite", *arguments)
                self.assertEqual(self.column(f"{run}/result_cells.csv", "Divisions")[0], 32768 * step)
            self.fails(2, ["steps 0 to 4", "not 5"], "export", run, "--csv", "--overwrite", "--step", 5)
        self.osteon("solve", self.block(), "-o", "static")
        self.fails(2, "no time steps", "export", "static", "--csv", "--step", 0)

    def test_an_xdmf_has_all_steps_unless_one_is_asked_for(self):
        for run in ["running", "finished"]:
            path = self.folder / run / "result.xdmf"
            as_the_run_left_it = path.read_text()
            self.osteon("export", run, "--xdmf", "--overwrite")
            self.assertEqual(path.read_text(), as_the_run_left_it)
            self.osteon("export", run, "--xdmf", "--overwrite", "--step", 2, "--field", "Divisions")
            self.assertEqual(path.read_text().count("<Time"), 1)
            self.assertIn('<Time Value="3.5"/>', path.read_text())

    def test_risk_maps_every_step_of_a_finished_series(self):
        self.fails(3, "not finished", "risk", "running")
        text = self.osteon("risk", "finished", "--criterion", "ees").stdout
        self.assertIn("5 steps", text)
        self.assertIn("highest 0.7143", text)  # 0.005 / 0.007, of the last step
        for step in range(5):
            self.osteon("export", "finished", "--csv", "--overwrite", "--step", step)
            for value in self.column("finished/result_cells.csv", "RiskFactor_ees [1]"):
                self.assertAlmostEqual(value, 0.001 * (step + 1) / 0.007, delta=1e-6)


main()
