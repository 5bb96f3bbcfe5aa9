# SPDX-License-Identifier: Apache-2.0
"""The fracture of `osteon generate fracture` as parts of a case file."""

# {source} stands in the materials that may bring cells, {callus} is the callus' own lines.
BONE = """
[image]
file = "{image}"

[prepare]
labels = [1, 2, 3, 4]

[materials.cortex]
label = 1
youngs_modulus_mpa = 17000.0

[materials.periosteum]
label = 2
youngs_modulus_mpa = 17000.0
{source}

[materials.marrow]
label = 3
youngs_modulus_mpa = 2.0
poisson_ratio = 0.167
evaluate = false
{source}

[materials.callus]
label = 4
{callus}
"""

# The planes of symmetry at the low faces, and a platen that holds nothing sideways.
EIGHTH = """
[[load_case]]
name = "axial"
type = "free"
axis = "z"

[[load_case.node_set]]
name = "plane x"
box_mm = [0.0, 0.0, 0.0, 1e3, 0.0, 1e3]
displacement_x_mm = 0.0

[[load_case.node_set]]
name = "plane y"
box_mm = [0.0, 1e3, 0.0, 0.0, 0.0, 1e3]
displacement_y_mm = 0.0

[[load_case.node_set]]
name = "plane z"
surface = "low"
displacement_z_mm = 0.0

[[load_case.node_set]]
name = "platen"
surface = "high"
displacement_z_mm = -0.5
"""
