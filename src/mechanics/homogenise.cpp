// SPDX-License-Identifier: Apache-2.0
// Apparent stiffness of a sample: the volume average of stress over the grid's box under six strain states
// (kinematic uniform boundary, as in van Rietbergen et al. 1996, J Biomech 29:1653; Hazanov & Huet 1994).
#include "osteon/mechanics/homogenise.hpp"

#include <Eigen/Dense>
#include <cmath>

#include "osteon/core/error.hpp"
#include "strain_input.hpp"

namespace osteon {

namespace {

constexpr const char* k_state_names[6] = {"e_xx", "e_yy", "e_zz", "e_yz", "e_zx", "e_xy"};

/// Volume average of stress over the grid's box, voids counted with zero stress.
std::array<double, 6> mean_stress(const ElasticModel& model, const std::vector<double>& displacement_mm) {
  const kernels::StrainInput input = strain_input(model, displacement_mm);
  std::vector<double> brick_sums(std::size_t{6} * static_cast<std::size_t>(input.grid.brick_count));
  kernels::cpu::sum_stress(input, brick_sums.data());
  std::array<double, 6> mean{};
  for (std::size_t i = 0; i < brick_sums.size(); ++i) mean[i % 6] += brick_sums[i];
  for (double& value : mean) value /= static_cast<double>(model.mesh->size().volume());
  return mean;
}

void fill_engineering_constants(const Eigen::Matrix<double, 6, 6>& stiffness, HomogenisedStiffness& result) {
  const Eigen::SelfAdjointEigenSolver<Eigen::Matrix<double, 6, 6>> eigen(stiffness);
  const double largest = eigen.eigenvalues().cwiseAbs().maxCoeff();
  if (!(eigen.eigenvalues().minCoeff() > 1e-12 * largest)) return;
  const Eigen::Matrix<double, 6, 6> compliance = stiffness.inverse();
  constexpr int k_poisson_pairs[6][2] = {{0, 1}, {0, 2}, {1, 0}, {1, 2}, {2, 0}, {2, 1}};
  for (int i = 0; i < 3; ++i) {
    result.youngs_modulus_mpa[i] = 1 / compliance(i, i);
    result.shear_modulus_mpa[i] = 1 / compliance(3 + i, 3 + i);
  }
  for (int p = 0; p < 6; ++p) {
    const int along = k_poisson_pairs[p][0], across = k_poisson_pairs[p][1];
    result.poisson_ratio[p] = -compliance(across, along) / compliance(along, along);
  }
}

}  // namespace

std::vector<LoadCaseSpec> homogenisation_load_cases(double strain) {
  std::vector<LoadCaseSpec> cases(6);
  for (int v = 0; v < 6; ++v) {
    cases[v].name = k_state_names[v];
    cases[v].type = LoadType::strain;
    cases[v].uniform_strain[v] = strain;
  }
  return cases;
}

HomogenisedStiffness homogenise(const ElasticModel& model, const std::vector<std::vector<double>>& displacements,
                                double strain) {
  OSTEON_ASSERT(displacements.size() == 6 && strain != 0);
  Eigen::Matrix<double, 6, 6> raw;
  for (int column = 0; column < 6; ++column) {
    const std::array<double, 6> stress = mean_stress(model, displacements[column]);
    for (int row = 0; row < 6; ++row) raw(row, column) = stress[row] / strain;
  }
  const Eigen::Matrix<double, 6, 6> symmetric = (raw + raw.transpose()) / 2;
  HomogenisedStiffness result;
  const double largest = raw.cwiseAbs().maxCoeff();
  if (largest > 0) result.asymmetry = (raw - raw.transpose()).cwiseAbs().maxCoeff() / largest;
  for (int row = 0; row < 6; ++row)
    for (int column = 0; column < 6; ++column) result.stiffness_mpa[6 * row + column] = symmetric(row, column);
  fill_engineering_constants(symmetric, result);
  return result;
}

}  // namespace osteon
