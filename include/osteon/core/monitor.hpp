// SPDX-License-Identifier: Apache-2.0
// Where libraries report to. They print nothing themselves; the program passes a Monitor that does.
#pragma once

#include <string>
#include <string_view>

namespace osteon {

/// Receives notes, warnings and progress of long work. The default swallows everything and never cancels.
/// Calls come from one thread at a time.
class Monitor {
 public:
  virtual ~Monitor() = default;
  /// One line worth keeping in the log, without a final newline.
  virtual void note(std::string_view) {}
  /// Something the user should know; also ends in summary.json `warnings`.
  virtual void warn(std::string_view) {}
  /// `stage` is a short constant name ("solve", "write"); `fraction` in [0,1], negative when unknown.
  virtual void progress(std::string_view /*stage*/, double /*fraction*/, std::string_view /*detail*/) {}
  /// Throws Interrupted when the user asked to stop. Called at least once per solver iteration.
  virtual void check_interrupt() {}
};

/// A Monitor that does nothing, for callers that do not care.
Monitor& silent_monitor();

}  // namespace osteon
