// SPDX-License-Identifier: Apache-2.0
// Runs the examples as a user would: the "# generate:" and "# run:" lines of each case file, then the numbers of its
// expected.json. An example and its test cannot drift apart.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/backend.hpp"

namespace fs = std::filesystem;

namespace {

std::vector<fs::path> example_folders() {
  std::vector<fs::path> folders;
  for (const auto& entry : fs::directory_iterator(OSTEON_MESHES)) {
    if (fs::exists(entry.path() / "case.toml")) folders.push_back(entry.path());
  }
  std::sort(folders.begin(), folders.end());
  return folders;
}

/// Arguments after "# KEY: osteon" in a case file; empty when there is no such line.
std::string command_line(const fs::path& case_file, const std::string& key) {
  std::ifstream in(case_file);
  for (std::string line; std::getline(in, line);) {
    const std::size_t program = line.find("osteon ");
    if (line.rfind("# " + key + ":", 0) == 0 && program != std::string::npos) return line.substr(program + 7);
  }
  return {};
}

/// Exit status of the osteon program run in `folder`.
int run_osteon(const fs::path& folder, const std::string& arguments) {
  const std::string command = "cd '" + folder.string() + "' && '" OSTEON_PROGRAM "' " + arguments;
  return std::system(command.c_str());
}

nlohmann::json read_json(const fs::path& path) {
  std::ifstream in(path);
  return nlohmann::json::parse(in);
}

void compare(const nlohmann::json& summary, const nlohmann::json& expected) {
  for (const auto& [pointer, rule] : expected.at("values").items()) {
    CAPTURE(pointer);
    const nlohmann::json::json_pointer where(pointer);
    REQUIRE(summary.contains(where));
    const double got = summary.at(where).get<double>(), wanted = rule.at("value").get<double>();
    CAPTURE(got);
    CAPTURE(wanted);
    const double tolerance = rule.contains("relative") ? rule.at("relative").get<double>() * std::abs(wanted)
                                                       : rule.at("absolute").get<double>();
    CHECK(std::abs(got - wanted) <= tolerance);
  }
}

}  // namespace

TEST_CASE("every example runs by its own command lines and gives its expected numbers") {
  const std::vector<fs::path> folders = example_folders();
  CHECK(folders.size() >= 6);
  const std::string backend = " -q --backend " + osteon::test::backend_name();
  for (const fs::path& folder : folders) {
    CAPTURE(folder.filename().string());
    const fs::path work = fs::path(OSTEON_WORK) / osteon::test::backend_name() / folder.filename();
    fs::remove_all(work);
    fs::create_directories(work);
    fs::copy_file(folder / "case.toml", work / "case.toml");

    const std::string generate = command_line(work / "case.toml", "generate");
    const std::string solve = command_line(work / "case.toml", "run");
    REQUIRE(!generate.empty());
    REQUIRE(!solve.empty());
    REQUIRE(run_osteon(work, generate) == 0);
    REQUIRE(run_osteon(work, solve + backend) == 0);

    CHECK(fs::exists(work / "result" / "result.vtkhdf"));
    compare(read_json(work / "result" / "summary.json"), read_json(folder / "expected.json"));
  }
}

TEST_CASE("the README of an example has the fixed order and the command lines of its case file") {
  const std::vector<std::string> headings = {"## Question",        "## Model",           "## Command",
                                             "## Expected result", "## What to look at", "## Try next"};
  for (const fs::path& folder : example_folders()) {
    CAPTURE(folder.filename().string());
    std::ifstream in(folder / "README.md");
    const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());

    std::size_t position = 0;
    for (const std::string& heading : headings) {
      CAPTURE(heading);
      position = text.find(heading, position);
      REQUIRE(position != std::string::npos);
    }
    for (const char* key : {"generate", "run"}) {
      const std::string line = "    osteon " + command_line(folder / "case.toml", key) + "\n";
      CAPTURE(line);
      CHECK(text.find(line) != std::string::npos);
    }
  }
}
