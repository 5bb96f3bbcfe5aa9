// SPDX-License-Identifier: Apache-2.0
// `osteon regenerate`: the coupled simulation from a case file to a time series. Everything is written where it stays,
// step by step, so that the run folder is readable and can be continued whatever ends the run.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "analysis.hpp"
#include "commands.hpp"
#include "osteon/core/error.hpp"
#include "osteon/core/version.hpp"
#include "osteon/io/checkpoint.hpp"
#include "osteon/io/time_series.hpp"
#include "osteon/regenerate/regeneration.hpp"
#include "regenerate_folder.hpp"
#include "regenerate_record.hpp"
#include "run_case.hpp"
#include "run_text.hpp"
#include "stopwatch.hpp"

namespace osteon::app {

namespace {

namespace fs = std::filesystem;

/// What of a case must be the same for a run to go on; the length and what concerns the machine may change.
std::string identity_of(const CaseDocument& document) {
  CaseDocument same = document;
  same.sections.at("regenerate").values.erase("days");
  for (const char* key : {"backend", "threads"}) same.sections.at("solver").values.erase(key);
  same.sections.erase("output");
  same.sections.at("regenerate").values.erase("write_every");
  return write_case(same, "");
}

const RegenerateOptions& require_case(const RegenerateOptions& options) {
  if (options.input.extension() != ".toml" && options.profile.empty())
    throw UsageError(
        fmt::format("{}: regenerate takes a case file (.toml) that names its image, or an image with --profile "
                    "fracture-callus or critical-defect; meshes/fracture-healing has a case to start from",
                    options.input.string()));
  return options;
}

class RegenerateRun {
 public:
  RegenerateRun(const RegenerateOptions& options, Console& console)
      : options_(options),
        console_(console),
        document_(make_document(require_case(options), console)),
        case_(build_case(document_)),
        folder_(options.output.empty() ? default_folder(options.input) : options.output, options.overwrite,
                options.resume, !options.dry_run) {
    if (!case_.regenerate)
      throw UsageError("the case has no [regenerate] section; meshes/fracture-healing/case.toml is one to start from");
    if (case_.load_cases.size() != 1)
      throw UsageError(fmt::format("regenerate takes one load case, not {}", case_.load_cases.size()));
  }

  int run() {
    console_.note(fmt::format("osteon {} ({})", version(), git_revision()));
    device_ = make_device(case_.backend, case_.threads, console_);
    record_.backend = device_kind_name(device_->kind());
    record_.device = device_->description();
    record_.threads = device_->threads();
    model_ = build_model(case_, record_.times, console_);
    const VoxelMesh& mesh = *model_.elastic.mesh;
    require_memory(*device_, mesh.node_count(), mesh.element_count(), case_.regenerate->settings.solver);
    simulation_ =
        std::make_unique<Regeneration>(*device_, model_.elastic, model_.load_cases.at(0), case_.regenerate->settings);
    if (case_.regenerate->gap_box_mm) simulation_->set_gap_box(*case_.regenerate->gap_box_mm);
    if (options_.dry_run) {
      console_.say(model_text(case_, record_, model_, 1));
      return 0;
    }
    case_text_ = write_case(document_, fmt::format("Resolved case of osteon {}: runs again to the same result. Paths "
                                                   "are absolute.",
                                                   version()));
    hashes_ = hash_inputs(case_);
    start();
    try {
      while (step()) {
      }
      if (record_.state != "stopped") finish();
    } catch (const Interrupted&) {
      leave("interrupted");
      throw;
    } catch (const SimulationError& error) {
      console_.warn(error.what());
      leave("failed");
      throw;
    }
    if (record_.state == "stopped") leave("stopped");
    console_.say(history_.text(folder_.path()));
    if (history_.strength_completed()) return static_cast<int>(ExitCode::done);
    return static_cast<int>(ExitCode::not_converged);
  }

 private:
  void start() {
    for (const std::string& line : describe(case_.regenerate->settings.healing)) console_.note("parameter " + line);
    const std::string identity = identity_of(document_);
    const WriteSettings settings{case_.gzip_level, case_.threads};
    if (options_.resume && has_checkpoint(folder_.file("checkpoint.osteon"))) {
      const Checkpoint checkpoint = read_checkpoint(folder_.file("checkpoint.osteon"));
      if (!checkpoint.warning.empty()) console_.warn(checkpoint.warning);
      if (history_.restore(checkpoint.text) != identity)
        throw UsageError(
            fmt::format("{}: the checkpoint was written for another case; resume with the run's own "
                        "case.toml (only days, backend, threads and [output] may differ)",
                        folder_.path().string()));
      simulation_->restore(checkpoint.state, console_);
      series_ = std::make_unique<TimeSeriesWriter>(
          TimeSeriesWriter::resume(folder_.file("result.vtkhdf"), model_.elastic, history_.written_steps(), settings));
      console_.open_log(folder_.file("log.txt"));
      folder_.write_text("case.toml", case_text_);
      console_.note(fmt::format("resumed at day {:g}", simulation_->day()));
    } else {
      if (options_.resume) require_unfinished();
      folder_.clear();
      folder_.write_text("case.toml", case_text_);
      console_.open_log(folder_.file("log.txt"));
      series_ = std::make_unique<TimeSeriesWriter>(folder_.file("result.vtkhdf"), series_data(), settings);
    }
    identity_ = identity;
    first_day_ = simulation_->day();
  }

  /// A run that was ended before its first checkpoint starts anew; one that is done must not.
  void require_unfinished() const {
    const fs::path result = folder_.file("result.vtkhdf");
    if (fs::exists(result) && read_series_history(result).finished)
      throw UsageError(
          fmt::format("{} holds a run that is finished: there is nothing to resume. --overwrite replaces it",
                      folder_.path().string()));
  }

