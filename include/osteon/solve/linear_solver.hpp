// SPDX-License-Identifier: Apache-2.0
// Preconditioned conjugate gradients on the matrix-free stiffness operator. Knows no bone.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "kernels/element/elasticity.hpp"
#include "kernels/grid/brick_grid.hpp"
#include "osteon/core/device.hpp"
#include "osteon/core/geometry.hpp"
#include "osteon/core/node_values.hpp"

namespace osteon {

/// A linear elastic problem on a voxel grid, in host memory. Views must outlive the solver.
struct ElasticProblem {
  BrickGridView grid;
  Vec3 spacing_mm = {1, 1, 1};
  const std::vector<Elasticity>* palette = nullptr;          ///< unit laws
  const std::vector<std::uint8_t>* palette_index = nullptr;  ///< per element
  const std::vector<float>* modulus_mpa = nullptr;           ///< per element
  const std::vector<Index3>* node_positions = nullptr;       ///< per node, grid coordinates
};

enum class CyclePrecision { fp32, fp64 };
enum class Preconditioner { multigrid, block_jacobi };

/// More systems at once share little more: the matrices are then a small part of what every product reads.
inline constexpr int k_most_columns = 8;

struct SolverSettings {
  double tolerance = 1e-6;  ///< on ||r|| / ||b||, unpreconditioned, b = f - K u_prescribed
  /// On the error in energy as well, sqrt(r . z / u . K u) with z the preconditioned residual; 0: not asked. Where
  /// stiff bone is moved and soft tissue gives way, b is the size of bone's forces and a small ||r|| / ||b|| says
  /// little about the tissue. Multigrid's r . z is the error's energy to a factor of about 2; block Jacobi's is not.
  double energy_tolerance = 0;
  int max_iterations = 1000;
  Preconditioner preconditioner = Preconditioner::multigrid;
  CyclePrecision precision = CyclePrecision::fp32;  ///< of the multigrid cycle; CG is always fp64
  int aggregate_edge = 4;  ///< first aggregates span edge^3 nodes; 3: fewer iterations on thin struts, more memory;
                           ///< 0: 3 where struts are thin, else 4
  double strength_threshold = 0.1;  ///< modulus ratio below which neighbours are not aggregated
  int smoother_degree = 2;          ///< Chebyshev polynomials of the fourth kind on the finest level, beside one Jacobi
                                    ///< step on either side of the coarse correction
  int coarse_smoother_degree = 3;   ///< the same below
  int coarsest_dof =
      1000;               ///< levels are added until one is at most this large; same iterations as 2000, faster set-up
  int block_columns = 0;  ///< systems solved together at most, up to k_most_columns; 0: as many as memory allows
  int earlier_solutions = 0;  ///< a series of solves: each starts from the best combination of that many vectors made
                              ///< of the last solutions (24 B per node each); 0: from zero
};

/// What a solve did before its first iteration.
enum class SetUp {
  built,       ///< the whole hierarchy: first solve, other supports, or moduli too far from those it was built for
  recomputed,  ///< all values for new moduli, on the device; aggregates and patterns kept
  refreshed,   ///< the finest level for new moduli; coarse levels kept
  kept         ///< nothing
};

struct SolveReport {
  std::string method;  ///< "CG + aggregation multigrid (4^3, W, Chebyshev-4 degree 2, fp32)"
  int iterations = 0;
  double relative_residual = 0;  ///< ||r||/||b|| as the recurrence sees it
  double energy_error = 0;       ///< estimate, see SolverSettings::energy_tolerance; 0 where that is 0
  bool converged = false;
  std::string failure;                  ///< why not: "NaN in the residual at iteration 12", "1000 iterations", ""
  std::vector<std::int64_t> level_dof;  ///< finest first
  std::vector<double> residual_history;
  std::int64_t fine_operator_applications = 0;
  SetUp setup = SetUp::built;
  int solved_together = 1;  ///< systems in lock-step with this one, itself included
  /// Wall time. Of systems solved together the first carries the set-up, and solve_s is each one's equal share: sums
  /// over the reports are what passed on the clock.
  double setup_s = 0, solve_s = 0;
  double cycle_s = 0;  ///< part of solve_s spent in the preconditioner: one cycle per iteration
};

/// One set of prescribed degrees of freedom, loads and start.
struct LinearSystem {
  const std::vector<std::uint8_t>* constrained = nullptr;  ///< per node, bit c = component c
  const NodeValues* prescribed_mm = nullptr;               ///< 0 where free
  const std::vector<double>* force_n = nullptr;            ///< 3 per node or null
  const std::vector<double>* initial_mm = nullptr;         ///< start, 3 per node; null: zero or earlier solutions
};

struct LinearSolution {
  std::vector<double> displacement_mm;  ///< 3 per node; empty until it is known
  SolveReport report;
};

/// What decides, beside the present moduli, which digits the next solve gives: the moduli the hierarchy was made for,
/// how well it has done since, and the solutions to start from.
struct SolverMemory {
  std::vector<float> built_modulus_mpa, computed_modulus_mpa;  ///< empty: not built, not computed again
  std::vector<std::uint8_t> built_palette_index, computed_palette_index;
  bool computed_again = false;
  double fresh_rate = 0, last_rate = 0, smoother_bound = 0;
  std::vector<std::vector<double>> earlier_mm;  ///< what earlier solutions left, 3 per node each
};

/// Grid and present material in device memory, for kernels that read them beside the solver.
struct DeviceMaterial {
  BrickGridView grid;
  const std::uint8_t* palette_index = nullptr;  ///< per element
  const float* modulus_mpa = nullptr;           ///< per element
};

/// Holds the operator and, from the first solve on, the multigrid hierarchy; solves with the same constrained set
/// share it, another set rebuilds it.
class ElasticSolver {
 public:
  ElasticSolver(Device& device, const ElasticProblem& problem, const SolverSettings& settings);
  ~ElasticSolver();
  ElasticSolver(const ElasticSolver&) = delete;
  ElasticSolver& operator=(const ElasticSolver&) = delete;

