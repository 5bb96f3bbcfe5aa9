// SPDX-License-Identifier: Apache-2.0
// Growth-factor regulated healing without transport (Bailon-Plaza and van der Meulen 2001, J Theor Biol 212:191, doi
// 10.1006/jtbi.2001.2372): progenitors, chondrocytes, osteoblasts, cartilage and bone matrix, and the two growth
// factors of one point. A reference for the cell kinetics of this folder; not coupled to strain.
// Scales: 1 day, 1e6 cells/ml, 0.1 g/ml of matrix, 100 ng/ml of growth factor (recalled, check). Stiff: growth factors
// decay within 0.01 day.
#pragma once

#include "osteon/core/real.hpp"

namespace osteon::kernels {

enum BailonPlazaField { k_bp_cm, k_bp_cc, k_bp_cb, k_bp_mc, k_bp_mb, k_bp_gc, k_bp_gb, k_bp_fields };

/// Values read in an open implementation (reference regeneration-models, 2.5); H2 is 0.1 or 0.2 (check).
struct BailonPlazaParameters {
  double a_m0 = 1.01, k_m = 0.1, a_c0 = 1.01, k_c = 0.1, a_b0 = 0.202, k_b = 0.1, alpha = 1;
  double y1 = 10, h1 = 0.1, y2 = 50, h2 = 0.1, y3 = 1000, h3 = 0.1, b_ec = 1.5, d_b = 0.1;
  double p_cs = 0.2, q_cd1 = 0.2, q_cd2 = 2, p_bs = 2, q_bd = 2;
  double g_gc = 50, h_gc = 1, k_gc = 0.1, g_gb = 500, h_gb = 1, d_g = 100;
};

/// Rates of change per day.
OSTEON_HD inline void bailon_plaza_rates(const BailonPlazaParameters& p, const double y[k_bp_fields],
                                         double rate[k_bp_fields]) {
  const double cm = y[k_bp_cm], cc = y[k_bp_cc], cb = y[k_bp_cb], mc = y[k_bp_mc], mb = y[k_bp_mb];
  const double gc = y[k_bp_gc], gb = y[k_bp_gb], m = mc + mb;
  const double a_m = p.a_m0 * m / (p.k_m * p.k_m + m * m), a_c = p.a_c0 * m / (p.k_c * p.k_c + m * m),
               a_b = p.a_b0 * m / (p.k_b * p.k_b + m * m);
  const double f1 = p.y1 * gb / (p.h1 + gb), f2 = p.y2 * gc / (p.h2 + gc);
  const double mc6 = mc * mc * mc * mc * mc * mc, b2 = p.b_ec * p.b_ec, b6 = b2 * b2 * b2;
  const double f3 = mc6 / (b6 + mc6) * p.y3 * gb / (p.h3 + gb);
  const double e_gc = p.g_gc * gc / (p.h_gc + gc) * m / (p.k_gc * p.k_gc * p.k_gc + m * m * m),
               e_gb = p.g_gb * gb / (p.h_gb + gb);
  rate[k_bp_cm] = a_m * cm * (1 - p.alpha * cm) - (f1 + f2) * cm;
  rate[k_bp_cc] = a_c * cc * (1 - p.alpha * cc) + f2 * cm - f3 * cc;
  rate[k_bp_cb] = a_b * cb * (1 - p.alpha * cb) + f1 * cm + f3 * cc - p.d_b * cb;
  rate[k_bp_mc] = (p.p_cs - p.q_cd1 * mc) * (cm + cc) - p.q_cd2 * mc * cb;
  rate[k_bp_mb] = (p.p_bs - p.q_bd * mb) * cb;
  rate[k_bp_gc] = e_gc * cc - p.d_g * gc;
  rate[k_bp_gb] = e_gb * cb - p.d_g * gb;
}

}  // namespace osteon::kernels
