// SPDX-License-Identifier: Apache-2.0
// Delivered stem cells: what is given, when, where, and what becomes of it. Reference regeneration-models, section 3.
#pragma once

#include <string>
#include <vector>

#include "osteon/core/geometry.hpp"

namespace osteon {

enum class CellSource { marrow, adipose };
enum class CellProduct { expanded, concentrate };  ///< cultured cells, or concentrated aspirate
enum class Carrier { injection, implant };

/// One delivery of cells. Positions in mm from the corner of voxel 0,0,0, along the image axes.
struct Delivery {
  std::string name = "cells";
  double day = 0;
  double cells = 0;  ///< number delivered (CFU-F for a concentrate)
  Carrier carrier = Carrier::injection;
  std::vector<Vec3> points_mm;  ///< injection: needle path (consecutive points joined) or cloud
  bool is_path = true;
  double spread_mm = 1;   ///< standard deviation of the cloud round the path or points
  int region_label = 0;   ///< implant: uniform in the sites of this label; 0 = all scaffold sites
  double retention = -1;  ///< fraction that stays; -1: 0.3 injected without carrier, 1 implanted (assumption)

  CellSource source = CellSource::marrow;
  CellProduct product = CellProduct::expanded;
  bool donor = false;  ///< allogeneic: rejected from day 7 on
  double donor_age_years = 30;
  int passage = 3;

  double proliferation = 0.6;        ///< per day, before the factors
  double late_proliferation = 0.12;  ///< after `capacity_days` (finite replicative capacity)
  double capacity_days = 15;
  double differentiation_from_day = 0;  ///< after delivery; cultured cells are mature (assumption)
  /// Survival s(t) = w exp(-t/fast) + (1-w) exp(-t/slow) (assumption); not used when oxygen decides.
  double survival_weight = 0.7, survival_fast_days = 3, survival_slow_days = 20;
  double diffusivity_mm2_per_day = 0.0117;  ///< random walk of 30 um/h
};

/// What donor, source and passage leave of proliferation and differentiation, each in (0, 1].
struct DonorFactors {
  double proliferation = 1, differentiation = 1;
  std::string text;  ///< the factors with their sources
};
DonorFactors donor_factors(const Delivery& delivery);

/// Mean loss rate (per day) between two days after delivery: survival, and rejection of donor cells from day 7 with a
/// half-life of 14 days (assumption).
double loss_rate(const Delivery& delivery, double from_day, double to_day, bool oxygen_decides);

/// Scaffold: its stiffness and solid fraction fade as exp(-t / degradation_days).
struct Scaffold {
  double modulus_mpa = 0;      ///< apparent, intact; added to the tissue's
  double volume_fraction = 0;  ///< solid, of the voxel
  double degradation_days = 365;
};

/// Cells of one delivery since it was given: delivered = not_retained + overflow + placed, and
/// now = placed + divided - died - differentiated, to rounding.
struct CohortBalance {
  std::string name;
  double delivered = 0, not_retained = 0, overflow = 0, placed = 0;
  double divided = 0, died = 0, differentiated = 0, now = 0;
  double engrafted = 0;  ///< descendants among fibroblasts, chondrocytes and osteoblasts now (all deliveries together)
  double error() const { return placed + divided - died - differentiated - now; }
};

}  // namespace osteon
