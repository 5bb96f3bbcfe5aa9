// SPDX-License-Identifier: Apache-2.0
// The profiles: what other programs and our own checks rely on. Numbers never change under a name; a new set of numbers
// is a new profile.
#include "profiles.hpp"

#include <fmt/format.h>

#include "osteon/core/error.hpp"

namespace osteon::app {

namespace {

/// A scan whose callus or defect comes as a mask; what differs is how many cells the host has and what is delivered.
std::string healing_profile(double cell_source, double diffusivity, double proliferation, const char* therapy) {
  return fmt::format(R"toml(
[prepare]
largest_component = true
[materials.bone]
label = 0
youngs_modulus_mpa = 10000.0
poisson_ratio = 0.3
cell_source = {}
source = "round reference value; its faces towards the callus bring cells"
[materials.callus]
label = 200
role = "callus"
evaluate = false
[[load_case]]
name = "axial"
type = "axial"
axis = "z"
strain = -0.01
[regenerate]
days = 120.0
step_days = 1.0
write_every = 7
level = "a1"
stimulus = "octahedral_strain"
mixture = "cubic"
diffusivity_mm2_per_day = {}
host_proliferation = {}
{}[risk]
criteria = ["ees"]
[output]
fields = ["Displacement", "YoungsModulus", "EffectiveStrain", "MaterialID"]
)toml",
                     cell_source, diffusivity, proliferation, therapy);
}

}  // namespace

