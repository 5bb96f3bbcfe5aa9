// SPDX-License-Identifier: Apache-2.0
// The folder of a simulation: written in place, since it must be readable while the run goes on.
#pragma once

#include <filesystem>
#include <string>

namespace osteon::app {

class RegenerateFolder {
 public:
  /// Throws UsageError when the folder holds an earlier run and neither `overwrite` nor `resume` is set, when it is not
  /// a run's folder, or when there is nothing to resume. Makes the folder when `make`.
  RegenerateFolder(const std::filesystem::path& target, bool overwrite, bool resume, bool make);

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path file(const std::string& name) const { return path_ / name; }
  /// Written aside and renamed.
  void write_text(const std::string& name, const std::string& text) const;
  /// Removes the files of an earlier run.
  void clear() const;
  void remove_checkpoint() const;

 private:
  std::filesystem::path path_;
};

}  // namespace osteon::app
