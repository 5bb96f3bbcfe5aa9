// SPDX-License-Identifier: Apache-2.0
// `osteon export`: a stored result in other programs' formats.
#include <fmt/format.h>

#include "commands.hpp"
#include "osteon/core/error.hpp"
#include "result_exports.hpp"

namespace osteon::app {

namespace fs = std::filesystem;

int run_export(const ExportOptions& options) {
  std::vector<std::string> formats;
  if (options.vtu) formats.emplace_back("vtu");
  if (options.xdmf) formats.emplace_back("xdmf");
  if (options.nifti) formats.emplace_back("nifti");
  if (options.csv) formats.emplace_back("csv");
  if (formats.empty()) throw UsageError("osteon export needs at least one of --vtu --xdmf --nifti --csv");
  const fs::path result = result_path(options.result);
  ExportPlan plan;
  plan.folder = options.output.empty() ? result.parent_path() : options.output;
  plan.stem = result.stem().string();
  plan.fields = options.fields;
  plan.step = options.step;
  plan.overwrite = options.overwrite;
  if (!plan.folder.empty() && !fs::is_directory(plan.folder))
    throw UsageError(fmt::format("{} is not a folder; make it first", plan.folder.string()));
  for (const std::string& format : formats)
    for (const fs::path& file : export_format(result, format, plan)) fmt::print("{}\n", file.string());
  return 0;
}

}  // namespace osteon::app