const std::vector<Profile>& profiles() {
  static const std::vector<Profile> k_profiles = {
      {"trabecular-axial", "any label > 0 is bone; E 10 000 MPa, nu 0.3; axial compression along z, 1 %", R"toml(
[prepare]
largest_component = true
[materials.bone]
label = 0
youngs_modulus_mpa = 10000.0
poisson_ratio = 0.3
source = "round reference value for comparing structures; results scale with it"
[[load_case]]
name = "axial"
type = "axial"
axis = "z"
strain = -0.01
[risk]
criteria = ["ees", "pstrain"]
[risk.pistoia]
critical_strain = 0.007
critical_volume_percent = 2.0
)toml"},
      {"xtremect1",
       "XtremeCT I, 82 um: labels 100 and 127; E 6829 MPa, nu 0.3; axial along z, 1 %; Pistoia 0.007 at 2 %", R"toml(
[prepare]
labels = [100, 127]
largest_component = true
[materials.trabecular]
label = 100
youngs_modulus_mpa = 6829.0
poisson_ratio = 0.3
source = "MacNeil & Boyd 2008 (recalled, check)"
[materials.cortical]
label = 127
youngs_modulus_mpa = 6829.0
poisson_ratio = 0.3
source = "MacNeil & Boyd 2008 (recalled, check)"
[[load_case]]
name = "axial"
type = "axial"
axis = "z"
strain = -0.01
[risk]
criteria = ["ees", "pstrain"]
[risk.pistoia]
critical_strain = 0.007
critical_volume_percent = 2.0
)toml"},
      {"xtremect2",
       "XtremeCT II, 61 um: labels 100 and 127; E 8748 MPa, nu 0.3; axial along z, 1 %; Pistoia 0.007 at 2 %",
       R"toml(
[prepare]
labels = [100, 127]
largest_component = true
[materials.trabecular]
label = 100
youngs_modulus_mpa = 8748.0
poisson_ratio = 0.3
source = "Whittier 2018 (recalled, check)"
[materials.cortical]
label = 127
youngs_modulus_mpa = 8748.0
poisson_ratio = 0.3
source = "Whittier 2018 (recalled, check)"
[[load_case]]
name = "axial"
type = "axial"
axis = "z"
strain = -0.01
[risk]
criteria = ["ees", "pstrain"]
[risk.pistoia]
critical_strain = 0.007
critical_volume_percent = 2.0
)toml"},
      {"homogenise", "6x6 apparent stiffness from six uniform strain states; E 10 000 MPa, nu 0.3", R"toml(
[prepare]
largest_component = true
[materials.bone]
label = 0
youngs_modulus_mpa = 10000.0
poisson_ratio = 0.3
source = "round reference value for comparing structures; results scale with it"
[[load_case]]
name = "homogenise"
type = "homogenise"
strain = 0.01
[risk]
criteria = []
[output]
fields = ["StrainEnergyDensity"]
)toml"},
      {"spine-compression",
       "QCT of a vertebra and its mask (body 1, posterior elements 2): posed, capped with cement, compressed by 1 %",
       R"toml(
[bone]
model = "spine-compression"
version = 1
body_labels = [1]
posterior_labels = [2]
[materials.bone]
label = 0
law = "kopperdahl_vertebra"
[materials.cement]
label = 5000
youngs_modulus_mpa = 2500.0
poisson_ratio = 0.3
evaluate = false
source = "PMMA, as in FE of specimens capped with it"
[[load_case]]
name = "compression"
type = "spine_compression"
strain = -0.01
[risk]
criteria = ["ees", "pstrain"]
[scores]
site = "spine"
strength = "crawford"
)toml"},
      {"hip-sideways-fall",
       "QCT of an upper femur (mg/cm3 K2HPO4) and its mask: posed, capped, pressed on its greater trochanter by 4 %",
       R"toml(
[bone]
model = "hip-sideways-fall"
version = 1
[materials.bone]
label = 0
law = "keller"
density_scale = 0.00106
density_offset = 0.0389
source = "Keller 1994; ash density 1.06 rho + 38.9 mg/cm3 from K2HPO4, Keyak 1994"
[materials.cement]
label = 5000
youngs_modulus_mpa = 2500.0
poisson_ratio = 0.3
evaluate = false
source = "PMMA, as in FE of specimens capped with it"
[[load_case]]
name = "fall"
type = "sideways_fall"
strain = -0.04
[risk]
criteria = ["ees", "pstrain"]
[scores]
site = "hip"
strength = "fixed_deformation"
deformation = 0.04
)toml"},
      {"hip-stance", "the same bone under a force on its head at 20 degrees to the shaft, as in single-leg stance",
       R"toml(
[bone]
model = "hip-stance"
version = 1
[materials.bone]
label = 0
law = "keller"
density_scale = 0.00106
density_offset = 0.0389
source = "Keller 1994; ash density 1.06 rho + 38.9 mg/cm3 from K2HPO4, Keyak 1994"
[materials.cement]
label = 5000
youngs_modulus_mpa = 2500.0
poisson_ratio = 0.3
evaluate = false
source = "PMMA, as in FE of specimens capped with it"
[[load_case]]
name = "stance"
type = "stance"
strain = -0.01
[risk]
criteria = ["ees", "pstrain"]
)toml"},
      {"fracture-callus",
       "regenerate: a scan and image.callus_mask; a healthy host heals it, the bone's surface brings the cells",
       healing_profile(1.0, 0.5, 0.6, "")},
      {"critical-defect",
       "regenerate: a scan and the defect as image.callus_mask; an exhausted host, and cells spread over the defect",
       healing_profile(0.3, 0.0117, 0.12, R"toml([[therapy]]
name = "cells"
day = 0.0
cells = 1e6
carrier = "implant"
region_label = 200
retention = 0.3
source = "marrow"
product = "expanded"
)toml")},
  };
  return k_profiles;
}

const Profile& find_profile(const std::string& name) {
  std::vector<std::string> names;
  for (const Profile& profile : profiles()) {
    if (profile.name == name) return profile;
    names.push_back(profile.name);
  }
  const std::string nearest = nearest_name(name, names);
  throw UsageError(fmt::format("no profile is called '{}'{}; known: {}", name,
                               nearest.empty() ? "" : fmt::format("; did you mean '{}'?", nearest),
                               fmt::join(names, ", ")));
}

CaseDocument profile_document(const Profile& profile) {
  return parse_case_text(profile.toml, "profile " + profile.name, {});
}

}  // namespace osteon::app
