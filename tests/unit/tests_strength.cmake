# SPDX-License-Identifier: Apache-2.0
osteon_test(strength unit osteon_strength Eigen3::Eigen)
