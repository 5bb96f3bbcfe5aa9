// SPDX-License-Identifier: Apache-2.0
// One site of the reactions and of the mixture, called by both loops. Cohorts is a template parameter so that a site's
// state stays in registers.
#pragma once

#include <cmath>

#include "kernels/cells/cells.hpp"

namespace osteon::kernels {

template <int Cohorts>
struct SiteState {
  static constexpr int k_progenitors = 1 + Cohorts;
  static constexpr int k_populations = k_progenitors + k_phenotypes;
  double cells[k_populations];
  double tags[k_phenotypes];
  double tissues[k_tissues];
};

/// Rates of change by cause, per day.
template <int Cohorts>
struct SiteRates {
  double cause[k_ledger_entries][SiteState<Cohorts>::k_populations];
  double tags[k_phenotypes];
  double tissues[k_tissues];
};

/// What does not change during a day at one site.
template <int Cohorts>
struct SiteConditions {
  double window[k_phenotypes];
  double disuse;
  double room;          ///< fraction of the voxel that is not scaffold
  double oxygen_share;  ///< C / (C + half); 1 when oxygen is not modelled
};

template <int Cohorts>
OSTEON_HD inline SiteConditions<Cohorts> site_conditions(const CellKinetics& k, const CellFields& f, std::size_t site) {
  SiteConditions<Cohorts> c;
  for (int i = 0; i < k_phenotypes; ++i) c.window[i] = f.fate[static_cast<std::size_t>(i) * f.sites.count + site];
  c.disuse = f.fate[std::size_t{4} * f.sites.count + site];
  c.room = 1 - (f.scaffold == nullptr ? 0 : f.scaffold[site] * k.scaffold_volume);
  c.oxygen_share = f.oxygen == nullptr ? 1 : f.oxygen[site] / (f.oxygen[site] + k.oxygen_half);
  return c;
}

/// The equations of level A1.
template <int Cohorts>
OSTEON_HD inline void site_rates(const CellKinetics& k, const SiteConditions<Cohorts>& at, const SiteState<Cohorts>& y,
                                 SiteRates<Cohorts>& rate) {
  constexpr int k_progenitors = SiteState<Cohorts>::k_progenitors;
  double crowd = 0, delivered = 0, window = 0;
  for (int j = 0; j < SiteState<Cohorts>::k_populations; ++j) crowd += y.cells[j];
  for (int j = 1; j < k_progenitors; ++j) delivered += y.cells[j];
  for (int i = 0; i < k_phenotypes; ++i) window += at.window[i];
  const double growth = at.room > 0 && crowd < at.room ? 1 - crowd / at.room : 0;
  const double help = 1 + k.paracrine_gain * delivered / (delivered + k.paracrine_half);

  double turned = 0, turned_delivered = 0;  // progenitors that differentiate where a window is fully open
  for (int j = 0; j < k_progenitors; ++j) {
    const ProgenitorRates& p = k.progenitor[j];
    const double gain = j == 0 ? help : 1, breath = j == 0 ? 1 : at.oxygen_share, x = y.cells[j];
    const double turning = gain * p.differentiation * x;
    rate.cause[k_divided][j] = gain * breath * p.proliferation * x * growth;
    rate.cause[k_died][j] = (p.death + (1 - breath) * p.anoxic_death) * x;
    rate.cause[k_differentiated][j] = turning * window;
    turned += turning;
    if (j > 0) turned_delivered += turning;
  }
  double made[k_tissues] = {};  // production of each tissue where all of the voxel is free
  for (int i = 0; i < k_phenotypes; ++i) {
    const PhenotypeRates& p = k.phenotype[i];
    const int j = k_progenitors + i;
    const double open = at.window[i];
    rate.cause[k_divided][j] = open * p.proliferation * y.cells[j] * growth;
    rate.cause[k_died][j] = (1 - open) * p.death * y.cells[j];
    rate.cause[k_differentiated][j] = open * turned;
    rate.tags[i] = open * (p.proliferation * y.tags[i] * growth + turned_delivered) - (1 - open) * p.death * y.tags[i];
    for (int t = 0; t < k_tissues; ++t)
      if (t == p.tissue) made[t] += p.production * open * y.cells[j];
  }
  double free = at.room;
  for (int t = 0; t < k_tissues; ++t) free -= y.tissues[t];
  for (int t = 0; t < k_tissues; ++t)
    rate.tissues[t] = made[t] * free - k.tissue[t].resorption * at.disuse * y.tissues[t];
  for (int t = 0; t < k_tissues; ++t) {
    for (int other = 0; other < k_tissues; ++other) {
      const double replaced = made[t] * k.tissue[t].replaces[other] * y.tissues[other];
      rate.tissues[t] += replaced;
      rate.tissues[other] -= replaced;
    }
    const double matured = k.tissue[t].maturation * at.window[k_osteoblast] * y.tissues[t];
    for (int into = 0; into < k_tissues; ++into)
      if (into == k.tissue[t].matures_into) {
        rate.tissues[t] -= matured;
        rate.tissues[into] += matured;
      }
  }
}

/// Change of population j by its three causes.
template <int Cohorts>
OSTEON_HD inline double population_change(const double cause[k_ledger_entries], int j) {
  const double turned = cause[k_differentiated];
  return (cause[k_divided] - cause[k_died]) + (j < SiteState<Cohorts>::k_progenitors ? -turned : turned);
}

template <int Cohorts>
struct React {
  using State = SiteState<Cohorts>;
  using Rates = SiteRates<Cohorts>;
  CellKinetics kinetics;
  CellFields fields;
  double dt;
  int steps;

