// SPDX-License-Identifier: Apache-2.0
// Reactions, stiffness and the independent check of a solution, in one pass over the nodes.
#include <algorithm>
#include <cmath>
#include <limits>

#include "case_motion.hpp"
#include "nodal_forces.hpp"
#include "osteon/core/error.hpp"
#include "osteon/mechanics/fields.hpp"

namespace osteon {

namespace {

/// Sums over nodes. `outside` is what supports and loads put on a node: K u where it is held, f where it is free.
struct Totals {
  double residual_squared = 0, rhs_squared = 0;
  double twice_energy = 0;   ///< u . K u
  double external_work = 0;  ///< outside . u
  Vec3 outside = {0, 0, 0};
  double outside_magnitude = 0;
  Vec3 loaded_force = {0, 0, 0}, loaded_moment = {0, 0, 0};
  double constraint_error = 0;

  void operator+=(const Totals& o) {
    residual_squared += o.residual_squared;
    rhs_squared += o.rhs_squared;
    twice_energy += o.twice_energy;
    external_work += o.external_work;
    outside_magnitude += o.outside_magnitude;
    for (int c = 0; c < 3; ++c) {
      outside[c] += o.outside[c];
      loaded_force[c] += o.loaded_force[c];
      loaded_moment[c] += o.loaded_moment[c];
    }
    constraint_error = std::max(constraint_error, o.constraint_error);
  }
};

class ReactionPass {
 public:
  ReactionPass(const ElasticModel& model, const ResolvedLoadCase& load_case, const std::vector<double>& displacement_mm,
               const std::vector<std::uint8_t>& roles, std::vector<double>* nodal_force_n)
      : mesh_(*model.mesh),
        load_case_(load_case),
        prescribed_mm_(load_case.prescribed_mm.dense(mesh_.node_count())),
        u_(displacement_mm),
        roles_(roles),
        nodal_force_(nodal_force_n),
        stiffness_(model),
        centre_(loaded_centre()) {}

  /// Bricks in parallel, their sums in order: the digits do not depend on the number of threads.
  Totals run() const {
    const BrickGridView grid = mesh_.view();
    std::vector<Totals> partial(static_cast<std::size_t>(grid.brick_count));
#pragma omp parallel for schedule(dynamic, 8)
    for (std::int32_t b = 0; b < grid.brick_count; ++b) {
      Totals sum;
      for (int z = 0; z < k_brick_edge; ++z) {
        std::uint32_t node = grid.bricks[b].node_base[z];
        for (std::uint64_t bits = grid.bricks[b].node_mask[z]; bits != 0; bits &= bits - 1, ++node) {
          const int bit = __builtin_ctzll(bits);
          sum += node_terms(node, node_patch(grid, b, bit % k_brick_edge, bit / k_brick_edge, z));
        }
      }
      partial[static_cast<std::size_t>(b)] = sum;
    }
    Totals total;
    for (const Totals& sum : partial) total += sum;
    return total;
  }

 private:
  /// Middle of the grid's cross-section, at the mean height of the loaded nodes along the axis; mm from the grid's
  /// corner.
  Vec3 loaded_centre() const {
    Vec3 centre;
    for (int d = 0; d < 3; ++d) centre[d] = mesh_.spacing_mm()[d] * mesh_.size()[d] / 2;
    if (load_case_.loaded_nodes.empty()) return centre;
    const int axis = static_cast<int>(load_case_.spec.axis);
    std::int64_t sum = 0;
    for (const std::uint32_t node : load_case_.loaded_nodes) sum += mesh_.node_positions()[node][axis];
    centre[axis] =
        mesh_.spacing_mm()[axis] * static_cast<double>(sum) / static_cast<double>(load_case_.loaded_nodes.size());
    return centre;
  }

  bool touches_prescribed(const NodePatch& patch) const {
    return std::any_of(patch.nodes, patch.nodes + 27, [&](std::uint32_t node) {
      if (node == k_no_node) return false;
      const double* p = prescribed_mm_.data() + std::size_t{3} * node;
      return p[0] != 0 || p[1] != 0 || p[2] != 0;
    });
  }

