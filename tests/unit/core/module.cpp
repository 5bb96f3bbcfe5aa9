// SPDX-License-Identifier: Apache-2.0
// Loadable modules: where they are looked for, what is refused, and errors on their way out.
#include "osteon/core/module.hpp"

#include <doctest/doctest.h>

#include <cstdlib>

#include "osteon/core/error.hpp"
#include "unit/core/modules/thrower.hpp"

using namespace osteon;
using namespace osteon::test;

namespace {

/// Modules are looked for in `folder` as long as this lives.
class ModulesIn {
 public:
  explicit ModulesIn(const char* folder) { setenv("OSTEON_MODULES", folder, 1); }
  ~ModulesIn() { unsetenv("OSTEON_MODULES"); }
  ModulesIn(const ModulesIn&) = delete;
  ModulesIn& operator=(const ModulesIn&) = delete;
};

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("modules are looked for beside the program and in the prefix it was installed to") {
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe");
  REQUIRE(module_folders().size() == 2);
  CHECK(module_folders()[0] == program.parent_path() / "lib/osteon");
  CHECK(module_folders()[1] == program.parent_path().parent_path() / "lib/osteon");
  const ModulesIn elsewhere("/elsewhere");
  REQUIRE(module_folders().size() == 1);
  CHECK(module_folders()[0] == "/elsewhere");
}

TEST_CASE("an error thrown inside a module is caught outside as what it is") {
  const ModulesIn folder(OSTEON_TEST_MODULES);
  const ModuleEntry entry = find_in_module("osteon_test_thrower", "osteon_test_thrower");
  REQUIRE_MESSAGE(entry.address != nullptr, entry.problem);
  try {
    static_cast<const Thrower*>(entry.address)->refuse("scan.xyz");
    FAIL("nothing was thrown");
  } catch (const InputError& error) {
    CHECK(std::string(error.what()) == "scan.xyz: damaged");
    CHECK(error.code() == ExitCode::input);
  }
}

TEST_CASE("a module that is not there is named with the place where it was expected") {
  const ModulesIn folder("/no/such/folder");
  const ModuleEntry entry = find_in_module("osteon_test_thrower", "osteon_test_thrower");
  CHECK(entry.address == nullptr);
  CHECK(contains(entry.problem, "could not be loaded: /no/such/folder/osteon_test_thrower.so: cannot open"));
  CHECK(contains(entry.problem, "expected at /no/such/folder/osteon_test_thrower.so"));
  CHECK(contains(entry.problem, "OSTEON_MODULES"));
}

TEST_CASE("a module of another build, or without the interface asked for, is refused") {
  const ModulesIn folder(OSTEON_TEST_MODULES);
  const ModuleEntry other = find_in_module("osteon_test_stranger", "osteon_test_stranger");
  CHECK(other.address == nullptr);
  CHECK(contains(other.problem, "another build (0.0.0 (another))"));
  const ModuleEntry missing = find_in_module("osteon_test_thrower", "osteon_test_stranger");
  CHECK(missing.address == nullptr);
  CHECK(contains(missing.problem, "undefined symbol: osteon_test_stranger"));
}
