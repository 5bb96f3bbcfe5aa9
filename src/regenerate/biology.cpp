// SPDX-License-Identifier: Apache-2.0
#include "biology.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "osteon/core/error.hpp"
#include "placement.hpp"
#include "saved_state.hpp"

namespace osteon {

namespace {

static_assert(k_tissue_kinds == kernels::k_tissues && k_phenotype_kinds == kernels::k_phenotypes,
              "healing.hpp names what kernels/cells computes");

/// Exchange with neighbours and reaction follow one another this often (days); the order of both is 1.
constexpr double k_exchange_days = 0.25;

double volume_mm3(const Vec3& spacing_mm) { return spacing_mm[0] * spacing_mm[1] * spacing_mm[2]; }

}  // namespace

Biology::Biology(Device& device, const SiteGrid& sites, const ElasticModel& model, const RegenerationSettings& settings,
                 int palette_first)
    : device_(device),
      sites_(&sites),
      model_(&model),
      settings_(&settings),
      kernels_(kernels::cell_kernels(device)),
      diffusion_solver_(device, sites.count()),
      palette_first_(palette_first),
      cohorts_(static_cast<int>(settings.deliveries.size())),
      cells_per_unit_(volume_mm3(model.mesh->spacing_mm()) * settings.healing.saturation_cells_per_mm3),
      result_(device, 1) {
  if (cohorts_ > kernels::k_most_cohorts)
    throw UsageError(fmt::format("at most {} deliveries of cells, not {}", kernels::k_most_cohorts, cohorts_));
  const std::size_t n = sites.count(), p = static_cast<std::size_t>(populations());
  std::vector<double> start(p * n, 0.0);
  std::fill_n(start.begin(), n, settings.healing.initial_cells);
  cells_ = Buffer<double>(device, start);
  const auto zeros = [&](std::size_t fields) { return Buffer<double>(device, std::vector<double>(fields * n, 0.0)); };
  tags_ = zeros(kernels::k_phenotypes);
  tissues_ = zeros(kernels::k_tissues);
  ledger_ = zeros(kernels::k_ledger_entries * p);
  scaffold_host_.assign(n, 0.0);
  for (std::size_t s = 0; s < n; ++s)
    if (settings.regions[sites.material(s)].kind == RegionRole::Kind::scaffold) scaffold_host_[s] = 1;
  scaffold_ = Buffer<double>(device, scaffold_host_);
  if (settings.healing.oxygen) {
    oxygen_ = Buffer<double>(device, std::vector<double>(n, settings.healing.oxygen_supply_mol_per_m3));
    sink_ = zeros(1);
    zero_ = zeros(1);
  }
  if (settings.healing.level == HealingLevel::a0) {
    const std::size_t days = static_cast<std::size_t>(settings.healing.history_days);
    std::vector<float> history(2 * days * n, static_cast<float>(settings.healing.granulation_mpa));
    std::fill(history.begin() + static_cast<std::ptrdiff_t>(days * n), history.end(),
              static_cast<float>(settings.healing.granulation_poisson));
    history_ = Buffer<float>(device, history);
  }
  modulus_ = Buffer<float>(device, n);
  palette_ = Buffer<std::uint8_t>(device, n);
  totals_.resize(p);
  totals_[0].placed = settings.healing.initial_cells * static_cast<double>(n);
  is_given_.assign(settings.deliveries.size(), false);
  for (const Delivery& d : settings.deliveries) given_.emplace_back().name = d.name;
}

std::string Biology::population_name(int population) const {
  if (population == 0) return "HostProgenitor";
  if (population <= cohorts_) {
    const std::string& name = settings_->deliveries[static_cast<std::size_t>(population - 1)].name;
    return cohorts_ == 1 ? "Delivered" : "Delivered_" + name;
  }
  return phenotype_name(population - 1 - cohorts_);
}

double Biology::scaffold_left(double day) const {
  return settings_->scaffold.volume_fraction * std::exp(-day / settings_->scaffold.degradation_days);
}

kernels::CellFields Biology::fields(const double* fate) {
  kernels::CellFields f;
  f.sites = sites_->view();
  f.fate = fate;
  f.scaffold = scaffold_.data();
  f.oxygen = oxygen_.empty() ? nullptr : oxygen_.data();
  f.cells = cells_.data();
  f.tags = tags_.data();
  f.tissues = tissues_.data();
  f.ledger = ledger_.data();
  return f;
}

void Biology::deliver(double day, double days, Monitor& monitor) {
  const std::size_t n = sites_->count();
  for (std::size_t k = 0; k < settings_->deliveries.size(); ++k) {
    const Delivery& d = settings_->deliveries[k];
    if (is_given_[k] || !(d.day < day + days)) continue;
    is_given_[k] = true;
    const double kept = d.retention >= 0 ? d.retention : d.carrier == Carrier::implant ? 1 : 0.3;
    const std::vector<double> share = placement(d, *sites_, *model_, settings_->regions);
    std::vector<double> cells = cells_.to_host();
    CohortBalance& balance = given_[k];
    double placed = 0, overflow = 0;
    for (std::size_t s = 0; s < n; ++s) {
      if (share[s] == 0) continue;
      double crowd = 0;
      for (int p = 0; p < populations(); ++p) crowd += cells[static_cast<std::size_t>(p) * n + s];
      const double room = std::max(0.0, 1 - scaffold_host_[s] * scaffold_left(day) - crowd);
      const double wanted = kept * d.cells * share[s] / cells_per_unit_;
      const double added = std::min(wanted, room);
      cells[(1 + k) * n + s] += added;
      placed += added;
      overflow += wanted - added;
    }
    cells_.copy_from(cells);
    totals_[1 + k].placed += placed;
    balance.delivered = d.cells;
    balance.not_retained = (1 - kept) * d.cells;
    balance.overflow = overflow * cells_per_unit_;
    monitor.note(fmt::format("day {:g}: '{}' delivers {:.4g} cells: {:.4g} not retained, {:.4g} placed; factors: {}",
                             day, d.name, d.cells, balance.not_retained, placed * cells_per_unit_,
                             donor_factors(d).text));
    if (balance.overflow > 1e-9 * d.cells)
      monitor.warn(
          fmt::format("therapy '{}': {:.4g} of {:.4g} cells find no room below saturation ({:g} cells/mm3) and "
                      "count as lost; spread them over a larger volume, or give fewer",
                      d.name, balance.overflow, d.cells, settings_->healing.saturation_cells_per_mm3));
  }
}

kernels::CellKinetics Biology::kinetics(double day, double days) const {
  const HealingParameters& h = settings_->healing;
  kernels::CellKinetics k;
  k.cohorts = cohorts_;
  k.progenitor[0] = {h.host_proliferation, h.host_death, day >= h.differentiation_from_day ? h.differentiation : 0, 0};
  for (int c = 0; c < cohorts_; ++c) {
    const Delivery& d = settings_->deliveries[static_cast<std::size_t>(c)];
    const double age = std::max(0.0, day - d.day);
    const DonorFactors factor = donor_factors(d);
    kernels::ProgenitorRates& p = k.progenitor[1 + c];
    p.proliferation = factor.proliferation * (age < d.capacity_days ? d.proliferation : d.late_proliferation);
    p.death = loss_rate(d, age, age + days, h.oxygen);
    p.differentiation = age >= d.differentiation_from_day ? factor.differentiation * h.differentiation : 0;
    p.anoxic_death = h.oxygen ? h.anoxic_death : 0;
  }
  constexpr int k_makes[kernels::k_phenotypes] = {kernels::k_fibrous, kernels::k_cartilage, kernels::k_woven};
  for (std::size_t i = 0; i < kernels::k_phenotypes; ++i)
    k.phenotype[i] = {h.proliferation[i], h.death[i], k_makes[i], h.production[i]};
  // New tissue needs free space or takes the place of weaker tissue; cartilage half as readily (reference 2.2).
  k.tissue[kernels::k_cartilage].replaces[kernels::k_fibrous] = 0.5;
  k.tissue[kernels::k_woven].replaces[kernels::k_fibrous] = 1;
  k.tissue[kernels::k_woven].replaces[kernels::k_cartilage] = 1;
  k.tissue[kernels::k_woven].matures_into = kernels::k_lamellar;
  k.tissue[kernels::k_woven].maturation = 1 / h.lamellar_days;
  k.tissue[kernels::k_woven].resorption = k.tissue[kernels::k_lamellar].resorption = h.resorption;
  k.paracrine_gain = cohorts_ > 0 ? h.paracrine_gain : 0;
  k.paracrine_half = h.paracrine_half;
  k.oxygen_half = h.oxygen_half_mol_per_m3;
  k.scaffold_volume = scaffold_left(day);
  return k;
}

kernels::DiffusionView Biology::diffusion(double diffusivity, double time) const {
  kernels::DiffusionView view;
  view.sites = sites_->view();
  for (int d = 0; d < 3; ++d) {
    const double h = model_->mesh->spacing_mm()[static_cast<std::size_t>(d)];
    view.weight[d] = diffusivity * time / (h * h);
  }
  return view;
}

void Biology::spread(double days) {
  const HealingParameters& h = settings_->healing;
  kernels::DiffusionView host = diffusion(h.diffusivity_mm2_per_day, days);
  const auto hold = [&](int surface, const std::optional<double>& value) {
    if (!value) return;
    host.held_surfaces |= 1u << surface;
    host.held[surface] = *value;
  };
  hold(0, settings_->outer_source);
  for (std::size_t m = 0; m < settings_->regions.size(); ++m)
    hold(1 + static_cast<int>(m), settings_->regions[m].cell_source);
  totals_[0].entered += diffusion_solver_.step(host, cells_of(0));
  for (int c = 0; c < cohorts_; ++c) {
    const double d = settings_->deliveries[static_cast<std::size_t>(c)].diffusivity_mm2_per_day;
    if (d > 0 && is_given_[static_cast<std::size_t>(c)]) diffusion_solver_.step(diffusion(d, days), cells_of(1 + c));
  }
  if (h.fibroblast_diffusivity_mm2_per_day > 0) {
    const kernels::DiffusionView view = diffusion(h.fibroblast_diffusivity_mm2_per_day, days);
    diffusion_solver_.step(view, cells_of(1 + cohorts_ + kernels::k_fibroblast));
    diffusion_solver_.step(view, tags_.data() + kernels::k_fibroblast * sites_->count());
  }
}

/// Oxygen in balance with the cells of now: fixed point on the Michaelis-Menten sink, from the last balance.
void Biology::breathe() {
  constexpr int k_rounds = 500;
  constexpr double k_change = 1e-6;  // of all oxygen, from round to round
  const HealingParameters& h = settings_->healing;
  kernels::DiffusionView view = diffusion(h.oxygen_diffusivity_mm2_per_s, 1);
  view.capacity = 0;
  view.sink = sink_.data();
  const auto supply = [&](int surface) {
    view.held_surfaces |= 1u << surface;
    view.held[surface] = h.oxygen_supply_mol_per_m3;
  };
  if (settings_->outer_source) supply(0);
  for (std::size_t m = 0; m < settings_->regions.size(); ++m)
    if (settings_->regions[m].cell_source) supply(1 + static_cast<int>(m));
  constexpr double k_mm3_per_m3 = 1e9;
  const double use = h.oxygen_use_mol_per_cell_s * h.saturation_cells_per_mm3 * k_mm3_per_m3;
  double before = -1;
  for (int round = 0; round < k_rounds; ++round) {
    kernels_.oxygen_sink(device_, fields(nullptr), populations(), use, h.oxygen_half_mol_per_m3, sink_.data());
    diffusion_solver_.solve(view, zero_.data(), oxygen_.data());
    const double now = sum(oxygen_.data());
    if (std::fabs(now - before) <= k_change * std::fabs(now)) return;
    before = now;
  }
  throw SimulationError(
      fmt::format("oxygen found no balance with the cells in {} rounds; the step is not used", k_rounds));
}

void Biology::advance(double day, double days, const double* fate) {
  const int exchanges = std::max(1, static_cast<int>(std::lround(days / k_exchange_days)));
  const double dt = days / exchanges;
  if (settings_->healing.level == HealingLevel::a1) {
    if (settings_->healing.oxygen) breathe();
    ledger_.set_zero();
  }
  for (int e = 0; e < exchanges; ++e) {
    spread(dt);
    if (settings_->healing.level == HealingLevel::a0) continue;
    const kernels::CellKinetics k = kinetics(day + e * dt, dt);
    const int steps = static_cast<int>(std::ceil(dt / kernels::stable_step(k) * (1 - 1e-12)));
    kernels_.react(device_, k, fields(fate), dt / steps, steps);
  }
  if (settings_->healing.level == HealingLevel::a1) return add_ledger();
  kernels::AverageModel average;
  average.history_days = settings_->healing.history_days;
  average.slot = days_averaged_++ % average.history_days;
  kernels_.average(device_, average, stiffness(day + days), fields(fate), cells_.data(), history_.data(),
                   modulus_.data(), palette_.data());
}

kernels::TissueStiffness Biology::stiffness(double day) const {
  const HealingParameters& h = settings_->healing;
  kernels::TissueStiffness s;
  s.modulus_mpa[0] = h.granulation_mpa;
  s.poisson_ratio[0] = h.granulation_poisson;
  s.lowest_poisson = s.highest_poisson = h.granulation_poisson;
  for (std::size_t t = 0; t < kernels::k_tissues; ++t) {
    s.modulus_mpa[1 + t] = h.modulus_mpa[t];
    s.poisson_ratio[1 + t] = h.poisson_ratio[t];
    s.lowest_poisson = std::min(s.lowest_poisson, h.poisson_ratio[t]);
    s.highest_poisson = std::max(s.highest_poisson, h.poisson_ratio[t]);
  }
  s.cubic = h.mixture == Mixture::cubic;
  s.scaffold_modulus_mpa = settings_->scaffold.modulus_mpa * std::exp(-day / settings_->scaffold.degradation_days);
  s.palette_first = palette_first_;
  s.palette_levels = h.poisson_levels;
  return s;
}

void Biology::material(double day, std::vector<float>& modulus_mpa, std::vector<std::uint8_t>& palette_index) {
  if (settings_->healing.level == HealingLevel::a1 || days_averaged_ == 0)
    kernels_.mix(device_, stiffness(day), fields(nullptr), modulus_.data(), palette_.data());
  modulus_mpa = modulus_.to_host();
  palette_index = palette_.to_host();
}

double Biology::sum(const double* field) const {
  kernels_.sum(device_, sites_->count(), field, result_.data());
  return result_.to_host()[0];
}

void Biology::add_ledger() {
  const std::size_t n = sites_->count();
  for (std::size_t p = 0; p < totals_.size(); ++p) {
    const double* first = ledger_.data() + kernels::k_ledger_entries * p * n;
    totals_[p].divided += sum(first + kernels::k_divided * n);
    totals_[p].died += sum(first + kernels::k_died * n);
    totals_[p].differentiated += sum(first + kernels::k_differentiated * n);
  }
}

std::vector<double> Biology::totals_now() const {
  std::vector<double> now;
  for (int p = 0; p < populations(); ++p)
    now.push_back(cells_per_unit_ * sum(cells_.data() + static_cast<std::size_t>(p) * sites_->count()));
  return now;
}

std::vector<CohortBalance> Biology::balances() const {
  std::vector<CohortBalance> out = given_;
  const std::vector<double> now = totals_now();
  double engrafted = 0;
  for (std::size_t i = 0; i < kernels::k_phenotypes; ++i)
    engrafted += cells_per_unit_ * sum(tags_.data() + i * sites_->count());
  for (std::size_t c = 0; c < out.size(); ++c) {
    const PopulationTotals& t = totals_[1 + c];
    out[c].placed = cells_per_unit_ * t.placed;
    out[c].divided = cells_per_unit_ * t.divided;
    out[c].died = cells_per_unit_ * t.died;
    out[c].differentiated = cells_per_unit_ * t.differentiated;
    out[c].now = now[1 + c];
    out[c].engrafted = engrafted;
  }
  return out;
}

double Biology::host_balance_error() const {
  const PopulationTotals& t = totals_[0];
  const double expected = t.placed + t.entered + t.divided - t.died - t.differentiated;
  return cells_per_unit_ * (expected - sum(cells_.data()));
}

void Biology::check(double day) const {
  constexpr double k_rounding = 1e-9;  // of c_max, or of a voxel
  const std::size_t n = sites_->count();
  const auto require = [&](const Buffer<double>& fields, std::size_t field, double high, const std::string& name) {
    const double* values = fields.data() + field * n;
    kernels_.count_outside(device_, n, values, -k_rounding, high, result_.data());
    const double bad = result_.to_host()[0];
    if (bad == 0) return;
    const std::vector<double> all = fields.to_host();
    std::size_t s = 0;
    while (all[field * n + s] >= -k_rounding && all[field * n + s] <= high) ++s;
    const Vec3 at = sites_->centre_mm(s);
    throw SimulationError(
        fmt::format("day {:g}: {} is {:g} at ({:.2f}, {:.2f}, {:.2f}) mm, which cannot be ({:g} voxels); the step is "
                    "not used. Rates that are too fast for the step, or a parameter of the wrong size, do this",
                    day, name, all[field * n + s], at[0], at[1], at[2], bad));
  };
  for (int p = 0; p < populations(); ++p)
    require(cells_, static_cast<std::size_t>(p), std::numeric_limits<double>::max(), "Cells_" + population_name(p));
  for (int t = 0; t < kernels::k_tissues; ++t)
    require(tissues_, static_cast<std::size_t>(t), 1 + k_rounding, std::string("Tissue_") + tissue_name(t));
  if (!oxygen_.empty()) require(oxygen_, 0, std::numeric_limits<double>::max(), "Oxygen");
}

void Biology::save(RegenerationState& state) const {
  const auto keep = [&](const char* name, const Buffer<double>& buffer) {
    state.doubles.emplace_back(name, buffer.to_host());
  };
  keep("cells", cells_);
  keep("tags", tags_);
  keep("tissues", tissues_);
  keep("oxygen", oxygen_);
  state.floats.emplace_back("history", history_.to_host());
  state.floats.emplace_back("modulus", modulus_.to_host());
  const std::vector<std::uint8_t> palette = palette_.to_host();
  state.floats.emplace_back("palette", std::vector<float>(palette.begin(), palette.end()));
  std::vector<double> numbers = {static_cast<double>(days_averaged_)};
  for (const PopulationTotals& t : totals_)
    numbers.insert(numbers.end(), {t.placed, t.entered, t.divided, t.died, t.differentiated});
  for (std::size_t c = 0; c < given_.size(); ++c)
    numbers.insert(numbers.end(),
                   {is_given_[c] ? 1.0 : 0.0, given_[c].delivered, given_[c].not_retained, given_[c].overflow});
  state.doubles.emplace_back("totals", numbers);
}

void Biology::restore(const RegenerationState& state) {
  cells_.copy_from(saved_doubles(state, "cells", cells_.size()));
  tags_.copy_from(saved_doubles(state, "tags", tags_.size()));
  tissues_.copy_from(saved_doubles(state, "tissues", tissues_.size()));
  oxygen_.copy_from(saved_doubles(state, "oxygen", oxygen_.size()));
  history_.copy_from(saved_floats(state, "history", history_.size()));
  modulus_.copy_from(saved_floats(state, "modulus", modulus_.size()));
  const std::vector<float>& palette = saved_floats(state, "palette", palette_.size());
  palette_.copy_from(std::vector<std::uint8_t>(palette.begin(), palette.end()));
  const std::vector<double>& numbers = saved_doubles(state, "totals", 1 + 5 * totals_.size() + 4 * given_.size());
  auto next = numbers.begin();
  days_averaged_ = static_cast<int>(*next++);
  for (PopulationTotals& t : totals_)
    for (double* value : {&t.placed, &t.entered, &t.divided, &t.died, &t.differentiated}) *value = *next++;
  for (std::size_t c = 0; c < given_.size(); ++c) {
    is_given_[c] = *next++ != 0;
    for (double* value : {&given_[c].delivered, &given_[c].not_retained, &given_[c].overflow}) *value = *next++;
  }
}

}  // namespace osteon
