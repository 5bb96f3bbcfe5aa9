// SPDX-License-Identifier: Apache-2.0
// Speed of the stiffness operator as ratios that carry over between machines: against the plain element-by-element
// product with a dense 24x24 matrix, and against copying the same vectors (the floor set by memory).
// Threads: OMP_NUM_THREADS, else all cores. Prints one table; --benchmark_out=FILE.json keeps the raw times.
#include <benchmark/benchmark.h>
#include <omp.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "osteon/image/synthetic.hpp"
#include "osteon/model/materials.hpp"
#include "osteon/model/voxel_mesh.hpp"
#include "src/solve/fine_operator.hpp"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
// The dense product may use what the operator uses (kernels/simd.hpp).
#define OSTEON_BEST_SIMD __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define OSTEON_BEST_SIMD
#endif
#define OSTEON_BENCH_INLINE inline __attribute__((always_inline))

namespace osteon {

namespace {

template <class Real>
using DenseStiffness = std::array<std::array<Real, 24>, 24>;

/// Nodes of all elements, eight each, grouped so that groups of one colour share no node.
struct ElementTable {
  std::vector<std::uint32_t> nodes;        ///< [8 element + local node]
  std::vector<std::uint32_t> group_start;  ///< elements of group g: group_start[g] .. group_start[g + 1]
  std::array<std::vector<std::uint32_t>, 8> groups_of_colour;
};

/// f += modulus K u for the elements [first, last).
template <class Real>
OSTEON_BENCH_INLINE void add_elements(const std::uint32_t* nodes, const float* modulus_mpa, std::uint32_t first,
                                      std::uint32_t last, const DenseStiffness<Real>& k, const Real* x, Real* y) {
  for (std::uint32_t e = first; e < last; ++e) {
    const std::uint32_t* node = nodes + std::size_t{8} * e;
    Real u[24], f[24] = {};
    for (std::size_t a = 0; a < 8; ++a)
      for (std::size_t c = 0; c < 3; ++c) u[3 * a + c] = x[std::size_t{3} * node[a] + c];
    for (std::size_t j = 0; j < 24; ++j)
      for (std::size_t i = 0; i < 24; ++i) f[i] += k[j][i] * u[j];
    const Real modulus = static_cast<Real>(modulus_mpa[e]);
    for (std::size_t a = 0; a < 8; ++a)
      for (std::size_t c = 0; c < 3; ++c) y[std::size_t{3} * node[a] + c] += modulus * f[3 * a + c];
  }
}

OSTEON_BEST_SIMD void add_group(const std::uint32_t* nodes, const float* modulus_mpa, std::uint32_t first,
                                std::uint32_t last, const DenseStiffness<float>& k, const float* x, float* y) {
  add_elements(nodes, modulus_mpa, first, last, k, x, y);
}
OSTEON_BEST_SIMD void add_group(const std::uint32_t* nodes, const float* modulus_mpa, std::uint32_t first,
                                std::uint32_t last, const DenseStiffness<double>& k, const double* x, double* y) {
  add_elements(nodes, modulus_mpa, first, last, k, x, y);
}

/// One bone and everything the kernels need of it.
class Problem {
 public:
  Problem(Device& device, std::string name, const VoxelImage& image) : name_(std::move(name)) {
    std::vector<std::uint8_t> active(image.values.begin(), image.values.end());
    mesh_ = std::make_unique<VoxelMesh>(image.geometry.size, image.geometry.spacing_mm, active);
    Material bone;
    bone.label = 1;
    bone.youngs_modulus_mpa = k_youngs_modulus_mpa;
    bone.poisson_ratio = k_poisson_ratio;
    material_ = assign_materials(*mesh_, image, nullptr, nullptr, {bone});
    const ElasticProblem problem{mesh_->view(),          mesh_->spacing_mm(),
                                 &material_.palette,     &material_.palette_index,
                                 &material_.modulus_mpa, &mesh_->node_positions()};
    operator_ = std::make_unique<FineOperator>(device, problem);
    hex8_stiffness(material_.palette[0], mesh_->spacing_mm().data(), stiffness_);
    build_table();
  }

