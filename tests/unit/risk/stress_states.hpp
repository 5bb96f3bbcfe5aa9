// SPDX-License-Identifier: Apache-2.0
// Failure criteria of single stress and strain states, in double.
#pragma once

#include <Eigen/Dense>
#include <random>
#include <string>
#include <vector>

#include "kernels/risk/criteria_list.hpp"
#include "osteon/risk/criteria.hpp"

namespace osteon::test {

/// `tensor` is the stress in MPa for criteria of stress, the strain for those of strain.
inline double risk_of(const Criterion& criterion, const Eigen::Matrix3d& tensor, double modulus_mpa = 10000,
                      double ash_density = 0.9) {
  kernels::RiskPoint point;
  const Eigen::Matrix3d& m = tensor;
  const double voigt[6] = {m(0, 0), m(1, 1), m(2, 2), m(1, 2), m(2, 0), m(0, 1)};
  for (int i = 0; i < 6; ++i) point.stress[i] = voigt[i];
  kernels::principal_values(voigt, 1, point.principal_stress);
  kernels::principal_values(voigt, 1, point.principal_strain);
  point.effective_strain = m.norm();
  point.modulus_mpa = modulus_mpa;
  point.ash_density_g_cm3 = ash_density;
  std::vector<double> parameters;
  for (const Criterion::Parameter& p : criterion.parameters) parameters.push_back(p.value);
  int place = 0;
  while (known_criteria()[static_cast<std::size_t>(place)].id != criterion.id) ++place;
  return kernels::FailureCriteria::risk(place, point, parameters.data());
}

inline void set_parameter(Criterion& criterion, const std::string& name, double value) {
  for (Criterion::Parameter& p : criterion.parameters)
    if (p.name == name) p.value = value;
}

/// A criterion with strengths in MPa, whatever it calls them.
inline Criterion with_strengths(const std::string& id, double tension_mpa, double compression_mpa) {
  Criterion criterion = find_criterion(id);
  set_parameter(criterion, "tensile_mpa", tension_mpa);
  set_parameter(criterion, "compressive_mpa", compression_mpa);
  set_parameter(criterion, "yield_mpa", tension_mpa);
  return criterion;
}

inline Eigen::Matrix3d diagonal(double x, double y, double z) { return Eigen::Vector3d(x, y, z).asDiagonal(); }

inline Eigen::Matrix3d shear_xy(double size) {
  Eigen::Matrix3d m = Eigen::Matrix3d::Zero();
  m(0, 1) = m(1, 0) = size;
  return m;
}

/// Symmetric tensors and rotations from a seed.
class RandomStates {
 public:
  explicit RandomStates(unsigned seed) : random_(seed) {}
  Eigen::Matrix3d tensor(double size) {
    Eigen::Matrix3d m;
    for (int j = 0; j < 9; ++j) m.data()[j] = size * normal_(random_);
    return (m + m.transpose()) / 2;
  }
  Eigen::Matrix3d rotation() {
    return Eigen::Quaterniond(normal_(random_), normal_(random_), normal_(random_), normal_(random_))
        .normalized()
        .matrix();
  }

 private:
  std::mt19937 random_;
  std::normal_distribution<double> normal_;
};

}  // namespace osteon::test
