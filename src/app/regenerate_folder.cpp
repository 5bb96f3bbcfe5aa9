// SPDX-License-Identifier: Apache-2.0
#include "regenerate_folder.hpp"

#include <fmt/format.h>

#include <fstream>
#include <vector>

#include "osteon/core/error.hpp"
#include "run_folder.hpp"

namespace osteon::app {

namespace fs = std::filesystem;

namespace {

constexpr const char* k_checkpoint = "checkpoint.osteon";

bool is_checkpoint(const std::string& name) { return name.compare(0, 17, k_checkpoint) == 0; }

}  // namespace

RegenerateFolder::RegenerateFolder(const fs::path& target, bool overwrite, bool resume, bool make)
    : path_(run_folder_path(target)) {
  if (overwrite && resume)
    throw UsageError("--resume goes on with a run, --overwrite starts it anew: give one of them");
  const bool used = fs::exists(path_) && !fs::is_empty(path_);
  if (resume && !used)
    throw UsageError(fmt::format("{}: there is no run to resume; without --resume it starts anew", path_.string()));
  if (used && !resume && !overwrite && make)
    throw UsageError(
        fmt::format("{} exists; --resume goes on with the run in it, --overwrite replaces it, -o chooses "
                    "another folder",
                    path_.string()));
  if (make) require_run_folder(path_);
  if (!make) return;
  std::error_code error;
  fs::create_directories(path_, error);
  if (error) throw UsageError(fmt::format("cannot make {}: {}", path_.string(), error.message()));
}

void RegenerateFolder::write_text(const std::string& name, const std::string& text) const {
  const fs::path aside = path_ / (name + ".partial");
  std::ofstream stream(aside, std::ios::binary);
  stream << text;
  stream.close();
  if (!stream) throw UsageError(fmt::format("cannot write {}; is the disk full?", aside.string()));
  fs::rename(aside, path_ / name);
}

void RegenerateFolder::clear() const {
  remove_checkpoint();  // first: it must not outlive the results it belongs to
  std::vector<fs::path> stale;
  for (const auto& entry : fs::directory_iterator(path_)) {
    const std::string name = entry.path().filename().string();
    if (name == "case.toml") continue;  // says whose folder this is; it is replaced as a whole
    if (is_run_file(name) || is_checkpoint(name)) stale.push_back(entry.path());
  }
  for (const fs::path& path : stale) fs::remove_all(path);
}

void RegenerateFolder::remove_checkpoint() const {
  // The one to fall back on goes first: alone it would be taken for what is left after damage.
  for (const char* suffix : {".previous", ".damaged", ""}) fs::remove(path_ / (std::string(k_checkpoint) + suffix));
}

}  // namespace osteon::app
