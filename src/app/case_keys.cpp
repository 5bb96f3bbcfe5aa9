// SPDX-License-Identifier: Apache-2.0
// The rows of the key table.
#include "case_keys.hpp"

#include <algorithm>

#include "case_key_ranges.hpp"
#include "osteon/solve/linear_solver.hpp"

namespace osteon::app {

namespace {

using K = KeyType;

constexpr const char* k_load_types =
    "axial|uniaxial|confined|shear_xy|shear_xz|shear_yx|shear_yz|shear_zx|shear_zy|bending|torsion|strain|homogenise|"
    "free|spine_compression|sideways_fall|stance";
constexpr const char* k_fields =
    "Displacement|Strain|Stress|PrincipalStrain|VonMisesStress|StrainEnergyDensity|StrainEnergyDensityMean|"
    "EffectiveStrain|YoungsModulus|Density|MaterialID";

std::vector<CaseKey> all_keys() {
  std::vector<CaseKey> keys = {
      {"image", "file", K::path, 0, "", k_any, "", "", "scan or segmentation; a relative path starts at this file"},
      {"image", "mask", K::path, 0, "", k_any, "", "", "image on the same grid; only its values > 0 can be bone"},
      {"image", "modulus", K::path, 0, "", k_any, "", "", "image of Young's modulus in MPa; overrides the materials'"},
      {"image", "callus_mask", K::path, 0, "", k_any, "", "",
       "image on the same grid; where it is > 0 and there is no bone, voxels of the material with role callus are put"},
      {"image", "spacing_mm", K::spacing, 3, "mm", k_positive, "", "", "replaces the spacing of the file"},

      {"prepare", "crop_first", K::integers, 3, "voxels", k_not_negative, "", "", "first voxel kept: x, y, z"},
      {"prepare", "crop_size", K::integers, 3, "voxels", {1, k_infinity}, "", "", "voxels kept along x, y, z"},
      {"prepare", "density", K::boolean, 0, "", k_any, "", "false",
       "turn stored values into mgHA/cm3 by the scanner's calibration"},
      {"prepare", "gaussian_sigma_voxels", K::number, 0, "voxels", k_not_negative, "", "0.0", "smoothing; 0 = none"},
      {"prepare", "resample_spacing_mm", K::spacing, 3, "mm", k_positive, "", "", "new spacing"},
      {"prepare", "resample_factor", K::number, 0, "", k_positive, "", "", "new size = round(size * factor)"},
      {"prepare", "spline_order", K::integer, 0, "", within(0, 3), "", "1",
       "of resampling: 0 nearest, 1 linear, 2 or 3 B-spline"},
      {"prepare", "threshold", K::numbers, 0, "", k_any, "", "",
       "values above it are bone; several in ascending order give labels 1, 2, ...; absent = values are labels"},
      {"prepare", "threshold_labels", K::integers, 0, "", {1, k_infinity}, "", "", "labels instead of 1, 2, ..."},
      {"prepare", "labels", K::integers, 0, "", k_any, "", "", "labels that are bone; absent = all > 0"},
      {"prepare", "closing_radius_voxels", K::integer, 0, "voxels", within(0, 64), "", "0",
       "radius of the closing ball"},
      {"prepare", "largest_component", K::boolean, 0, "", k_any, "", "true",
       "keep the largest face-connected part only; what was removed is reported"},

      {"materials.*", "label", K::integer, 0, "", within(0, 65535), "", "0",
       "image label; 0 = every label that no other material names"},
      {"materials.*", "youngs_modulus_mpa", K::number, 0, "MPa", k_positive, "", "", "Young's modulus"},
      {"materials.*", "poisson_ratio", K::number, 0, "", k_poisson, "", "0.3", "Poisson's ratio"},
      {"materials.*", "law", K::text, 0, "", k_any, "", "",
       "modulus from the grey value: power, linear, or a published law (`osteon init --laws`)"},
      {"materials.*", "coefficient", K::number, 0, "", k_any, "", "",
       "a in E = constant + a rho^exponent (law power or linear)"},
      {"materials.*", "exponent", K::number, 0, "", k_any, "", "", "of the power law"},
      {"materials.*", "constant", K::number, 0, "MPa", k_any, "", "", "added to the law"},
      {"materials.*", "density_scale", K::number, 0, "", k_any, "", "",
       "rho = value * density_scale + density_offset; 0.001 turns mg/cm3 into g/cm3"},
      {"materials.*", "density_offset", K::number, 0, "", k_any, "", "", "see density_scale"},
      {"materials.*", "minimum_mpa", K::number, 0, "MPa", k_not_negative, "", "", "lower bound of the law's modulus"},
      {"materials.*", "maximum_mpa", K::number, 0, "MPa", k_not_negative, "", "", "upper bound; 0 = none"},
      {"materials.*", "e_x_mpa", K::number, 0, "MPa", k_positive, "", "", "orthotropic law in image axes: all nine"},
      {"materials.*", "e_y_mpa", K::number, 0, "MPa", k_positive, "", "", ""},
      {"materials.*", "e_z_mpa", K::number, 0, "MPa", k_positive, "", "", ""},
      {"materials.*", "nu_xy", K::number, 0, "", k_any, "", "", "-strain_y / strain_x under stress along x"},
      {"materials.*", "nu_yz", K::number, 0, "", k_any, "", "", ""},
      {"materials.*", "nu_zx", K::number, 0, "", k_any, "", "", ""},
      {"materials.*", "g_yz_mpa", K::number, 0, "MPa", k_positive, "", "", ""},
      {"materials.*", "g_zx_mpa", K::number, 0, "MPa", k_positive, "", "", ""},
      {"materials.*", "g_xy_mpa", K::number, 0, "MPa", k_positive, "", "", ""},
      {"materials.*", "role", K::text, 0, "", k_any, "inert|callus|scaffold", "",
       "regenerate: callus and scaffold voxels hold cells and tissue, and need no stiffness of their own"},
      {"materials.*", "cell_source", K::number, 0, "c_max", within(0, 1), "", "",
       "regenerate: progenitors held on faces of this material towards regenerating voxels (periosteum, marrow)"},
      {"materials.*", "evaluate", K::boolean, 0, "", k_any, "", "true",
       "false for cement and platens: never counted in risk"},
      {"materials.*", "source", K::text, 0, "", k_any, "", "", "where the numbers come from; printed with them"},

      {"load_case", "name", K::text, 0, "", k_any, "", "", "appears in file and field names; default: the type"},
      {"load_case", "type", K::text, 0, "", k_any, k_load_types, "\"axial\"",
       "shear_ab: the high end along a moves along b; homogenise: the six strain states; spine_compression, "
       "sideways_fall, stance: of [bone]"},
      {"load_case", "axis", K::text, 0, "", k_any, "x|y|z", "\"z\"", "image axis of the load; shear_ab implies it"},
      {"load_case", "direction", K::text, 0, "", k_any, "x|y|z", "\"x\"", "axis a bending turns about"},
      {"load_case", "strain", K::number, 0, "", within(-1, 1), "", "",
       "end displacement / distance of the ends, compression negative; shear: gamma"},
      {"load_case", "displacement_mm", K::number, 0, "mm", k_any, "", "", "instead of strain"},
      {"load_case", "force_n", K::number, 0, "N", k_any, "", "",
       "instead of strain: total force on the high end, compression negative"},
      {"load_case", "platen", K::boolean, 0, "", k_any, "", "true",
       "models of [bone]: the loaded surface stays flat; false = force_n is spread over it and it may turn, as [falls] "
       "needs"},
      {"load_case", "angle_deg", K::number, 0, "degree", within(-90, 90), "", "", "bending and torsion"},
      {"load_case", "uniform_strain", K::numbers, 6, "", within(-1, 1), "", "",
       "type strain: xx yy zz yz zx xy, engineering shear"},
      {"load_case", "surface", K::text, 0, "", k_any, "end_layer|visible", "\"end_layer\"",
       "end nodes: the grid's whole end plane, or the first bone met from outside"},
      {"load_case", "surface_depth_mm", K::number, 0, "mm", k_not_negative, "", "0.0",
       "how deep `visible` may look; 0 = no limit"},

      {"load_case.node_set", "name", K::text, 0, "", k_any, "", "", "of the set, for messages and the result file"},
      {"load_case.node_set", "surface", K::text, 0, "", k_any, "low|high|x_low|x_high|y_low|y_high|z_low|z_high", "",
       "an end of the case's axis, or of another ..."},
      {"load_case.node_set", "box_mm", K::numbers, 6, "mm", k_any, "", "",
       "... or a box x0 x1 y0 y1 z0 z1 from the corner of voxel 0,0,0"},
      {"load_case.node_set",
       "label",
       K::integer,
       0,
       "",
       {1, k_infinity},
       "",
       "",
       "only nodes of voxels with this label; a surface is then the outermost plane of those"},
      {"load_case.node_set", "displacement_x_mm", K::number, 0, "mm", k_any, "", "", "prescribed; absent = free"},
      {"load_case.node_set", "displacement_y_mm", K::number, 0, "mm", k_any, "", "", ""},
      {"load_case.node_set", "displacement_z_mm", K::number, 0, "mm", k_any, "", "", ""},
      {"load_case.node_set", "force_n", K::numbers, 3, "N", k_any, "", "", "total, shared equally by the nodes"},

      {"solver", "tolerance", K::number, 0, "", within(1e-14, 0.1), "", "1e-6", "on |r|/|b|, unpreconditioned"},
      {"solver", "max_iterations", K::integer, 0, "", within(1, 1e6), "", "1000", ""},
      {"solver", "precision", K::text, 0, "", k_any, "mixed|double", "\"mixed\"",
       "of the multigrid cycle; the solver itself is always double"},
      {"solver", "preconditioner", K::text, 0, "", k_any, "multigrid|block_jacobi", "\"multigrid\"", ""},
      {"solver", "aggregate_edge", K::integer, 0, "nodes", within(0, 4), "", "4",
       "edge of the first aggregates: 3 or 4; 0 = 3 where struts are thin, else 4"},
      {"solver", "block_columns", K::integer, 0, "", within(0, k_most_columns), "", "0",
       "load cases with the same supports that are solved together; 0 = as many as memory allows; same results"},
      {"solver", "backend", K::text, 0, "", k_any, "auto|cpu|cuda|checked", "\"auto\"", ""},
      {"solver", "threads", K::integer, 0, "", within(0, 4096), "", "0", "CPU threads; 0 = all"},

      {"output", "fields", K::texts, 0, "", k_any, k_fields,
       "[\"Displacement\", \"StrainEnergyDensity\", \"EffectiveStrain\", \"MaterialID\", \"YoungsModulus\"]",
       "fields of the result file, beside the risk maps"},
      {"output", "formats", K::texts, 0, "", k_any, "vtkhdf|vtu|xdmf|nifti|csv", "[\"vtkhdf\"]",
       "vtkhdf is always written"},
      {"output", "gzip_level", K::integer, 0, "", within(0, 9), "", "1", "of result.vtkhdf; 0 = none"},
  };
  // Before [output], in reading order.
  const auto load_case = std::find_if(keys.begin(), keys.end(),
                                      [](const CaseKey& key) { return key.section == std::string("materials.*"); });
  keys.insert(load_case, bone_keys().begin(), bone_keys().end());
  for (const std::vector<CaseKey>* more :
       {&regenerate_keys(), &risk_keys(), &strength_keys(), &score_keys(), &fall_keys()}) {
    const auto output =
        std::find_if(keys.begin(), keys.end(), [](const CaseKey& key) { return key.section == std::string("output"); });
    keys.insert(output, more->begin(), more->end());
  }
  return keys;
}

}  // namespace

const std::vector<CaseKey>& case_keys() {
  static const std::vector<CaseKey> k_keys = all_keys();
  return k_keys;
}

}  // namespace osteon::app
