// SPDX-License-Identifier: Apache-2.0
// The rows of the key table that `osteon regenerate` reads. Defaults and their sources: osteon/regenerate/*.hpp.
#include <fmt/format.h>

#include "case_key_ranges.hpp"
#include "case_keys.hpp"
#include "osteon/regenerate/healing.hpp"

namespace osteon::app {

namespace {

using K = KeyType;

const char* stimulus_choices() {
  static const std::string k_choices = fmt::format("{}", fmt::join(kernels::k_stimulus_names, "|"));
  return k_choices.c_str();
}

}  // namespace

const std::vector<CaseKey>& regenerate_keys() {
  static const std::vector<CaseKey> k_keys = {
      {"regenerate", "days", K::number, 0, "day", k_positive, "", "120.0", "length of the simulation"},
      {"regenerate",
       "step_days",
       K::number,
       0,
       "day",
       {0, 30, true, false},
       "",
       "1.0",
       "the bone is solved this often"},
      {"regenerate", "level", K::text, 0, "", k_any, "a0|a1", "\"a1\"",
       "a1: cells with finite rates; a0: stiffness follows the stimulus (Lacroix and Prendergast 2002)"},
      {"regenerate", "force_n", K::number, 0, "N", k_not_negative, "", "0.0",
       "axial force shared by bone and fixator; 0 = the load case's displacement every day"},
      {"regenerate", "fixator_n_per_mm", K::number, 0, "N/mm", k_not_negative, "", "0.0", "stiffness of the fixator"},
      {"regenerate", "free_play_mm", K::number, 0, "mm", k_not_negative, "", "0.0",
       "movement before the fixator carries"},
      {"regenerate", "model_fraction", K::text, 0, "", k_any, "full|quarter|eighth|half", "\"full\"",
       "what the mesh shows of the bone: quarter = of the section, half = of the length, eighth = both"},
      {"regenerate", "outer_cell_source", K::number, 0, "c_max", k_fraction, "", "",
       "progenitors held on the outer surface of regenerating tissue; absent = none pass"},
      {"regenerate", "gap_box_mm", K::numbers, 6, "mm", k_any, "", "",
       "x0 x1 y0 y1 z0 z1 of the gap whose bone fraction is reported"},
      {"regenerate", "strain_limit", K::number, 0, "", k_positive, "", "0.2", "voxels above it are counted"},
      {"regenerate", "stimulus", K::text, 0, "", k_any, stimulus_choices(), "\"octahedral_strain\"", "what cells feel"},
      {"regenerate", "windows", K::text, 0, "", k_any, "smooth|sharp", "\"smooth\"",
       "switches between tissues (smooth: assumption)"},
      {"regenerate",
       "hysteresis",
       K::number,
       0,
       "",
       {0, 1, false, true},
       "",
       "0.1",
       "relative, of the disuse threshold (assumption)"},
      {"regenerate", "mature_below", K::number, 0, "", k_positive, "", "0.267",
       "stimulus below which level a0 has mature bone; 0.53 in large-defect models"},
      {"regenerate", "diffusivity_mm2_per_day", K::number, 0, "mm2/day", k_not_negative, "", "0.5",
       "of progenitors (Ghiasi 2019); a random walk of 30 um/h would be 0.0117"},
      {"regenerate", "host_proliferation", K::number, 0, "1/day", k_not_negative, "", "0.6",
       "of progenitors (Checa 2011); 0.12 for an aged or exhausted host"},
      {"regenerate", "host_death", K::number, 0, "1/day", k_not_negative, "", "0.05", "(recalled, check)"},
      {"regenerate", "differentiation", K::number, 0, "1/day", k_not_negative, "", "0.3", "of progenitors"},
      {"regenerate", "differentiation_from_day", K::number, 0, "day", k_not_negative, "", "6.0", "cells mature first"},
      {"regenerate", "initial_cells", K::number, 0, "c_max", k_fraction, "", "0.0", "progenitors everywhere at day 0"},
      {"regenerate", "saturation_cells_per_mm3", K::number, 0, "cells/mm3", k_positive, "", "1000.0", "c_max"},
      {"regenerate", "proliferation", K::numbers, 3, "1/day", k_not_negative, "", "[0.55, 0.2, 0.3]",
       "of fibroblasts, chondrocytes, osteoblasts (Checa 2011)"},
      {"regenerate", "death", K::numbers, 3, "1/day", k_not_negative, "", "[0.05, 0.1, 0.16]",
       "of the same, outside their window"},
      {"regenerate", "production", K::numbers, 3, "1/day", k_not_negative, "", "[0.2, 0.2, 0.1]",
       "of fibrous tissue, cartilage, woven bone (assumption)"},
      {"regenerate", "lamellar_days", K::number, 0, "day", k_positive, "", "30.0", "woven to lamellar (assumption)"},
      {"regenerate", "resorption", K::number, 0, "1/day", k_not_negative, "", "0.005", "under disuse (assumption)"},
      {"regenerate", "mixture", K::text, 0, "", k_any, "cubic|linear", "\"cubic\"",
       "of tissue stiffness: cubic (Simon 2011) or linear (Voigt)"},
      {"regenerate", "granulation_mpa", K::number, 0, "MPa", k_positive, "", "0.2", "Lacroix and Prendergast 2002"},
      {"regenerate", "granulation_poisson", K::number, 0, "", k_poisson, "", "0.167", ""},
      {"regenerate", "modulus_mpa", K::numbers, 4, "MPa", k_positive, "", "[2.0, 200.0, 1000.0, 6000.0]",
       "of fibrous tissue, cartilage, woven, lamellar bone; level a0: cartilage 10"},
      {"regenerate", "poisson_ratio", K::numbers, 4, "", k_poisson, "", "[0.167, 0.167, 0.3, 0.3]", ""},
      {"regenerate", "oxygen", K::boolean, 0, "", k_any, "", "false",
       "oxygen decides how delivered cells divide and die, instead of the survival curve"},
      {"regenerate", "oxygen_supply_mol_per_m3", K::number, 0, "mol/m3", k_positive, "", "0.1",
       "on surfaces that supply cells"},
      {"regenerate", "anoxic_death", K::number, 0, "1/day", k_not_negative, "", "0.5", "(assumption)"},
      {"regenerate", "paracrine_gain", K::number, 0, "", k_not_negative, "", "0.0",
       "host rates times 1 + gain d / (d + half), d = delivered cells (assumption)"},
      {"regenerate", "paracrine_half", K::number, 0, "c_max", k_positive, "", "0.01", "(assumption)"},
      {"regenerate", "scaffold_mpa", K::number, 0, "MPa", k_not_negative, "", "0.0",
       "apparent modulus of an intact scaffold, added to the tissue's"},
      {"regenerate", "scaffold_fraction", K::number, 0, "", {0, 1, false, true}, "", "0.0", "solid part of its voxels"},
      {"regenerate", "scaffold_days", K::number, 0, "day", k_positive, "", "365.0", "it fades as exp(-t / days)"},
      {"regenerate",
       "write_every",
       K::integer,
       0,
       "steps",
       {1, k_infinity},
       "",
       "1",
       "steps between two that are written with all fields"},

      {"therapy", "name", K::text, 0, "", k_any, "", "", "of the delivery"},
      {"therapy", "day", K::number, 0, "day", k_not_negative, "", "0.0", "when"},
      {"therapy", "cells", K::number, 0, "cells", k_positive, "", "", "how many; CFU-F for a concentrate"},
      {"therapy", "carrier", K::text, 0, "", k_any, "injection|implant", "\"injection\"", ""},
      {"therapy", "points_mm", K::numbers, 0, "mm", k_any, "", "",
       "needle path or points, [[x, y, z], ...] from the corner of voxel 0,0,0"},
      {"therapy", "shape", K::text, 0, "", k_any, "path|points", "\"path\"", "join consecutive points, or not"},
      {"therapy", "spread_mm", K::number, 0, "mm", k_positive, "", "1.0", "standard deviation round path or points"},
      {"therapy",
       "region_label",
       K::integer,
       0,
       "",
       {0, 65535},
       "",
       "0",
       "implant: label of the material that holds the cells; 0 = all scaffold"},
      {"therapy", "retention", K::number, 0, "", k_fraction, "", "",
       "fraction that stays; default 0.3 injected, 1 implanted (assumption)"},
      {"therapy", "source", K::text, 0, "", k_any, "marrow|adipose", "\"marrow\"", "of the cells"},
      {"therapy", "product", K::text, 0, "", k_any, "expanded|concentrate", "\"expanded\"", ""},
      {"therapy", "donor", K::boolean, 0, "", k_any, "", "false",
       "of another person: rejected from day 7 (assumption)"},
      {"therapy", "donor_age_years", K::number, 0, "year", k_not_negative, "", "30.0", "of who gave the cells"},
      {"therapy", "passage", K::integer, 0, "", {0, 50}, "", "3", "beyond 5 differentiation falls (assumption)"},
      {"therapy", "proliferation", K::number, 0, "1/day", k_not_negative, "", "0.6", "before the donor's factors"},
      {"therapy", "late_proliferation", K::number, 0, "1/day", k_not_negative, "", "0.12", "after capacity_days"},
      {"therapy", "capacity_days", K::number, 0, "day", k_not_negative, "", "15.0", "finite replicative capacity"},
      {"therapy", "differentiation_from_day", K::number, 0, "day", k_not_negative, "", "0.0", "after delivery"},
      {"therapy", "survival_weight", K::number, 0, "", k_fraction, "", "0.7",
       "w of s(t) = w exp(-t/fast) + (1-w) exp(-t/slow) (assumption)"},
      {"therapy", "survival_fast_days", K::number, 0, "day", k_positive, "", "3.0", ""},
      {"therapy", "survival_slow_days", K::number, 0, "day", k_positive, "", "20.0", ""},
      {"therapy", "diffusivity_mm2_per_day", K::number, 0, "mm2/day", k_not_negative, "", "0.0117",
       "random walk, 30 um/h"},
  };
  return k_keys;
}

}  // namespace osteon::app
