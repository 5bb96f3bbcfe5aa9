// SPDX-License-Identifier: Apache-2.0
// Maps of many criteria in one pass, what they read, and where ash density comes from.
#include <doctest/doctest.h>

#include <cmath>

#include "osteon/core/error.hpp"
#include "support/solve_model.hpp"
#include "unit/risk/stress_states.hpp"

using namespace osteon;
using namespace osteon::test;

namespace {

MaterialField two_voxels(double first_mpa, double second_mpa) {
  MaterialField field;
  field.materials.resize(1);
  field.material_index = {0, 0};
  field.modulus_mpa = {static_cast<float>(first_mpa), static_cast<float>(second_mpa)};
  return field;
}

ElementFields some_fields() {
  ElementFields fields;
  fields.effective_strain = {0.007, 0.0035};
  fields.principal_strain = {0.0073f, 0, 0, 0.001f, 0, -0.0208f};
  fields.stress = {10, -20, 5, 3, -8, 30, -60, 0, 0, 0, 0, 0};
  return fields;
}

float de(const MaterialField& field) { return risk_factors({find_criterion("de")}, some_fields(), field)[0][1]; }

double strength(double ash_density) { return 102 * std::pow(ash_density, 1.8); }

}  // namespace

TEST_CASE("maps hold the criterion of each element, with the parameters given") {
  const MaterialField field = two_voxels(10000, 5000);
  Criterion stricter = find_criterion("ees");
  set_parameter(stricter, "critical_strain", 0.0035);
  const auto maps = risk_factors({find_criterion("ees"), stricter, find_criterion("pstrain"), find_criterion("dp")},
                                 some_fields(), field);
  CHECK(maps[0] == std::vector<float>{1.0f, 0.5f});
  CHECK(maps[1] == std::vector<float>{2.0f, 1.0f});
  CHECK(maps[2][0] == near(1, 1e-6));
  CHECK(maps[2][1] == near(2, 1e-6));
  CHECK(maps[3][1] == near(60 / (0.0104 * 5000), 1e-6));  // the strength of its own voxel
}

TEST_CASE("all criteria in one pass are what each is alone") {
  const MaterialField field = two_voxels(9000, 2000);
  const auto together = risk_factors(known_criteria(), some_fields(), field);
  for (std::size_t i = 0; i < known_criteria().size(); ++i)
    CHECK(together[i] == risk_factors({known_criteria()[i]}, some_fields(), field)[0]);
}

TEST_CASE("criteria ask for the fields they read, and refuse to do without") {
  FieldRequest none;
  none.tensors = none.principal = none.von_mises = false;
  const FieldRequest ees = with_fields_for({find_criterion("ees")}, none);
  CHECK_FALSE(ees.principal);
  CHECK_FALSE(ees.stress);
  const FieldRequest both = with_fields_for({find_criterion("pstrain"), find_criterion("vm")}, none);
  CHECK(both.principal);
  CHECK(both.stress);
  ElementFields fields = some_fields();
  fields.principal_strain.clear();
  CHECK_THROWS_AS(risk_factors({find_criterion("pstrain")}, fields, two_voxels(1, 1)), InternalError);
  fields.stress.clear();
  CHECK_THROWS_AS(risk_factors({find_criterion("vm")}, fields, two_voxels(1, 1)), InternalError);
}

TEST_CASE("a parameter out of its range is refused by name, before any map is made") {
  const auto message = [](const char* id, const char* name, double value) {
    Criterion criterion = find_criterion(id);
    set_parameter(criterion, name, value);
    try {
      check_criteria({criterion}, two_voxels(1, 1));
    } catch (const UsageError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  CHECK(message("ees", "critical_strain", 0) ==
        "failure criterion \"ees\": critical_strain = 0, but it must be above 0");
  CHECK(message("dp", "tensile_mpa", -1) == "failure criterion \"dp\": tensile_mpa = -1, but it must be at least 0");
  CHECK(message("tsaiwu", "interaction", 0.6).find("at most 0.5") != std::string::npos);
  CHECK(message("vm", "yield_mpa", std::nan("")).find("yield_mpa") != std::string::npos);
  CHECK(message("dp", "tensile_mpa", 0).empty());
  CHECK_THROWS_AS(check_criteria(std::vector<Criterion>(17, find_criterion("ees")), two_voxels(1, 1)), UsageError);
}

TEST_CASE("ash density comes from the material's law where that expects it, else from the modulus") {
  const ModulusLaw& keyak = published_modulus_law("keyak");
  const ModulusLaw& keller = published_modulus_law("keller");
  MaterialField field = two_voxels(keyak.modulus_mpa(700), keyak.modulus_mpa(700));  // 0.7 g/cm3
  CHECK(de(field) == near(60 / strength(0.7), 1e-6));  // no law: E = 14900 rho^1.86, which is keyak's
  CHECK(check_criteria({find_criterion("de")}, field).at(0).find("one modulus and no density") != std::string::npos);

  field.materials[0].law = keller;
  field.modulus_mpa[1] = static_cast<float>(keller.modulus_mpa(700));
  CHECK(de(field) == near(60 / strength(0.7), 1e-6));
  CHECK(check_criteria({find_criterion("de")}, field).at(0).find("its law keller") != std::string::npos);

  field.moduli_given = true;  // a modulus image: the law does not count
  const double from_modulus = std::pow(field.modulus_mpa[1] / 14900, 1 / 1.86);
  CHECK(de(field) == near(60 / strength(from_modulus), 1e-6));

  field.moduli_given = false;
  field.materials[0].law = published_modulus_law("kopperdahl_vertebra");  // QCT density is not ash density
  CHECK(de(field) == near(60 / strength(from_modulus), 1e-6));
  CHECK(check_criteria({find_criterion("de")}, field).at(0).find("not from the image") != std::string::npos);
}

TEST_CASE("where no ash density can be had, that is said in words") {
  MaterialField field = two_voxels(1000, 1000);
  field.materials[0].name = "cortex";
  field.materials[0].orthotropic = OrthotropicConstants{};
  CHECK_THROWS_WITH_AS(check_criteria({find_criterion("de")}, field),
                       "failure criterion \"de\" needs an ash density, and material 'cortex' is orthotropic: none "
                       "follows from three moduli. Leave de out of risk.criteria, or set evaluate = false for this "
                       "material",
                       UsageError);
  field.materials[0].in_evaluation_set = false;
  CHECK(check_criteria({find_criterion("de")}, field).empty());
  CHECK(check_criteria({find_criterion("vm")}, field).empty());
}
