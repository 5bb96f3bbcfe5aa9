// SPDX-License-Identifier: Apache-2.0
// Bones and benchmark problems made from a seed: the product ships no patient data.
// The voxels depend on the recipe only: not on the machine, the library versions or the number of threads.
#pragma once

#include <cstdint>
#include <string>

#include "osteon/image/voxel_image.hpp"

namespace osteon {

/// Trabecular bone as a thresholded, band-passed Gaussian random field, largest face-connected part kept.
struct TrabecularRecipe {
  Index3 size = {64, 64, 64};
  double spacing_mm = 0.036;
  bool plate_like = false;             ///< |field| cut (plates) instead of a one-sided cut (rods)
  double bone_volume_fraction = 0.25;  ///< of the bone that is kept, over the whole grid; in (0, 1)
  double period_voxels = 20;           ///< struts or plates follow each other at this distance; >= 4
  double stretch_z = 1.5;              ///< struts are this much longer along z; in [0.1, 10]
  std::uint64_t seed = 1;
};
/// Bone has label 1. Throws UsageError (a value out of range) or InputError (the bone does not connect the two z faces,
/// or the asked volume fraction cannot be met by one connected part).
VoxelImage make_trabecular(const TrabecularRecipe& recipe);

VoxelImage make_block(Index3 size, Vec3 spacing_mm);
/// Beam along x with a solid rectangular section.
VoxelImage make_cantilever(Index3 size, Vec3 spacing_mm);
/// Thick spherical shell (outer radius fills the grid); `inner_fraction` = inner / outer radius, 0 = full sphere.
/// A voxel belongs to the shell when its centre does.
VoxelImage make_hollow_sphere(int size, double spacing_mm, double inner_fraction);
/// Block with a central spherical void; `void_fraction` = diameter of the void / width of the block.
VoxelImage make_block_with_void(int size, double spacing_mm, double void_fraction);
/// Long-bone shaft along z: cortical tube (label 127) around a trabecular core (label 100).
/// The section is an ellipse, 8 % narrower along y.
struct ShaftRecipe {
  Index3 size = {96, 96, 96};
  double spacing_mm = 0.082;
  double outer_fraction = 0.92;        ///< outer diameter / grid width
  double cortex_fraction = 0.18;       ///< cortical thickness / outer radius
  double bone_volume_fraction = 0.22;  ///< of the trabecular core
  double period_voxels = 14;
  std::uint64_t seed = 1;
};
VoxelImage make_shaft(const ShaftRecipe& recipe);

/// Part of a scene that is symmetric about the planes x = 0, y = 0 and z = 0 through its middle. The grid's low faces
/// are exactly those planes for the axes that are cut: eighth keeps x, y, z >= 0, quarter keeps x, y >= 0.
enum class SceneSymmetry { eighth, quarter, full };

/// Labels of the healing scenes; 0 is outside.
enum class SceneLabel : std::uint8_t {
  cortex = 1,
  periosteum = 2,  ///< cortex voxels of the tube's outer surface: faces of callus against them are periosteum. The
                   ///< ring at the cut end stays cortex, so that no cut face counts; that is one voxel of periosteum
                   ///< less at the edge.
  marrow = 3,
  callus = 4,   ///< tissue that regenerates: callus and gap, or the defect and the cuff round it
  scaffold = 5  ///< regenerates inside a scaffold
};

/// Long bone along z with a transverse fracture gap and its callus. The defaults are the sheep metatarsal with stable
/// fixation of Simon et al. 2011 (gap "about 2.1 mm" there, taken as 2.0); "(assumption)" marks what it leaves open.
/// A voxel belongs to what its centre lies in; one empty layer surrounds the callus.
struct FractureRecipe {
  double spacing_mm = 0.5;
  double gap_mm = 2.0;  ///< 3.0 for the less stable case
  double canal_radius_mm = 6.0;
  double outer_radius_mm = 8.0;      ///< of the cortex
  double callus_thickness_mm = 4.0;  ///< outside the cortex: half axis of the ellipse at z = 0
  double callus_length_mm = 8.0;     ///< the other half axis: callus ends this far from the middle of the gap
  double endosteal_mm = 4.0;         ///< callus fills the canal this far from the middle of the gap (assumption)
  double length_mm = 28.0;           ///< of bone, gap included; with E 17 000 MPa it heals to 64 kN/mm (assumption)
  SceneSymmetry symmetry = SceneSymmetry::eighth;
};
/// Throws UsageError naming the value that does not fit.
VoxelImage make_fracture(const FractureRecipe& recipe);

enum class ScaffoldShape {
  none,
  tube,      ///< as thick as the cortex it replaces
  honeycomb  ///< hexagonal channels along z over the whole section; the walls are scaffold, the channels callus
};

/// Long bone along z from whose shaft a piece is missing; the defect is filled with regenerating tissue, round which a
/// cuff of the same overlaps the bone's ends. Default: sheep tibia, 40 mm (Perier-Metz et al. 2020).
struct CriticalDefectRecipe {
  double spacing_mm = 0.5;
  double defect_mm = 40.0;
  double canal_radius_mm = 7.5;
  double outer_radius_mm = 10.0;
  double cuff_mm = 2.0;      ///< thickness of the cuff outside the cortex (assumption)
  double overlap_mm = 10.0;  ///< of the cuff over each end: cells come from the periosteum of 1 cm on each side
  double length_mm = 70.0;   ///< of bone, defect included (assumption)
  ScaffoldShape scaffold = ScaffoldShape::none;
  double cell_mm = 5.0;  ///< honeycomb: from wall middle to wall middle, across the flats (assumption)
  double wall_mm = 1.0;  ///< honeycomb: thickness of the walls; at least a voxel (assumption)
  SceneSymmetry symmetry = SceneSymmetry::eighth;
};
/// Throws UsageError naming the value that does not fit.
VoxelImage make_critical_defect(const CriticalDefectRecipe& recipe);

/// Upper end of a femur, an adult's. Dimensions are round values of textbook adults (assumption); what is not a member
/// is scaled or placed in synthetic_femur.cpp. In its own frame: shaft along z, its axis and that of the neck meet in
/// the origin; unturned, x, y, z of the grid are the patient's left, posterior and superior.
struct FemurRecipe {
  BodySide side = BodySide::left;
  Vec3 spacing_mm = {1, 1, 1};
  Vec3 turn_deg = {0, 0, 0};  ///< about the patient's x, then y, then z: the bone lies obliquely in the scan
  double neck_shaft_deg = 127;
  double anteversion_deg = 12;  ///< of the neck, against the patient's frontal plane
  double neck_length_mm = 52;   ///< from the head's centre to the axis of the shaft; the offset is 41 mm
  double head_radius_mm = 23;
  double neck_radius_mm = 14.5;  ///< at the head; it widens towards the shaft
  double shaft_radius_mm = 14.5;
  double shaft_cortex_mm = 6;    ///< below the lesser trochanter; about 1.5 mm over head, neck and greater trochanter
  double shaft_length_mm = 100;  ///< from the origin down to the end of the mask
  double edge_mm = 3;            ///< the scan shows an edge as a ramp as wide as this, and as two voxels at least
};

/// A scan and where its bone is. Both depend on the place in the bone's frame only, so the same bone turned or on the
/// other side differs by its sampling alone. Right and left are each other's mirror image in x to the bit when
/// unturned.
struct SyntheticFemur {
  VoxelImage density;  ///< mg/cm3 K2HPO4, in steps of 1/16; the shaft goes on below the mask's end
  VoxelImage mask;     ///< 1 = bone: centre of the voxel inside and above the cut
  Vec3 head_centre_mm, shaft_axis, neck_axis;  ///< in patient space; unit vectors, up the shaft and towards the head
  Vec3 shaft_point_mm;                         ///< where the axes of neck and shaft meet
};
/// Throws UsageError naming the value that does not fit.
SyntheticFemur make_proximal_femur(const FemurRecipe& recipe);

/// A lumbar vertebra in its own frame: x left, y posterior, z superior; the body's centre is the origin. Dimensions of
/// an adult's L3 or L4, rounded (assumption).
struct VertebraRecipe {
  Vec3 spacing_mm = {1, 1, 1};
  Vec3 turn_deg = {0, 0, 0};  ///< about the patient's x, then y, then z
  double width_mm = 48;       ///< of the body, at its endplates
  double depth_mm = 34;
  double height_mm = 28;              ///< between the rims of the endplates
  double spongiosa_mg_per_cm3 = 130;  ///< of the body; about 80 and less in osteoporosis
  double edge_mm = 3;                 ///< as in FemurRecipe
};
/// Labels of the mask.
inline constexpr int k_vertebra_body = 1, k_vertebra_posterior = 2;
struct SyntheticVertebra {
  VoxelImage density;  ///< mg/cm3 K2HPO4, in steps of 1/16
  VoxelImage mask;     ///< k_vertebra_body or k_vertebra_posterior
  Vec3 up;             ///< unit vector in patient space
};
/// Throws UsageError naming the value that does not fit.
SyntheticVertebra make_vertebra(const VertebraRecipe& recipe);

}  // namespace osteon
