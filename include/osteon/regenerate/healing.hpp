// SPDX-License-Identifier: Apache-2.0
// Parameters of regenerating tissue. Every default names its source; "(recalled, check)" and "(assumption)" are kept
// from the reference and printed with the values.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "kernels/stimulus/stimulus_rules.hpp"

namespace osteon {

/// Level A0: stiffness follows the stimulus at once where cells are (Lacroix and Prendergast 2002, J Biomech 35:1163).
/// Level A1: cells with finite rates make, replace and mature tissue (after Isaksson et al. 2008, Checa et al. 2011).
enum class HealingLevel { a0, a1 };

using Stimulus = kernels::StimulusRule;
inline const char* stimulus_name(Stimulus stimulus) { return kernels::k_stimulus_names[static_cast<int>(stimulus)]; }

enum class Mixture { linear, cubic };

/// Tissues in the order of every table here: fibrous, cartilage, woven bone, lamellar bone.
inline constexpr int k_tissue_kinds = 4;
/// Phenotypes: fibroblast, chondrocyte, osteoblast.
inline constexpr int k_phenotype_kinds = 3;
const char* tissue_name(int tissue);        ///< "Fibrous" ...
const char* phenotype_name(int phenotype);  ///< "Fibroblast" ...

struct HealingParameters {
  HealingLevel level = HealingLevel::a1;
  double saturation_cells_per_mm3 = 1000;  ///< c_max: one cell per (0.1 mm)^3 (Checa et al. 2011)

  // --- stimulus: reference 1.2 to 1.4 --------------------------------------------------------------------------
  Stimulus stimulus = Stimulus::octahedral_strain;
  double strain_unit = 0.0375, flow_unit_mm_s = 0.003;
  double fibrous_above = 3, cartilage_above = 1, mature_below = 0.267, resorption_below = 0.01;
  bool sharp_windows = false;  ///< A0 as published; smooth switches are this project's (assumption)
  double hysteresis = 0.1;     ///< of disuse, relative (assumption)

  // --- progenitors of the host -----------------------------------------------------------------------------------
  double diffusivity_mm2_per_day = 0.5;  ///< Ghiasi et al. 2019; a random walk of 30 um/h would be 0.0117
  double fibroblast_diffusivity_mm2_per_day = 0;
  double host_proliferation = 0.6;      ///< per day; 0.12 for an aged or exhausted host
  double host_death = 0.05;             ///< per day (recalled, check)
  double differentiation = 0.3;         ///< per day, of mature cells
  double differentiation_from_day = 6;  ///< cells of age >= 6 days only
  double initial_cells = 0;             ///< uniform in every site at day 0, of c_max

  // --- phenotypes: per day ------------------------------------------------------------------------------------------
  std::array<double, k_phenotype_kinds> proliferation = {0.55, 0.20, 0.30};
  std::array<double, k_phenotype_kinds> death = {0.05, 0.10, 0.16};    ///< outside the own window
  std::array<double, k_phenotype_kinds> production = {0.2, 0.2, 0.1};  ///< of fibrous, cartilage, woven (assumption)
  double lamellar_days = 30;                                           ///< woven to lamellar (assumption)
  double resorption = 0.005;                                           ///< per day, of bone under disuse (assumption)

  // --- stiffness: reference 1.6, 2.4 --------------------------------------------------------------------------------
  Mixture mixture = Mixture::cubic;
  double granulation_mpa = 0.2, granulation_poisson = 0.167;
  std::array<double, k_tissue_kinds> modulus_mpa = {2, 200, 1000, 6000};  ///< cartilage: Ulm's fibrocartilage
  std::array<double, k_tissue_kinds> poisson_ratio = {0.167, 0.167, 0.3, 0.3};
  int poisson_levels = 16;  ///< Poisson's ratio of a mixture is rounded to this many steps
  int history_days = 10;    ///< A0: the material is the mean over them

  // --- fluid, for the stimulus with flow: reference 1.5, 1.6
  // ----------------------------------------------------------
  std::array<double, 1 + k_tissue_kinds> permeability_mm4_per_n_s = {1e-2, 1e-2, 5e-3, 1e-1, 0.37};
  double porosity = 0.8, fluid_bulk_mpa = 2300, ramp_s = 1;

  // --- oxygen: reference 3.3
  // --------------------------------------------------------------------------------------------
  bool oxygen = false;
  double oxygen_diffusivity_mm2_per_s = 1.7e-3;  ///< fibrin (Ehsan and George 2013)
  double oxygen_use_mol_per_cell_s = 1.3e-17;    ///< V_max, lung fibroblasts (the same)
  double oxygen_half_mol_per_m3 = 8.0e-3;        ///< K_m (the same)
  double oxygen_supply_mol_per_m3 = 0.1;         ///< on surfaces that supply cells
  double anoxic_death = 0.5;                     ///< per day without oxygen (assumption)

  // --- paracrine help
  // -------------------------------------------------------------------------------------------------
  double paracrine_gain = 0, paracrine_half = 0.01;  ///< host rates times 1 + gain d / (d + half) (assumption)
};

/// Every parameter with its value, unit and source, one line each, for the log and the report.
std::vector<std::string> describe(const HealingParameters& parameters);

}  // namespace osteon
