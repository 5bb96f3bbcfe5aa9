// SPDX-License-Identifier: Apache-2.0
// The load a bone carries when its tissue yields: force over displacement, and what is read from that curve.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "osteon/core/device.hpp"
#include "osteon/model/elastic_model.hpp"
#include "osteon/model/load_case.hpp"
#include "osteon/solve/elastoplastic_solver.hpp"

namespace osteon {

enum class YieldLaw { von_mises, asymmetric };

/// Yield strains are yield stresses over Young's modulus of the voxel, so dense bone is stronger.
struct StrengthSettings {
  YieldLaw law = YieldLaw::asymmetric;
  double yield_strain = 0;  ///< von_mises only, > 0
  /// asymmetric: tissue of the femoral neck, Bayraktar et al. 2004, J Biomech 37:27 (recalled, check)
  double tensile_yield_strain = 0.0041, compressive_yield_strain = 0.0083;
  /// Slope after yield in uniaxial compression over Young's modulus: Niebur et al. 2000, J Biomech 33:1575; MacNeil and
  /// Boyd 2008, Bone 42:1203 (recalled, check). In tension the plastic slope is less (plasticity.hpp).
  double post_yield_ratio = 0.05;
  double shape =
      0.49;  ///< of the asymmetric surface, in (-1, 0.5]; 0.49: Schwiedrzik and Zysset 2013 (recalled, check)
  double damage_limit = 0, damage_rate = 10;  ///< D = limit (1 - exp(-rate kappa)); limit 0: none

  std::vector<double> load_factors = {1};  ///< gone through in turn, times the load case
  double failed_plastic_strain = 0.002;    ///< mean of a voxel from which on it counts as failed (assumption)
  double offset_strain = 0.002;            ///< of the offset yield, times the length of the bone
  double stop_after_drop = 0.2;            ///< ends when the force has fallen by this share of its peak; 0: never
  ElastoplasticSettings solver;
};

/// One converged step. Displacement and force are conjugate: their product is work. Of bending and torsion rad and N
/// mm.
struct StrengthPoint {
  double load_factor = 0, displacement = 0, force = 0;  ///< both positive along the first load factor
  double work_mj = 0, stored_mj = 0, dissipated_mj = 0;
  std::vector<double> yielded_percent;  ///< of the volume of each material, in the order of MaterialField::materials
  int newton_iterations = 0, linear_iterations = 0;
};

struct TissueEvent {
  double load_factor = 0;
  std::uint32_t element = 0;
  Index3 voxel;
  std::string material;
};

struct CurveMark {
  double displacement = 0, force = 0, work_mj = 0;
};

struct StrengthResult {
  std::string load_case;
  std::string displacement_unit = "mm", force_unit = "N";
  std::vector<StrengthPoint> curve;
  double initial_stiffness = 0;
  /// From the steps up to the first turn of the load.
  std::optional<CurveMark>
      offset_yield;               ///< where the line of initial stiffness, moved by offset_strain, meets the curve
  CurveMark ultimate;             ///< largest force
  bool ultimate_is_peak = false;  ///< false: the force still rose at the end, the bone carries more
  std::optional<TissueEvent> first_yield, first_failed;   ///< the voxel where a point yields first, or fails first
  std::vector<std::optional<double>> first_yield_factor;  ///< of each material
  double energy_balance_error = 0;                        ///< |work - stored - dissipated| / largest work, worst step
  ElastoplasticReport solver;
  /// Per element, after the last step.
  std::vector<float> plastic_strain, damage, failed;
  std::vector<std::string> notes;
};

/// Law of each material; those that are not evaluated (cement, platens) stay elastic. Throws UsageError for settings
/// out of range, a material that is orthotropic, or a Poisson's ratio that differs within a material.
std::vector<PlasticLaw> plastic_laws(const MaterialField& material, const StrengthSettings& settings);

/// Bytes that run_strength needs on the device beside a linear solve's, and those that it would if every voxel yielded.
struct StrengthMemory {
  std::size_t device_bytes, device_bytes_all_yielded;
};
StrengthMemory strength_memory(std::uint32_t nodes, std::uint32_t elements);

/// Runs the load case, whose prescribed displacements and forces are those of load factor 1. `result` grows step by
/// step, so that an interrupt leaves the curve so far. A path that ends early is a state of result.solver. Throws
/// UsageError for a load case of uniform strain, which has no force over displacement.
void run_strength(Device& device, const ElasticModel& model, const ResolvedLoadCase& load_case,
                  const StrengthSettings& settings, StrengthResult& result, Monitor& monitor);

/// Fills initial stiffness, offset yield and ultimate from the curve; `length` in mm, 0: no offset yield.
void read_curve(double offset_strain, double length_mm, StrengthResult& result);

/// "load_factor,displacement [mm],force [N],..." and a line per step.
std::string curve_csv(const StrengthResult& result, const MaterialField& material);

}  // namespace osteon
