// SPDX-License-Identifier: Apache-2.0
// The folder a run leaves behind: written beside its place, renamed into it when whole.
#pragma once

#include <filesystem>
#include <string>

namespace osteon::app {

class RunFolder {
 public:
  /// Throws UsageError when `target` exists and `overwrite` is not set, or is not a folder of an earlier run.
  RunFolder(const std::filesystem::path& target, bool overwrite);
  /// Removes what was not published.
  ~RunFolder();
  RunFolder(const RunFolder&) = delete;
  RunFolder& operator=(const RunFolder&) = delete;

  const std::filesystem::path& target() const { return target_; }
  /// Where files are written until publish(); made on first use.
  std::filesystem::path file(const std::string& name);
  void write_text(const std::string& name, const std::string& text);
  /// Moves the folder into place. Over an earlier run only Osteon's own files are replaced or removed.
  void publish();

 private:
  std::filesystem::path target_, working_;
  bool overwrite_;
};

/// `target` made absolute. Throws UsageError when something there is not a folder.
std::filesystem::path run_folder_path(const std::filesystem::path& target);
/// Throws UsageError when a folder that is there and holds something is not one of an earlier run.
void require_run_folder(const std::filesystem::path& folder);
/// True for file names that a run writes.
bool is_run_file(const std::string& name);

}  // namespace osteon::app
