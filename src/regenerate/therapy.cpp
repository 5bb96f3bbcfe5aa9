// SPDX-License-Identifier: Apache-2.0
// Factors and loss rates of delivered cells; sources in reference regeneration-models, 3.3 and 3.4.
#include "osteon/regenerate/therapy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace osteon {

namespace {

/// 1 up to `young`, `old_value` from `old` on, linear between (the ages between are an assumption).
double fading(double age, double young, double old, double old_value) {
  const double share = std::clamp((age - young) / (old - young), 0.0, 1.0);
  return 1 + share * (old_value - 1);
}

double survival(const Delivery& d, double days) {
  return d.survival_weight * std::exp(-days / d.survival_fast_days) +
         (1 - d.survival_weight) * std::exp(-days / d.survival_slow_days);
}

}  // namespace

DonorFactors donor_factors(const Delivery& d) {
  constexpr double k_doubling_ratio = 1.7;           // doubling time, old against young (expanded marrow cells)
  constexpr double k_old_concentrate = 14.7 / 66.2;  // CFU-F/ALP+ per nucleated cell, over 40 against under 36
  constexpr double k_old_adipose = 0.8;              // published 0.6 to 1, contradictory
  constexpr double k_adipose = 0.6, k_passage = 0.8;
  constexpr int k_good_passages = 5;
  DonorFactors f;
  if (d.product == CellProduct::concentrate) {
    const double age = fading(d.donor_age_years, 36, 41, k_old_concentrate);
    f.differentiation *= age;
    f.text = fmt::format("age {:.2f} on differentiation (D'Ippolito 1999)", age);
  } else if (d.source == CellSource::marrow) {
    const double age = fading(d.donor_age_years, 30, 60, 1 / k_doubling_ratio);
    f.proliferation *= age;
    f.text = fmt::format("age {:.2f} on proliferation (Zhou 2008)", age);
  } else {
    const double age = fading(d.donor_age_years, 30, 60, k_old_adipose);
    f.proliferation *= age;
    f.differentiation *= age;
    f.text = fmt::format("age {:.2f} on both (Choudhery 2014; contradictory)", age);
  }
  if (d.source == CellSource::adipose) {
    f.proliferation *= k_adipose;
    f.differentiation *= k_adipose;
    f.text += fmt::format(", adipose {:.1f} on both (assumption)", k_adipose);
  }
  if (d.passage > k_good_passages) {
    const double passage = std::pow(k_passage, d.passage - k_good_passages);
    f.differentiation *= passage;
    f.text += fmt::format(", passage {} {:.2f} on differentiation (assumption)", d.passage, passage);
  }
  return f;
}

double loss_rate(const Delivery& d, double from_day, double to_day, bool oxygen_decides) {
  constexpr double k_rejection_from = 7, k_rejection_half_life = 14;  // days (assumption)
  const double days = to_day - from_day;
  if (!(days > 0)) return 0;
  double rate = oxygen_decides ? 0 : std::log(survival(d, from_day) / survival(d, to_day)) / days;
  if (d.donor) {
    const double rejected = std::max(0.0, to_day - std::max(from_day, k_rejection_from));
    rate += std::log(2.0) / k_rejection_half_life * rejected / days;
  }
  return rate;
}

}  // namespace osteon
