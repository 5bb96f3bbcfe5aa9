// SPDX-License-Identifier: Apache-2.0
// The stimulus rules by number and by the name a case file uses. A new rule is a struct in rules/, a line in each of
// the two lists here, and a case of fate_of (stimulus_body.hpp).
#pragma once

namespace osteon::kernels {

enum class StimulusRule { octahedral_strain, octahedral_strain_and_flow, claes_heigele, distortion_dilatation };

inline constexpr const char* k_stimulus_names[] = {"octahedral_strain", "octahedral_strain_and_flow", "claes_heigele",
                                                   "distortion_dilatation"};

}  // namespace osteon::kernels
