# SPDX-License-Identifier: Apache-2.0
osteon_test(io unit osteon_io hdf5::hdf5 ZLIB::ZLIB)
