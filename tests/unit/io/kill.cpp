// SPDX-License-Identifier: Apache-2.0
// A run that is killed at random moments while others read its files.
#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <random>
#include <thread>

#include "osteon/core/error.hpp"
#include "osteon/io/checkpoint.hpp"
#include "unit/io/example_series.hpp"

using namespace osteon;
using namespace osteon::test;

namespace {

constexpr int k_steps = 4, k_trials = 50;
constexpr WriteSettings k_one_thread{1, 1};  // OpenMP's threads do not survive a fork

struct Run {
  const ScratchFolder& folder;
  const ElasticModel& model;
  std::filesystem::path result = folder / "result.vtkhdf", checkpoint = folder / "checkpoint";

  /// As `osteon regenerate` does: the step's results first, then the checkpoint that says so.
  void go_on(TimeSeriesWriter writer) const {
    while (writer.step_count() < k_steps) {
      writer.add_step(make_step(model, writer.step_count()));
      RegenerationState state;
      state.step = writer.step_count();
      write_checkpoint(checkpoint, state, "case");
    }
    writer.finish("{\"done\": true}");
  }
  void start() const {
    for (const char* name : {"checkpoint.previous", "checkpoint"}) std::filesystem::remove(folder / name);
    go_on(TimeSeriesWriter(result, make_series_start(model), k_one_thread));
  }
  void resume() const {
    if (!has_checkpoint(checkpoint)) return start();
    const Checkpoint read = read_checkpoint(checkpoint);
    CHECK(read.warning.empty());
    go_on(TimeSeriesWriter::resume(result, model, read.state.step, k_one_thread));
  }
};

std::string field_bytes(const StoredResult& stored) {
  std::string bytes;
  const auto add = [&](const auto& values) {
    bytes.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(values[0]));
  };
  for (const OutputField& field : stored.fields) add(field.values), add(field.values_f64), add(field.values_i32);
  return bytes;
}

/// Reads all steps; they must be those of an undisturbed run. Returns their number, 0 when there is no file (yet).
int check_whole_steps(const std::filesystem::path& result, const std::vector<std::string>& expected) {
  SeriesHistory history;
  try {
    history = read_series_history(result);
  } catch (const InputError& error) {
    CHECK_MESSAGE(std::strstr(error.what(), "no such file") != nullptr, std::string(error.what()));
    return 0;
  }
  CHECK(history.days.size() >= 1);
  for (std::size_t s = 0; s < history.days.size(); ++s)
    CHECK(field_bytes(read_result(result, {}, static_cast<int>(s))) == expected[s]);
  return static_cast<int>(history.days.size());
}

/// The .xdmf, if any, is whole and names no step that the result lacks.
void check_xdmf(const std::filesystem::path& path, int steps) {
  if (!std::filesystem::exists(path)) return;
  const std::string text = read_bytes(path), end = "</Xdmf>\n";
  REQUIRE(text.size() > end.size());
  CHECK(text.substr(text.size() - end.size()) == end);
  int named = 0;
  for (std::size_t at = text.find("<Time"); at != std::string::npos; at = text.find("<Time", at + 1)) ++named;
  CHECK(named <= steps);
}

}  // namespace

TEST_CASE("killed at fifty random moments, the file holds whole steps and the run ends with the same bits") {
  const ScratchFolder folder;
  const ElasticModel model = make_l_model({9, 4, 6});
  const Run run{folder, model};
  const auto begin = std::chrono::steady_clock::now();
  run.start();
  const std::chrono::duration<double> whole_run = std::chrono::steady_clock::now() - begin;
  std::vector<std::string> expected;
  for (int s = 0; s < k_steps; ++s) expected.push_back(field_bytes(read_result(run.result, {}, s)));
  std::mt19937 random(17);
  int unfinished = 0;

  for (int trial = 0; trial < k_trials; ++trial) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      try {
        for (;;) trial % 2 == 0 ? run.start() : run.resume();  // until it is killed
      } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
      }
      ::_exit(1);
    }
    const double share = std::uniform_real_distribution<double>(0, 1.5)(random);
    std::this_thread::sleep_for(share * whole_run);
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    REQUIRE(WIFSIGNALED(status));  // it had not failed by itself

    const int steps = check_whole_steps(run.result, expected);
    check_xdmf(folder / "result.xdmf", steps);
    if (steps > 0) unfinished += !read_series_history(run.result).finished;
    if (has_checkpoint(run.checkpoint)) CHECK(read_checkpoint(run.checkpoint).state.step <= std::max(steps, 0));
    if (trial % 5 != 0) continue;
    run.resume();
    CHECK(check_whole_steps(run.result, expected) == k_steps);
    CHECK(read_series_history(run.result).finished);
    CHECK_FALSE(std::filesystem::exists(folder / "result.steps"));
  }
  CHECK(unfinished > k_trials / 10);
}

TEST_CASE("a series can be read at any moment while another process writes, finishes and restarts it") {
  const ScratchFolder folder;
  const ElasticModel model = make_l_model({9, 4, 6});
  const Run run{folder, model};
  run.start();
  std::vector<std::string> expected;
  for (int s = 0; s < k_steps; ++s) expected.push_back(field_bytes(read_result(run.result, {}, s)));
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    try {
      for (;;) run.start();
    } catch (...) {
    }
    ::_exit(1);
  }

  int seen = 0;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(3);
  while (std::chrono::steady_clock::now() < end) {
    try {
      const StoredResult stored = read_result(run.result);
      REQUIRE(stored.step >= 0);
      CHECK(field_bytes(stored) == expected[static_cast<std::size_t>(stored.step)]);
      ++seen;
    } catch (const InputError& error) {  // between a restart and its first step
      CHECK_MESSAGE(std::strstr(error.what(), "no such file") != nullptr, std::string(error.what()));
    }
  }
  ::kill(child, SIGKILL);
  int status = 0;
  ::waitpid(child, &status, 0);
  CHECK(WIFSIGNALED(status));
  CHECK(seen > 10);
}
