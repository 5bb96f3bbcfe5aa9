// SPDX-License-Identifier: Apache-2.0
// Checkpoints: the same bits come back, a damaged file is noticed, and there is always one to fall back on.
#include "osteon/io/checkpoint.hpp"

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <chrono>
#include <csignal>
#include <cstring>
#include <limits>
#include <random>

#include "osteon/core/error.hpp"
#include "unit/io/example_result.hpp"

using namespace osteon;
using namespace osteon::test;

namespace {

/// Numbers of every kind that a sloppy format would change.
RegenerationState make_state(int step) {
  RegenerationState state;
  state.step = step;
  state.day = 0.1 * step;
  const double nan = std::numeric_limits<double>::quiet_NaN(), tiny = std::numeric_limits<double>::denorm_min();
  state.doubles = {{"displacement", {0.1, -0.0, nan, tiny, 1e308, static_cast<double>(step)}}, {"", {}}};
  std::vector<float> many(100000);
  std::mt19937 random(static_cast<unsigned>(step));
  for (float& value : many) {
    const auto bits = static_cast<std::uint32_t>(random());
    std::memcpy(&value, &bits, sizeof value);
  }
  state.floats = {{"Cells Host / \xc2\xb5", many}, {"empty", {}}};
  return state;
}

template <class T>
std::string bytes_of(const std::vector<std::pair<std::string, std::vector<T>>>& arrays) {
  std::string bytes;
  for (const auto& [name, values] : arrays) {
    bytes += name + "\n" + std::to_string(values.size()) + "\n";
    bytes.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
  }
  return bytes;
}

bool same_bits(const RegenerationState& a, const RegenerationState& b) {
  return a.step == b.step && a.day == b.day && bytes_of(a.doubles) == bytes_of(b.doubles) &&
         bytes_of(a.floats) == bytes_of(b.floats);
}

void write_bytes(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

}  // namespace

TEST_CASE("a state comes back bit for bit, with its text, and the one before is kept") {
  const ScratchFolder folder;
  const auto path = folder / "checkpoint";
  CHECK_FALSE(has_checkpoint(path));
  write_checkpoint(path, make_state(1), "case 1");
  write_checkpoint(path, make_state(2), "case\n2");

  const Checkpoint read = read_checkpoint(path), previous = read_checkpoint(folder / "checkpoint.previous");

  CHECK(has_checkpoint(path));
  CHECK(same_bits(read.state, make_state(2)));
  CHECK(read.text == "case\n2");
  CHECK(read.warning.empty());
  CHECK(same_bits(previous.state, make_state(1)));
  CHECK(folder.file_count() == 2);
}

TEST_CASE("any damaged byte and any missing tail is noticed, and the previous checkpoint is used") {
  const ScratchFolder folder;
  const auto path = folder / "checkpoint";
  RegenerationState state = make_state(1);
  state.floats[0].second.resize(300);
  write_checkpoint(path, state, "text");
  write_checkpoint(path, state, "text");
  const std::string whole = read_bytes(path);
  std::mt19937 random(3);

  for (std::size_t trial = 0; trial < whole.size() + 100; ++trial) {
    std::string damaged = whole;
    if (trial < whole.size())
      damaged[trial] = static_cast<char>(damaged[trial] ^ (1 << random() % 8));
    else
      damaged.resize(random() % whole.size());
    write_bytes(path, damaged);
    const Checkpoint read = read_checkpoint(path);
    REQUIRE(same_bits(read.state, state));
    REQUIRE(read.warning.find("checkpoint.previous") != std::string::npos);
  }
}

TEST_CASE("a damaged checkpoint never becomes the one to fall back on") {
  const ScratchFolder folder;
  const auto path = folder / "checkpoint";
  write_checkpoint(path, make_state(1), "");
  write_checkpoint(path, make_state(2), "");
  write_bytes(path, "rubbish");

  CHECK(same_bits(read_checkpoint(path).state, make_state(1)));
  CHECK_FALSE(std::filesystem::exists(path));
  CHECK(same_bits(read_checkpoint(path).state, make_state(1)));  // missing, as after a crash
  write_checkpoint(path, make_state(3), "");
  CHECK(same_bits(read_checkpoint(path).state, make_state(3)));
  CHECK(same_bits(read_checkpoint(folder / "checkpoint.previous").state, make_state(1)));

  write_bytes(path, "rubbish");
  write_bytes(folder / "checkpoint.previous", "");
  CHECK_THROWS_WITH_AS(read_checkpoint(path), doctest::Contains("checkpoint.previous"), InputError);
  CHECK_THROWS_WITH_AS(read_checkpoint(folder / "none"), doctest::Contains("No such file"), InputError);
}

TEST_CASE("a full disk leaves both checkpoints as they were") {
  const ScratchFolder folder;
  const auto path = folder / "checkpoint";
  write_checkpoint(path, make_state(1), "");
  write_checkpoint(path, make_state(2), "");
  rlimit old{};
  getrlimit(RLIMIT_FSIZE, &old);
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{100000, old.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  CHECK_THROWS_WITH_AS(write_checkpoint(path, make_state(3), ""), doctest::Contains("File too large"), InputError);
  setrlimit(RLIMIT_FSIZE, &old);
  CHECK(same_bits(read_checkpoint(path).state, make_state(2)));
  CHECK(same_bits(read_checkpoint(folder / "checkpoint.previous").state, make_state(1)));
  CHECK(folder.file_count() == 2);
}

TEST_CASE("a foreign file, another version and another byte order are said in words") {
  const ScratchFolder folder;
  const auto path = folder / "checkpoint";
  write_checkpoint(path, make_state(1), "");
  const std::string whole = read_bytes(path);
  const auto message = [&](std::size_t at, char byte) {
    std::string changed = whole;
    changed[at] = byte;
    write_bytes(path, changed);
    try {
      read_checkpoint(path);
    } catch (const InputError& error) {
      return std::string(error.what());
    }
    return std::string("no InputError");
  };
  CHECK(message(0, 'X').find("not a checkpoint") != std::string::npos);
  CHECK(message(8, 9).find("version 9") != std::string::npos);
  CHECK(message(12, 1).find("byte order") != std::string::npos);
}
