// SPDX-License-Identifier: Apache-2.0
// summary.json (design 3.2): the contract other programs read.
#pragma once

#include <string>
#include <vector>

#include "analysis.hpp"

namespace osteon::app {

struct InputFile {
  std::string path, sha256;
};

/// What is known of a run, at its end or when it was interrupted.
struct RunRecord {
  std::string state = "interrupted";  ///< "done", "not converged", "interrupted"
  std::string backend, device;
  int threads = 0;
  std::vector<InputFile> inputs;
  StageTimes times;
  double total_s = 0;
  std::size_t peak_host_bytes = 0, peak_device_bytes = 0;
  std::vector<std::string> warnings;
};

/// `model` may be null when the run did not get that far.
std::string summary_json(const Case& wanted, const RunRecord& record, const BoneModel* model, const Analysis& analysis);

}  // namespace osteon::app
