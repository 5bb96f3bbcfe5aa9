#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Compiles every CUDA kernel for each architecture and lists registers, spills and shared memory as ptxas reports them.
# Needs nvcc, no GPU. Writes benchmarks/results/cuda-registers.md (or the file given). Fails when a kernel spills.
#   scripts/cuda-report.sh [FILE]          NVCC=... ARCHITECTURES="80 90" may be set
set -eu
cd "$(dirname "$0")/.."
out=${1:-benchmarks/results/cuda-registers.md}
nvcc=${NVCC:-nvcc}
architectures=${ARCHITECTURES:-80 90}
command -v "$nvcc" > /dev/null || { echo "cuda-report: no nvcc; set NVCC" >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for source in kernels/*/*_cuda.cu; do
  family=$(basename "$(dirname "$source")")
  for architecture in $architectures; do
    if ! "$nvcc" -O3 -std=c++17 --default-stream=per-thread "-arch=sm_$architecture" -Xptxas -v -I. -Iinclude -cubin -o "$work/cubin" "$source" \
      > "$work/log" 2>&1; then
      cat "$work/log" >&2
      exit 1
    fi
    # One line per kernel: family, architecture, mangled name, registers, spill bytes, stack bytes, shared bytes.
    awk -v family="$family" -v architecture="$architecture" '
      /Compiling entry function/ { split($0, part, "\047"); name = part[2] }
      /bytes stack frame/ { stack = $1; spill = $5 + $9 }
      /Used [0-9]+ registers/ {
        match($0, /Used [0-9]+/); registers = substr($0, RSTART + 5, RLENGTH - 5)
        shared = 0
        if (match($0, /[0-9]+ bytes smem/)) shared = substr($0, RSTART, RLENGTH) + 0
        print family, architecture, name, registers, spill, stack, shared
      }' "$work/log" >> "$work/table"
  done
done

mkdir -p "$(dirname "$out")"
{
  echo "# Registers, spills and shared memory of the CUDA kernels"
  echo
  echo "Written by \`scripts/cuda-report.sh\` with $("$nvcc" --version | sed -n 's/.*release \([0-9.]*\),.*/nvcc \1/p')."
  echo "A compiler report: nothing here was run on a GPU."
  echo
  echo "| family | kernel | sm | registers | spill B | stack B | shared B |"
  echo "| --- | --- | --- | --- | --- | --- | --- |"
  c++filt < "$work/table" | sed -E 's/\(anonymous namespace\):://g; s/osteon::(kernels::)?(cuda::)?//g; s/([a-z_]+) ([0-9]+) void /\1 \2 /' |
    sed -E 's/^([a-z_]+) ([0-9]+) ([A-Za-z0-9_]+(<.*>)?)\(.*\) ([0-9]+) ([0-9]+) ([0-9]+) ([0-9]+)$/\1;\2;\3;\5;\6;\7;\8/' |
    sort -t ';' -k1,1 -k3,3 -k2,2n | awk -F ';' '{ print "| " $1 " | `" $3 "` | " $2 " | " $4 " | " $5 " | " $6 " | " $7 " |" }'
} > "$out"
if awk '$5 > 0 { bad = 1 } END { exit !bad }' "$work/table"; then
  echo "cuda-report: some kernels spill registers, see $out" >&2
  exit 1
fi
echo "$out"
