// SPDX-License-Identifier: Apache-2.0
// Turns a named load case into prescribed displacements and nodal forces on a mesh.
#include "osteon/model/load_case.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>

#include "kernels/element/voigt.hpp"
#include "load_case_spec.hpp"
#include "node_sets.hpp"
#include "osteon/core/error.hpp"

namespace osteon {

namespace {

double component(const Vec3& v, int d) { return v[static_cast<std::size_t>(d)]; }

/// Writes prescribed values and remembers which set each came from, so that a conflict can be named.
class Prescriber {
 public:
  Prescriber(const VoxelMesh& mesh, ResolvedLoadCase& out) : mesh_(mesh), out_(out) {
    out_.constrained.assign(mesh.node_count(), 0);
    value_mm_.assign(std::size_t{3} * mesh.node_count(), 0.0);
    owner_.assign(value_mm_.size(), 0);
  }

  void begin_set(std::string name) { names_.push_back(std::move(name)); }

  void prescribe(std::uint32_t node, int d, double value_mm) {
    const std::size_t dof = std::size_t{3} * node + d;
    if (out_.constrained[node] >> d & 1) {
      const double present = value_mm_[dof];
      if (std::abs(present - value_mm) > 1e-12 * std::max(std::abs(present), std::abs(value_mm)))
        throw_conflict(node, d, value_mm);
      return;
    }
    out_.constrained[node] = static_cast<std::uint8_t>(out_.constrained[node] | 1 << d);
    value_mm_[dof] = value_mm;
    owner_[dof] = static_cast<std::uint16_t>(names_.size() - 1);
  }

  void prescribe_all(const NodeList& nodes, int d, double value_mm) {
    for (const std::uint32_t node : nodes) prescribe(node, d, value_mm);
  }
  void prescribe_all(const NodeList& nodes, const Vec3& value_mm) {
    for (int d = 0; d < 3; ++d) prescribe_all(nodes, d, component(value_mm, d));
  }

  /// Hands the values over; to be called once, at the end.
  void finish() { out_.prescribed_mm = NodeValues(value_mm_, out_.constrained); }

 private:
  [[noreturn]] void throw_conflict(std::uint32_t node, int d, double value_mm) const {
    const Vec3 at = node_position_mm(mesh_, node);
    const std::size_t dof = std::size_t{3} * node + d;
    std::string text = fmt::format(
        "load case '{}': '{}' and '{}' prescribe different displacements along {} at ({:.6g}, {:.6g}, {:.6g}) mm: "
        "{:.6g} and {:.6g} mm",
        out_.spec.name, names_[owner_[dof]], names_.back(), axis_name(static_cast<Axis>(d)), at[0], at[1], at[2],
        value_mm_[dof], value_mm);
    if (out_.spec.surface == SurfaceRule::visible)
      text += "; the visible ends of the bone meet there: set a smaller surface_depth_mm";
    throw InputError(text);
  }

  const VoxelMesh& mesh_;
  ResolvedLoadCase& out_;
  std::vector<std::string> names_;
  std::vector<double> value_mm_;      // 3 per node while sets are applied in any order
  std::vector<std::uint16_t> owner_;  // likewise
};

double mean_height_mm(const VoxelMesh& mesh, const NodeList& nodes, int a) {
  double sum = 0;
  for (const std::uint32_t node : nodes) sum += mesh.node_positions()[node][a];
  return sum / static_cast<double>(nodes.size()) * component(mesh.spacing_mm(), a);
}

/// Mean of all voxel centres.
Vec3 bone_centre_mm(const VoxelMesh& mesh) {
  std::int64_t sum[3] = {0, 0, 0};
  for (const Index3& p : mesh.element_positions())
    for (int d = 0; d < 3; ++d) sum[d] += p[d];
  Vec3 centre;
  for (int d = 0; d < 3; ++d)
    centre[d] = (static_cast<double>(sum[d]) / mesh.element_count() + 0.5) * component(mesh.spacing_mm(), d);
  return centre;
}

/// Lateral rigid motions (two translations, the turn about the axis) that the constraints so far already exclude.
class LateralMotion {
 public:
  LateralMotion(const VoxelMesh& mesh, int a) : mesh_(mesh), b_((a + 1) % 3), c_((a + 2) % 3) {
    const Vec3 h = mesh.spacing_mm();
    size_ = std::max(mesh.size()[b_] * h[b_], mesh.size()[c_] * h[c_]);
  }
  bool is_excluded() const { return rank_ == 3; }
  int b() const { return b_; }
  int c() const { return c_; }