  const std::string& name() const { return name_; }
  std::size_t values() const { return std::size_t{3} * mesh_->node_count(); }

  template <class Real>
  void apply_operator(const Real* x, Real* y) {
    operator_->apply(x, y);
  }

  template <class Real>
  void apply_dense(const Real* x, Real* y) const {
    DenseStiffness<Real> k;
    for (std::size_t i = 0; i < 24; ++i)
      for (std::size_t j = 0; j < 24; ++j) k[i][j] = static_cast<Real>(stiffness_[i][j]);
#pragma omp parallel
    {
#pragma omp for schedule(static)
      for (std::size_t i = 0; i < values(); ++i) y[i] = 0;
      for (const std::vector<std::uint32_t>& groups : table_.groups_of_colour) {
#pragma omp for schedule(dynamic, 8)
        for (std::size_t g = 0; g < groups.size(); ++g)
          add_group(table_.nodes.data(), material_.modulus_mpa.data(), table_.group_start[groups[g]],
                    table_.group_start[groups[g] + 1], k, x, y);
      }
    }
  }

  template <class Real>
  void copy(const Real* x, Real* y) const {
    const std::size_t chunk = 1 << 14, chunks = (values() + chunk - 1) / chunk;
#pragma omp parallel for schedule(static)
    for (std::size_t c = 0; c < chunks; ++c)
      std::memcpy(y + c * chunk, x + c * chunk, std::min(chunk, values() - c * chunk) * sizeof(Real));
  }

 private:
  /// Groups are bricks: elements are numbered brick by brick, bricks of one parity share no node.
  void build_table() {
    table_.nodes.resize(std::size_t{8} * mesh_->element_count());
    for (std::uint32_t e = 0; e < mesh_->element_count(); ++e)
      mesh_->element_nodes(e, table_.nodes.data() + std::size_t{8} * e);
    for (const Brick& brick : mesh_->bricks()) {
      const int colour = (brick.position[0] & 1) | (brick.position[1] & 1) << 1 | (brick.position[2] & 1) << 2;
      table_.groups_of_colour[static_cast<std::size_t>(colour)].push_back(
          static_cast<std::uint32_t>(table_.group_start.size()));
      table_.group_start.push_back(brick.element_base[0]);
    }
    table_.group_start.push_back(mesh_->element_count());
  }

  static constexpr double k_youngs_modulus_mpa = 10000, k_poisson_ratio = 0.3;

