// SPDX-License-Identifier: Apache-2.0
// Cells, tissues and oxygen of all sites, in device memory, and what happens to them between two solves.
#pragma once

#include <vector>

#include "diffusion_solver.hpp"
#include "kernels/cells/cells.hpp"
#include "osteon/regenerate/regeneration.hpp"
#include "sites.hpp"

namespace osteon {

/// Sums over all sites since the beginning, in units of c_max per voxel.
struct PopulationTotals {
  double placed = 0;   ///< host: at the start
  double entered = 0;  ///< over surfaces
  double divided = 0, died = 0, differentiated = 0;
};

class Biology {
 public:
  /// Palette entries palette_first ... + healing.poisson_levels - 1 of the model hold the mixtures' laws.
  Biology(Device& device, const SiteGrid& sites, const ElasticModel& model, const RegenerationSettings& settings,
          int palette_first);

  /// Gives what is due in [day, day + days); notes how much, and what found no room.
  void deliver(double day, double days, Monitor& monitor);
  /// Cells and tissues from `day` on, `days` long, under one fate (k_fate_values fields, device).
  void advance(double day, double days, const double* fate);
  /// Modulus (MPa) and palette entry per site, to the host, from the tissue of `day`.
  void material(double day, std::vector<float>& modulus_mpa, std::vector<std::uint8_t>& palette_index);
  /// Throws SimulationError naming the field and the first site at fault.
  void check(double day) const;

  int populations() const { return 1 + cohorts_ + kernels::k_phenotypes; }
  std::string population_name(int population) const;
  double cells_per_unit() const { return cells_per_unit_; }  ///< cells of a voxel at c_max
  const Buffer<double>& cells() const { return cells_; }
  const Buffer<double>& tissues() const { return tissues_; }
  const Buffer<double>& oxygen() const { return oxygen_; }
  const std::vector<double>& scaffold() const { return scaffold_host_; }
  /// Solid share of a scaffold voxel that is left.
  double scaffold_left(double day) const;
  std::vector<CohortBalance> balances() const;
  /// Host progenitors that came or went without a cause, in cells: 0 but for rounding.
  double host_balance_error() const;
  /// Number of cells of every population now.
  std::vector<double> totals_now() const;

  void save(RegenerationState& state) const;
  void restore(const RegenerationState& state);

 private:
  kernels::CellFields fields(const double* fate);
  kernels::CellKinetics kinetics(double day, double days) const;
  kernels::TissueStiffness stiffness(double day) const;
  void spread(double days);
  void breathe();
  void add_ledger();
  double sum(const double* field) const;
  double* cells_of(int population) { return cells_.data() + static_cast<std::size_t>(population) * sites_->count(); }
  kernels::DiffusionView diffusion(double diffusivity_mm2_per_time, double time) const;

  Device& device_;
  const SiteGrid* sites_;
  const ElasticModel* model_;
  const RegenerationSettings* settings_;
  const kernels::CellKernels& kernels_;
  DiffusionSolver diffusion_solver_;
  int palette_first_, cohorts_;
  double cells_per_unit_;
  std::vector<double> scaffold_host_;
  std::vector<PopulationTotals> totals_;
  std::vector<CohortBalance> given_;  ///< what was delivered and where it went at once
  std::vector<bool> is_given_;
  int days_averaged_ = 0;  ///< A0
  Buffer<double> cells_, tags_, tissues_, ledger_, scaffold_, oxygen_, sink_, zero_;
  Buffer<float> history_, modulus_;
  Buffer<std::uint8_t> palette_;
  mutable Buffer<double> result_;
};

}  // namespace osteon
