# SPDX-License-Identifier: Apache-2.0
"""Runs one command and writes what it cost: python3 -I -S measure.py OUT.json COMMAND...

A process of its own, without NumPy in it: a child's peak memory, as the kernel counts it, is never below that of the
process that started it. Each MPI rank is started through it too; OUT.json may hold {rank}.
"""
import json
import os
import resource
import subprocess
import sys
import time


def main():
    rank = os.environ.get("OMPI_COMM_WORLD_RANK", os.environ.get("PMI_RANK", "0"))  # Open MPI, MPICH
    path, command = sys.argv[1].replace("{rank}", rank), sys.argv[2:]
    start = time.monotonic()
    code = subprocess.call(command)
    wall_s = time.monotonic() - start
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cost = {"exit_code": code, "wall_s": wall_s, "user_s": used.ru_utime, "system_s": used.ru_stime,
            "peak_memory_mb": used.ru_maxrss * 1024 / 1e6}
    with open(path, "w") as file:
        json.dump(cost, file)
    return code


sys.exit(main())