  /// True when holding component d (b or c) of the node excludes one motion more.
  bool add(std::uint32_t node, int d) {
    const Vec3 x = node_position_mm(mesh_, node);
    std::array<double, 3> row = {d == b_ ? 1.0 : 0.0, d == c_ ? 1.0 : 0.0, (d == b_ ? -x[c_] : x[b_]) / size_};
    for (int k = 0; k < rank_; ++k) {
      double dot = 0;
      for (int i = 0; i < 3; ++i) dot += row[i] * basis_[k][i];
      for (int i = 0; i < 3; ++i) row[i] -= dot * basis_[k][i];
    }
    const double length = std::sqrt(row[0] * row[0] + row[1] * row[1] + row[2] * row[2]);
    if (rank_ == 3 || length < 1e-9) return false;
    for (double& value : row) value /= length;
    basis_[rank_++] = row;
    return true;
  }

 private:
  const VoxelMesh& mesh_;
  int b_, c_;
  double size_;
  int rank_ = 0;
  std::array<std::array<double, 3>, 3> basis_{};
};

class Resolver {
 public:
  Resolver(const VoxelMesh& mesh, const LoadCaseSpec& spec, const VoxelImage* labels)
      : mesh_(mesh),
        spec_(spec),
        labels_(labels),
        a_(static_cast<int>(spec.axis)),
        direction_(static_cast<int>(spec.direction)) {
    out_.spec = spec;
    const Vec3 h = mesh.spacing_mm();
    out_.displacement_axis = spec.type == LoadType::shear ? spec.direction : spec.axis;
    out_.length_mm = spec.length_mm.value_or(mesh.size()[a_] * h[a_]);
    out_.section_mm2 = 1;
    for (const int d : {(a_ + 1) % 3, (a_ + 2) % 3}) out_.section_mm2 *= mesh.size()[d] * h[d];
  }

  ResolvedLoadCase resolve() {
    Prescriber prescriber(mesh_, out_);
    if (spec_.type == LoadType::strain)
      apply_strain(prescriber);
    else if (spec_.type != LoadType::free)
      apply_ends(prescriber);
    if (spec_.type == LoadType::confined) hold_sides(prescriber);
    for (const NodeSetSpec& set : spec_.node_sets) apply_node_set(prescriber, set);
    if (spec_.type == LoadType::uniaxial || spec_.type == LoadType::confined || spec_.excludes_rigid_motion)
      exclude_lateral_motion(prescriber);
    prescriber.finish();
    if (spec_.type == LoadType::free) report_free_ends();
    return std::move(out_);
  }

 private:
  void apply_ends(Prescriber& prescriber);
  void turn_end(Prescriber& prescriber, const NodeList& nodes, Vec3 centre, int about, double angle) const;
  void hold_sides(Prescriber& prescriber) const;
  void exclude_lateral_motion(Prescriber& prescriber) const;
  void apply_strain(Prescriber& prescriber);
  void apply_node_set(Prescriber& prescriber, const NodeSetSpec& set);
  NodeList nodes_of(const NodeSetSpec& set) const;
  void add_force(const NodeSetSpec& set, const NodeList& nodes);
  void report_free_ends();
  double end_displacement_mm() const {
    if (spec_.displacement_mm) return *spec_.displacement_mm;
    if (spec_.strain) return *spec_.strain * out_.length_mm;
    return std::copysign(0.01 * out_.length_mm, *spec_.force_n);
  }

