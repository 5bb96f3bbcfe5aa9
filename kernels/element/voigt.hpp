// SPDX-License-Identifier: Apache-2.0
// The one order of symmetric tensors inside Osteon. Files with another order are converted in io, nowhere else.
#pragma once

namespace osteon {

/// xx yy zz yz zx xy, as FAIM tables and most texts; shear strains are engineering (gamma = 2 epsilon).
enum Voigt : int { k_xx = 0, k_yy = 1, k_zz = 2, k_yz = 3, k_zx = 4, k_xy = 5 };

inline constexpr const char* k_voigt_order = "xx yy zz yz zx xy, engineering shear";

}  // namespace osteon
