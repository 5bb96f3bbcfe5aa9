// SPDX-License-Identifier: Apache-2.0
#include "earlier_solutions.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

namespace osteon {

namespace {

/// Least-squares solution of the small system, scaled to a unit diagonal; what depends on the rest to rounding gets no
/// weight of its own.
Eigen::VectorXd solve_gram(Eigen::MatrixXd gram, Eigen::VectorXd loads) {
  constexpr double k_dependent = 1e-12;
  const Eigen::VectorXd scale = gram.diagonal().unaryExpr([](double d) { return d > 0 ? 1 / std::sqrt(d) : 0.0; });
  gram = scale.asDiagonal() * gram * scale.asDiagonal();
  loads = scale.cwiseProduct(loads);
  Eigen::CompleteOrthogonalDecomposition<Eigen::MatrixXd> decomposition;
  decomposition.setThreshold(k_dependent);
  decomposition.compute(gram);
  return scale.cwiseProduct(decomposition.solve(loads));
}

}  // namespace

EarlierSolutions::EarlierSolutions(Device& device, std::size_t dof_count, int most)
    : device_(device),
      vectors_(kernels::vector_kernels<double>(device)),
      n_(dof_count),
      most_(static_cast<std::size_t>(most)),
      sums_(device, most_ * (most_ + 1)) {}

void EarlierSolutions::remember(const double* x) {
  if (basis_.empty()) {
    basis_.emplace_back(device_, n_);
  } else if (most_ > 1) {
    if (basis_.size() < most_)
      basis_.emplace_back(device_, n_);  // before the rotation: the oldest difference makes room for the newest
    std::rotate(basis_.begin() + 1, basis_.end() - 1, basis_.end());
    device_.copy_on_device(basis_[1].data(), x, n_ * sizeof(double));
    vectors_.axpy(device_, n_, -1, basis_[0].data(), basis_[1].data());
  }
  device_.copy_on_device(basis_[0].data(), x, n_ * sizeof(double));
}

std::vector<double> EarlierSolutions::weights(LinearOperator& stiffness, const kernels::ConstraintView& constrained,
                                              const double* b, double* scratch) {
  const std::size_t count = basis_.size();
  double* loads = sums_.data() + most_ * most_;
  for (std::size_t i = 0; i < count; ++i) {
    stiffness.apply(basis_[i].data(), scratch);
    vectors_.zero_constrained(device_, 1, n_, constrained, scratch);
    for (std::size_t j = 0; j <= i; ++j)
      vectors_.dot(device_, 1, n_, basis_[j].data(), scratch, sums_.data() + i * most_ + j);
    vectors_.dot(device_, 1, n_, basis_[i].data(), b, loads + i);
  }
  const std::vector<double> sums = sums_.to_host();
  const auto size = static_cast<Eigen::Index>(count);
  Eigen::MatrixXd gram(size, size);
  Eigen::VectorXd load(size);
  for (std::size_t i = 0; i < count; ++i) {
    const auto row = static_cast<Eigen::Index>(i);
    load[row] = sums[most_ * most_ + i];
    for (std::size_t j = 0; j <= i; ++j) {
      const auto column = static_cast<Eigen::Index>(j);
      gram(row, column) = gram(column, row) = sums[i * most_ + j];
    }
  }
  const Eigen::VectorXd weight = solve_gram(gram, load);
  return {weight.begin(), weight.end()};
}

void EarlierSolutions::start(LinearOperator& stiffness, const kernels::ConstraintView& constrained, double* r,
                             double* x, double* scratch) {
  const std::vector<double> weight = weights(stiffness, constrained, r, scratch);
  for (std::size_t i = 0; i < basis_.size(); ++i)
    if (weight[i] != 0) vectors_.axpy(device_, n_, weight[i], basis_[i].data(), x);
  stiffness.apply(x, scratch);
  vectors_.zero_constrained(device_, 1, n_, constrained, scratch);
  vectors_.axpy(device_, n_, -1, scratch, r);
}

std::vector<std::vector<double>> EarlierSolutions::to_host() const {
  std::vector<std::vector<double>> out;
  for (const Buffer<double>& vector : basis_) out.push_back(vector.to_host());
  return out;
}

void EarlierSolutions::restore(const std::vector<std::vector<double>>& vectors) {
  basis_.clear();
  for (const std::vector<double>& vector : vectors) basis_.emplace_back(device_, vector);
}

}  // namespace osteon
