// SPDX-License-Identifier: Apache-2.0
// Supports and loads, by the names the field uses.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "osteon/core/node_values.hpp"
#include "osteon/image/voxel_image.hpp"
#include "osteon/model/voxel_mesh.hpp"

namespace osteon {

/// `low` / `high` are the two ends along the case's axis.
///   axial     both ends clamped laterally, ends approach each other (full friction)
///   uniaxial  ends move along the axis only; rigid motion removed by a 3-2-1 support (no friction)
///   confined  as uniaxial, and the four side faces cannot move along their normal
///   shear     shear_ab: both ends clamped, the end at +a moves along b  (a = axis, b = direction)
///   bending   both ends clamped; the high end turns by +angle/2, the low end by -angle/2 about `direction`, through
///             the bone's centre line (mean of all voxel centres) at that end
///   torsion   both ends clamped laterally; the high end turns about the axis through that centre line, warping held
/// Rotations are linearised (u = angle x r), as the solve is.
///   strain    the six-component strain `uniform_strain` imposed on every outer node of the grid's six faces
///   free      only the listed node sets
enum class LoadType { axial, uniaxial, confined, shear, bending, torsion, strain, free };

enum class SurfaceRule {
  end_layer,  ///< all nodes of the grid's first / last plane that carry bone
  visible     ///< outer face of the first bone voxel met in each column along the axis, if not deeper than
              ///< surface_depth_mm below the outermost bone of that end
};

/// A free set of nodes: a box in mm (image frame: corner of voxel 0,0,0 is the origin), a surface, or all of a label.
struct NodeSetSpec {
  std::string name;
  std::optional<std::array<double, 6>> box_mm;  ///< x0 x1 y0 y1 z0 z1, inclusive
  std::string surface;  ///< "low" or "high" end of the case's axis, "x_low" ... "z_high" of another; not with a box
  std::optional<int> label;  ///< only nodes of voxels with this label; a surface is then the outermost plane of those
  std::array<std::optional<double>, 3> displacement_mm;  ///< prescribed components
  Vec3 force_n = {0, 0, 0};                              ///< total, shared equally by the nodes
};

struct LoadCaseSpec {
  std::string name = "axial";
  LoadType type = LoadType::axial;
  Axis axis = Axis::z;
  Axis direction = Axis::x;  ///< shear direction; bending axis of rotation
  /// exactly one of these; strain is relative to the distance of the two ends. Negative moves the high end towards
  /// the low end.
  std::optional<double> strain;  ///< shear: gamma
  std::optional<double> displacement_mm;
  std::optional<double> force_n;    ///< on the high end along the case's direction: solved for 1 % of the length
                                    ///< in the direction of the force, scaled by the caller afterwards. Type free:
                                    ///< what the node sets prescribe is scaled
  std::optional<double> angle_rad;  ///< bending, torsion
  std::array<double, 6> uniform_strain = {};  ///< type strain; Voigt order of voigt.hpp
  SurfaceRule surface = SurfaceRule::end_layer;
  double surface_depth_mm = 0;         ///< 0 = no limit
  std::vector<NodeSetSpec> node_sets;  ///< added to the type's own supports (type free: all there is)
  std::string bone_model;              ///< type free: node sets come from this model of a whole bone (osteon/anatomy)
  bool has_platen = true;  ///< bone models: false = force_n is spread over the loaded surface, which may turn
  bool excludes_rigid_motion = false;  ///< type free: the 3-2-1 support of `uniaxial`, on the supporting sets
  std::optional<double> length_mm;     ///< type free: what strain refers to, instead of the grid's length
};

/// Prescribed degrees of freedom and forces, resolved on a mesh.
struct ResolvedLoadCase {
  LoadCaseSpec spec;
  std::vector<std::uint8_t> constrained;     ///< per node: bit c set = component c prescribed
  NodeValues prescribed_mm;                  ///< 0 where free
  std::vector<double> force_n;               ///< 3 per node; empty when there are none
  std::vector<std::uint32_t> loaded_nodes;   ///< whose reaction is reported (the high end)
  std::vector<std::uint32_t> support_nodes;  ///< the low end
  double applied_displacement_mm = 0;        ///< along displacement_axis; 0 for strain, bending, torsion and force
  Axis displacement_axis = Axis::z;          ///< the case's axis; shear: its direction
  bool other_loads = false;                  ///< node sets load the bone besides applied_displacement_mm, so energy
                                             ///< alone gives no stiffness
  double length_mm = 0;                      ///< distance of the two ends along the axis: voxel layers * spacing, or
                                             ///< for visible ends the distance of their mean surfaces
  double section_mm2 = 0;                    ///< full cross-section of the grid across the axis
  Vec3 rotation_centre_mm = {0, 0, 0};       ///< bone's centre line at the high end; bending and torsion turn about it
};

/// Type, axis and direction from a name: "axial", "uniaxial_x", "shear_zx" (axis z, moved along x), "bending_zx" (axis
/// z, turned about x), "torsion_y", "strain", "free". `axis` serves names without one (default z); shear and bending
/// without a direction take the next axis (z -> x). Throws UsageError listing the names, or when both axes differ.
LoadCaseSpec parse_load_type(const std::string& name, std::optional<Axis> axis = {});

/// Resolves one load case. Type free: nodes that are moved or carry a force are the loaded ones, the others support;
/// applied_displacement_mm is set when all they do is move by one value along the case's axis. Throws UsageError (bad
/// combination of keys) or InputError (a set without nodes, an end without bone, two sets that prescribe different
/// values at one node). `labels`, on the mesh's grid, for node sets with a label.
ResolvedLoadCase resolve_load_case(const VoxelMesh& mesh, const LoadCaseSpec& spec, const VoxelImage* labels = nullptr);

/// Throws UsageError when the case applies no displacement and no force. Throws InputError naming the part (voxels,
/// position) and the motion left free ("can translate along x and rotate about z") when some part of the mesh is not
/// held. Parts are face-connected; one that hangs on another by an edge or a corner is held only as far as those shared
/// nodes hold it, and the message says how it hangs. Cost: a few passes over the elements.
void require_supported(const VoxelMesh& mesh, const ResolvedLoadCase& load_case);

}  // namespace osteon