  Totals node_terms(std::uint32_t node, const NodePatch& patch) const {
    const std::size_t first = std::size_t{3} * node;
    const Vec3 internal = stiffness_.force(patch, u_);
    Vec3 prescribed_part = {0, 0, 0};
    if (touches_prescribed(patch)) prescribed_part = stiffness_.force(patch, prescribed_mm_);
    if (nodal_force_ != nullptr) std::copy(internal.begin(), internal.end(), nodal_force_->begin() + first);

    Totals t;
    for (int c = 0; c < 3; ++c) {
      const double applied = load_case_.force_n.empty() ? 0 : load_case_.force_n[first + c];
      const double u = u_[first + c];
      if (load_case_.constrained[node] >> c & 1) {
        t.outside[c] = internal[c];
        t.constraint_error = std::max(t.constraint_error, std::fabs(u - prescribed_mm_[first + c]));
      } else {
        t.outside[c] = applied;
        t.residual_squared += (applied - internal[c]) * (applied - internal[c]);
        t.rhs_squared += (applied - prescribed_part[c]) * (applied - prescribed_part[c]);
      }
      t.twice_energy += u * internal[c];
      t.external_work += u * t.outside[c];
    }
    const Vec3& f = t.outside;
    t.outside_magnitude = std::sqrt(f[0] * f[0] + f[1] * f[1] + f[2] * f[2]);
    if (roles_[node] & k_loaded) {
      Vec3 arm;
      for (int d = 0; d < 3; ++d) arm[d] = mesh_.spacing_mm()[d] * mesh_.node_positions()[node][d] - centre_[d];
      t.loaded_force = f;
      t.loaded_moment = {arm[1] * f[2] - arm[2] * f[1], arm[2] * f[0] - arm[0] * f[2], arm[0] * f[1] - arm[1] * f[0]};
    }
    return t;
  }

  const VoxelMesh& mesh_;
  const ResolvedLoadCase& load_case_;
  const std::vector<double> prescribed_mm_;
  const std::vector<double>& u_;
  const std::vector<std::uint8_t>& roles_;
  std::vector<double>* nodal_force_;
  GaussStiffness stiffness_;
  Vec3 centre_;
};

/// part / whole; 0 when both vanish.
double ratio(double part, double whole) {
  if (whole > 0) return part / whole;
  return part == 0 ? 0 : std::numeric_limits<double>::infinity();
}

IndependentCheck check_from(const Totals& t) {
  IndependentCheck check;
  const Vec3& f = t.outside;
  check.relative_residual = ratio(std::sqrt(t.residual_squared), std::sqrt(t.rhs_squared));
  check.force_balance_error = ratio(std::sqrt(f[0] * f[0] + f[1] * f[1] + f[2] * f[2]), t.outside_magnitude);
  check.energy_error = ratio(std::fabs(t.external_work - t.twice_energy), std::fabs(t.external_work));
  check.constraint_error_mm = t.constraint_error;
  return check;
}

bool has_apparent_modulus(LoadType type) {
  return type == LoadType::axial || type == LoadType::uniaxial || type == LoadType::confined || type == LoadType::shear;
}

}  // namespace

ReactionReport evaluate_reactions(const ElasticModel& model, const ResolvedLoadCase& load_case,
                                  const std::vector<double>& displacement_mm, IndependentCheck& check,
                                  std::vector<double>* nodal_force_n) {
  const std::size_t nodes = model.mesh->node_count();
  OSTEON_ASSERT(displacement_mm.size() == 3 * nodes && load_case.constrained.size() == nodes);
  OSTEON_ASSERT(load_case.force_n.empty() || load_case.force_n.size() == 3 * nodes);
  if (nodal_force_n != nullptr) nodal_force_n->assign(3 * nodes, 0);
  const std::vector<std::uint8_t> roles = node_roles(load_case);
  const Totals totals = ReactionPass(model, load_case, displacement_mm, roles, nodal_force_n).run();
  const CaseMotion motion = case_motion(load_case, roles);
  check = check_from(totals);

  ReactionReport report;
  report.reaction_force_n = totals.loaded_force;
  report.reaction_moment_nmm = totals.loaded_moment;
  report.strain_energy_mj = totals.twice_energy / 2;
  report.applied_displacement_mm = load_case.applied_displacement_mm;
  report.applied_angle_rad = motion.rotation ? motion.amount : 0;
  report.from_energy = motion.from_energy;
  report.method =
      motion.from_energy ? "strain energy over the applied motion" : "sum of nodal forces: " + motion.why_not;
  double& own = (motion.rotation ? report.reaction_moment_nmm : report.reaction_force_n)[motion.component];
  if (motion.from_energy) own = totals.twice_energy / motion.amount;
  if (motion.amount == 0) return report;
  const double stiffness = std::fabs(own / motion.amount);
  (motion.rotation ? report.rotational_stiffness_nmm_per_rad : report.stiffness_n_per_mm) = stiffness;
  if (has_apparent_modulus(load_case.spec.type) && load_case.section_mm2 > 0)
    report.apparent_modulus_mpa = stiffness * load_case.length_mm / load_case.section_mm2;
  return report;
}

}  // namespace osteon