  OSTEON_HD void operator()(std::size_t site) const {
    const std::size_t n = fields.sites.count;
    State y;
    double ledger[k_ledger_entries][State::k_populations] = {};
    for (int j = 0; j < State::k_populations; ++j) y.cells[j] = fields.cells[static_cast<std::size_t>(j) * n + site];
    for (int i = 0; i < k_phenotypes; ++i) y.tags[i] = fields.tags[static_cast<std::size_t>(i) * n + site];
    for (int t = 0; t < k_tissues; ++t) y.tissues[t] = fields.tissues[static_cast<std::size_t>(t) * n + site];
    const SiteConditions<Cohorts> at = site_conditions<Cohorts>(kinetics, fields, site);
    for (int step = 0; step < steps; ++step) heun_step(at, y, ledger);
    for (int j = 0; j < State::k_populations; ++j) {
      fields.cells[static_cast<std::size_t>(j) * n + site] = y.cells[j];
      for (int cause = 0; cause < k_ledger_entries; ++cause)
        fields.ledger[static_cast<std::size_t>(k_ledger_entries * j + cause) * n + site] += ledger[cause][j];
    }
    for (int i = 0; i < k_phenotypes; ++i) fields.tags[static_cast<std::size_t>(i) * n + site] = y.tags[i];
    for (int t = 0; t < k_tissues; ++t) fields.tissues[static_cast<std::size_t>(t) * n + site] = y.tissues[t];
  }

