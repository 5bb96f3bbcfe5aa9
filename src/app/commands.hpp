// SPDX-License-Identifier: Apache-2.0
// The subcommands and what the command line may say to each; main.cpp fills these in.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "console.hpp"

namespace osteon::app {

struct SolveOptions {
  std::filesystem::path input;  ///< image or case file
  std::string profile;
  std::filesystem::path mask;
  std::vector<std::string> settings;  ///< section.key=value
  std::filesystem::path output;       ///< empty: NAME.osteon in the current folder
  std::string backend;
  int threads = -1;
  bool dry_run = false, overwrite = false;
  Verbosity verbosity = Verbosity::normal;
};
int run_solve(const SolveOptions& options);

struct RegenerateOptions : SolveOptions {
  bool resume = false;      ///< go on in the run's folder from its checkpoint
  double time_limit_s = 0;  ///< stop after the step that passes it; 0 = none
};
int run_regenerate(const RegenerateOptions& options);

struct InitOptions {
  std::string profile;
  std::filesystem::path image;  ///< written into the case; empty: scan.mha
  bool keys = false;            ///< print the key table instead
  bool laws = false;            ///< print the published modulus laws instead
};
int run_init(const InitOptions& options);
int run_profiles();

struct InfoOptions {
  std::filesystem::path file;
  std::vector<double> spacing_mm;
  bool json = false;
};
int run_info(const InfoOptions& options);

struct RiskOptions {
  std::filesystem::path result;
  std::vector<std::string> criteria;  ///< empty: those of the case; "all": every one
  std::vector<std::string> settings;  ///< risk.ees.critical_strain=0.008
  bool list = false;                  ///< print the criteria instead
  std::filesystem::path against;      ///< compare the course with that of this run instead
};
int run_risk(const RiskOptions& options);
/// With --against: table on standard output, risk-change.csv in the run's folder; nothing else changes.
int run_risk_change(const RiskOptions& options);

struct ExportOptions {
  std::filesystem::path result;
  bool vtu = false, xdmf = false, nifti = false, csv = false;
  std::vector<std::string> fields;
  std::optional<int> step;       ///< of a time series; default: the last, and of XDMF all
  std::filesystem::path output;  ///< folder; empty: beside the result
  bool overwrite = false;
};
int run_export(const ExportOptions& options);

struct GenerateOptions {
  std::string kind;
  std::filesystem::path output;
  std::vector<int> size;
  std::vector<double> spacing_mm;
  double bone_volume_fraction = -1, period_voxels = -1, stretch_z = -1, fraction = -1;  ///< < 0: the recipe's own
  double gap_mm = -1, defect_mm = -1, length_mm = -1, cell_mm = -1, wall_mm = -1;  ///< of the healing scenes, likewise
  std::string symmetry, scaffold;                                                  ///< empty: the recipe's own
  std::string side;                                                                ///< of the femur, likewise
  std::vector<double> turn_deg;
  double neck_shaft_deg = -1, head_radius_mm = -1, neck_radius_mm = -1, neck_length_mm = -1, shaft_radius_mm = -1,
         cortex_mm = -1;
  double width_mm = -1, depth_mm = -1, height_mm = -1, spongiosa_mg_per_cm3 = -1;  ///< of the vertebra, likewise
  std::optional<double> anteversion_deg;
  std::uint64_t seed = 1;
  bool overwrite = false;
};
int run_generate(const GenerateOptions& options);

struct BenchOptions {
  std::vector<std::string> kinds;  ///< of bench_ladder.hpp; empty: all
  std::vector<int> sizes;          ///< voxels along an edge; empty: 64 and 128
  bool quick = false;              ///< without sizes: 64 only
  bool full = false;               ///< without sizes: 64, 128, 192, ... up to what fits into memory
  int repeats = 0;                 ///< 0: three, fewer of long solves
  std::filesystem::path json;      ///< empty: none
  std::string backend;
  int threads = 0;
  std::uint64_t seed = 1;
  bool overwrite = false;
  Verbosity verbosity = Verbosity::normal;
};
int run_bench(const BenchOptions& options);

int run_devices();

}  // namespace osteon::app
