// SPDX-License-Identifier: Apache-2.0
// A result with time steps: the same result.vtkhdf with a transient grid, readable after every step, also after a crash.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "osteon/io/result_file.hpp"

namespace osteon {

/// What one step adds. The fields of a series (names, components, kinds of number) are the same in every step.
struct SeriesStep {
  double day = 0;  ///< later than the day of the step before
  std::vector<OutputField> fields;
  /// Main results of the step, each a column of /Osteon/history; NaN in steps that lack one.
  std::vector<std::pair<std::string, double>> scalars;
  std::string json;  ///< everything else about the step, one line of /Osteon/history/steps
};

/// Writes `path` (result.vtkhdf) step by step, and beside it an .xdmf with all steps for readers without VTKHDF 2.0.
/// While it runs, the data lies in STEM.steps/, a file for what does not change and one for each step, and `path` is a
/// small file that points there and is replaced as a whole by every step; finish() makes `path` self-contained.
/// Whatever moment the program is killed at, `path` holds whole steps, or does not exist before the first one.
/// Every member throws InputError with the path and the system's reason when it cannot write; the step is then not part
/// of the series, and the same step may be added again.
class TimeSeriesWriter {
 public:
  /// Starts anew: an old result at `path` is removed first. `data` holds the model, node sets, case, provenance and, as
  /// its fields, those that never change (stored once).
  TimeSeriesWriter(const std::filesystem::path& path, const ResultData& data, const WriteSettings& settings);
  /// Goes on with a series after its first `steps_to_keep` steps, finished or not; later ones are dropped. Throws
  /// InputError when it has fewer or belongs to another mesh.
  static TimeSeriesWriter resume(const std::filesystem::path& path, const ElasticModel& model, int steps_to_keep,
                                 const WriteSettings& settings);
  TimeSeriesWriter(TimeSeriesWriter&&) noexcept;
  TimeSeriesWriter& operator=(TimeSeriesWriter&&) noexcept;
  ~TimeSeriesWriter();  ///< leaves the files as they are, for resume()

  int step_count() const;
  /// Writes the step, then `path`, then the .xdmf; each is on the disk before the next begins. Costs the step's data and
  /// a few hundred bytes for every field of every earlier step. Throws InternalError when a field differs in kind from
  /// the first step's or the day is not later.
  void add_step(const SeriesStep& step);
  /// Gathers all steps in one self-contained `path` by copying compressed bytes, and removes STEM.steps/. There must be
  /// a step. `summary_json` replaces the one given at the start.
  void finish(const std::string& summary_json);

 private:
  struct Impl;
  explicit TimeSeriesWriter(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// The course of a series without its fields. A result without time steps has no days.
struct SeriesHistory {
  std::vector<double> days;
  bool finished = true;  ///< false: a run is writing it or was interrupted; needs its STEM.steps/ folder beside it
  std::vector<std::pair<std::string, std::vector<double>>> scalars;  ///< alphabetical; one value a step
  std::vector<std::string> step_json;
};
/// Throws InputError as read_result does.
SeriesHistory read_series_history(const std::filesystem::path& path);

/// Adds or replaces fields in every step of a finished series (used by `osteon risk`): `make(step)` gives them, the same
/// names in every step. Throws InputError when it is not finished or has no steps.
void append_series_fields(const std::filesystem::path& path,
                          const std::function<std::vector<OutputField>(int step)>& make,
                          const WriteSettings& settings = {});

}  // namespace osteon
