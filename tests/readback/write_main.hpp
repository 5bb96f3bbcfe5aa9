// SPDX-License-Identifier: Apache-2.0
// The command line of the programs that write examples for other programs' readers.
#pragma once

#include <cstdio>
#include <exception>
#include <filesystem>

/// `write` fills the folder named on the command line.
inline int write_main(int argc, char** argv, void (*write)(const std::filesystem::path& folder)) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
    return 2;
  }
  try {
    write(argv[1]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
