// SPDX-License-Identifier: Apache-2.0
// `osteon bench`: this machine's speed on the standard problems.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>

#include "bench_record.hpp"
#include "commands.hpp"
#include "osteon/core/error.hpp"
#include "osteon/core/machine.hpp"
#include "osteon/core/version.hpp"
#include "stopwatch.hpp"

namespace osteon::app {

namespace {

namespace fs = std::filesystem;

constexpr int k_smallest_size = 8, k_largest_size = 1024, k_size_step = 64;
constexpr int k_usual_repeats = 3;
/// Unless --repeats asks for them, no further solves of a problem are begun after this many seconds of solving it.
constexpr double k_enough_s = 5;
constexpr int k_copy_repeats = 5;
constexpr double k_busy_load = 0.5;  ///< load average from which the measurements are not the machine's own
constexpr std::size_t k_least_copy_bytes = std::size_t{1} << 29;

std::vector<int> sizes_of(const BenchOptions& options) {
  for (const int size : options.sizes)
    if (size < k_smallest_size || size > k_largest_size)
      throw UsageError(
          fmt::format("--sizes {} must be between {} and {} voxels", size, k_smallest_size, k_largest_size));
  if (!options.sizes.empty()) return options.sizes;
  if (options.quick) return {64};
  if (!options.full) return {64, 128};
  std::vector<int> sizes;
  for (int size = k_size_step; size <= k_largest_size; size += k_size_step) sizes.push_back(size);
  return sizes;
}

void check_json_target(const fs::path& path, bool overwrite) {
  if (path.empty()) return;
  if (fs::exists(path)) {
    if (!overwrite) throw UsageError(fmt::format("{} exists; choose another name or --overwrite", path.string()));
    if (!fs::is_regular_file(path)) throw UsageError(path.string() + " is not a file");
  }
  const fs::path folder = fs::absolute(path).parent_path();
  if (!fs::is_directory(folder))
    throw UsageError(
        fmt::format("cannot write {}: there is no folder {}; make it first", path.string(), folder.string()));
}

/// Under another name first, so that an old file is replaced whole or not at all.
void write_json(const fs::path& path, const std::string& text) {
  const fs::path partial = path.string() + ".partial";
  std::ofstream stream(partial, std::ios::binary);
  stream << text;
  stream.close();
  if (!stream) {
    fs::remove(partial);
    throw UsageError(fmt::format("cannot write {}; is the folder writable, is the disk full?", path.string()));
  }
  fs::rename(partial, path);
}

class BenchRun {
 public:
  BenchRun(const BenchOptions& options, Console& console) : options_(options), console_(console) {
    check_json_target(options.json, options.overwrite);
    const std::vector<int> sizes = sizes_of(options);
    const char* environment = std::getenv("OSTEON_BACKEND");
    std::string backend = options.backend;
    if (backend.empty()) backend = environment != nullptr && *environment != 0 ? environment : "auto";
    device_ = make_device(backend, options.threads, console);
    describe_machine();
    const std::vector<std::string> kinds = options.kinds.empty() ? bench_kinds() : options.kinds;
    Ladder ladder = select_ladder(kinds, sizes, record_.free, record_.on_gpu(), options.full);
    steps_ = std::move(ladder.steps);
    record_.skipped = std::move(ladder.skipped);
    if (steps_.empty())
      throw DeviceError(
          fmt::format("nothing fits into memory: {}; ask for smaller --sizes", record_.skipped.front().text()));
  }

  int run() {
    try {
      measure_machine();
      console_.say(bench_table_header());
      for (const BenchStep& step : steps_) {
        record_.problems.push_back(measure(step));
        console_.say(bench_table_row(record_.problems.back(), record_));
        std::fflush(stdout);  // rows come one by one through a pipe, too
      }
    } catch (const Interrupted&) {
      record_.state = "interrupted";
      if (!record_.problems.empty()) finish();
      throw;
    }
    const bool converged = std::all_of(record_.problems.begin(), record_.problems.end(),
                                       [](const BenchProblem& p) { return p.solves.front().report.converged; });
    if (!converged) record_.state = "not converged";
    finish();
    return static_cast<int>(converged ? ExitCode::done : ExitCode::not_converged);
  }

 private:
  void describe_machine() {
    record_.date = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
    record_.backend = device_kind_name(device_->kind());
    record_.device = device_->description();
    record_.threads = device_->threads();
    double load = 0;
    if (getloadavg(&load, 1) == 1) record_.load_average = load;
    record_.free = {device_->free_bytes(), free_host_memory()};
    record_.tolerance = settings_.tolerance;
    record_.seed = options_.seed;
  }