  std::string name_;
  std::unique_ptr<VoxelMesh> mesh_;
  MaterialField material_;
  std::unique_ptr<FineOperator> operator_;
  double stiffness_[24][24];
  ElementTable table_;
};

/// Smooth enough that rounding does not hide a wrong element, without symmetry.
template <class Real>
std::vector<Real> test_vector(std::size_t values) {
  std::vector<Real> x(values);
  for (std::size_t i = 0; i < values; ++i) x[i] = static_cast<Real>(std::sin(0.37 * static_cast<double>(i)));
  return x;
}

/// Largest difference between the two products over the largest value: they must compute the same thing.
template <class Real>
double disagreement(Problem& problem) {
  const std::vector<Real> x = test_vector<Real>(problem.values());
  std::vector<Real> a(x.size()), b(x.size());
  problem.apply_operator(x.data(), a.data());
  problem.apply_dense(x.data(), b.data());
  double difference = 0, largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference = std::max(difference, std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
    largest = std::max(largest, std::abs(static_cast<double>(b[i])));
  }
  return difference / largest;
}

template <class Real, class Kernel>
void time_kernel(const std::string& name, std::size_t values, Kernel kernel) {
  benchmark::RegisterBenchmark(name.c_str(),
                               [values, kernel](benchmark::State& state) {
                                 const std::vector<Real> x = test_vector<Real>(values);
                                 std::vector<Real> y(values);
                                 for (auto _ : state) {
                                   kernel(x.data(), y.data());
                                   benchmark::ClobberMemory();
                                 }
                                 state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(values));
                               })
      ->UseRealTime()
      ->MinTime(0.05)
      ->Repetitions(5);
}

template <class Real>
void time_problem(Problem& problem, const std::string& precision) {
  const std::string prefix = problem.name() + "/" + precision + "/";
  const std::size_t values = problem.values();
  time_kernel<Real>(prefix + "operator", values, [&](const Real* x, Real* y) { problem.apply_operator(x, y); });
  time_kernel<Real>(prefix + "dense", values, [&](const Real* x, Real* y) { problem.apply_dense(x, y); });
  time_kernel<Real>(prefix + "copy", values, [&](const Real* x, Real* y) { problem.copy(x, y); });
}

/// Keeps the fastest repetition of each benchmark and prints one line per problem and precision.
class RatioReporter : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      if (run.run_type != Run::RT_Iteration || run.error_occurred) continue;
      const double seconds = run.real_accumulated_time / static_cast<double>(run.iterations);
      const auto [place, is_new] = seconds_.emplace(run.run_name.function_name, seconds);
      if (!is_new) place->second = std::min(place->second, seconds);
    }
  }

  void print_table(const std::vector<std::pair<std::string, std::size_t>>& rows) const {
    std::printf("| problem | MDOF | operator ms | MDOF/s | copy ms | operator / copy | dense 24x24 / operator |\n");
    std::printf("| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n");
    for (const auto& [name, values] : rows) {
      const auto own = seconds_.find(name + "operator"), dense = seconds_.find(name + "dense"),
                 copy = seconds_.find(name + "copy");
      if (own == seconds_.end() || dense == seconds_.end() || copy == seconds_.end()) continue;
      const double mdof = static_cast<double>(values) / 1e6;
      std::printf("| %.*s | %.2f | %.3f | %.0f | %.3f | %.1f | %.1f |\n", static_cast<int>(name.size() - 1),
                  name.c_str(), mdof, 1e3 * own->second, mdof / own->second, 1e3 * copy->second,
                  own->second / copy->second, dense->second / own->second);
    }
  }

 private:
  std::map<std::string, double> seconds_;
};

VoxelImage rods(int size) {
  TrabecularRecipe recipe;
  recipe.size = {size, size, size};
  return make_trabecular(recipe);
}

int run(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  const std::unique_ptr<Device> device = make_device("cpu", omp_get_max_threads(), silent_monitor());
  std::vector<std::unique_ptr<Problem>> problems;
  problems.push_back(std::make_unique<Problem>(*device, "solid 64^3", make_block({64, 64, 64}, {0.036, 0.036, 0.036})));
  problems.push_back(std::make_unique<Problem>(*device, "rods 128^3", rods(128)));
  std::vector<std::pair<std::string, std::size_t>> rows;
  for (const auto& problem : problems) {
    if (!(disagreement<double>(*problem) < 1e-13) || !(disagreement<float>(*problem) < 1e-5)) {
      std::fprintf(stderr, "osteon_micro: %s: operator and dense product disagree\n", problem->name().c_str());
      return 1;
    }
    time_problem<double>(*problem, "fp64");
    time_problem<float>(*problem, "fp32");
    for (const char* precision : {"/fp64/", "/fp32/"})
      rows.emplace_back(problem->name() + precision, problem->values());
  }
  RatioReporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  std::printf("\n%s\n\n", device->description().c_str());
  reporter.print_table(rows);
  return 0;
}

}  // namespace

}  // namespace osteon

int main(int argc, char** argv) { return osteon::run(argc, argv); }
