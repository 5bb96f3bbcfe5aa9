// SPDX-License-Identifier: Apache-2.0
// Temporary name, sync, rename.
#include "staged_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>

#include "osteon/core/error.hpp"

namespace osteon {

namespace {

/// Returns errno of the first call that failed, 0 when the bytes are on the disk.
int sync_path(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return errno;
  const int error = ::fsync(file) == 0 ? 0 : errno;
  ::close(file);
  return error;
}

}  // namespace

StagedFile::StagedFile(const std::filesystem::path& target) : target_(target) {
  const std::filesystem::path folder = target.has_parent_path() ? target.parent_path() : ".";
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder, ignored))
    throw InputError("cannot write " + target.string() + ": there is no folder " + folder.string());
  if (std::filesystem::is_directory(target, ignored))
    throw InputError("cannot write " + target.string() + ": it is a folder");
  temporary_ = folder / ("." + std::to_string(::getpid()) + ".partial." + target.filename().string());
}

StagedFile::~StagedFile() {
  if (committed_) return;
  std::error_code ignored;
  std::filesystem::resize_file(temporary_, 0, ignored);  // frees the disk even if a failed close left the file open
  std::filesystem::remove(temporary_, ignored);
}

void StagedFile::commit(const std::function<void()>& before_rename) {
  if (const int error = sync_path(temporary_); error != 0)
    throw InputError("cannot write " + target_.string() + ": " + std::strerror(error));
  if (before_rename) before_rename();
  std::error_code error;
  std::filesystem::rename(temporary_, target_, error);
  if (error) throw InputError("cannot write " + target_.string() + ": " + error.message());
  committed_ = true;
  sync_path(target_.has_parent_path() ? target_.parent_path() : ".");  // some file systems cannot sync a folder
}

void remove_partial_files(const std::filesystem::path& target) {
  std::error_code ignored;
  const bool all = std::filesystem::is_directory(target, ignored);
  const std::filesystem::path parent = target.has_parent_path() ? target.parent_path() : ".";
  const std::string mark = ".partial.", wanted = target.filename().string();
  for (const auto& entry : std::filesystem::directory_iterator(all ? target : parent, ignored)) {
    const std::string name = entry.path().filename().string();
    const std::size_t digits = name.empty() ? 0 : name.find_first_not_of("0123456789", 1);
    if (name[0] != '.' || digits < 2 || digits == std::string::npos || name.compare(digits, mark.size(), mark) != 0)
      continue;
    if (all || name.substr(digits + mark.size()) == wanted) std::filesystem::remove(entry.path(), ignored);
  }
}

void refuse_to_overwrite(const std::filesystem::path& target, bool overwrite) {
  std::error_code ignored;
  if (!overwrite && std::filesystem::exists(target, ignored))
    throw UsageError(target.string() + " exists; give --overwrite to replace it, or another name");
}

}  // namespace osteon
