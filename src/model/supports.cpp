// SPDX-License-Identifier: Apache-2.0
// Finds parts of the mesh that a load case leaves free to move, before the solver fails on them.
//
// A face-connected part stores no energy in its six rigid motions and in nothing else. The stiffness is therefore
// singular exactly when rigid motions of the parts exist that agree at every node two parts share and vanish at every
// prescribed degree of freedom. Parts held by the supports are taken out first, then parts held by those, and what is
// left is judged together, cluster by cluster, by the null space of the small Gram matrix of all these conditions.
#include <fmt/format.h>

#include <Eigen/Dense>
#include <Eigen/StdVector>
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "node_sets.hpp"
#include "osteon/core/error.hpp"
#include "osteon/model/load_case.hpp"
#include "osteon/model/parts.hpp"

namespace osteon {

namespace {

using Matrix6d = Eigen::Matrix<double, 6, 6>;
using Row6 = Eigen::Matrix<double, 1, 6>;

/// Eigenvalues below this part of the largest are motions left free; supports a thousandth of the part's size apart
/// still give 1e-6.
constexpr double k_null_tolerance = 1e-11;
/// Larger clusters of parts that only hold each other are reported part by part.
constexpr std::size_t k_largest_cluster = 64;

/// Motion of component d at x: translations, then rotations in units of angle times part radius.
Row6 rigid_row(const Part& part, const Vec3& x, int d) {
  const double r = part.radius_mm;
  const Eigen::Vector3d p((x[0] - part.centre_mm[0]) / r, (x[1] - part.centre_mm[1]) / r,
                          (x[2] - part.centre_mm[2]) / r);
  Row6 row = Row6::Zero();
  row(d) = 1;
  for (int w = 0; w < 3; ++w) row(3 + w) = Eigen::Vector3d::Unit(w).cross(p)(d);
  return row;
}

/// Columns span the motions that the conditions behind `gram` leave free.
Eigen::MatrixXd null_space(const Eigen::MatrixXd& gram) {
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(gram);
  const Eigen::Index n = gram.rows();
  const double largest = solver.eigenvalues()(n - 1);
  Eigen::Index free = 0;
  while (free < n && solver.eigenvalues()(free) <= k_null_tolerance * largest) ++free;
  return solver.eigenvectors().leftCols(free);
}

class SupportCheck {
 public:
  SupportCheck(const VoxelMesh& mesh, const ResolvedLoadCase& load_case)
      : mesh_(mesh), load_case_(load_case), parts_(find_parts(mesh)), shared_(find_shared_nodes(mesh, parts_)) {
    gram_.assign(parts_.parts.size(), Matrix6d::Zero());
    held_.assign(parts_.parts.size(), false);
    shared_of_part_.resize(parts_.parts.size());
    for (std::size_t s = 0; s < shared_.size(); ++s)
      for (const std::uint32_t p : shared_[s].parts) shared_of_part_[p].push_back(s);
  }

  void run() {
    add_supports();
    hold_parts();
    for (std::uint32_t p = 0; p < held_.size(); ++p)
      if (!held_[p]) judge_cluster(cluster_of(p));
  }

 private:
  const Part& part(std::uint32_t p) const { return parts_.parts[p]; }
  bool is_held(std::uint32_t p) const {
    if (gram_[p].isZero(0)) return false;  // most parts of a noisy mask: touched by nothing
    const Eigen::Matrix<double, 6, 1> values =
        Eigen::SelfAdjointEigenSolver<Matrix6d>(gram_[p], Eigen::EigenvaluesOnly).eigenvalues();
    return values(0) > k_null_tolerance * values(5);
  }
  void add_condition(std::uint32_t p, std::uint32_t node, int d) {
    const Row6 row = rigid_row(part(p), node_position_mm(mesh_, node), d);
    gram_[p] += row.transpose() * row;
  }

  void add_supports();
  void hold_parts();
  std::vector<std::uint32_t> cluster_of(std::uint32_t first) const;
  void judge_cluster(const std::vector<std::uint32_t>& cluster);
  [[noreturn]] void report(std::uint32_t p, const Eigen::MatrixXd& motions) const;
  std::string describe_contact(std::uint32_t p) const;

