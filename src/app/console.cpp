// SPDX-License-Identifier: Apache-2.0
#include "console.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "osteon/core/error.hpp"

namespace osteon::app {

namespace {

constexpr double k_live_interval_s = 0.1;
constexpr double k_line_interval_s = 5;

volatile std::sig_atomic_t g_signal = 0;  // the only thing a signal handler may write

extern "C" void remember_signal(int number) {
  g_signal = number;
  std::signal(number, SIG_DFL);
}

}  // namespace

void install_signal_handlers() {
  std::signal(SIGINT, remember_signal);
  std::signal(SIGTERM, remember_signal);
}

Console::Console(Verbosity verbosity)
    : verbosity_(verbosity), terminal_(isatty(2) != 0), start_(std::chrono::steady_clock::now()), last_print_(start_) {}

Console::~Console() { clear_live_line(); }

double Console::elapsed_s() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

void Console::note(std::string_view text) {
  log(fmt::format("[{:9.3f} s] {}", elapsed_s(), text));
  if (verbosity_ == Verbosity::verbose) print_line(std::string(text));
}

void Console::warn(std::string_view text) {
  warnings_.emplace_back(text);
  log(fmt::format("[{:9.3f} s] warning: {}", elapsed_s(), text));
  if (verbosity_ != Verbosity::quiet) print_line(fmt::format("warning: {}", text));
}

void Console::progress(std::string_view stage, double fraction, std::string_view detail) {
  if (verbosity_ == Verbosity::quiet) return;
  const auto now = std::chrono::steady_clock::now();
  const double since_s = std::chrono::duration<double>(now - last_print_).count();
  if (since_s < (terminal_ ? k_live_interval_s : k_line_interval_s)) return;
  last_print_ = now;
  std::string line = fmt::format("{:7.1f} s  {}", elapsed_s(), stage);
  if (fraction >= 0) line += fmt::format(" {:3.0f} %", 100 * fraction);
  if (!detail.empty()) line += fmt::format("  {}", detail);
  if (!terminal_) return print_line(line);
  const std::size_t padding = line.size() < live_width_ ? live_width_ - line.size() : 0;
  fmt::print(stderr, "\r{}{:{}}", line, "", padding);
  std::fflush(stderr);
  live_width_ = line.size();
}

void Console::check_interrupt() {
  if (g_signal == SIGINT) throw Interrupted(ExitCode::interrupted);
  if (g_signal == SIGTERM) throw Interrupted(ExitCode::terminated);
}

void Console::say(const std::string& text) {
  if (verbosity_ == Verbosity::quiet) return;
  clear_live_line();
  fmt::print("{}\n", text);
}

void Console::open_log(const std::filesystem::path& path) {
  log_.open(path);
  for (const std::string& line : backlog_) log_ << line << '\n';
  backlog_.clear();
}

void Console::close_log() {
  if (log_.is_open()) log_.close();
}

void Console::log(const std::string& line) {
  if (log_.is_open()) {
    log_ << line << std::endl;  // flushed: the log must show what a killed run was doing
  } else {
    backlog_.push_back(line);
  }
}

void Console::print_line(const std::string& line) {
  clear_live_line();
  fmt::print(stderr, "{}\n", line);
}

void Console::clear_live_line() {
  if (live_width_ == 0) return;
  fmt::print(stderr, "\r{:{}}\r", "", live_width_);
  std::fflush(stderr);
  live_width_ = 0;
}

}  // namespace osteon::app
