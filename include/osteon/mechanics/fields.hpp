// SPDX-License-Identifier: Apache-2.0
// Strain, stress and energy of a solution, and the numbers a report needs from them.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "osteon/model/elastic_model.hpp"

namespace osteon {

/// Element fields of one load case, in mesh order. Evaluated at the centroid unless named otherwise.
struct ElementFields {
  std::vector<float> strain;            ///< 6 per element, voigt.hpp
  std::vector<float> stress;            ///< 6 per element, MPa
  std::vector<float> principal_strain;  ///< 3 per element, descending
  std::vector<float> von_mises_mpa;
  std::vector<double> energy_density;       ///< MPa; 1/2 stress . strain at the centroid
  std::vector<double> effective_strain;     ///< sqrt(2 U / E); orthotropic voxels: E = modulus_mpa[e], which is E_x
  std::vector<double> mean_energy_density;  ///< element average, 1/2 u.K_e u / V; only when asked for
};

struct FieldRequest {
  bool tensors = true;  ///< strain, stress
  bool stress = false;  ///< stress without strain
  bool principal = true;
  bool von_mises = true;
  bool mean_energy = false;
};

/// `displacement_mm` 3 per node. Energy and effective strain are always computed; vectors not asked for stay empty.
/// Parallel over elements.
ElementFields compute_fields(const ElasticModel& model, const std::vector<double>& displacement_mm,
                             const FieldRequest& request);

/// Eigenvalues of a symmetric tensor given in Voigt order; `engineering_shear` for strains. Descending.
std::array<double, 3> principal_values(const double tensor[6], bool engineering_shear);

struct FieldStatistics {
  std::string unit;
  double mean = 0, sd = 0, p95 = 0, p98 = 0, max = 0;  ///< percentiles interpolated linearly, as NumPy
};
/// Population standard deviation (divided by n), as NumPy. All zero for an empty vector. The same digits for any
/// number of threads.
FieldStatistics field_statistics(const std::vector<double>& values, const std::string& unit);

/// What the supports carry, and stiffness from it.
struct ReactionReport {
  Vec3 reaction_force_n = {0, 0, 0};     ///< that the outside puts on the loaded end: compression along z is negative
  Vec3 reaction_moment_nmm = {0, 0, 0};  ///< on the loaded end: bending and torsion about their centre
                                         ///< of rotation, else about the middle of the grid's cross-section
  double applied_displacement_mm = 0;
  double applied_angle_rad = 0;                 ///< bending, torsion
  double stiffness_n_per_mm = 0;                ///< |F / d|; 0 when no displacement is applied
  double rotational_stiffness_nmm_per_rad = 0;  ///< |M / angle|, bending and torsion
  double apparent_modulus_mpa = 0;  ///< F L / (d A), A = the grid's whole cross-section; platen and shear cases only
  double strain_energy_mj = 0;      ///< 1/2 u . K u
  /// False when the component along the case's displacement had to be a plain sum of nodal forces: the case also has
  /// forces, or prescribes more than its own displacement, so that energy does not belong to that component alone.
  bool from_energy = false;
  std::string method;  ///< one sentence for the report
};

/// Judges a solution without the solver's own path: plain 24x24 Gauss-integrated element matrices, host only.
struct IndependentCheck {
  double relative_residual = 0;    ///< ||r||/||b|| over the free degrees of freedom, b = f - K u_prescribed
  double force_balance_error = 0;  ///< |sum of all reactions and loads| / sum of their magnitudes
  double energy_error = 0;         ///< |external work - 2 * strain energy| / external work
  double constraint_error_mm = 0;  ///< largest |u - u_prescribed| of a constrained component
};

/// Reactions and check in one pass over the elements. The reaction along the case's own displacement is taken from the
/// energy form F = u.K u / d, whose error is quadratic in that of u while a sum of nodal forces has a linear one; the
/// other components are sums. Bending and torsion: moment = u.K u / angle; for bending, where both ends turn, this is
/// the mean of the two end moments. Parallel, and the same digits for any number of threads. Also returns the nodal
/// forces K u in `nodal_force_n` when not null.
ReactionReport evaluate_reactions(const ElasticModel& model, const ResolvedLoadCase& load_case,
                                  const std::vector<double>& displacement_mm, IndependentCheck& check,
                                  std::vector<double>* nodal_force_n);

}  // namespace osteon
