// SPDX-License-Identifier: Apache-2.0
// The JSON of `osteon bench`: everything measured, every repeat.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <thread>

#include "bench_record.hpp"
#include "osteon/core/machine.hpp"
#include "osteon/core/version.hpp"

namespace osteon::app {

namespace {

using Json = nlohmann::ordered_json;

Json series(const std::vector<double>& values) { return {{"median", median(values)}, {"repeats", values}}; }

template <class Value>
Json series_of(const std::vector<SolveSample>& solves, Value value) {
  std::vector<double> values;
  for (const SolveSample& solve : solves) values.push_back(value(solve));
  return series(values);
}

Json operator_json(const BenchProblem& problem, const std::vector<double>& times, std::size_t real_bytes,
                   double copy_gb_per_s) {
  const double seconds = median(times);
  const std::size_t bytes = operator_bytes(problem.nodes, problem.elements, real_bytes);
  const double gb_per_s = 1e-9 * static_cast<double>(bytes) / seconds;
  return {{"seconds", series(times)}, {"gdof_per_s", 1e-9 * static_cast<double>(problem.dof()) / seconds},
          {"bytes_needed", bytes},    {"bytes_moved", nullptr},  // no hardware counters are read
          {"gb_per_s", gb_per_s},     {"fraction_of_copy", gb_per_s / copy_gb_per_s}};
}

Json memory_json(const BenchProblem& problem, bool on_gpu) {
  Json host = Json::array(), buffers = Json::array();
  for (const SolveSample& solve : problem.solves) {
    host.push_back(solve.host_growth_bytes ? Json(*solve.host_growth_bytes) : Json(nullptr));
    buffers.push_back(solve.device_peak_bytes);
  }
  const std::optional<double> per_node = problem.bytes_per_node(on_gpu);
  return {{"host_growth_bytes", std::move(host)},
          {"buffer_peak_bytes", std::move(buffers)},
          {"bytes_per_node", per_node ? Json(*per_node) : Json(nullptr)},
          {"bytes_per_node_of", on_gpu ? "device buffers" : "host growth"}};
}

Json together_json(const BenchProblem& problem) {
  if (!problem.together) return nullptr;
  return {{"columns", problem.together->columns},
          {"solve_s", problem.together->solve_s},
          {"gain", *problem.together_gain()}};
}

Json problem_json(const BenchProblem& problem, const BenchRecord& record) {
  const double copy_gb_per_s = median(record.copy_gb_per_s);
  const SolveReport& report = problem.solves.front().report;
  const Json cycle_s = series_of(problem.solves, [](const SolveSample& s) { return s.cycle_s(); });
  const double dof = static_cast<double>(problem.dof());
  return {{"name", problem.step.name()},
          {"kind", problem.step.kind},
          {"size", problem.step.size},
          {"elements", problem.elements},
          {"nodes", problem.nodes},
          {"dof", problem.dof()},
          {"operator",
           {{"fp64", operator_json(problem, problem.operator_times.fp64_s, sizeof(double), copy_gb_per_s)},
            {"fp32", operator_json(problem, problem.operator_times.fp32_s, sizeof(float), copy_gb_per_s)}}},
          {"cycle", {{"seconds", cycle_s}, {"gdof_per_s", 1e-9 * dof / cycle_s["median"].get<double>()}}},
          {"setup_s", series_of(problem.solves, [](const SolveSample& s) { return s.setup_s(); })},
          {"solve_s", series_of(problem.solves, [](const SolveSample& s) { return s.report.solve_s; })},
          {"together", together_json(problem)},
          {"total_s", series_of(problem.solves, [](const SolveSample& s) { return s.total_s; })},
          {"method", report.method},
          {"iterations", report.iterations},
          {"fine_operator_applications", report.fine_operator_applications},
          {"relative_residual", report.relative_residual},
          {"converged", report.converged},
          {"level_dof", report.level_dof},
          {"memory", memory_json(problem, record.on_gpu())}};
}

Json machine_json(const BenchRecord& record) {
  return {{"cpu", cpu_model()},
          {"cores", std::thread::hardware_concurrency()},
          {"threads", record.threads},
          {"simd", instruction_set()},
          {"backend", record.backend},
          {"device", record.device},
          {"free_host_bytes", record.free.host},
          {"free_device_bytes", record.free.device},
          {"load_average", record.load_average ? Json(*record.load_average) : Json(nullptr)}};
}

}  // namespace

std::string bench_json(const BenchRecord& record) {
  Json json;
  json["schema"] = "osteon-bench/1";
  json["state"] = record.state;
  json["date"] = record.date;
  json["version"] = version();
  json["commit"] = git_revision();
  json["machine"] = machine_json(record);
  json["settings"] = {{"load_case", "axial"}, {"axis", "z"},         {"strain", -0.01},
                      {"poisson_ratio", 0.3}, {"seed", record.seed}, {"tolerance", record.tolerance}};
  json["copy"] = {{"array_bytes", record.copy_bytes}, {"gb_per_s", series(record.copy_gb_per_s)}};
  json["problems"] = Json::array();
  for (const BenchProblem& problem : record.problems) json["problems"].push_back(problem_json(problem, record));
  json["skipped"] = Json::array();
  for (const SkippedStep& skipped : record.skipped)
    json["skipped"].push_back({{"name", skipped.step.name()},
                               {"memory", skipped.on_device ? "device" : "host"},
                               {"needed_bytes", skipped.needed_bytes},
                               {"free_bytes", skipped.free_bytes}});
  return json.dump(2) + "\n";
}

}  // namespace osteon::app
