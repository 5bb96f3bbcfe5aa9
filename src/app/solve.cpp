// SPDX-License-Identifier: Apache-2.0
// `osteon solve`: from a scan or a case file to a run folder.
#include <fmt/format.h>

#include <future>

#include "analysis.hpp"
#include "commands.hpp"
#include "falls_run.hpp"
#include "osteon/core/error.hpp"
#include "osteon/core/version.hpp"
#include "probability_run.hpp"
#include "profiles.hpp"
#include "result_exports.hpp"
#include "run_case.hpp"
#include "run_folder.hpp"
#include "run_text.hpp"
#include "scores_run.hpp"
#include "stopwatch.hpp"
#include "strength_run.hpp"
#include "summary.hpp"

namespace osteon::app {

namespace {

namespace fs = std::filesystem;

/// One run and everything known about it so far.
class SolveRun {
 public:
  SolveRun(const SolveOptions& options, Console& console)
      : options_(options),
        console_(console),
        document_(make_document(options, console)),
        case_(build_case(document_)),
        folder_(options.output.empty() ? default_folder(options.input) : options.output, options.overwrite) {}

  int run() {
    console_.note("osteon " + build_name());
    const std::unique_ptr<Device> device = make_device(case_.backend, case_.threads, console_);
    record_.backend = device_kind_name(device->kind());
    record_.device = device->description();
    record_.threads = device->threads();
    if (options_.dry_run) return dry_run(*device);
    start_folder();
    try {
      solve(*device);
      record_.state = converged() ? "done" : "not converged";
      write_results(*device);
    } catch (const Interrupted&) {
      leave_readable_state(*device);
      throw;
    }
    console_.say(run_summary(case_, record_, model_, analysis_, folder_.target()));
    if (converged()) return static_cast<int>(ExitCode::done);
    if (options_.verbosity == Verbosity::quiet)  // others have seen the warnings
      fmt::print(stderr, "osteon: not converged; {} says why\n", (folder_.target() / "log.txt").string());
    return static_cast<int>(ExitCode::not_converged);
  }

 private:
  bool converged() const {
    return all_converged(analysis_) && strength_completed(case_, analysis_) && falls_completed(case_, analysis_) &&
           probability_completed(case_, analysis_);
  }

  int dry_run(const Device& device) {
    model_ = build_model(case_, record_.times, console_);
    console_.say(model_text(case_, record_, model_, solved_together(case_, model_, device)));
    return 0;
  }

  void start_folder() {
    case_text_ =
        write_case(document_, fmt::format("Resolved case of osteon {}: runs again to the same result. Paths are "
                                          "absolute.",
                                          version()));
    folder_.write_text("case.toml", case_text_);
    console_.open_log(folder_.file("log.txt"));
  }

  void solve(Device& device) {
    hashes_ = hash_inputs(case_);
    model_ = build_model(case_, record_.times, console_);
    run_load_cases(case_, model_, device, record_.times, console_, analysis_);
    run_strength_part(case_, model_, device, record_.times, console_, analysis_);
    UnitLoadCache unit_loads(case_, model_, device, record_.times);
    run_probability_part(case_, model_, unit_loads, console_, analysis_);
    run_score_part(case_, console_, analysis_);
    run_falls_part(case_, model_, unit_loads, record_.times, console_, analysis_);
  }

  void write_figure() {
    if (model_.setup) folder_.write_text("bone.svg", model_.figure_svg);
  }

  void write_tables() {
    if (analysis_.strength) folder_.write_text("strength.csv", curve_csv(*analysis_.strength, model_.elastic.material));
    if (analysis_.falls) folder_.write_text("falls.csv", falls_csv(*analysis_.falls));
  }

  std::string finish_record(const Device& device) {
    if (hashes_.valid()) record_.inputs = hashes_.get();
    record_.warnings = console_.warnings();
    record_.total_s = console_.elapsed_s();
    record_.peak_host_bytes = peak_host_bytes();
    record_.peak_device_bytes = device.bytes_peak();
    return summary_json(case_, record_, &model_, analysis_);
  }

  void write_results(const Device& device) {
    Stopwatch watch;
    console_.progress("write", -1, folder_.target().string());
    ResultData data;
    data.model = &model_.elastic;
    data.fields = std::move(analysis_.fields);
    for (const auto& result : analysis_.results) {
      const std::string& name = result->load_case.spec.name;
      data.load_case_names.push_back(name);
      data.node_sets.push_back({"support_" + name, result->load_case.support_nodes});
      data.node_sets.push_back({"loaded_" + name, result->load_case.loaded_nodes});
    }
    data.summary_json = finish_record(device);
    data.case_toml = case_text_;
    data.residual_histories = analysis_.residual_histories;
    write_result(folder_.file("result.vtkhdf"), data, {case_.gzip_level, case_.threads});
    data = {};
    export_formats(folder_.file("result.vtkhdf"), case_.formats);
    record_.times.write = watch.lap();
    folder_.write_text("summary.json", finish_record(device));
    write_tables();
    write_figure();
    close_folder();
  }

  void leave_readable_state(const Device& device) {
    record_.state = "interrupted";
    console_.note("interrupted by the user");
    write_tables();
    folder_.write_text("summary.json", finish_record(device));
    close_folder();
    console_.warn(fmt::format("interrupted; what is known so far is in {}", folder_.target().string()));
  }

  void close_folder() {
    console_.note(fmt::format("done after {:.2f} s", console_.elapsed_s()));
    console_.close_log();
    folder_.publish();
  }

  const SolveOptions& options_;
  Console& console_;
  CaseDocument document_;
  Case case_;
  RunFolder folder_;
  RunRecord record_;
  BoneModel model_;
  Analysis analysis_;
  std::string case_text_;
  std::future<std::vector<InputFile>> hashes_;
};

}  // namespace

int run_solve(const SolveOptions& options) {
  install_signal_handlers();
  Console console(options.verbosity);
  return SolveRun(options, console).run();
}

}  // namespace osteon::app
