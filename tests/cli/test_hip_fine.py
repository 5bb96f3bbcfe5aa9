# SPDX-License-Identifier: Apache-2.0
"""Voxels of 1 mm: one femur, both sides, three poses, the same answer to 1 %."""
from hip import HipTest, POSES, SIDES
from support import main


class HipFine(HipTest):
    def test_both_sides_and_three_poses_agree_to_1_percent(self):
        for profile in "hip-sideways-fall", "hip-stance":
            every = {(side, pose): self.numbers(profile, side, pose, 1) for side in SIDES for pose in POSES}
            for name in every["left", POSES[0]]:
                values = [numbers[name] for numbers in every.values()]
                print(f"{profile} {name}: {min(values):.6g} to {max(values):.6g}, {max(values) / min(values) - 1:.2%}")
                self.assertLess(max(values) / min(values) - 1, 0.01, f"{profile} {name}")


main()
