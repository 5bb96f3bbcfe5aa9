// SPDX-License-Identifier: Apache-2.0
// Where the files of a time series lie.
#pragma once

#include <filesystem>
#include <string>

namespace osteon {

struct SeriesPaths {
  std::filesystem::path result, folder;  ///< result.vtkhdf and the folder of step files beside it

  /// `folder_name`: as stored in the file; empty: STEM.steps, as it is made.
  explicit SeriesPaths(const std::filesystem::path& path, const std::string& folder_name = {})
      : result(path),
        folder(path.parent_path() / (folder_name.empty() ? path.stem().string() + ".steps" : folder_name)) {}

  std::filesystem::path xdmf() const { return std::filesystem::path(result).replace_extension(".xdmf"); }
  /// Everything that no step changes: a result file without steps.
  std::filesystem::path constant_file() const { return folder / "constant.h5"; }
  std::filesystem::path step_file(int step) const {
    const std::string digits = std::to_string(step);
    return folder / ("step_" + std::string(digits.size() < 4 ? 4 - digits.size() : 0, '0') + digits + ".h5");
  }
  /// As links in the result file name it: relative to the result's folder.
  std::string relative(const std::filesystem::path& file) const {
    return (folder.filename() / file.filename()).generic_string();
  }
};

}  // namespace osteon