  const VoxelMesh& mesh_;
  const ResolvedLoadCase& load_case_;
  MeshParts parts_;
  std::vector<SharedNode> shared_;
  std::vector<std::vector<std::size_t>> shared_of_part_;  ///< indices into shared_
  std::vector<Matrix6d, Eigen::aligned_allocator<Matrix6d>> gram_;
  std::vector<bool> held_;
};

void SupportCheck::add_supports() {
  for (std::uint32_t n = 0; n < mesh_.node_count(); ++n) {
    const int bits = load_case_.constrained[n];
    if (bits == 0) continue;
    for (const std::uint32_t p : parts_at_node(mesh_, parts_, n))
      for (int d = 0; d < 3; ++d)
        if (bits >> d & 1) add_condition(p, n, d);
  }
}

/// Parts held by supports hold the nodes they share, which may hold their neighbours, and so on.
void SupportCheck::hold_parts() {
  std::vector<std::uint32_t> newly_held;
  for (std::uint32_t p = 0; p < held_.size(); ++p)
    if (is_held(p)) {
      held_[p] = true;
      newly_held.push_back(p);
    }
  std::vector<bool> node_done(shared_.size(), false);
  while (!newly_held.empty()) {
    const std::uint32_t holder = newly_held.back();
    newly_held.pop_back();
    std::set<std::uint32_t> touched;
    for (const std::size_t s : shared_of_part_[holder]) {
      if (node_done[s]) continue;
      node_done[s] = true;
      for (const std::uint32_t p : shared_[s].parts) {
        if (held_[p]) continue;
        for (int d = 0; d < 3; ++d) add_condition(p, shared_[s].node, d);
        touched.insert(p);
      }
    }
    for (const std::uint32_t p : touched)
      if (is_held(p)) {
        held_[p] = true;
        newly_held.push_back(p);
      }
  }
}

/// Parts not held yet that hang together by shared nodes.
std::vector<std::uint32_t> SupportCheck::cluster_of(std::uint32_t first) const {
  std::set<std::uint32_t> cluster = {first};
  std::vector<std::uint32_t> open = {first};
  while (!open.empty()) {
    const std::uint32_t p = open.back();
    open.pop_back();
    for (const std::size_t s : shared_of_part_[p])
      for (const std::uint32_t q : shared_[s].parts)
        if (!held_[q] && cluster.insert(q).second) open.push_back(q);
  }
  return {cluster.begin(), cluster.end()};
}

void SupportCheck::judge_cluster(const std::vector<std::uint32_t>& cluster) {
  if (cluster.size() == 1 || cluster.size() > k_largest_cluster)
    report(cluster.front(), null_space(gram_[cluster.front()]));

  const Eigen::Index size = 6 * static_cast<Eigen::Index>(cluster.size());
  Eigen::MatrixXd gram = Eigen::MatrixXd::Zero(size, size);
  std::map<std::uint32_t, Eigen::Index> row_of;
  for (const std::uint32_t p : cluster) {
    const Eigen::Index row = 6 * static_cast<Eigen::Index>(row_of.size());
    row_of[p] = row;
    gram.block<6, 6>(row, row) = gram_[p];
  }
  std::set<std::size_t> joints;
  for (const std::uint32_t p : cluster) joints.insert(shared_of_part_[p].begin(), shared_of_part_[p].end());
  for (const std::size_t s : joints) {
    std::vector<std::uint32_t> members;
    for (const std::uint32_t p : shared_[s].parts)
      if (row_of.count(p) > 0) members.push_back(p);
    const Vec3 x = node_position_mm(mesh_, shared_[s].node);
    for (std::size_t i = 1; i < members.size(); ++i) {
      const Eigen::Index a = row_of[members[i - 1]], b = row_of[members[i]];
      for (int d = 0; d < 3; ++d) {
        const Row6 of_a = rigid_row(part(members[i - 1]), x, d), of_b = rigid_row(part(members[i]), x, d);
        gram.block<6, 6>(a, a) += of_a.transpose() * of_a;
        gram.block<6, 6>(b, b) += of_b.transpose() * of_b;
        gram.block<6, 6>(a, b) -= of_a.transpose() * of_b;
        gram.block<6, 6>(b, a) -= of_b.transpose() * of_a;
      }
    }
  }
  const Eigen::MatrixXd motions = null_space(gram);
  if (motions.cols() == 0) {
    for (const std::uint32_t p : cluster) held_[p] = true;
    return;
  }
  std::uint32_t most_free = cluster.front();
  for (const std::uint32_t p : cluster)
    if (motions.middleRows<6>(row_of[p]).norm() > motions.middleRows<6>(row_of[most_free]).norm() + 1e-9) most_free = p;
  report(most_free, motions.middleRows<6>(row_of[most_free]));
}

/// Orthonormal basis of the columns' span.
Eigen::MatrixXd column_space(const Eigen::MatrixXd& columns) {
  if (columns.cols() == 0) return columns;
  const Eigen::JacobiSVD<Eigen::MatrixXd> svd(columns, Eigen::ComputeThinU);
  Eigen::Index rank = 0;
  while (rank < svd.singularValues().size() && svd.singularValues()(rank) > 1e-6) ++rank;
  return svd.matrixU().leftCols(rank);
}

/// "x and y", or vectors where the directions do not lie along axes; empty for none.
std::string direction_text(const Eigen::MatrixXd& directions) {
  std::vector<std::string> words;
  for (int d = 0; d < 3; ++d)
    if (directions.cols() > 0 && directions.row(d).norm() > 1 - 1e-6)
      words.emplace_back(axis_name(static_cast<Axis>(d)));
  if (static_cast<Eigen::Index>(words.size()) != directions.cols()) {
    words.clear();
    for (Eigen::Index k = 0; k < directions.cols(); ++k)
      words.push_back(fmt::format("({:.3f}, {:.3f}, {:.3f})", directions(0, k), directions(1, k), directions(2, k)));
  }
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i)
    text += (i == 0 ? "" : i + 1 == words.size() ? " and " : ", ") + words[i];
  return text;
}

std::string motion_text(const Eigen::MatrixXd& motions) {
  const Eigen::MatrixXd free = column_space(motions);
  const Eigen::MatrixXd turning = free.bottomRows(3);
  const Eigen::MatrixXd rotations = column_space(turning);
  Eigen::MatrixXd translations(3, 0);  // combinations of the motions that do not turn
  if (free.cols() > 0) {
    const Eigen::JacobiSVD<Eigen::MatrixXd> svd(turning, Eigen::ComputeFullV);
    const Eigen::MatrixXd still = svd.matrixV().rightCols(free.cols() - rotations.cols());
    translations = column_space(free.topRows(3) * still);
  }
  if (translations.cols() == 3 && rotations.cols() == 3) return "it is not held at all";
  std::string text = "it can ";
  if (translations.cols() > 0) text += "translate along " + direction_text(translations);
  if (translations.cols() > 0 && rotations.cols() > 0) text += " and ";
  if (rotations.cols() > 0) text += "rotate about " + direction_text(rotations);
  return text;
}

/// How a part hangs on the others.
std::string SupportCheck::describe_contact(std::uint32_t p) const {
  const std::vector<std::size_t>& nodes = shared_of_part_[p];
  if (nodes.empty()) return "It touches no other part. ";
  Eigen::MatrixXd spread(3, static_cast<Eigen::Index>(nodes.size()));
  const Vec3 from = node_position_mm(mesh_, shared_[nodes[0]].node);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const Vec3 x = node_position_mm(mesh_, shared_[nodes[i]].node);
    for (int d = 0; d < 3; ++d) spread(d, static_cast<Eigen::Index>(i)) = (x[d] - from[d]) / part(p).radius_mm;
  }
  const Eigen::Index rank = column_space(spread).cols();
  if (rank == 0) return "It touches the other parts at a corner only. ";
  if (rank == 1) return "It touches the other parts along an edge only. ";
  return "It touches the other parts along edges and corners only. ";
}