  /// 1 where risk criteria were made for the tissue, 0 in regenerating and unevaluated voxels.
  OutputField risk_calibrated() const {
    OutputField field;
    field.name = "RiskCalibrated";
    field.unit = "1";
    const MaterialField& m = model_.elastic.material;
    for (const std::uint8_t i : m.material_index) {
      const bool is_bone = case_.regenerate->settings.regions[i].kind == RegionRole::Kind::inert;
      field.values_i32.push_back(is_bone && m.materials[i].in_evaluation_set ? 1 : 0);
    }
    return field;
  }

  ResultData series_data() const {
    ResultData data;
    data.model = &model_.elastic;
    OutputField material;
    material.name = "MaterialID";
    material.unit = "1";
    for (const std::uint8_t m : model_.elastic.material.material_index)
      material.values_i32.push_back(model_.elastic.material.materials[m].label);
    data.fields.push_back(std::move(material));
    data.fields.push_back(risk_calibrated());
    data.node_sets = {{"support", model_.load_cases[0].support_nodes}, {"loaded", model_.load_cases[0].loaded_nodes}};
    data.case_toml = case_text_;
    return data;
  }

  /// One day; false when it was the last.
  bool step() {
    console_.check_interrupt();
    RegenerationStep now = simulation_->solve_bone(console_);
    DayResults results = evaluate_day(case_, model_.elastic, *simulation_, now, console_);
    const bool last = simulation_->finished();
    add_strength(now.day, last, results);
    const bool written = last || now.number % case_.regenerate->write_every == 0;
    if (written) {
      Stopwatch watch;
      series_->add_step(
          {now.day, std::move(results.fields), history_scalars(now, results), history_json(now, results)});
      record_.times.write += watch.lap();
    }
    if (!last) simulation_->grow(now);
    record_.times.setup += now.solve.setup_s;
    record_.times.solve += now.solve.solve_s;
    record_.times.post += now.biology_s;
    history_.add(now, results, written);
    report(now);
    if (last) return false;
    write_checkpoint(folder_.file("checkpoint.osteon"), simulation_->save(), history_.save(identity_));
    if (options_.time_limit_s > 0 && console_.elapsed_s() > options_.time_limit_s) {
      record_.state = "stopped";
      return false;
    }
    return true;
  }

  void add_strength(double day, bool last, DayResults& results) {
    if (!strength_is_due(case_, day, last)) return;
    results.strength = day_strength(case_, model_.elastic, model_.load_cases[0], *device_, console_);
    const DayStrength& found = *results.strength;
    record_.times.solve += found.seconds;
    console_.note(fmt::format("day {:g}: strength {:.6g} N in {:.2f} s", day, found.ultimate.force, found.seconds));
    if (!found.completed) console_.warn(fmt::format("day {:g}: strength: {}", day, found.failure));
  }

  void report(const RegenerationStep& now) {
    const double days = case_.regenerate->settings.days;
    const double done = now.day - first_day_, left = days - now.day;
    const double seconds = done > 0 ? console_.elapsed_s() / done * left : -1;
    std::string text = fmt::format("day {:g} of {:g}, movement {:.4f} mm, bone {:.1f} %", now.day, days,
                                   now.movement_mm, 100 * now.callus_bone_fraction);
    if (now.gap_bone_fraction >= 0) text += fmt::format(", gap {:.1f} %", 100 * now.gap_bone_fraction);
    if (seconds >= 0)
      text += fmt::format(", {}:{:02d} left", static_cast<int>(seconds) / 60, static_cast<int>(seconds) % 60);
    console_.progress("regenerate", now.day / days, text);
    console_.note(fmt::format("{}; {} iterations, {}, mechanics {:.2f} s, biology {:.2f} s", text, now.solve.iterations,
                              set_up_text(now.solve.setup), now.mechanics_s, now.biology_s));
  }

  std::string finish_record() {
    if (hashes_.valid()) record_.inputs = hashes_.get();
    record_.warnings = console_.warnings();
    record_.total_s = console_.elapsed_s();
    record_.peak_host_bytes = peak_host_bytes();
    record_.peak_device_bytes = device_->bytes_peak();
    return regeneration_summary(case_, record_, model_, history_);
  }

  void finish() {
    record_.state = "done";
    const std::string summary = finish_record();
    series_->finish(summary);
    folder_.write_text("summary.json", summary);
    folder_.remove_checkpoint();
    console_.note(fmt::format("done after {:.2f} s", console_.elapsed_s()));
    console_.close_log();
  }

  void leave(const std::string& state) {
    record_.state = state;
    folder_.write_text("summary.json", finish_record());
    console_.warn(fmt::format("{} at day {:g}; `osteon regenerate ... -o {} --resume` goes on from there", state,
                              simulation_ ? simulation_->day() : 0, folder_.path().string()));
    console_.close_log();
  }

  const RegenerateOptions& options_;
  Console& console_;
  CaseDocument document_;
  Case case_;
  RegenerateFolder folder_;
  RunRecord record_;
  BoneModel model_;
  RegenerationHistory history_;
  std::string case_text_, identity_;
  double first_day_ = 0;
  std::future<std::vector<InputFile>> hashes_;
  std::unique_ptr<Device> device_;
  std::unique_ptr<Regeneration> simulation_;
  std::unique_ptr<TimeSeriesWriter> series_;
};

}  // namespace

int run_regenerate(const RegenerateOptions& options) {
  install_signal_handlers();
  Console console(options.verbosity);
  return RegenerateRun(options, console).run();
}

}  // namespace osteon::app