 private:
  OSTEON_HD void heun_step(const SiteConditions<Cohorts>& at, State& y,
                           double ledger[k_ledger_entries][State::k_populations]) const {
    Rates first, second;
    site_rates<Cohorts>(kinetics, at, y, first);
    State ahead;
    for (int j = 0; j < State::k_populations; ++j) {
      const double cause[k_ledger_entries] = {first.cause[0][j], first.cause[1][j], first.cause[2][j]};
      ahead.cells[j] = y.cells[j] + dt * population_change<Cohorts>(cause, j);
    }
    for (int i = 0; i < k_phenotypes; ++i) ahead.tags[i] = y.tags[i] + dt * first.tags[i];
    for (int t = 0; t < k_tissues; ++t) ahead.tissues[t] = y.tissues[t] + dt * first.tissues[t];
    site_rates<Cohorts>(kinetics, at, ahead, second);
    for (int j = 0; j < State::k_populations; ++j) {
      double cause[k_ledger_entries];
      for (int e = 0; e < k_ledger_entries; ++e) {
        cause[e] = dt / 2 * (first.cause[e][j] + second.cause[e][j]);
        ledger[e][j] += cause[e];
      }
      y.cells[j] += population_change<Cohorts>(cause, j);
    }
    for (int i = 0; i < k_phenotypes; ++i) y.tags[i] += dt / 2 * (first.tags[i] + second.tags[i]);
    for (int t = 0; t < k_tissues; ++t) y.tissues[t] += dt / 2 * (first.tissues[t] + second.tissues[t]);
  }
};

OSTEON_HD inline std::uint8_t poisson_entry(const TissueStiffness& s, double poisson_ratio) {
  const double range = s.highest_poisson - s.lowest_poisson;
  double level = range > 0 ? (poisson_ratio - s.lowest_poisson) / range * (s.palette_levels - 1) + 0.5 : 0;
  if (!(level > 0)) level = 0;
  if (level > s.palette_levels - 1) level = s.palette_levels - 1;
  return static_cast<std::uint8_t>(s.palette_first + static_cast<int>(level));
}

struct MixTissues {
  TissueStiffness stiffness;
  CellFields fields;
  float* modulus_mpa;
  std::uint8_t* palette_index;
  OSTEON_HD void operator()(std::size_t site) const {
    double free = 1, modulus = 0, poisson = 0;
    for (int t = 0; t < k_tissues; ++t) {
      const double phi = fields.tissues[static_cast<std::size_t>(t) * fields.sites.count + site];
      free -= phi;
      modulus += stiffness.modulus_mpa[1 + t] * (stiffness.cubic ? phi * phi * phi : phi);
      poisson += stiffness.poisson_ratio[1 + t] * phi;
    }
    modulus += stiffness.modulus_mpa[0] * (stiffness.cubic ? 1 : free);
    poisson += stiffness.poisson_ratio[0] * free;
    if (fields.scaffold != nullptr) modulus += stiffness.scaffold_modulus_mpa * fields.scaffold[site];
    modulus_mpa[site] = static_cast<float>(modulus);
    palette_index[site] = poisson_entry(stiffness, poisson);
  }
};

struct AverageTissues {
  AverageModel model;
  TissueStiffness stiffness;
  CellFields fields;
  const double* concentration;
  float* history;
  float* modulus_mpa;
  std::uint8_t* palette_index;
  OSTEON_HD void operator()(std::size_t site) const {
    const std::size_t n = fields.sites.count;
    const double c = concentration[site];
    const double fibrous = fields.fate[site], cartilage = fields.fate[n + site], bone = fields.fate[2 * n + site],
                 mature = fields.fate[3 * n + site];
    const double share[k_tissues] = {fibrous, cartilage, bone * (1 - mature), bone * mature};
    double modulus = stiffness.modulus_mpa[0], poisson = stiffness.poisson_ratio[0];
    for (int t = 0; t < k_tissues; ++t) {
      const double part = c * share[t];
      modulus += part * (stiffness.modulus_mpa[1 + t] - stiffness.modulus_mpa[0]);
      poisson += part * (stiffness.poisson_ratio[1 + t] - stiffness.poisson_ratio[0]);
      fields.tissues[static_cast<std::size_t>(t) * n + site] = part;
    }
    const std::size_t days = static_cast<std::size_t>(model.history_days);
    const std::size_t slot = static_cast<std::size_t>(model.slot);
    history[slot * n + site] = static_cast<float>(modulus);
    history[(days + slot) * n + site] = static_cast<float>(poisson);
    double mean_modulus = 0, mean_poisson = 0;
    for (std::size_t day = 0; day < days; ++day) {
      mean_modulus += static_cast<double>(history[day * n + site]);
      mean_poisson += static_cast<double>(history[(days + day) * n + site]);
    }
    modulus_mpa[site] = static_cast<float>(mean_modulus / static_cast<double>(days));
    palette_index[site] = poisson_entry(stiffness, mean_poisson / static_cast<double>(days));
  }
};

struct OxygenSink {
  CellFields fields;
  int populations;
  double use, half;
  double* sink;
  OSTEON_HD void operator()(std::size_t site) const {
    double crowd = 0;
    for (int j = 0; j < populations; ++j)
      crowd += fields.cells[static_cast<std::size_t>(j) * fields.sites.count + site];
    sink[site] = use * crowd / (half + fields.oxygen[site]);
  }
};

struct PlainTerm {
  const double* x;
  OSTEON_HD PlainTerm started(std::size_t) const { return *this; }
  OSTEON_HD double operator()(std::size_t i) const { return x[i]; }
};

struct OutsideTerm {
  const double* x;
  double low, high;
  OSTEON_HD OutsideTerm started(std::size_t) const { return *this; }
  OSTEON_HD double operator()(std::size_t i) const { return x[i] >= low && x[i] <= high ? 0 : 1; }  // NaN is outside
};

}  // namespace osteon::kernels
