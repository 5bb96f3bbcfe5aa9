// SPDX-License-Identifier: Apache-2.0
// The failure criteria, one row each. A new one is a header in criteria/ and a row here: ids, parameters, keys of the
// case file and the table of `osteon risk` follow from it.
#pragma once

#include "kernels/risk/criteria/distortion_energy.hpp"
#include "kernels/risk/criteria/drucker_prager.hpp"
#include "kernels/risk/criteria/effective_strain.hpp"
#include "kernels/risk/criteria/hoffman.hpp"
#include "kernels/risk/criteria/mohr.hpp"
#include "kernels/risk/criteria/principal_strain.hpp"
#include "kernels/risk/criteria/tsai_wu.hpp"
#include "kernels/risk/criteria/von_mises.hpp"

namespace osteon::kernels {

template <class... Criteria>
struct CriterionList {
  static constexpr int k_count = static_cast<int>(sizeof...(Criteria));

  /// RF of the criterion at this place of the list.
  OSTEON_HD static double risk(int criterion, const RiskPoint& point, const double parameters[]) {
    double risk = 0;
    int place = 0;
    ((place++ == criterion ? static_cast<void>(risk = Criteria::risk(point, parameters)) : static_cast<void>(0)), ...);
    return risk;
  }

  /// visit(criterion as a value of its type) for each, in order; host only.
  template <class Visit>
  static void for_each(const Visit& visit) {
    (visit(Criteria{}), ...);
  }
};

using FailureCriteria = CriterionList<  //
    EffectiveStrainRisk,                //
    PrincipalStrainRisk,                //
    TissuePrincipalStrainRisk,          //
    VonMisesRisk,                       //
    DruckerPragerRisk,                  //
    MohrCoulombRisk,                    //
    ModifiedMohrRisk,                   //
    HoffmanRisk,                        //
    TsaiWuRisk,                         //
    DistortionEnergyRisk>;

}  // namespace osteon::kernels
