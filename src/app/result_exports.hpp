// SPDX-License-Identifier: Apache-2.0
// Exports of a result by format name, shared by `solve` and `export`.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace osteon::app {

struct ExportPlan {
  std::filesystem::path folder;  ///< where files go; the names start with `stem`
  std::string stem = "result";
  std::vector<std::string> fields;  ///< empty = all
  std::optional<int> step;          ///< of a time series; default: the last, and of XDMF all
  bool overwrite = false;
};

/// `format` is vtu, xdmf, nifti or csv. Returns the files written.
std::vector<std::filesystem::path> export_format(const std::filesystem::path& result, const std::string& format,
                                                 const ExportPlan& plan);

/// Every format but vtkhdf, beside the result.
void export_formats(const std::filesystem::path& result, const std::vector<std::string>& formats);

/// The result file of a run folder, or the path itself.
std::filesystem::path result_path(const std::filesystem::path& path);

}  // namespace osteon::app
