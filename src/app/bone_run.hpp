// SPDX-License-Identifier: Apache-2.0
// Models of whole bones in a run: the setup, what the summary and the log say about it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "case.hpp"
#include "osteon/core/monitor.hpp"
#include "osteon/image/prepare.hpp"

namespace osteon::app {

/// Turns scan and mask into the model's grid; `prepared` gets its images, the setup that is returned keeps none.
/// `figure_svg` becomes its picture.
BoneSetup set_up_bone(const Case& wanted, PreparedImage& prepared, Monitor& monitor, std::string& figure_svg);

nlohmann::ordered_json bone_json(const BoneSetup& setup);

}  // namespace osteon::app
