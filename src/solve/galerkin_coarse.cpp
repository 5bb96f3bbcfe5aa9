// SPDX-License-Identifier: Apache-2.0
// Levels below the first: smoothed aggregation on block matrices, and the dense coarsest inverse.
#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "galerkin.hpp"
#include "kernels/coarse/coarse_simd.hpp"

namespace osteon {

namespace {

using Matrix6d = Eigen::Matrix<double, 6, 6>;
Eigen::Map<const Matrix6d> as_matrix(const double* values) { return Eigen::Map<const Matrix6d>(values); }
Matrix6d as_matrix(const float* values) { return Eigen::Map<const Eigen::Matrix<float, 6, 6>>(values).cast<double>(); }

/// Strong components inside doubled cells; whole cells where strength alone would hardly make the level smaller, so
/// that there is always an end to levels. Aggregates are numbered by their first member.
struct CoarseAggregates {
  std::vector<std::uint32_t> of_row;
  std::vector<Index3> cell;
  std::uint32_t count = 0;
};
CoarseAggregates aggregate_rows(const CoarseSpace& space, int ratio) {
  std::vector<std::uint32_t> parent(space.count);
  std::iota(parent.begin(), parent.end(), 0u);
  auto find = [&](std::uint32_t i) {
    while (parent[i] != i) i = parent[i] = parent[parent[i]];
    return i;
  };
  auto join = [&](std::uint32_t i, std::uint32_t j) {
    const std::uint32_t a = find(i), b = find(j);
    if (a != b) parent[std::max(a, b)] = std::min(a, b);
  };
  auto coarse_cell = [&](std::uint32_t i) {
    const Index3 c = space.cell[i];
    return Index3{c.x / ratio, c.y / ratio, c.z / ratio};
  };
  for (std::uint32_t i = 0; i < space.count; ++i)
    for (std::int64_t k = space.strong.start[i]; k < space.strong.start[i + std::size_t{1}]; ++k) {
      const std::uint32_t j = space.strong.column[k];
      if (j >= i || coarse_cell(i) != coarse_cell(j)) continue;
      join(i, j);
    }
  constexpr double k_smaller = 0.75;  // than the level above, at the most
  std::uint32_t components = 0;
  for (std::uint32_t i = 0; i < space.count; ++i) components += find(i) == i ? 1 : 0;
  if (components > k_smaller * space.count) {
    std::map<std::array<int, 3>, std::uint32_t> first_in;
    for (std::uint32_t i = 0; i < space.count; ++i) {
      const Index3 c = coarse_cell(i);
      join(i, first_in.emplace(std::array<int, 3>{c.x, c.y, c.z}, i).first->second);
    }
  }
  CoarseAggregates out;
  out.of_row.resize(space.count);
  for (std::uint32_t i = 0; i < space.count; ++i) {
    if (find(i) == i) {
      out.of_row[i] = out.count++;
      out.cell.push_back(coarse_cell(i));
    } else {
      out.of_row[i] = out.of_row[find(i)];
    }
  }
  return out;
}

/// Motions of a member (centre, length) written in the motions of its aggregate: t = t' + w' x d, w = s w'.
Matrix6d motion_transform(const std::array<double, 3>& member, double member_length,
                          const std::array<double, 3>& aggregate, double aggregate_length) {
  Matrix6d t = Matrix6d::Zero();
  const double s = member_length / aggregate_length;
  double d[3];
  for (int i = 0; i < 3; ++i) {
    d[i] = (member[i] - aggregate[i]) / aggregate_length;
    t(i, i) = 1;
    t(3 + i, 3 + i) = s;
  }
  t(0, 4) = d[2], t(0, 5) = -d[1];
  t(1, 3) = -d[2], t(1, 5) = d[0];
  t(2, 3) = d[1], t(2, 4) = -d[0];
  return t;
}

/// Coarse space of the aggregates and the tentative prolongator, one 6x6 block per row.
std::vector<Matrix6d> tentative_prolongator(const CoarseSpace& fine, const CoarseAggregates& aggregates, int ratio,
                                            CoarseSpace& coarse) {
  coarse.count = aggregates.count;
  coarse.cell = aggregates.cell;
  coarse.length_mm = fine.length_mm * ratio;
  coarse.centre.assign(coarse.count, {0, 0, 0});
  coarse.modes.resize(coarse.count);
  coarse.mode_count.resize(coarse.count);
  std::vector<std::vector<std::uint32_t>> members(coarse.count);
  for (std::uint32_t i = 0; i < fine.count; ++i) members[aggregates.of_row[i]].push_back(i);
  std::vector<Matrix6d> q(fine.count);
#pragma omp parallel for schedule(dynamic, 64)
  for (std::uint32_t a = 0; a < coarse.count; ++a) {
    for (const std::uint32_t i : members[a])
      for (int d = 0; d < 3; ++d) coarse.centre[a][d] += fine.centre[i][d] / static_cast<double>(members[a].size());
    Matrix6d gram = Matrix6d::Zero();
    for (const std::uint32_t i : members[a]) {
      q[i] = as_matrix(fine.modes[i].data()) *
             motion_transform(fine.centre[i], fine.length_mm, coarse.centre[a], coarse.length_mm);
      gram += q[i].transpose() * q[i];
    }
    std::array<double, 36> values;
    std::copy(gram.data(), gram.data() + 36, values.begin());
    const ModeBasis reduced = orthonormal_modes(values);
    for (const std::uint32_t i : members[a]) q[i] = q[i] * as_matrix(reduced.basis.data());
    coarse.modes[a] = reduced.modes;
    coarse.mode_count[a] = reduced.count;
  }
  return q;
}

/// Calls visit(j, A_ij) for every block of row i of a symmetric matrix given by its upper half.
template <class Visit>
void each_block_of_row(const BlockMatrix& a, const TransposedRows& lower, std::uint32_t i, Visit visit) {
  for (std::int64_t e = lower.start[i]; e < lower.start[i + std::size_t{1}]; ++e)
    visit(lower.column[static_cast<std::size_t>(e)],
          Matrix6d(as_matrix(a.block(lower.block[static_cast<std::size_t>(e)])).transpose()));
  for (std::int64_t k = a.graph.begin(i); k < a.graph.end(i); ++k)
    visit(a.graph.column[static_cast<std::size_t>(k)], Matrix6d(as_matrix(a.block(k))));
}

/// P = Q - omega D^-1 A_s Q. A_s keeps the strong couplings of A; what the others would do to a rigid motion is added
/// to the diagonal (A_ij B_j B_i^-1, B the rigid modes of a row), so A_s B = A B. Without this the rows of P, and then
/// the coarse matrices, grow level by level until they are dense: 13, 35, 178, 388 blocks a row on trab1240; with it
/// 13, 30, 53, 100 for 10 % more iterations. (Filtering by strength: Vanek, Mandel, Brezina 1996.)
BlockMatrix smoothed_prolongator(const BlockMatrix& a, const CoarseSpace& space,
                                 const std::vector<double>& inverse_diagonal, const std::vector<Matrix6d>& q,
                                 const CoarseAggregates& aggregates, double omega) {
  const TransposedRows lower = transposed_rows(a.graph, a.rows(), true);
  // A row that lost modes to the supports has no B_i^-1: it keeps all of its couplings.
  auto keeps = [&](std::uint32_t i, std::uint32_t j) {
    return i == j || space.mode_count[i] < 6 || space.strong.contains(i, j);
  };
  std::vector<MatrixRow> rows(a.rows());
#pragma omp parallel for schedule(dynamic, 256)
  for (std::uint32_t i = 0; i < a.rows(); ++i) {
    const std::uint32_t own = aggregates.of_row[i];
    std::map<std::uint32_t, Matrix6d> row{{own, Matrix6d::Zero()}};  // A_s Q
    Matrix6d lumped = Matrix6d::Zero();                              // sum of A_ij B_j over what is left out
    each_block_of_row(a, lower, i, [&](std::uint32_t j, const Matrix6d& block) {
      if (keeps(i, j))
        row.try_emplace(aggregates.of_row[j], Matrix6d::Zero()).first->second += block.lazyProduct(q[j]);
      else
        lumped += block.lazyProduct(as_matrix(space.modes[j].data()));
    });
    if (space.mode_count[i] == 6) row[own] += lumped * as_matrix(space.modes[i].data()).inverse() * q[i];
    const auto d = as_matrix(inverse_diagonal.data() + 36 * std::size_t{i});
    for (const auto& [aggregate, product] : row) {
      Matrix6d block = -omega * (d * product);
      if (aggregate == own) block += q[i];
      Eigen::Map<Eigen::Matrix<float, 6, 6>>(rows[i].block(aggregate)) = block.cast<float>();
    }
  }
  return join_rows(rows, aggregates.count);
}

/// Strong couplings of the aggregates, from those of their members.
Graph coarse_strong_graph(const CoarseSpace& fine, const CoarseAggregates& aggregates) {
  std::vector<std::vector<std::uint32_t>> rows(aggregates.count);
  for (std::uint32_t i = 0; i < fine.count; ++i)
    for (std::int64_t k = fine.strong.start[i]; k < fine.strong.start[i + std::size_t{1}]; ++k) {
      const std::uint32_t a = aggregates.of_row[i], b = aggregates.of_row[fine.strong.column[k]];
      if (a != b) rows[a].push_back(b);
    }
  Graph graph;
  for (auto& row : rows) {
    std::sort(row.begin(), row.end());
    row.erase(std::unique(row.begin(), row.end()), row.end());
    graph.column.insert(graph.column.end(), row.begin(), row.end());
    graph.start.push_back(static_cast<std::int64_t>(graph.column.size()));
  }
  return graph;
}

/// Everything of the next level that needs no matrix.
struct Coarsening {
  CoarseAggregates aggregates;
  CoarseSpace space;
  std::vector<Matrix6d> tentative;
};
Coarsening coarsen_rows(const CoarseSpace& space) {
  constexpr double k_little = 0.9;  // scattered aggregates: a doubled cell joins too few, so look farther
  int ratio = 2;
  Coarsening made;
  made.aggregates = aggregate_rows(space, ratio);
  while (made.aggregates.count > k_little * space.count && ratio < 1 << 16) {
    ratio *= 2;
    made.aggregates = aggregate_rows(space, ratio);
  }
  made.tentative = tentative_prolongator(space, made.aggregates, ratio, made.space);
  made.space.strong = coarse_strong_graph(space, made.aggregates);
  return made;
}

/// For a bone that nothing holds: motions without stiffness get none back, and the solver reports what it then meets.
Eigen::MatrixXd pseudo_inverse(const Eigen::MatrixXd& a) {
  constexpr double k_drop = 1e-11;
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(a);
  const double smallest = k_drop * eigen.eigenvalues()[a.rows() - 1];
  Eigen::VectorXd inverse = Eigen::VectorXd::Zero(a.rows());
  for (Eigen::Index i = 0; i < a.rows(); ++i)
    if (eigen.eigenvalues()[i] > smallest && eigen.eigenvalues()[i] > 0) inverse[i] = 1 / eigen.eigenvalues()[i];
  return eigen.eigenvectors() * inverse.asDiagonal() * eigen.eigenvectors().transpose();
}

/// Row-major, (A + A^T) / 2.
std::vector<double> symmetric_part(const Eigen::MatrixXd& a) {
  const Eigen::Index n = a.rows();
  std::vector<double> out(static_cast<std::size_t>(n * n));
  for (Eigen::Index i = 0; i < n; ++i)
    for (Eigen::Index j = 0; j < n; ++j) out[static_cast<std::size_t>(i * n + j)] = 0.5 * (a(i, j) + a(j, i));
  return out;
}

}  // namespace

void fill_dropped_modes(BlockMatrix& a, const std::vector<int>& mode_count) {
  for (std::uint32_t i = 0; i < a.rows(); ++i) {
    if (mode_count[i] == 6) continue;
    float* block = a.block(a.graph.begin(i));
    float trace = 0;
    for (int m = 0; m < mode_count[i]; ++m) trace += block[7 * m];
    const float fill = mode_count[i] > 0 && trace > 0 ? trace / static_cast<float>(mode_count[i]) : 1;
    for (int m = mode_count[i]; m < 6; ++m) block[7 * m] = fill;
  }
}

std::vector<double> inverse_diagonal_blocks(const BlockMatrix& a) {
  constexpr double k_drop = 1e-11;
  std::vector<double> out(36 * std::size_t{a.rows()} + kernels::k_block_padding);
#pragma omp parallel for schedule(static)
  for (std::uint32_t i = 0; i < a.rows(); ++i) {
    const Eigen::SelfAdjointEigenSolver<Matrix6d> eigen(as_matrix(a.block(a.graph.begin(i))));
    Matrix6d inverse = Matrix6d::Zero();
    for (int e = 0; e < 6; ++e) {
      const double w = eigen.eigenvalues()[e];
      if (w > k_drop * eigen.eigenvalues()[5])
        inverse += eigen.eigenvectors().col(e) * eigen.eigenvectors().col(e).transpose() / w;
    }
    std::copy(inverse.data(), inverse.data() + 36, out.begin() + 36 * std::size_t{i});
  }
  return out;
}

CoarseSpace coarsen_space(const CoarseSpace& space, std::vector<std::uint32_t>& aggregate_of_row) {
  Coarsening made = coarsen_rows(space);
  aggregate_of_row = std::move(made.aggregates.of_row);
  return std::move(made.space);
}

CoarseLevel coarsen(const BlockMatrix& a, const CoarseSpace& space, const std::vector<double>& inverse_diagonal,
                    double omega) {
  Coarsening made = coarsen_rows(space);
  CoarseLevel level;
  level.prolongator = smoothed_prolongator(a, space, inverse_diagonal, made.tentative, made.aggregates, omega);
  level.matrix = galerkin_product(a, level.prolongator);
  fill_dropped_modes(level.matrix, made.space.mode_count);
  level.space = std::move(made.space);
  return level;
}

std::vector<double> dense_inverse(const BlockMatrix& a) {
  const Eigen::Index n = 6 * static_cast<Eigen::Index>(a.rows());
  Eigen::MatrixXd dense = Eigen::MatrixXd::Zero(n, n);
  for (std::uint32_t i = 0; i < a.rows(); ++i)
    for (std::int64_t k = a.graph.begin(i); k < a.graph.end(i); ++k) {
      const Eigen::Index row = 6 * Eigen::Index{i},
                         column = 6 * Eigen::Index{a.graph.column[static_cast<std::size_t>(k)]};
      dense.block<6, 6>(row, column) = as_matrix(a.block(k));
      dense.block<6, 6>(column, row) = as_matrix(a.block(k)).transpose();
    }
  constexpr double k_shift = 1e-12;  // rounding of the Galerkin products
  for (Eigen::Index i = 0; i < n; ++i) dense(i, i) *= 1 + k_shift;
  const Eigen::LLT<Eigen::MatrixXd> factor(dense);
  const Eigen::MatrixXd inverse = factor.info() == Eigen::Success
                                      ? Eigen::MatrixXd(factor.solve(Eigen::MatrixXd::Identity(n, n)))
                                      : pseudo_inverse(dense);
  return symmetric_part(inverse);
}

std::vector<double> dense_pseudo_inverse(std::size_t n, const std::vector<double>& a) {
  const auto size = static_cast<Eigen::Index>(n);
  return symmetric_part(pseudo_inverse(Eigen::Map<const Eigen::MatrixXd>(a.data(), size, size)));
}

}  // namespace osteon
