// SPDX-License-Identifier: Apache-2.0
// A file that appears whole or not at all.
#pragma once

#include <filesystem>
#include <functional>

namespace osteon {

/// Temporary name beside `target`. commit() syncs and renames it; without commit() the destructor removes it.
class StagedFile {
 public:
  /// Throws InputError when the folder of `target` does not exist.
  explicit StagedFile(const std::filesystem::path& target);
  ~StagedFile();
  StagedFile(const StagedFile&) = delete;
  StagedFile& operator=(const StagedFile&) = delete;

  /// Where to write until commit().
  const std::filesystem::path& path() const { return temporary_; }
  const std::filesystem::path& target() const { return target_; }
  /// The file must be closed. Throws InputError with the system's reason. `before_rename` runs when it is on the disk.
  void commit(const std::function<void()>& before_rename = {});

 private:
  std::filesystem::path target_, temporary_;
  bool committed_ = false;
};

/// Removes what a killed program left under temporary names: of `target`, or of every file when `target` is a folder.
void remove_partial_files(const std::filesystem::path& target);

/// Throws UsageError when `target` exists and may not be replaced.
void refuse_to_overwrite(const std::filesystem::path& target, bool overwrite);

}  // namespace osteon
