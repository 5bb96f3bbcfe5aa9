// SPDX-License-Identifier: Apache-2.0
// Case files: messages with places, settings, and round trips.
#include "case_document.hpp"

#include <doctest/doctest.h>

#include "case.hpp"
#include "osteon/core/error.hpp"
#include "profiles.hpp"

using namespace osteon::app;

namespace {

std::string message_of(const std::string& text) {
  try {
    parse_case_text(text, "case.toml", "/data");
  } catch (const osteon::UsageError& error) {
    return error.what();
  }
  return "no error";
}

std::string setting_message(CaseDocument document, const std::string& setting) {
  try {
    apply_setting(document, setting);
  } catch (const osteon::UsageError& error) {
    return error.what();
  }
  return "no error";
}

std::string build_message(const std::string& text) {
  try {
    CaseDocument document = parse_case_text(text, "case.toml", "/data");
    fill_defaults(document);
    build_case(document);
  } catch (const osteon::UsageError& error) {
    return error.what();
  }
  return "no error";
}

CaseDocument complete(const std::string& profile) {
  CaseDocument document = profile_document(find_profile(profile));
  apply_setting(document, "image.file=/data/scan.mha");
  fill_defaults(document);
  return document;
}

void check_equal(const CaseTable& a, const CaseTable& b) {
  CHECK(a.name == b.name);
  CHECK(a.values == b.values);
  REQUIRE(a.node_sets.size() == b.node_sets.size());
  for (std::size_t i = 0; i < a.node_sets.size(); ++i) check_equal(a.node_sets[i], b.node_sets[i]);
}

void check_equal(const CaseDocument& a, const CaseDocument& b) {
  for (const auto& [name, table] : a.sections) {
    CAPTURE(name);
    const auto found = b.sections.find(name);
    if (found == b.sections.end())
      CHECK(table.values.empty());
    else
      check_equal(table, found->second);
  }
  REQUIRE(a.materials.size() == b.materials.size());
  for (std::size_t i = 0; i < a.materials.size(); ++i) check_equal(a.materials[i], b.materials[i]);
  REQUIRE(a.load_cases.size() == b.load_cases.size());
  for (std::size_t i = 0; i < a.load_cases.size(); ++i) check_equal(a.load_cases[i], b.load_cases[i]);
}

}  // namespace

TEST_CASE("an unknown key is named with line, column and the nearest key") {
  CHECK(message_of("[solver]\n  tol = 1e-6\n") ==
        "case.toml:2:3: unknown key 'solver.tol'; did you mean 'solver.tolerance'?");
  CHECK(message_of("[risk.pistoya]\na = 1\n").find("did you mean 'risk.pistoia'") != std::string::npos);
  CHECK(message_of("[solvr]\n").find("case.toml:1:2: unknown section 'solvr'; did you mean 'solver'?") == 0);
}

TEST_CASE("a value of the wrong type, out of range or outside the choices is named with its place") {
  CHECK(message_of("[solver]\ntolerance = \"x\"\n") == "case.toml:2:13: solver.tolerance must be a number, not a text");
  CHECK(message_of("[solver]\nmax_iterations = 1.5\n").find("must be a whole number") != std::string::npos);
  CHECK(message_of("[materials.b]\npoisson_ratio = 0.5\n") ==
        "case.toml:2:17: materials.b.poisson_ratio = 0.5 must be > -1 and < 0.5");
  CHECK(message_of("[solver]\nprecision = \"doubel\"\n").find("did you mean 'double'") != std::string::npos);
  CHECK(message_of("[prepare]\ncrop_first = [1, 2]\n").find("must be an array of 3 whole numbers") !=
        std::string::npos);
  CHECK(message_of("[solver]\ntolerance = nan\n").find("case.toml:2:13") == 0);
  CHECK(message_of("[solver]\ntolerance 1\n").find("case.toml:2:") == 0);
}

TEST_CASE("relative paths start at the folder of the case file") {
  const CaseDocument document =
      parse_case_text("[image]\nfile = \"a/../b.mha\"\nmask = \"/m.mha\"\n", "case.toml", "/data");
  CHECK(document.sections.at("image").text("file") == "/data/b.mha");
  CHECK(document.sections.at("image").text("mask") == "/m.mha");
}

TEST_CASE("materials keep the order of the file") {
  const CaseDocument document = parse_case_text("[materials.z]\nlabel=1\n[materials.a]\nlabel=2\n", "case.toml", "/");
  REQUIRE(document.materials.size() == 2);
  CHECK(document.materials[0].name == "z");
}

