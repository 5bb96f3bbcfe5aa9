// SPDX-License-Identifier: Apache-2.0
#include "run_case.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <cstdlib>

#include "profiles.hpp"
#include "sha256.hpp"

namespace osteon::app {

namespace fs = std::filesystem;

CaseDocument make_document(const SolveOptions& options, Console& console) {
  CaseDocument document;
  const bool is_case = options.input.extension() == ".toml";
  if (!options.profile.empty()) {
    document = profile_document(find_profile(options.profile));
  } else if (!is_case) {
    document = profile_document(find_profile(k_default_profile));
    console.note(fmt::format("no --profile given: {} is used", k_default_profile));
  }
  if (is_case) document = merge_documents(std::move(document), parse_case_file(options.input));
  const auto set_path = [&](const char* key, const fs::path& path) {
    CaseValue value;
    value.texts = {fs::absolute(path).lexically_normal().string()};
    value.where = "command line";
    document.sections["image"].values[key] = std::move(value);
  };
  if (!is_case) set_path("file", options.input);
  if (!options.mask.empty()) set_path("mask", options.mask);
  for (const std::string& setting : options.settings) apply_setting(document, setting);
  const char* environment = std::getenv("OSTEON_BACKEND");
  const CaseTable& solver = document.sections["solver"];
  if (!options.backend.empty()) {
    apply_setting(document, "solver.backend=" + options.backend);
  } else if (environment != nullptr && *environment != 0 && solver.find("backend") == nullptr) {
    apply_setting(document, std::string("solver.backend=") + environment);
  }
  if (options.threads >= 0) apply_setting(document, fmt::format("solver.threads={}", options.threads));
  fill_defaults(document);
  return document;
}

fs::path default_folder(const fs::path& input) {
  fs::path stem = input.has_filename() ? input.filename() : input.parent_path().filename();
  if (stem.extension() == ".gz") stem = stem.stem();
  return stem.stem().string() + ".osteon";
}

std::size_t peak_host_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::size_t>(usage.ru_maxrss) * 1024;
}

std::future<std::vector<InputFile>> hash_inputs(const Case& wanted) {
  std::vector<fs::path> paths = {wanted.image};
  for (const auto& path :
       {wanted.mask, wanted.modulus, wanted.callus_mask, wanted.bone ? wanted.bone->reference : std::nullopt})
    if (path) paths.push_back(*path);
  return std::async(std::launch::async, [paths] {
    std::vector<InputFile> files;
    for (const fs::path& path : paths) files.push_back({path.string(), sha256_of(path)});
    return files;
  });
}

}  // namespace osteon::app
