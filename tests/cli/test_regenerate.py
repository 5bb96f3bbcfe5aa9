# SPDX-License-Identifier: Apache-2.0
"""The healing simulation from outside: course, refusals, stop and go on with the same bits, kill -9 at random moments."""
import csv
import json
import os
import random
import signal
import subprocess
import time

from fracture import BONE, EIGHTH
from support import OSTEON, CliTest, main

CASE = BONE.format(image="f.mha", source="cell_source = 1.0", callus='role = "callus"\nevaluate = false') + EIGHTH + """
[regenerate]
days = 12.0
outer_cell_source = 1.0
force_n = 500.0
fixator_n_per_mm = 4600.0
free_play_mm = 0.1413
model_fraction = "eighth"
[[therapy]]
name = "first"
cells = 20000
points_mm = [[7.0, 0.0, 0.0], [7.0, 3.0, 0.0]]
[risk]
criteria = ["ees"]
[output]
fields = ["YoungsModulus"]
"""


class Regenerate(CliTest):
    def case(self, extra=""):
        self.osteon("generate", "fracture", "-o", "f.mha", "--spacing", 1.0, "--gap-mm", 2)
        return self.write("case.toml", CASE + extra)

    def steps(self, run):
        steps = self.summary(run)["regeneration"]["steps"]
        for step in steps:
            step.pop("solver")
        return steps

    def start(self, run, *more):
        return subprocess.Popen([OSTEON, "regenerate", "case.toml", "-o", run, "-q", "--threads", "1", *more],
                                cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

    def test_a_course_has_a_step_for_every_day_and_its_cells_are_accounted_for(self):
        done = self.osteon("regenerate", self.case(), "-o", "run")
        self.assertIn("movement", done.stdout)
        steps = self.steps("run")
        self.assertEqual([s["day"] for s in steps], list(range(13)))
        for step in steps:
            cells = step["cohorts"][0]
            self.assertLess(abs(cells["balance_error"]), 1e-9 * (cells["placed"] + cells["divided"]))
        self.assertLess(steps[-1]["movement_mm"], steps[0]["movement_mm"])
        self.assertEqual(sorted(p.name for p in (self.folder / "run").iterdir()),
                         ["case.toml", "log.txt", "result.vtkhdf", "result.xdmf", "summary.json"])
        info = self.osteon("info", "run").stdout
        self.assertIn("RiskCalibrated", info)
        self.assertIn("13", info)

    def test_a_scan_and_a_callus_mask_need_only_a_profile(self):
        self.osteon("generate", "trabecular-rods", "-o", "bone.npy", "--size", 20, "--spacing", 0.1, "--period", 10)
        self.osteon("generate", "block", "-o", "callus.npy", "--size", 20, "--spacing", 0.1)
        arguments = ("--set", "image.callus_mask=callus.npy", "--set", "image.spacing_mm=[0.1,0.1,0.1]", "-o", "run",
                     "--set", "regenerate.days=3")
        self.osteon("regenerate", "bone.npy", "--profile", "critical-defect", *arguments)
        steps = self.steps("run")
        self.assertEqual(self.summary("run")["model"]["elements"], 20 ** 3)
        self.assertGreater(steps[-1]["cells_HostProgenitor"], 0)
        self.assertGreater(steps[-1]["cohorts"][0]["placed"], 0)
        refused = self.osteon("regenerate", "bone.npy", "-o", "other", code=2)
        self.assertIn("--profile", refused.stderr)

    def test_risk_of_a_course_enters_the_history_day_by_day(self):
        fields = "output.fields=Displacement,EffectiveStrain,Stress,YoungsModulus,MaterialID"
        self.osteon("regenerate", self.case(), "-o", "run", "--set", "regenerate.days=2", "--set", fields,
                    "--set", 'risk.criteria=["ees","hoffman"]')
        before = self.steps("run")
        self.osteon("risk", "run", "--criterion", "hoffman,pstrain_tissue")
        after = self.steps("run")
        for old, new in zip(before, after):
            self.assertEqual(list(new["risk"]), ["ees", "hoffman", "pstrain_tissue"])
            self.assertEqual(new["risk"]["ees"], old["risk"]["ees"])
            self.assertAlmostEqual(new["risk"]["hoffman"]["p98"] / old["risk"]["hoffman"]["p98"], 1, delta=1e-4)
            self.assertGreater(new["risk"]["pstrain_tissue"]["p98"], 0)
            self.assertEqual({**new, "risk": 0}, {**old, "risk": 0})

    def test_a_healing_series_without_stress_says_why_it_cannot_be_had(self):
        self.osteon("regenerate", self.case(), "-o", "run", "--set", "regenerate.days=1", "--set",
                    "output.fields=Displacement,YoungsModulus,MaterialID")
        self.assertIn("Poisson's ratio", self.osteon("risk", "run", "--criterion", "vm", code=3).stderr)

    def test_a_finished_run_is_not_resumed_into_nothing(self):
        self.osteon("regenerate", self.case(), "-o", "run", "-q")
        before = (self.folder / "run/result.vtkhdf").read_bytes()
        self.fails(2, "finished", "regenerate", "case.toml", "-o", "run", "--resume")
        self.assertEqual(before, (self.folder / "run/result.vtkhdf").read_bytes())

    def test_the_resolved_case_runs_again_to_the_same_course(self):
        self.osteon("regenerate", self.case(), "-o", "run", "-q")
        self.osteon("regenerate", "run/case.toml", "-o", "again", "-q")
        self.assertEqual(self.steps("run"), self.steps("again"))

    def test_what_cannot_be_is_refused_with_words(self):
        self.case()
        self.fails(2, ["unknown key", "diffusivity_mm2_per_day"], "regenerate", "case.toml", "--set",
                   "regenerate.diffusivity=1")
        self.fails(2, "case file", "regenerate", "f.mha")
        self.fails(2, "no run to resume", "regenerate", "case.toml", "-o", "nothing", "--resume")
        self.fails(2, "needs points_mm", "regenerate", self.write("no.toml", CASE.replace("points_mm", "# ")))

    def test_an_earlier_run_is_refused_and_another_case_is_not_resumed(self):
        self.osteon("regenerate", self.case(), "-o", "run", "-q", "--time-limit", 1e-3)
        self.osteon("regenerate", "case.toml", "-o", "run", "-q", code=2)
        done = self.osteon("regenerate", "case.toml", "-o", "run", "-q", "--resume", "--set",
                           "regenerate.host_proliferation=0.3", code=2)
        self.assertIn("another case", done.stderr)

    def test_stopped_and_resumed_every_step_it_gives_the_same_bits(self):
        sparse = ("--set", "regenerate.write_every=5", "--set", "strength.law=asymmetric", "--set",
                  "strength.days=[4, 12]")  # fields of days 0, 5, 10 and 12; the history has all
        self.osteon("regenerate", self.case(), "-o", "whole", "-q", *sparse)
        self.osteon("regenerate", "case.toml", "-o", "run", "-q", "--time-limit", 1e-3, *sparse)
        for _ in range(13):
            if not (self.folder / "run/checkpoint.osteon").exists():
                break
            self.osteon("regenerate", "case.toml", "-o", "run", "-q", "--resume", "--time-limit", 1e-3, *sparse)
        self.assertEqual(self.steps("whole"), self.steps("run"))
        self.assertEqual(*(json.loads(self.osteon("info", run, "--json").stdout)["days"] for run in ("whole", "run")))

    def test_strength_is_found_on_the_days_that_are_named_or_the_last(self):
        law = ("--set", "strength.law=asymmetric")
        done = self.osteon("regenerate", self.case(), "-o", "run", *law, "--set", "strength.days=[0, 6, 12]")
        steps = self.steps("run")
        self.assertEqual([s["day"] for s in steps if "strength" in s], [0, 6, 12])
        for step in (s for s in steps if "strength" in s):
            strength = step["strength"]
            self.assertTrue(strength["completed"])
            # an eighth of the bone: both stiffnesses are of the whole, by two solvers
            self.assertAlmostEqual(strength["initial_stiffness_n_per_mm"] / step["bone_stiffness_n_per_mm"], 1, delta=1e-4)
            self.assertEqual(step["ultimate_load_n"], strength["ultimate"]["force_n"])
        self.assertGreater(steps[12]["ultimate_load_n"], steps[0]["ultimate_load_n"])
        self.assertIn("not calibrated for healing tissue", steps[12]["strength"]["of"])
        self.assertIn("strength on day 6", done.stdout)
        self.osteon("regenerate", "case.toml", "-o", "last", "-q", *law)
        self.assertEqual([s["day"] for s in self.steps("last") if "strength" in s], [12])
        self.assertEqual(self.steps("last")[12], steps[12])
        self.fails(2, ["2.5", "every 1 days"], "regenerate", "case.toml", "-o", "other", *law, "--set",
                   "strength.days=[2.5]")
        self.fails(2, ["13", "0 to 12"], "regenerate", "case.toml", "-o", "other", *law, "--set", "strength.days=[13]")
        self.fails(2, "[regenerate]", "solve", "f.mha", "-o", "other", *law, "--set", "strength.days=[1]")

    def test_evaluated_tissue_yields_and_the_rest_stays_elastic(self):
        self.case()
        self.write("yields.toml", CASE.replace('role = "callus"\nevaluate = false', 'role = "callus"\nevaluate = true'))
        for name in ("case", "yields"):
            self.osteon("regenerate", name + ".toml", "-o", name, "-q", "--set", "strength.law=asymmetric")
        elastic, yields = (self.steps(run)[-1] for run in ("case", "yields"))
        # 0.5 mm on a gap of 2 mm: bone that yields nowhere follows its stiffness, to 1 mm of the whole
        self.assertAlmostEqual(elastic["ultimate_load_n"] / elastic["bone_stiffness_n_per_mm"], 1, delta=1e-4)
        self.assertLess(yields["ultimate_load_n"], 0.8 * elastic["ultimate_load_n"])
        self.assertEqual(yields["strength"]["first_yield_material"], "callus")

    def test_a_treated_course_is_set_against_the_untreated_one(self):
        treated = ("--set", "strength.law=asymmetric", "--set", "strength.days=[0, 6]")
        self.osteon("regenerate", self.case(), "-o", "cells", "-q", *treated)
        bare = self.write("bare.toml", CASE.split("[[therapy]]")[0] + '[risk]\ncriteria = ["ees", "vm"]\n')
        self.osteon("regenerate", bare, "-o", "none", "-q", *treated, "--set", "regenerate.days=8")
        before = {p.name: p.read_bytes() for p in (self.folder / "cells").iterdir()}
        said = self.osteon("risk", "cells", "--against", "none").stdout
        for text in ("9 days in common, 4 only in cells", "criterion vm", "regenerate.days", "risk.criteria",
                     "RiskCalibrated is 0", "research use only"):
            self.assertIn(text, said)
        rows = list(csv.DictReader((self.folder / "cells/risk-change.csv").read_text().splitlines()))
        cells, none = self.steps("cells"), self.steps("none")
        self.assertEqual([float(r["day"]) for r in rows], list(range(9)))
        for row, a, b in zip(rows, cells, none):
            for key, x, y in (("failure_load_n", a["failure_load_n"], b["failure_load_n"]),
                              ("bone_stiffness_n_per_mm", a["bone_stiffness_n_per_mm"], b["bone_stiffness_n_per_mm"]),
                              ("p98_ees", a["risk"]["ees"]["p98"], b["risk"]["ees"]["p98"])):
                self.assertEqual((float(row[key]), float(row[key + "_untreated"])), (x, y))
                self.assertAlmostEqual(float(row[key + "_change_percent"]), 100 * (x - y) / abs(y), places=9)
        self.assertNotEqual(float(rows[8]["bone_stiffness_n_per_mm_change_percent"]), 0)
        self.assertEqual([r["day"] for r in rows if r["ultimate_load_n"]], ["0", "6"])
        self.assertNotIn("p98_vm", rows[0])
        self.assertEqual({p.name: p.read_bytes() for p in (self.folder / "cells").iterdir()
                          if p.name != "risk-change.csv"}, before)
        self.block()
        self.osteon("solve", "block.mha", "-o", "solved")
        self.fails(3, ["no course", "osteon regenerate"], "risk", "cells", "--against", "solved")
        self.fails(3, "no summary.json", "risk", "cells", "--against", "nothing")
        self.fails(2, "--criterion", "risk", "cells", "--against", "none", "--criterion", "vm")

    def test_an_interrupt_keeps_the_checkpoint_and_says_how_to_go_on(self):
        self.case()
        run = self.start("run")
        while not (self.folder / "run/checkpoint.osteon").exists() and run.poll() is None:
            time.sleep(0.01)
        run.send_signal(signal.SIGTERM)
        _, said = run.communicate(timeout=60)
        if run.returncode == 0:
            self.skipTest("the run was over before the signal")
        self.assertEqual(run.returncode, 143, said)
        self.osteon("regenerate", "case.toml", "-o", "run", "-q", "--resume")
        self.assertEqual(len(self.steps("run")), 13)

    def test_killed_at_random_moments_it_goes_on_to_the_same_bits(self):
        kills = int(os.environ.get("OSTEON_KILLS", "8"))
        chance = random.Random(20261124)
        self.osteon("regenerate", self.case(), "-o", "whole", "-q", "--threads", "1")
        expected = self.steps("whole")
        done = runs = 0
        while done < kills:
            runs += 1
            run = f"run{runs}"
            more = []
            while True:
                process = self.start(run, *more)
                time.sleep(chance.uniform(0.0, 1.5))
                process.kill()
                _, said = process.communicate()
                if process.returncode == 0:
                    break
                self.assertEqual(process.returncode, -signal.SIGKILL, said)
                done += 1
                result = self.folder / run / "result.vtkhdf"
                if result.exists():
                    self.osteon("info", result)
                used = (self.folder / run).exists() and any((self.folder / run).iterdir())
                more = ["--resume"] if used else []
            self.assertEqual(self.steps(run), expected)


if __name__ == "__main__":
    main()
