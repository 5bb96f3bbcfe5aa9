// SPDX-License-Identifier: Apache-2.0
#include "run_folder.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <vector>

#include "osteon/core/error.hpp"

namespace osteon::app {

namespace fs = std::filesystem;

bool is_run_file(const std::string& name) {
  static const std::vector<std::string> k_names = {"case.toml",    "summary.json", "log.txt",         "report.html",
                                                   "strength.csv", "falls.csv",    "risk-change.csv", "bone.svg"};
  if (std::find(k_names.begin(), k_names.end(), name) != k_names.end()) return true;
  return name.compare(0, 7, "result.") == 0 || name.compare(0, 7, "result_") == 0;
}

fs::path run_folder_path(const fs::path& target) {
  fs::path path = fs::absolute(target).lexically_normal();
  if (!path.has_filename()) path = path.parent_path();
  std::error_code error;
  if (fs::exists(fs::symlink_status(path, error)) && !fs::is_directory(path))
    throw UsageError(fmt::format("{} exists and is not a folder; choose another with -o", path.string()));
  return path;
}

void require_run_folder(const fs::path& folder) {
  if (!fs::exists(folder) || fs::is_empty(folder)) return;
  if (fs::exists(folder / "case.toml") || fs::exists(folder / "summary.json")) return;
  throw UsageError(fmt::format("{} is not the folder of an earlier run (it has no case.toml); choose another with -o",
                               folder.string()));
}

RunFolder::RunFolder(const fs::path& target, bool overwrite) : target_(run_folder_path(target)), overwrite_(overwrite) {
  const bool used = fs::exists(target_) && !fs::is_empty(target_);
  if (used && !overwrite)
    throw UsageError(fmt::format(
        "{} exists; choose another folder with -o, or replace the earlier run with --overwrite", target_.string()));
  require_run_folder(target_);
  working_ = target_.parent_path() / fmt::format(".{}.partial-{}", target_.filename().string(), getpid());
}

RunFolder::~RunFolder() {
  std::error_code ignored;
  fs::remove_all(working_, ignored);
}

fs::path RunFolder::file(const std::string& name) {
  std::error_code error;
  fs::create_directories(working_, error);
  if (error) throw UsageError(fmt::format("cannot write in {}: {}", target_.parent_path().string(), error.message()));
  return working_ / name;
}

void RunFolder::write_text(const std::string& name, const std::string& text) {
  const fs::path path = file(name);
  std::ofstream stream(path, std::ios::binary);
  stream << text;
  stream.close();
  if (!stream) throw UsageError(fmt::format("cannot write {}; is the disk full?", path.string()));
}

void RunFolder::publish() {
  if (!fs::exists(target_) || fs::is_empty(target_)) {
    fs::remove(target_);  // an empty folder the user made
    if (!fs::exists(target_)) return fs::rename(working_, target_);
  }
  if (!overwrite_) throw UsageError(fmt::format("{} appeared while the run was going on", target_.string()));
  std::vector<fs::path> stale;
  for (const auto& entry : fs::directory_iterator(target_)) {
    const std::string name = entry.path().filename().string();
    if (is_run_file(name) && entry.is_regular_file() && !fs::exists(working_ / name)) stale.push_back(entry.path());
  }
  for (const fs::path& path : stale) fs::remove(path);
  std::vector<fs::path> fresh;
  for (const auto& entry : fs::directory_iterator(working_)) fresh.push_back(entry.path());
  for (const fs::path& path : fresh) fs::rename(path, target_ / path.filename());
}

}  // namespace osteon::app