  const VoxelMesh& mesh_;
  const LoadCaseSpec& spec_;
  const VoxelImage* labels_;
  int a_, direction_;
  ResolvedLoadCase out_;
};

void Resolver::apply_ends(Prescriber& prescriber) {
  const NodeList low = end_nodes(mesh_, spec_, spec_.axis, End::low);
  const NodeList high = end_nodes(mesh_, spec_, spec_.axis, End::high);
  out_.support_nodes = low;
  out_.loaded_nodes = high;
  const double low_mm = mean_height_mm(mesh_, low, a_), high_mm = mean_height_mm(mesh_, high, a_);
  if (spec_.surface == SurfaceRule::visible) out_.length_mm = high_mm - low_mm;
  Vec3 low_centre = bone_centre_mm(mesh_), high_centre = low_centre;
  low_centre[a_] = low_mm;
  high_centre[a_] = high_mm;
  out_.rotation_centre_mm = high_centre;

  Vec3 end_value = {0, 0, 0};
  const bool turns = spec_.type == LoadType::bending || spec_.type == LoadType::torsion;
  if (!turns) {
    out_.applied_displacement_mm = end_displacement_mm();
    end_value[static_cast<int>(out_.displacement_axis)] = out_.applied_displacement_mm;
  }
  const bool is_bending = spec_.type == LoadType::bending;
  const bool slides = spec_.type == LoadType::uniaxial || spec_.type == LoadType::confined;
  prescriber.begin_set("low end");
  if (slides)
    prescriber.prescribe_all(low, a_, 0);
  else if (is_bending)
    turn_end(prescriber, low, low_centre, direction_, -*spec_.angle_rad / 2);
  else
    prescriber.prescribe_all(low, Vec3{0, 0, 0});
  prescriber.begin_set("high end");
  if (slides)
    prescriber.prescribe_all(high, a_, end_value[a_]);
  else if (turns)
    turn_end(prescriber, high, high_centre, is_bending ? direction_ : a_,
             is_bending ? *spec_.angle_rad / 2 : *spec_.angle_rad);
  else
    prescriber.prescribe_all(high, end_value);
}

/// u = angle e_about x (x - centre).
void Resolver::turn_end(Prescriber& prescriber, const NodeList& nodes, Vec3 centre, int about, double angle) const {
  const int b = (about + 1) % 3, c = (about + 2) % 3;
  for (const std::uint32_t node : nodes) {
    const Vec3 x = node_position_mm(mesh_, node);
    prescriber.prescribe(node, about, 0);
    prescriber.prescribe(node, b, -angle * (x[c] - centre[c]));
    prescriber.prescribe(node, c, angle * (x[b] - centre[b]));
  }
}

void Resolver::hold_sides(Prescriber& prescriber) const {
  for (const int d : {(a_ + 1) % 3, (a_ + 2) % 3})
    for (const End end : {End::low, End::high}) {
      const Axis side = static_cast<Axis>(d);
      prescriber.begin_set(fmt::format("{} {} side", end_name(end), axis_name(side)));
      prescriber.prescribe_all(end_nodes(mesh_, spec_, side, end), d, 0);
    }
}

/// Two nodes of a row parallel to a grid axis, as far apart as `nodes` allow: ends of the longest row, the first of
/// equals. Along the row both may slide, so lateral contraction does not turn the bone.
struct RowEnds {
  std::uint32_t anchor = k_no_node, far = k_no_node;
  int along = 0;
};
static RowEnds longest_row(const VoxelMesh& mesh, const NodeList& nodes, int b, int c) {
  RowEnds best;
  double longest = -1;
  for (const int along : {b, c}) {
    const int across = along == b ? c : b;
    std::map<int, std::pair<std::uint32_t, std::uint32_t>> rows;  // first and last node by the row's other coordinate
    for (const std::uint32_t n : nodes) {
      const Index3& p = mesh.node_positions()[n];
      auto [row, is_new] = rows.try_emplace(p[across], n, n);
      auto& [first, last] = row->second;
      if (p[along] < mesh.node_positions()[first][along]) first = n;
      if (p[along] > mesh.node_positions()[last][along]) last = n;
    }
    for (const auto& [coordinate, ends] : rows) {
      const double length = node_position_mm(mesh, ends.second)[along] - node_position_mm(mesh, ends.first)[along];
      if (length <= longest) continue;
      longest = length;
      best = {ends.first, ends.second, along};
    }
  }
  return best;
}

/// Statically determinate (3-2-1), so the added supports carry no force: one node of the low end held across the axis,
/// and the far end of its row held across that row; each only where it is still needed.
void Resolver::exclude_lateral_motion(Prescriber& prescriber) const {
  LateralMotion motion(mesh_, a_);
  for (std::uint32_t n = 0; n < mesh_.node_count() && !motion.is_excluded(); ++n)
    for (const int d : {motion.b(), motion.c()})
      if (out_.constrained[n] >> d & 1) motion.add(n, d);
  if (motion.is_excluded()) return;

  const int b = motion.b(), c = motion.c();
  const RowEnds row = longest_row(mesh_, out_.support_nodes, b, c);
  const int across = row.along == b ? c : b;
  prescriber.begin_set("support against rigid motion");
  for (const auto& [node, d] :
       {std::pair(row.anchor, b), std::pair(row.anchor, c), std::pair(row.far, across), std::pair(row.far, row.along)})
    if (motion.add(node, d)) prescriber.prescribe(node, d, 0);
}

void Resolver::apply_strain(Prescriber& prescriber) {
  const auto& e = spec_.uniform_strain;
  const double tensor[3][3] = {
      {e[k_xx], e[k_xy] / 2, e[k_zx] / 2}, {e[k_xy] / 2, e[k_yy], e[k_yz] / 2}, {e[k_zx] / 2, e[k_yz] / 2, e[k_zz]}};
  const NodeList nodes = outer_nodes(mesh_);
  if (nodes.empty())
    throw InputError(
        fmt::format("load case '{}': no bone touches a face of the image, so the strain cannot be imposed; "
                    "crop the image to the bone",
                    spec_.name));
  prescriber.begin_set("outer faces");
  const int last = mesh_.size()[a_];
  for (const std::uint32_t node : nodes) {
    const Vec3 x = node_position_mm(mesh_, node);
    for (int d = 0; d < 3; ++d)
      prescriber.prescribe(node, d, tensor[d][0] * x[0] + tensor[d][1] * x[1] + tensor[d][2] * x[2]);
    const int height = mesh_.node_positions()[node][a_];
    if (height == 0) out_.support_nodes.push_back(node);
    if (height == last) out_.loaded_nodes.push_back(node);
  }
}

NodeList Resolver::nodes_of(const NodeSetSpec& set) const {
  const auto [axis, end] = parse_surface(set.surface, spec_.axis).value_or(std::pair{spec_.axis, End::low});
  if (!set.label) return set.box_mm ? nodes_in_box(mesh_, *set.box_mm) : end_nodes(mesh_, spec_, axis, end);
  if (labels_ == nullptr) throw InternalError("a node set by label needs the labels");
  NodeList nodes = nodes_of_label(mesh_, *labels_, *set.label);
  if (nodes.empty())
    throw InputError(fmt::format("load case '{}': node set '{}' wants nodes of label {}, which no voxel has",
                                 spec_.name, set.name, *set.label));
  if (!set.surface.empty()) return outermost(mesh_, std::move(nodes), axis, end);
  if (!set.box_mm) return nodes;
  const NodeList box = nodes_in_box(mesh_, *set.box_mm);
  NodeList both;
  std::set_intersection(nodes.begin(), nodes.end(), box.begin(), box.end(), std::back_inserter(both));
  return both;
}

void Resolver::apply_node_set(Prescriber& prescriber, const NodeSetSpec& set) {
  const NodeList nodes = nodes_of(set);
  if (nodes.empty()) {
    const auto& box = *set.box_mm;
    throw InputError(
        fmt::format("load case '{}': the box of node set '{}' holds no bone (x {:.6g} to {:.6g}, y {:.6g} to "
                    "{:.6g}, z {:.6g} to {:.6g} mm, from the corner of voxel 0, 0, 0)",
                    spec_.name, set.name, box[0], box[1], box[2], box[3], box[4], box[5]));
  }
  prescriber.begin_set(set.name);
  bool loads = false;
  for (int d = 0; d < 3; ++d) {
    if (set.displacement_mm[d]) prescriber.prescribe_all(nodes, d, *set.displacement_mm[d]);
    loads = loads || set.displacement_mm[d].value_or(0) != 0 || set.force_n[d] != 0;
  }
  add_force(set, nodes);
  out_.other_loads = out_.other_loads || loads;
  if (spec_.type != LoadType::free) return;
  NodeList& role = loads ? out_.loaded_nodes : out_.support_nodes;
  role.insert(role.end(), nodes.begin(), nodes.end());
}

void Resolver::add_force(const NodeSetSpec& set, const NodeList& nodes) {
  for (int d = 0; d < 3; ++d) {
    if (set.force_n[d] == 0) continue;
    if (out_.force_n.empty()) out_.force_n.assign(std::size_t{3} * mesh_.node_count(), 0.0);
    for (const std::uint32_t node : nodes)
      out_.force_n[std::size_t{3} * node + d] += set.force_n[d] / static_cast<double>(nodes.size());
  }
}

/// A free case that only moves nodes by one value along its axis has a stiffness like a named one.
void Resolver::report_free_ends() {
  for (NodeList* nodes : {&out_.loaded_nodes, &out_.support_nodes}) {
    std::sort(nodes->begin(), nodes->end());
    nodes->erase(std::unique(nodes->begin(), nodes->end()), nodes->end());
  }
  double value = 0;
  for (const NodeSetSpec& set : spec_.node_sets)
    for (int d = 0; d < 3; ++d) {
      const double u = set.displacement_mm[d].value_or(0);
      if (set.force_n[d] != 0 || (u != 0 && (d != a_ || (value != 0 && value != u)))) return;
      if (u != 0) value = u;
    }
  out_.applied_displacement_mm = value;
  out_.other_loads = false;
}

}  // namespace

ResolvedLoadCase resolve_load_case(const VoxelMesh& mesh, const LoadCaseSpec& spec, const VoxelImage* labels) {
  check_load_case_spec(spec);
  if (mesh.element_count() == 0) throw InputError("there is no bone in the image: the mesh has no element");
  return Resolver(mesh, spec, labels).resolve();
}

}  // namespace osteon
