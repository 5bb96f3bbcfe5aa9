// SPDX-License-Identifier: Apache-2.0
// The table of `osteon bench`: medians, one line per problem.
#include <fmt/format.h>

#include <algorithm>

#include "bench_record.hpp"

namespace osteon::app {

namespace {

template <class Value>
double median_of(const std::vector<SolveSample>& solves, Value value) {
  std::vector<double> values;
  for (const SolveSample& solve : solves) values.push_back(value(solve));
  return median(std::move(values));
}

/// Speed of the operator in one precision: GDOF/s, GB/s of the bytes needed, percent of a copy.
std::string operator_columns(const BenchProblem& problem, const std::vector<double>& times, std::size_t real_bytes,
                             double copy_gb_per_s) {
  const double seconds = median(times);
  const std::size_t bytes = operator_bytes(problem.nodes, problem.elements, real_bytes);
  const double gb_per_s = 1e-9 * static_cast<double>(bytes) / seconds;
  return fmt::format(" {:>7.3f} {:>7.1f} {:>4.0f} %", 1e-9 * static_cast<double>(problem.dof()) / seconds, gb_per_s,
                     100 * gb_per_s / copy_gb_per_s);
}

}  // namespace

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : 0.5 * (values[half - 1] + values[half]);
}

std::optional<double> BenchProblem::bytes_per_node(bool on_gpu) const {
  std::size_t most = 0;
  for (const SolveSample& solve : solves) {
    if (!on_gpu && !solve.host_growth_bytes) return {};
    most = std::max(most, on_gpu ? solve.device_peak_bytes : *solve.host_growth_bytes);
  }
  return static_cast<double>(most) / static_cast<double>(nodes);
}

std::optional<double> BenchProblem::together_gain() const {
  if (!together) return {};
  return together->columns * median_of(solves, [](const SolveSample& s) { return s.report.solve_s; }) /
         together->solve_s;
}

std::string bench_table_header() {
  return fmt::format("{:13} {:>7} |{:^23} |{:^23} |{:^16} | {:>7} {:>7} {:>6} {:>6} {:>6} {:>7}\n", "problem",
                     "million", "operator fp64", "operator fp32", "cycle", "set-up", "whole", "iter-", "oper-", "toge-",
                     "memory") +
         fmt::format(
             "{:13} {:>7} | {:>7} {:>7} {:>6} | {:>7} {:>7} {:>6} | {:>7} {:>7} | {:>7} {:>7} {:>6} {:>6} {:>6} {:>7}",
             "", "DOF", "GDOF/s", "GB/s", "copy", "GDOF/s", "GB/s", "copy", "ms", "GDOF/s", "s", "s", "ations", "ators",
             "ther", "B/node");
}

std::string bench_table_row(const BenchProblem& problem, const BenchRecord& record) {
  const std::vector<SolveSample>& solves = problem.solves;
  const SolveReport& report = solves.front().report;  // all solves of a problem take the same steps
  const double copy_gb_per_s = median(record.copy_gb_per_s);
  const double dof = static_cast<double>(problem.dof());
  const double cycle_s = median_of(solves, [](const SolveSample& s) { return s.cycle_s(); });
  const std::optional<double> memory = problem.bytes_per_node(record.on_gpu()), gain = problem.together_gain();
  return fmt::format("{:13} {:>7.2f} |", problem.step.name(), 1e-6 * dof) +
         operator_columns(problem, problem.operator_times.fp64_s, sizeof(double), copy_gb_per_s) + " |" +
         operator_columns(problem, problem.operator_times.fp32_s, sizeof(float), copy_gb_per_s) +
         fmt::format(" | {:>7.1f} {:>7.3f} |", 1e3 * cycle_s, 1e-9 * dof / cycle_s) +
         fmt::format(" {:>7.2f} {:>7.2f}", median_of(solves, [](const SolveSample& s) { return s.setup_s(); }),
                     median_of(solves, [](const SolveSample& s) { return s.total_s; })) +
         fmt::format(" {:>6} {:>6} {:>6} {:>7}", fmt::format("{}{}", report.iterations, report.converged ? "" : "!"),
                     report.fine_operator_applications, gain ? fmt::format("{:.2f}x", *gain) : "-",
                     memory ? fmt::format("{:.0f}", *memory) : "-");
}

std::string bench_table_notes(const BenchRecord& record) {
  std::string text = fmt::format(
      "GB/s: the bytes an application needs, every value read or written once. copy: as a share of the {:.1f} GB/s of "
      "a\n"
      "copy; a problem that fits into the cache can exceed it. The bytes really moved are not measured: that takes "
      "the\n"
      "hardware counters of the memory controllers. whole: set-up and solve to ||r||/||b|| <= {:g} from zero; "
      "operators:\n"
      "its applications of the fine operator. together: how much faster {} load cases are solved at once than one\n"
      "after another. ",
      median(record.copy_gb_per_s), record.tolerance, k_bench_columns);
  text += record.on_gpu() ? "memory: peak of the solver's buffers on the GPU."
                          : "memory: peak growth of the process during set-up and solve.";
  for (const BenchProblem& problem : record.problems)
    if (!problem.solves.front().report.converged)
      text += fmt::format("\n! {} did not converge: {}", problem.step.name(), problem.solves.front().report.failure);
  return text;
}

}  // namespace osteon::app
