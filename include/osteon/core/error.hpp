// SPDX-License-Identifier: Apache-2.0
// Errors a user can meet. Each says what went wrong, where, and what to try; each knows its exit code.
#pragma once

#include <stdexcept>
#include <string>

namespace osteon {

/// Exit codes of the program (design section 3).
enum class ExitCode : int {
  done = 0,
  internal = 1,
  usage = 2,          ///< command line or case file
  input = 3,          ///< image, mesh or result file
  not_converged = 4,  ///< fields are still written, and marked
  device = 5,         ///< no such device, or out of memory
  interrupted = 130,
  terminated = 143
};

class Error : public std::runtime_error {
 public:
  Error(ExitCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  ExitCode code() const { return code_; }

 private:
  ExitCode code_;
};

/// Command line or case file at fault.
struct UsageError : Error {
  explicit UsageError(const std::string& message) : Error(ExitCode::usage, message) {}
};

/// Image, mesh, result file or the bone in it at fault.
struct InputError : Error {
  explicit InputError(const std::string& message) : Error(ExitCode::input, message) {}
};

/// No usable device, or not enough memory on it.
struct DeviceError : Error {
  explicit DeviceError(const std::string& message) : Error(ExitCode::device, message) {}
};

/// A step of a simulation that must not be used: the solve failed, or a field holds what it cannot hold. Exit code as
/// for a solve that did not converge.
struct SimulationError : Error {
  explicit SimulationError(const std::string& message) : Error(ExitCode::not_converged, message) {}
};

/// The user asked to stop (SIGINT 130, SIGTERM 143).
struct Interrupted : Error {
  explicit Interrupted(ExitCode code) : Error(code, "interrupted") {}
};

/// A broken promise inside Osteon; never the user's fault.
struct InternalError : Error {
  explicit InternalError(const std::string& message) : Error(ExitCode::internal, message) {}
};

}  // namespace osteon

/// Cheap check of an internal promise, always on.
#define OSTEON_ASSERT(condition)                                                                      \
  do {                                                                                                \
    if (!(condition))                                                                                 \
      throw ::osteon::InternalError(std::string("internal check failed: " #condition " at ") + __FILE__ + \
                                    ":" + std::to_string(__LINE__));                                  \
  } while (false)