  void measure_machine() {
    console_.say(fmt::format("osteon {}, backend {}: {}", build_name(), record_.backend, record_.device));
    console_.progress("copy", -1, "");
    // Far beyond the cache, but never more than a quarter of what is free for both arrays.
    record_.copy_bytes = std::min(std::max(k_least_copy_bytes, 4 * last_level_cache_bytes()), record_.free.device / 8);
    record_.copy_gb_per_s = measure_copy(*device_, record_.copy_bytes, k_copy_repeats, console_);
    console_.say(fmt::format("copy {:.1f} GB/s, read and written, between arrays of {:.1f} GB; load average {}",
                             median(record_.copy_gb_per_s), 1e-9 * static_cast<double>(record_.copy_bytes),
                             record_.load_average ? fmt::format("{:.1f}", *record_.load_average) : "unknown"));
    if (record_.load_average.value_or(0) > k_busy_load)
      console_.warn(
          "other programs were at work on this machine just before: the numbers are lower than what it can do");
    for (const SkippedStep& skipped : record_.skipped) console_.say(skipped.text());
    console_.say("");
  }

  BenchProblem measure(const BenchStep& step) {
    console_.progress(step.name(), -1, "making the bone");
    const BenchModel model = make_bench_model(step, options_.seed);
    console_.check_interrupt();
    const VoxelMesh& mesh = *model.elastic.mesh;
    const MaterialField& material = model.elastic.material;
    const ElasticProblem problem{mesh.view(),           mesh.spacing_mm(),
                                 &material.palette,     &material.palette_index,
                                 &material.modulus_mpa, &mesh.node_positions()};
    BenchProblem measured;
    measured.step = step;
    measured.nodes = mesh.node_count();
    measured.elements = mesh.element_count();
    console_.progress(step.name(), -1, "operator");
    const int repeats = options_.repeats > 0 ? options_.repeats : k_usual_repeats;
    measured.operator_times = measure_operator(*device_, problem, repeats, console_);
    double spent_s = 0;
    for (int i = 0; i < repeats && (options_.repeats > 0 || spent_s < k_enough_s); ++i) {
      measured.solves.push_back(solve(problem, model.load_case));
      spent_s += measured.solves.back().total_s;
    }
    measured.together = solve_together(problem, model.load_case);
    return measured;
  }

  /// The same load case in every column, so that all take the steps of the solves above.
  std::optional<TogetherSample> solve_together(const ElasticProblem& problem, const ResolvedLoadCase& load_case) {
    ElasticSolver solver(*device_, problem, settings_);
    if (solver.block_columns() < k_bench_columns) return {};
    LinearSystem system;
    system.constrained = &load_case.constrained;
    system.prescribed_mm = &load_case.prescribed_mm;
    std::vector<LinearSolution> solutions;
    solver.solve(std::vector<LinearSystem>(k_bench_columns, system), solutions, console_);
    return TogetherSample{k_bench_columns, k_bench_columns * solutions.front().report.solve_s};
  }

  SolveSample solve(const ElasticProblem& problem, const ResolvedLoadCase& load_case) {
    LinearSystem system;
    system.constrained = &load_case.constrained;
    system.prescribed_mm = &load_case.prescribed_mm;
    SolveSample sample;
    device_->restart_peak();
    const std::size_t before = device_->bytes_in_use();
    const HostMemoryPeak host;
    Stopwatch watch;
    ElasticSolver solver(*device_, problem, settings_);
    solver.solve(system, sample.report, console_);
    sample.total_s = watch.lap();
    sample.host_growth_bytes = host.growth_bytes();
    sample.device_peak_bytes = device_->bytes_peak() - before;
    return sample;
  }

  void finish() {
    console_.say("\n" + bench_table_notes(record_));
    if (options_.json.empty()) return;
    write_json(options_.json, bench_json(record_));
    console_.say(fmt::format("Written: {}", options_.json.string()));
  }

  const BenchOptions& options_;
  Console& console_;
  SolverSettings settings_;
  std::unique_ptr<Device> device_;
  std::vector<BenchStep> steps_;
  BenchRecord record_;
};

}  // namespace

int run_bench(const BenchOptions& options) {
  install_signal_handlers();
  Console console(options.verbosity);
  return BenchRun(options, console).run();
}

}  // namespace osteon::app