TEST_CASE("settings reach sections, one material, all materials and load cases") {
  CaseDocument document = complete("xtremect2");
  apply_setting(document, "solver.backend=cpu");
  apply_setting(document, "risk.criteria=ees");
  apply_setting(document, "materials.poisson_ratio=0.25");
  apply_setting(document, "materials.cortical.youngs_modulus_mpa=12000");
  apply_setting(document, "load_case.axial.displacement_mm=-0.1");
  const Case wanted = build_case(document);
  CHECK(wanted.backend == "cpu");
  CHECK(wanted.criteria.size() == 1);
  CHECK(wanted.materials[0].poisson_ratio == 0.25);
  CHECK(wanted.materials[0].youngs_modulus_mpa == 8748);
  CHECK(wanted.materials[1].youngs_modulus_mpa == 12000);
  CHECK_FALSE(wanted.load_cases[0].strain);
  CHECK(wanted.load_cases[0].displacement_mm == -0.1);
}

TEST_CASE("a wrong setting is explained") {
  const CaseDocument document = complete("xtremect2");
  CHECK(setting_message(document, "risk.ees.weight=1") ==
        "--set risk.ees.weight: unknown key; 'risk.ees' takes critical_strain");
  CHECK(setting_message(document, "solver.tol=1") == "--set solver.tol: unknown key; did you mean 'solver.tolerance'?");
  CHECK(setting_message(document, "tolerance=1").find("must read section.key=value") != std::string::npos);
  CHECK(setting_message(document, "solver.tolerance=abc").find("'abc' must be a number") != std::string::npos);
  CHECK(setting_message(document, "materials.corticl.label=3").find("did you mean 'cortical'") != std::string::npos);
  CHECK(setting_message(document, "materials.cortical.youngs_modulus_mpa=-1") ==
        "--set materials.cortical.youngs_modulus_mpa: materials.cortical.youngs_modulus_mpa = -1 must be > 0 (MPa)");
}

TEST_CASE("every profile survives init and reading back") {
  for (const Profile& profile : profiles()) {
    CAPTURE(profile.name);
    const CaseDocument document = complete(profile.name);
    check_equal(document, parse_case_text(write_commented_case(document, profile.summary), "case.toml", "/data"));
  }
}

TEST_CASE("a resolved case reads back to the same case") {
  CaseDocument document = parse_case_text(R"([image]
file = "scan \"7\".mha"
spacing_mm = [0.0606997, 0.0606997, 0.0606985]
[prepare]
threshold = [320.5, 450.1]
threshold_labels = [100, 127]
[materials."strange name"]
label = 100
law = "power"
coefficient = 10.0
exponent = 1.7
[materials.cement]
label = 127
youngs_modulus_mpa = 2500.0
evaluate = false
[[load_case]]
type = "shear_xy"
strain = 0.1
[[load_case]]
name = "free"
type = "free"
[[load_case.node_set]]
surface = "low"
displacement_x_mm = 0.0
displacement_y_mm = 0.0
displacement_z_mm = 0.0
[[load_case.node_set]]
box_mm = [0.0, 1.0, 0.0, 1.0, 0.1, 0.30000000000000004]
force_n = [0.0, 0.0, -3.0]
)",
                                          "case.toml", "/data");
  fill_defaults(document);
  const std::string text = write_case(document, "resolved");
  CaseDocument again = parse_case_text(text, "case.toml", "/elsewhere");
  fill_defaults(again);

  check_equal(document, again);
  CHECK(write_case(again, "resolved") == text);
  CHECK(build_case(again).load_cases[0].axis == osteon::Axis::x);
}

TEST_CASE("combinations that cannot be are refused in words") {
  const std::string image = "[image]\nfile = \"a.mha\"\n";
  const std::string bone = image + "[materials.bone]\nyoungs_modulus_mpa = 1.0\n";
  const auto contains = [](const std::string& text, const char* part) { return text.find(part) != std::string::npos; };
  CHECK(contains(build_message("[solver]\n"), "has no image"));
  CHECK(contains(build_message(image), "has no material"));
  CHECK(contains(build_message(bone), "has no load"));
  CHECK(contains(build_message(bone + "[[load_case]]\n"), "needs strain or displacement_mm or force_n"));
  CHECK(contains(build_message(bone + "[[load_case]]\nstrain = 0.1\nforce_n = 1.0\n"), "only one of"));
  CHECK(contains(build_message(bone + "[[load_case]]\ntype = \"torsion\"\nstrain = 0.1\n"), "takes no strain"));
  CHECK(contains(build_message(bone + "[[load_case]]\ntype = \"free\"\n"), "node_set"));
  CHECK(contains(build_message(bone + "[[load_case]]\nstrain=0.1\n[[load_case]]\nstrain=0.2\n"), "give each a name"));
  CHECK(contains(build_message(image + "[materials.bone]\ne_x_mpa = 1.0\n[[load_case]]\nstrain=0.1\n"), "all nine"));
  CHECK(contains(build_message(image + "[materials.bone]\nlaw = \"cubic\"\n[[load_case]]\nstrain=0.1\n"), "not known"));
}
