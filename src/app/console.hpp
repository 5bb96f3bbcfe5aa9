// SPDX-License-Identifier: Apache-2.0
// The program's Monitor: log file, one live line on a terminal, and Ctrl-C.
#pragma once

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "osteon/core/monitor.hpp"

namespace osteon::app {

enum class Verbosity { quiet, normal, verbose };

/// Makes SIGINT and SIGTERM set a flag that check_interrupt() reads; a second signal ends the program at once.
void install_signal_handlers();

class Console : public Monitor {
 public:
  explicit Console(Verbosity verbosity);
  ~Console() override;

  void note(std::string_view text) override;
  void warn(std::string_view text) override;
  void progress(std::string_view stage, double fraction, std::string_view detail) override;
  void check_interrupt() override;

  /// A result for the user on standard output; not when quiet.
  void say(const std::string& text);
  /// Writes everything noted so far and from now on to `path`.
  void open_log(const std::filesystem::path& path);
  void close_log();
  const std::vector<std::string>& warnings() const { return warnings_; }
  double elapsed_s() const;

 private:
  void log(const std::string& line);
  void print_line(const std::string& line);
  void clear_live_line();

  Verbosity verbosity_;
  bool terminal_;
  std::chrono::steady_clock::time_point start_, last_print_;
  std::size_t live_width_ = 0;
  std::vector<std::string> backlog_, warnings_;
  std::ofstream log_;
};

}  // namespace osteon::app
