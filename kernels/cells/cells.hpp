// SPDX-License-Identifier: Apache-2.0
// What cells do at one site between two exchanges with its neighbours: multiply, differentiate, die, make tissue; and
// what stiffness the tissue then has. Continuum form of Isaksson et al. 2008 (J Theor Biol 252:230, doi
// 10.1016/j.jtbi.2008.01.030) with the rates of the lattice models after Checa et al. 2011; equations: reference
// regeneration-models, 2.2 and 3.1 (levels A1 and A0).
//
// Cells are counted in units of the saturation density c_max. Populations, in this order: host progenitors, K delivered
// cohorts, then the phenotypes (fibroblast, chondrocyte, osteoblast). Of each phenotype a second field, its tag, counts
// the part that descends from delivered cells. Tissues are fractions of the voxel; the rest is granulation tissue.
// The ledger has three fields per population: divided, died and differentiated (out of progenitors, into phenotypes)
// since it was cleared; a population's change is exactly divided - died -+ differentiated.
// Bytes per site and step with K cohorts: 16 (14 + 4 K) read and written (populations, tags, tissues, ledger), 40 fate.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/stimulus/stimulus.hpp"
#include "osteon/core/device.hpp"

namespace osteon::kernels {

enum Phenotype { k_fibroblast, k_chondrocyte, k_osteoblast, k_phenotypes };
enum Tissue { k_fibrous, k_cartilage, k_woven, k_lamellar, k_tissues };
enum LedgerEntry { k_divided, k_died, k_differentiated, k_ledger_entries };
inline constexpr int k_most_cohorts = 3;  ///< a fourth spills registers on a GPU
inline constexpr int k_no_tissue = -1;

/// Rates of one day; per day.
struct ProgenitorRates {
  double proliferation = 0, death = 0, differentiation = 0;
  double anoxic_death = 0;  ///< more death without oxygen
};
struct PhenotypeRates {
  double proliferation = 0;
  double death = 0;  ///< where its window is closed
  int tissue = k_no_tissue;
  double production = 0;  ///< of its tissue, by c_max of cells
};
struct TissueRates {
  double replaces[k_tissues] = {};  ///< of the others, relative to free space
  int matures_into = k_no_tissue;
  double maturation = 0;  ///< while the bone window is open
  double resorption = 0;  ///< under disuse
};

struct CellKinetics {
  int cohorts = 0;
  ProgenitorRates progenitor[1 + k_most_cohorts];
  PhenotypeRates phenotype[k_phenotypes];
  TissueRates tissue[k_tissues];
  double paracrine_gain = 0, paracrine_half = 0.01;  ///< host rates times 1 + gain d / (d + half), d = delivered cells
  double oxygen_half = 0;      ///< mol/m3: delivered cells divide with C / (C + half) and die with half / (C + half)
  double scaffold_volume = 0;  ///< fraction of a scaffold voxel that is still solid
};

struct CellFields {
  SiteGridView sites;
  const double* fate = nullptr;      ///< k_fate_values fields (stimulus.hpp)
  const double* scaffold = nullptr;  ///< 1 where a scaffold was put, else 0; null = nowhere
  const double* oxygen = nullptr;    ///< mol/m3; null = not modelled
  double* cells = nullptr;           ///< 1 + cohorts + k_phenotypes fields
  double* tags = nullptr;            ///< k_phenotypes fields
  double* tissues = nullptr;         ///< k_tissues fields
  double* ledger = nullptr;          ///< k_ledger_entries fields per population
};

/// Stiffness of granulation tissue (index 0) and of each tissue (1 + Tissue), and how they mix.
struct TissueStiffness {
  double modulus_mpa[1 + k_tissues] = {};
  double poisson_ratio[1 + k_tissues] = {};
  bool cubic = true;                ///< sum E_i phi_i^3 + E_granulation (Simon et al. 2011), else sum E_i phi_i
  double scaffold_modulus_mpa = 0;  ///< added where a scaffold is, today
  double lowest_poisson = 0, highest_poisson = 0;  ///< the palette's range
  int palette_first = 0, palette_levels = 1;
};

/// The oldest regenerating model (level A0): stiffness follows the stimulus at once where cells are.
struct AverageModel {
  int history_days = 10;  ///< the material is the mean over them
  int slot = 0;           ///< of today in the ring
};

class CellKernels {
 public:
  virtual ~CellKernels() = default;
  /// `steps` Heun steps of dt days. Choose dt by stable_step().
  virtual void react(Device& device, const CellKinetics& kinetics, const CellFields& fields, double dt,
                     int steps) const = 0;
  /// Young's modulus (MPa, > 0) and palette entry of every site from its tissues.
  virtual void mix(Device& device, const TissueStiffness& stiffness, const CellFields& fields, float* modulus_mpa,
                   std::uint8_t* palette_index) const = 0;
  /// Level A0: `concentration` in [0, 1] per site; `history` = 2 history_days fields (modulus, Poisson's ratio),
  /// written at `slot`; `tissues` gets the phenotype of today times the concentration.
  virtual void average(Device& device, const AverageModel& model, const TissueStiffness& stiffness,
                       const CellFields& fields, const double* concentration, float* history, float* modulus_mpa,
                       std::uint8_t* palette_index) const = 0;
  /// Sink of oxygen (1/s) by Michaelis and Menten: sink = use * (sum of the populations) / (half + oxygen), `use` in
  /// mol/m3/s for saturated cells.
  virtual void oxygen_sink(Device& device, const CellFields& fields, int populations, double use, double half,
                           double* sink) const = 0;
  /// *result = sum of n values
  virtual void sum(Device& device, std::size_t n, const double* x, double* result) const = 0;
  /// *result = how many of n values are not finite, below `low` or above `high`
  virtual void count_outside(Device& device, std::size_t n, const double* x, double low, double high,
                             double* result) const = 0;
};

/// Largest Heun step (days) that keeps every population positive and stable, for any site.
double stable_step(const CellKinetics& kinetics);

const CellKernels& cell_kernels(const Device& device);

namespace cpu {
const CellKernels& cells();
}
namespace cuda {
const CellKernels& cells();
}

}  // namespace osteon::kernels
