// SPDX-License-Identifier: Apache-2.0
// What `osteon bench` measured, and the two ways it is shown: a table row and JSON.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bench_ladder.hpp"
#include "osteon/solve/measure.hpp"

namespace osteon::app {

/// One set-up and solve from a zero start.
struct SolveSample {
  double total_s = 0;  ///< operator, set-up and solve
  SolveReport report;
  std::optional<std::size_t> host_growth_bytes;  ///< peak of the process above its memory before the solver was made
  std::size_t device_peak_bytes = 0;             ///< solver buffers; on the CPU they are part of the host's growth

  /// Everything before the solve proper: the operator on the device and the hierarchy.
  double setup_s() const { return total_s - report.solve_s; }
  /// Of one multigrid cycle.
  double cycle_s() const { return report.iterations > 0 ? report.cycle_s / report.iterations : 0; }
};

/// Load cases that are solved at once: the six of a homogenised stiffness.
inline constexpr int k_bench_columns = 6;

/// Several load cases solved at once, after the set-up.
struct TogetherSample {
  int columns = 0;
  double solve_s = 0;
};

struct BenchProblem {
  BenchStep step;
  std::size_t nodes = 0, elements = 0;
  OperatorTimes operator_times;
  std::vector<SolveSample> solves;         ///< at least one
  std::optional<TogetherSample> together;  ///< nothing where memory does not allow it

  std::size_t dof() const { return 3 * nodes; }
  /// Solves one after another over the same solves together, in time; nothing where that was not measured.
  std::optional<double> together_gain() const;
  /// Most memory any of the solves took per node: of the GPU, else of the process; nothing where it is not counted.
  std::optional<double> bytes_per_node(bool on_gpu) const;
};

struct BenchRecord {
  std::string state = "done";  ///< or "interrupted", "not converged"
  std::string date;            ///< UTC, ISO 8601
  std::string backend, device;
  int threads = 0;
  std::optional<double> load_average;  ///< of the last minute before the start; a busy machine measures nothing
  FreeMemory free;
  double tolerance = 0;
  std::uint64_t seed = 0;
  std::size_t copy_bytes = 0;         ///< of one array
  std::vector<double> copy_gb_per_s;  ///< read plus written
  std::vector<BenchProblem> problems;
  std::vector<SkippedStep> skipped;

  bool on_gpu() const { return backend == "cuda"; }
};

/// Middle value, or the mean of the two in the middle. `values` not empty.
double median(std::vector<double> values);

/// Two header lines, and the line of one problem, aligned with each other.
std::string bench_table_header();
std::string bench_table_row(const BenchProblem& problem, const BenchRecord& record);
/// What a reader of the table must know.
std::string bench_table_notes(const BenchRecord& record);

/// Schema "osteon-bench/1" (benchmarks/README.md).
std::string bench_json(const BenchRecord& record);

}  // namespace osteon::app