void SupportCheck::report(std::uint32_t p, const Eigen::MatrixXd& motions) const {
  const Part& loose = part(p);
  const std::size_t count = parts_.parts.size();
  const auto others = std::count(held_.begin(), held_.end(), false) - 1;
  std::string text = fmt::format("load case '{}': ", load_case_.spec.name);
  text += count == 1 ? "the bone is not held: "
                     : fmt::format(
                           "a part of the bone is not held ({} of {} voxels, around voxel ({}, {}, {}), one of "
                           "{} face-connected parts): ",
                           loose.elements, mesh_.element_count(), loose.first_voxel.x, loose.first_voxel.y,
                           loose.first_voxel.z, count);
  text += motion_text(motions) + ". ";
  if (count > 1) text += describe_contact(p);
  if (others > 0) text += fmt::format("{} more parts are not held on their own. ", others);
  text += count == 1 ? "Prescribe a displacement that stops this motion"
                     : "Keep the largest component only ([prepare] largest_component = true), or prescribe a "
                       "displacement that stops this motion";
  throw InputError(text);
}

void require_a_load(const VoxelMesh& mesh, const ResolvedLoadCase& load_case) {
  for (const double value : load_case.prescribed_mm.values())
    if (value != 0) return;
  for (std::size_t dof = 0; dof < load_case.force_n.size(); ++dof) {
    const bool is_free = !(load_case.constrained[dof / 3] >> dof % 3 & 1);
    if (load_case.force_n[dof] != 0 && is_free) return;
  }
  const char* why = load_case.force_n.empty() ? "it applies no displacement and no force"
                                              : "its forces act only where displacements are prescribed";
  throw UsageError(fmt::format("load case '{}' does nothing to the {} nodes of the bone: {}", load_case.spec.name,
                               mesh.node_count(), why));
}

}  // namespace

void require_supported(const VoxelMesh& mesh, const ResolvedLoadCase& load_case) {
  OSTEON_ASSERT(load_case.constrained.size() == mesh.node_count());
  require_a_load(mesh, load_case);
  SupportCheck(mesh, load_case).run();
}

}  // namespace osteon
