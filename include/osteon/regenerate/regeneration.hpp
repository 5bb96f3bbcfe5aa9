// SPDX-License-Identifier: Apache-2.0
// The coupled simulation: each day the bone is solved, strain becomes a stimulus, cells move, multiply, differentiate
// and make tissue, and tissue becomes stiffness again.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "osteon/core/device.hpp"
#include "osteon/mechanics/fields.hpp"
#include "osteon/model/elastic_model.hpp"
#include "osteon/regenerate/healing.hpp"
#include "osteon/regenerate/therapy.hpp"
#include "osteon/solve/linear_solver.hpp"

namespace osteon {

/// What a material is to the cells. One per entry of MaterialField::materials.
struct RegionRole {
  enum class Kind { inert, callus, scaffold } kind = Kind::inert;
  std::optional<double> cell_source;  ///< inert: concentration held on its faces towards sites, of c_max (periosteum,
                                      ///< marrow, endosteum); absent: cells do not pass
};

/// A load shared between the bone and a fixator that starts to carry after some play.
struct Fixator {
  double force_n = 0;             ///< size of the total axial force; 0: the load case's displacement is the load
  double stiffness_n_per_mm = 0;  ///< 0 = no fixator
  double free_play_mm = 0;
  bool half_model = false;      ///< the mesh is one half of the bone, cut in the middle of the gap: the movement of
                                ///< the whole is twice the mesh's
  double section_fraction = 1;  ///< of the bone's cross-section that the mesh shows (0.25: a quarter)

  /// Movement of the whole bone (mm, >= 0) whose stiffness is `bone_n_per_mm`: force = K u + k max(0, u - play).
  double movement_mm(double bone_n_per_mm) const;
};

/// Each day's solve starts from the last solution and differences of those before it, three vectors in all, and must
/// know the soft tissue as well as the bone.
inline SolverSettings solver_of_series(SolverSettings solver) {
  solver.earlier_solutions = 3;
  solver.energy_tolerance = 1e-5;
  return solver;
}

struct RegenerationSettings {
  HealingParameters healing;
  std::vector<RegionRole> regions;     ///< per material
  std::optional<double> outer_source;  ///< on the outer surface of sites (no voxel beyond, inside the grid)
  std::vector<Delivery> deliveries;    ///< at most 3
  Scaffold scaffold;
  Fixator fixator;
  double days = 120, step_days = 1;  ///< the bone is solved every step_days
  double strain_limit = 0.2;         ///< sites above it are counted and reported
  SolverSettings solver = solver_of_series({});
};

/// What one step found. Forces and stiffness are those of the whole bone.
struct RegenerationStep {
  int number = 0;
  double day = 0;
  double movement_mm = 0;  ///< interfragmentary
  double bone_stiffness_n_per_mm = 0;
  double bone_force_n = 0;  ///< the bone's share
  double stimulus_median = 0;
  std::int64_t overstrained_sites = 0;
  double callus_bone_fraction = 0;  ///< woven + lamellar, of all sites
  double gap_bone_fraction = -1;    ///< of the sites in the gap box; -1 = no gap given
  std::array<double, k_tissue_kinds> tissue_mm3 = {};
  std::vector<std::pair<std::string, double>> cells;  ///< number per population
  std::vector<CohortBalance> cohorts;
  double host_balance_error = 0;  ///< host progenitors: entered + divided - died - differentiated - now
  SolveReport solve;
  IndependentCheck check;
  double scale = 1;  ///< the unit solution times this is the day's displacement
  double mechanics_s = 0, biology_s = 0;
};

/// Named values that hold all of a simulation between two steps; what a checkpoint stores.
struct RegenerationState {
  int step = 0;
  double day = 0;
  std::vector<std::pair<std::string, std::vector<double>>> doubles;
  std::vector<std::pair<std::string, std::vector<float>>> floats;
};

/// Values per element of the mesh (0 outside the sites) under the contract's names.
struct RegenerationField {
  std::string name, unit;
  std::vector<float> values;
};

class Regeneration {
 public:
  /// `model`'s moduli and palette change as tissue does. Load case: unit motion of the loaded end; what is held stays.
  /// Throws UsageError (no site, a delivery that reaches no site, too many palette entries).
  Regeneration(Device& device, ElasticModel& model, const ResolvedLoadCase& load_case,
               const RegenerationSettings& settings);
  ~Regeneration();
  Regeneration(const Regeneration&) = delete;
  Regeneration& operator=(const Regeneration&) = delete;

  /// Sites whose bone fraction is reported as the gap's: box in mm, x0 x1 y0 y1 z0 z1.
  void set_gap_box(const std::array<double, 6>& box_mm);

  double day() const;
  int step_number() const;
  bool finished() const;

  /// Gives the cells that are due and solves the bone as it is now. The step's record; its solution is
  /// displacement_mm(). Throws SimulationError when the solve failed or a field is not finite.
  RegenerationStep solve_bone(Monitor& monitor);
  /// Lets cells and tissue go on for step_days and updates the material. Call after solve_bone.
  /// Throws SimulationError naming the field and the site when a value is negative or not finite.
  void grow(RegenerationStep& step);

  /// Displacement of the day, 3 per node, mm.
  const std::vector<double>& displacement_mm() const;
  /// Cells_*, Tissue_*, Stimulus, Oxygen, Scaffold per element.
  std::vector<RegenerationField> fields() const;
  std::size_t site_count() const;
  const std::vector<std::uint32_t>& site_elements() const;

  RegenerationState save() const;
  /// Continues from a saved state of the same case: the steps that follow have the same bits as without a stop.
  /// Throws InputError when the state belongs to another model.
  void restore(const RegenerationState& state, Monitor& monitor);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace osteon
