# SPDX-License-Identifier: Apache-2.0
osteon_test(model unit osteon_model Eigen3::Eigen)
