// SPDX-License-Identifier: Apache-2.0
// `osteon generate`: synthetic bones and benchmark problems.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "commands.hpp"
#include "osteon/core/error.hpp"
#include "osteon/image/read.hpp"
#include "osteon/image/synthetic.hpp"

namespace osteon::app {

namespace {

namespace fs = std::filesystem;

/// Largest extent along an axis that still makes sense as a request.
constexpr int k_largest_size = 4096;

Index3 size_of(const GenerateOptions& options, Index3 standard) {
  if (options.size.empty()) return standard;
  if (options.size.size() != 1 && options.size.size() != 3)
    throw UsageError("--size takes one number or three: --size 64 or --size 64 64 96");
  for (const int n : options.size)
    if (n < 1 || n > k_largest_size)
      throw UsageError(fmt::format("--size {} must be between 1 and {} voxels", n, k_largest_size));
  if (options.size.size() == 1) return {options.size[0], options.size[0], options.size[0]};
  return {options.size[0], options.size[1], options.size[2]};
}

Vec3 spacing_of(const GenerateOptions& options, double standard) {
  if (options.spacing_mm.empty()) return {standard, standard, standard};
  if (options.spacing_mm.size() != 1 && options.spacing_mm.size() != 3)
    throw UsageError("--spacing takes one number or three, in mm");
  for (const double h : options.spacing_mm)
    if (!(h > 0 && std::isfinite(h))) throw UsageError(fmt::format("--spacing {} must be > 0 mm", h));
  if (options.spacing_mm.size() == 1) return {options.spacing_mm[0], options.spacing_mm[0], options.spacing_mm[0]};
  return {options.spacing_mm[0], options.spacing_mm[1], options.spacing_mm[2]};
}

int edge_of(const Index3& size, const std::string& kind) {
  if (size.x != size.y || size.y != size.z) throw UsageError(kind + " is a cube: give --size one number");
  return size.x;
}

double isotropic(const Vec3& spacing_mm, const std::string& kind) {
  if (spacing_mm[0] != spacing_mm[1] || spacing_mm[1] != spacing_mm[2])
    throw UsageError(kind + " has cubic voxels: give --spacing one number");
  return spacing_mm[0];
}

void set_if_given(double& target, double given, const char* option, double high) {
  if (given < 0) return;
  if (!(given > 0 && given <= high)) throw UsageError(fmt::format("{} {} must be > 0 and <= {}", option, given, high));
  target = given;
}

VoxelImage make_bone(const GenerateOptions& options) {
  TrabecularRecipe recipe;
  recipe.plate_like = options.kind == "trabecular-plates";
  recipe.size = size_of(options, recipe.size);
  recipe.spacing_mm = isotropic(spacing_of(options, recipe.spacing_mm), options.kind);
  set_if_given(recipe.bone_volume_fraction, options.bone_volume_fraction, "--bvtv", 0.95);
  set_if_given(recipe.period_voxels, options.period_voxels, "--period", k_largest_size);
  set_if_given(recipe.stretch_z, options.stretch_z, "--stretch", 10);
  recipe.seed = options.seed;
  return make_trabecular(recipe);
}

VoxelImage make_shaft_image(const GenerateOptions& options) {
  ShaftRecipe recipe;
  recipe.size = size_of(options, recipe.size);
  recipe.spacing_mm = isotropic(spacing_of(options, recipe.spacing_mm), options.kind);
  set_if_given(recipe.bone_volume_fraction, options.bone_volume_fraction, "--bvtv", 0.95);
  set_if_given(recipe.period_voxels, options.period_voxels, "--period", k_largest_size);
  recipe.seed = options.seed;
  return make_shaft(recipe);
}

SceneSymmetry symmetry_of(const GenerateOptions& options) {
  if (options.symmetry == "full") return SceneSymmetry::full;
  return options.symmetry == "quarter" ? SceneSymmetry::quarter : SceneSymmetry::eighth;
}

ScaffoldShape scaffold_of(const GenerateOptions& options) {
  if (options.scaffold == "tube") return ScaffoldShape::tube;
  return options.scaffold == "honeycomb" ? ScaffoldShape::honeycomb : ScaffoldShape::none;
}

VoxelImage make_fracture_image(const GenerateOptions& options) {
  FractureRecipe recipe;
  recipe.spacing_mm = isotropic(spacing_of(options, recipe.spacing_mm), options.kind);
  set_if_given(recipe.gap_mm, options.gap_mm, "--gap-mm", 1e4);
  set_if_given(recipe.length_mm, options.length_mm, "--length-mm", 1e4);
  recipe.symmetry = symmetry_of(options);
  return make_fracture(recipe);
}

VoxelImage make_critical_defect_image(const GenerateOptions& options) {
  CriticalDefectRecipe recipe;
  recipe.spacing_mm = isotropic(spacing_of(options, recipe.spacing_mm), options.kind);
  set_if_given(recipe.defect_mm, options.defect_mm, "--defect-mm", 1e4);
  set_if_given(recipe.length_mm, options.length_mm, "--length-mm", 1e4);
  recipe.scaffold = scaffold_of(options);
  set_if_given(recipe.cell_mm, options.cell_mm, "--cell-mm", 1e4);
  set_if_given(recipe.wall_mm, options.wall_mm, "--wall-mm", 1e4);
  recipe.symmetry = symmetry_of(options);
  return make_critical_defect(recipe);
}

FemurRecipe femur_recipe(const GenerateOptions& options) {
  FemurRecipe recipe;
  recipe.spacing_mm = spacing_of(options, recipe.spacing_mm[0]);
  recipe.side = options.side == "right" ? BodySide::right : BodySide::left;
  if (!options.turn_deg.empty()) recipe.turn_deg = {options.turn_deg[0], options.turn_deg[1], options.turn_deg[2]};
  if (options.anteversion_deg) recipe.anteversion_deg = *options.anteversion_deg;
  set_if_given(recipe.neck_shaft_deg, options.neck_shaft_deg, "--neck-shaft-deg", 180);
  set_if_given(recipe.neck_length_mm, options.neck_length_mm, "--neck-length-mm", 1e4);
  set_if_given(recipe.head_radius_mm, options.head_radius_mm, "--head-radius-mm", 1e4);
  set_if_given(recipe.neck_radius_mm, options.neck_radius_mm, "--neck-radius-mm", 1e4);
  set_if_given(recipe.shaft_radius_mm, options.shaft_radius_mm, "--shaft-radius-mm", 1e4);
  set_if_given(recipe.shaft_cortex_mm, options.cortex_mm, "--cortex-mm", 1e4);
  set_if_given(recipe.shaft_length_mm, options.length_mm, "--length-mm", 1e4);
  return recipe;
}

bool has_femur_options(const GenerateOptions& o) {
  return !o.side.empty() || o.anteversion_deg || o.neck_shaft_deg >= 0 || o.neck_length_mm >= 0 ||
         o.head_radius_mm >= 0 || o.neck_radius_mm >= 0 || o.shaft_radius_mm >= 0 || o.cortex_mm >= 0;
}

/// A scene's size follows from its dimensions; its options mean nothing to the other kinds, nor theirs to it.
void require_options_of_kind(const GenerateOptions& options) {
  const bool fracture = options.kind == "fracture", defect = options.kind == "critical-defect";
  const bool femur = options.kind == "proximal-femur", vertebra = options.kind == "vertebra";
  const auto refuse = [&](const char* option, const char* instead) {
    throw UsageError(fmt::format("{} does not belong to {}; {}", option, options.kind, instead));
  };
  if ((fracture || defect || femur || vertebra) && !options.size.empty())
    refuse("--size", "set --spacing, the size follows");
  if (!fracture && options.gap_mm >= 0) refuse("--gap-mm", "it is for fracture");
  if (!fracture && !defect && !femur && options.length_mm >= 0)
    refuse("--length-mm", "it is for fracture, critical-defect and proximal-femur");
  if (!femur && has_femur_options(options))
    refuse("an option of the femur (--side, its dimensions)", "it is for proximal-femur");
  if (!femur && !vertebra && !options.turn_deg.empty()) refuse("--turn-deg", "it is for proximal-femur and vertebra");
  if (!vertebra &&
      (options.width_mm >= 0 || options.depth_mm >= 0 || options.height_mm >= 0 || options.spongiosa_mg_per_cm3 >= 0))
    refuse("an option of the vertebra (--width-mm, --depth-mm, --height-mm, --spongiosa)", "it is for vertebra");
  if (!fracture && !defect && !options.symmetry.empty()) refuse("--symmetry", "it is for fracture and critical-defect");
  if (!defect && options.defect_mm >= 0) refuse("--defect-mm", "it is for critical-defect");
  if (!defect && !options.scaffold.empty()) refuse("--scaffold", "it is for critical-defect");
  if ((options.cell_mm >= 0 || options.wall_mm >= 0) && options.scaffold != "honeycomb")
    refuse("--cell-mm or --wall-mm", "they are for critical-defect --scaffold honeycomb");
}

VoxelImage make_image(const GenerateOptions& options) {
  const std::string& kind = options.kind;
  if (kind == "fracture") return make_fracture_image(options);
  if (kind == "critical-defect") return make_critical_defect_image(options);
  if (kind == "trabecular-rods" || kind == "trabecular-plates") return make_bone(options);
  if (kind == "shaft") return make_shaft_image(options);
  if (kind == "block") return make_block(size_of(options, {16, 16, 16}), spacing_of(options, 1));
  if (kind == "cantilever") return make_cantilever(size_of(options, {64, 8, 8}), spacing_of(options, 1));
  const int edge = edge_of(size_of(options, {32, 32, 32}), kind);
  const double h = isotropic(spacing_of(options, 1), kind);
  double fraction = kind == "sphere" ? 0 : 0.5;
  if (options.fraction >= 1) throw UsageError(fmt::format("--fraction {} must be below 1", options.fraction));
  if (options.fraction >= 0) fraction = options.fraction;
  if (kind == "sphere") return make_hollow_sphere(edge, h, fraction);
  return make_block_with_void(edge, h, fraction);
}

void require_free(const fs::path& path, bool overwrite) {
  if (!fs::exists(path)) return;
  if (!overwrite) throw UsageError(fmt::format("{} exists; choose another name or --overwrite", path.string()));
  if (!fs::is_regular_file(path)) throw UsageError(path.string() + " is not a file");
}

/// Written under another name first, so that an old file is replaced whole or not at all.
void write_file(const fs::path& path, const VoxelImage& image, const char* value_type) {
  const fs::path partial = path.parent_path() / (path.stem().string() + ".partial" + path.extension().string());
  fs::remove(partial);
  write_image(partial, image, value_type);
  fs::rename(partial, path);
}

void print_line(const fs::path& path, const VoxelImage& labels, const char* share) {
  const auto bone = std::count_if(labels.values.begin(), labels.values.end(), [](float v) { return v != 0; });
  const Index3 n = labels.geometry.size;
  fmt::print("{}: {} x {} x {} voxels of {:g} mm, {} {:.2f} %\n", path.string(), n.x, n.y, n.z,
             fmt::join(labels.geometry.spacing_mm, " x "), share,
             100.0 * static_cast<double>(bone) / static_cast<double>(n.volume()));
}

/// A scan is of use with its mask only, so both are written: femur.mha and femur-mask.mha.
int write_scan_and_mask(const GenerateOptions& options, const VoxelImage& density, const VoxelImage& mask) {
  const fs::path& scan = options.output;
  const fs::path mask_path = scan.parent_path() / (scan.stem().string() + "-mask" + scan.extension().string());
  require_free(mask_path, options.overwrite);
  write_file(scan, density, "float32");
  write_file(mask_path, mask, "uint8");
  fmt::print("{}: density, mg/cm3 K2HPO4\n", scan.string());
  print_line(mask_path, mask, "bone mask,");
  return 0;
}

int generate_femur(const GenerateOptions& options) {
  const SyntheticFemur femur = make_proximal_femur(femur_recipe(options));
  return write_scan_and_mask(options, femur.density, femur.mask);
}

int generate_vertebra(const GenerateOptions& options) {
  VertebraRecipe recipe;
  recipe.spacing_mm = spacing_of(options, recipe.spacing_mm[0]);
  if (!options.turn_deg.empty()) recipe.turn_deg = {options.turn_deg[0], options.turn_deg[1], options.turn_deg[2]};
  set_if_given(recipe.width_mm, options.width_mm, "--width-mm", 1e4);
  set_if_given(recipe.depth_mm, options.depth_mm, "--depth-mm", 1e4);
  set_if_given(recipe.height_mm, options.height_mm, "--height-mm", 1e4);
  set_if_given(recipe.spongiosa_mg_per_cm3, options.spongiosa_mg_per_cm3, "--spongiosa", 1e4);
  const SyntheticVertebra vertebra = make_vertebra(recipe);
  return write_scan_and_mask(options, vertebra.density, vertebra.mask);
}

}  // namespace

int run_generate(const GenerateOptions& options) {
  const std::string extension = options.output.extension().string();
  if (extension != ".mha" && extension != ".npy")
    throw UsageError(fmt::format("{}: osteon generate writes .mha or .npy", options.output.string()));
  require_free(options.output, options.overwrite);
  require_options_of_kind(options);
  if (options.kind == "proximal-femur") return generate_femur(options);
  if (options.kind == "vertebra") return generate_vertebra(options);
  const VoxelImage image = make_image(options);
  write_file(options.output, image, "uint8");
  print_line(options.output, image, "BV/TV");
  return 0;
}

}  // namespace osteon::app
