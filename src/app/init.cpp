// SPDX-License-Identifier: Apache-2.0
// `osteon init`: a commented case file to start from, and the tables behind it.
#include <fmt/format.h>

#include "commands.hpp"
#include "osteon/core/error.hpp"
#include "osteon/model/materials.hpp"
#include "profiles.hpp"

namespace osteon::app {

namespace {

void print_laws() {
  fmt::print("| law | formula | source |\n|---|---|---|\n");
  for (const ModulusLaw& law : published_modulus_laws())
    fmt::print("| {} | {} | {} |\n", law.id, law.formula, law.source);
}

}  // namespace

int run_init(const InitOptions& options) {
  if (options.keys) fmt::print("{}", key_manual());
  if (options.laws) print_laws();
  if (options.keys || options.laws) return 0;
  if (options.profile.empty())
    throw UsageError("osteon init needs the name of a profile (`osteon profiles` lists them)");
  const Profile& profile = find_profile(options.profile);
  CaseDocument document = profile_document(profile);
  fill_defaults(document);
  CaseValue image;
  image.texts = {options.image.empty() ? "scan.mha" : options.image.string()};
  document.sections["image"].values["file"] = image;
  if (document.sections.count("bone") > 0) {  // named as `osteon generate` names it
    const std::filesystem::path scan = image.texts[0];
    CaseValue mask;
    mask.texts = {(scan.parent_path() / (scan.stem().string() + "-mask" + scan.extension().string())).string()};
    document.sections["image"].values["mask"] = mask;
  }
  const std::string heading = fmt::format(
      "Osteon case, profile {}: {}\nRun it with   osteon solve case.toml   for the image named below.\n"
      "Keys that are commented out show what else can be set.",
      profile.name, profile.summary);
  fmt::print("{}", write_commented_case(document, heading));
  return 0;
}

}  // namespace osteon::app
