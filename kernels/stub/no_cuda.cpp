// SPDX-License-Identifier: Apache-2.0
// Linked when CUDA is not compiled in.
