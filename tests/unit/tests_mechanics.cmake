# SPDX-License-Identifier: Apache-2.0
osteon_test(mechanics unit osteon_mechanics Eigen3::Eigen)
