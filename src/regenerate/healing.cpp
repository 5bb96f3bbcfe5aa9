// SPDX-License-Identifier: Apache-2.0
#include "osteon/regenerate/healing.hpp"

#include <fmt/format.h>

namespace osteon {

const char* tissue_name(int tissue) {
  constexpr const char* k_names[k_tissue_kinds] = {"Fibrous", "Cartilage", "Woven", "Lamellar"};
  return k_names[tissue];
}

const char* phenotype_name(int phenotype) {
  constexpr const char* k_names[k_phenotype_kinds] = {"Fibroblast", "Chondrocyte", "Osteoblast"};
  return k_names[phenotype];
}

std::vector<std::string> describe(const HealingParameters& p) {
  std::vector<std::string> lines;
  const auto line = [&](const char* name, const std::string& value, const char* unit, const char* source) {
    lines.push_back(fmt::format("{} = {}{}{} [{}]", name, value, *unit != 0 ? " " : "", unit, source));
  };
  const auto list = [](const auto& values) { return fmt::format("{:g}", fmt::join(values, ", ")); };
  const auto number = [](double value) { return fmt::format("{:g}", value); };
  line("stimulus", stimulus_name(p.stimulus), "", "reference 1.2-1.4");
  line("thresholds",
       fmt::format("{:g}, {:g}, {:g}, {:g}", p.fibrous_above, p.cartilage_above, p.mature_below, p.resorption_below),
       "", "Lacroix and Prendergast 2002");
  line("switches", p.sharp_windows ? "sharp" : "smooth", "", p.sharp_windows ? "as published" : "assumption");
  line("hysteresis of disuse", number(p.hysteresis), "", "assumption");
  line("saturation", number(p.saturation_cells_per_mm3), "cells/mm3", "Checa 2011");
  line("diffusivity of progenitors", number(p.diffusivity_mm2_per_day), "mm2/day",
       "Ghiasi 2019: 0.5; random walk 30 um/h: 0.0117");
  if (p.level == HealingLevel::a0) {
    line("moduli of granulation, fibrous, cartilage, immature, mature",
         number(p.granulation_mpa) + ", " + list(p.modulus_mpa), "MPa", "Lacroix and Prendergast 2002 family");
    line("mean over", fmt::format("{}", p.history_days), "days", "Lacroix and Prendergast 2002");
    return lines;
  }
  line("host proliferation", number(p.host_proliferation), "1/day", "Checa 2011; 0.12 for an exhausted host");
  line("host death", number(p.host_death), "1/day", "recalled, check");
  line("differentiation", number(p.differentiation), "1/day", "Checa 2011");
  line("differentiation from", number(p.differentiation_from_day), "day", "Checa 2011");
  line("proliferation of fibroblasts, chondrocytes, osteoblasts", list(p.proliferation), "1/day", "Checa 2011");
  line("death outside the own window", list(p.death), "1/day", "Checa 2011");
  line("production of fibrous, cartilage, woven", list(p.production), "1/day", "assumption");
  line("woven to lamellar", number(p.lamellar_days), "days", "assumption");
  line("resorption under disuse", number(p.resorption), "1/day", "assumption");
  line("mixture", p.mixture == Mixture::cubic ? "cubic" : "linear", "", "Simon 2011 | Voigt");
  line("moduli of granulation, fibrous, cartilage, woven, lamellar",
       number(p.granulation_mpa) + ", " + list(p.modulus_mpa), "MPa", "Lacroix and Prendergast 2002; cartilage Ulm");
  line("Poisson's ratios", number(p.granulation_poisson) + ", " + list(p.poisson_ratio), "", "the same");
  if (p.oxygen) {
    line("oxygen diffusivity", number(p.oxygen_diffusivity_mm2_per_s), "mm2/s", "Ehsan and George 2013");
    line("oxygen use", number(p.oxygen_use_mol_per_cell_s), "mol/cell/s", "Ehsan and George 2013");
    line("death without oxygen", number(p.anoxic_death), "1/day", "assumption");
  }
  if (p.paracrine_gain > 0) line("paracrine gain", number(p.paracrine_gain), "", "assumption");
  return lines;
}

}  // namespace osteon
