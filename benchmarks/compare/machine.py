# SPDX-License-Identifier: Apache-2.0
"""What a measurement has to say about the machine, and which cores it may use."""
import datetime
import os
import platform

QUIET_LOAD = 0.3  # other work on the machine, in cores, above which times are marked


def machine():
    cpu = platform.processor() or platform.machine()
    with open("/proc/cpuinfo") as file:
        cpu = next((line.split(":", 1)[1].strip() for line in file if line.startswith("model name")), cpu)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return {"cpu": cpu, "cores": os.cpu_count(), "memory_gb": memory, "system": platform.platform(terse=True)}


def now():
    return datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")


def use_cores(count):
    """Restricts this process, and so everything it starts, to `count` cores."""
    usable = sorted(os.sched_getaffinity(0))
    if count > len(usable):
        raise SystemExit(f"{count} cores are asked for, but only {len(usable)} can be used here")
    os.sched_setaffinity(0, usable[:count])
    return usable[:count]


def load_note():
    """(load average, what a reader has to know about it); to be called before the first run of ours."""
    load = os.getloadavg()[0]
    if load <= QUIET_LOAD:
        return load, []
    return load, [f"The machine was not quiet: load average {load:.1f} before the first run. Do not quote these times."]