  /// Displacement, 3 per node, mm; prescribed components hold their prescribed value exactly.
  /// Non-convergence is a state of the report, not an exception; the best field so far is returned.
  std::vector<double> solve(const LinearSystem& system, SolveReport& report, Monitor& monitor);

  /// The same for several systems with the same prescribed degrees of freedom (values and loads may differ), in batches
  /// of block_columns(): the vectors of a batch go through material and matrices together. Every solution has the
  /// digits it would have alone. `solutions` is filled one by one; those known stay when `monitor` interrupts.
  void solve(const std::vector<LinearSystem>& systems, std::vector<LinearSolution>& solutions, Monitor& monitor);

  /// Systems that are solved together at most (SolverSettings::block_columns and memory).
  int block_columns() const;

  /// New moduli (MPa, per element, > 0) for the solves that follow; the vector must outlive the solver. Operator and
  /// smoother follow at once. The coarse levels stay until a solve has needed a fifth more iterations than the
  /// first one after they were built, per decade of the residual: then the next solve builds them anew (a GPU first
  /// computes their values again, and builds only if that does not help).
  void set_moduli(const std::vector<float>& modulus_mpa);

  /// The same with new palette entries per element (the palette itself stays); both vectors must outlive the solver.
  void set_material(const std::vector<float>& modulus_mpa, const std::vector<std::uint8_t>& palette_index);

  /// Valid while the solver lives; follows set_moduli and set_material.
  DeviceMaterial device_material() const;

  /// For a series that must go on with the same bits after a stop. Costs 5 B per element from the first call of
  /// keep_memory() on, which must come before the first solve.
  void keep_memory();
  SolverMemory memory() const;
  /// Makes the hierarchy again as it was. The present moduli stay.
  void restore(const SolverMemory& memory, const std::vector<std::uint8_t>& constrained, Monitor& monitor);

  /// f = K u with no constraint applied, 3 per node, N (for tests and reactions).
  std::vector<double> apply_stiffness(const std::vector<double>& u);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Bytes a solve will need on the device, and on the host beside the program itself, from counts alone (each part is
/// named in memory_estimate.cpp). `columns`: systems solved together.
struct MemoryEstimate {
  std::size_t device_bytes = 0;
  std::size_t host_bytes = 0;
};
MemoryEstimate estimate_memory(std::uint32_t nodes, std::uint32_t elements, const SolverSettings& settings,
                               int columns = 1);

/// Throws DeviceError with the numbers when the device has less free memory than solving one system will need.
void require_memory(const Device& device, std::uint32_t nodes, std::uint32_t elements, const SolverSettings& settings);

/// Systems that can be solved together in what is free now, at least 1 (SolverSettings::block_columns).
int columns_that_fit(const Device& device, std::uint32_t nodes, std::uint32_t elements, const SolverSettings& settings);

}  // namespace osteon
