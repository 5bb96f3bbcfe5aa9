// SPDX-License-Identifier: Apache-2.0
// MetaImage and NumPy files: what is written comes back, in every byte order and layout.
#include <zlib.h>

#include "sample_image.hpp"

using namespace osteon;
using namespace osteon::test;

namespace {

std::string meta_header(const VoxelImage& image, const std::string& type, const std::string& more,
                        const std::string& data_file = "LOCAL") {
  const ImageGeometry& g = image.geometry;
  const Mat3& d = g.direction;
  char text[2000];
  std::snprintf(text, sizeof text,
                "ObjectType = Image\nNDims = 3\n%sTransformMatrix = %.17g %.17g %.17g %.17g %.17g %.17g %.17g %.17g "
                "%.17g\nOffset = %.17g %.17g %.17g\nAnatomicalOrientation = RAI\nElementSpacing = %.17g %.17g %.17g\n"
                "DimSize = %d %d %d\nElementType = %s\nElementDataFile = %s\n",
                more.c_str(), d[0], d[3], d[6], d[1], d[4], d[7], d[2], d[5], d[8], g.origin_mm[0], g.origin_mm[1],
                g.origin_mm[2], g.spacing_mm[0], g.spacing_mm[1], g.spacing_mm[2], g.size.x, g.size.y, g.size.z,
                type.c_str(), data_file.c_str());
  return text;
}

std::string deflated(const std::string& raw) {
  uLongf size = compressBound(static_cast<uLong>(raw.size()));
  std::string packed(size, '\0');
  compress(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(raw.data()),
           static_cast<uLong>(raw.size()));
  packed.resize(size);
  return packed;
}

template <class T>
void check_type(const std::string& name) {
  const VoxelImage image = asymmetric_image();
  for (const bool big : {false, true}) {
    CAPTURE(name);
    CAPTURE(big);
    const ScratchFolder folder;
    const std::string order = std::string("BinaryDataByteOrderMSB = ") + (big ? "True\n" : "False\n");
    const std::string raw = voxel_bytes<T>(image, big);
    write_bytes(folder / "raw.mha", meta_header(image, name, order) + raw);
    write_bytes(folder / "zlib.mha", meta_header(image, name, order + "CompressedData = True\n") + deflated(raw));
    write_bytes(folder / "split.mhd", meta_header(image, name, order, "split.raw"));
    write_bytes(folder / "split.raw", raw);

    check_same(read(folder / "raw.mha"), image);
    check_same(read(folder / "zlib.mha"), image);
    check_same(read(folder / "split.mhd"), image);
  }
}

std::string npy_bytes(const std::string& descr, bool fortran, const std::string& shape, const std::string& data,
                      char version = 1) {
  std::string header =
      "{'descr': '" + descr + "', 'fortran_order': " + (fortran ? "True" : "False") + ", 'shape': " + shape + ", }\n";
  const std::string start = std::string("\x93NUMPY") + version + '\0';
  return start +
         (version == 1 ? number_bytes(static_cast<std::uint16_t>(header.size()))
                       : number_bytes(static_cast<std::uint32_t>(header.size()))) +
         header + data;
}

const ReadOptions k_spacing{Vec3{0.1, 0.2, 0.3}};

VoxelImage plain_image() {
  VoxelImage image = asymmetric_image();
  image.geometry.direction = k_identity3;
  image.geometry.origin_mm = {0, 0, 0};
  return image;
}

}  // namespace

TEST_CASE("MetaImage of every number type, byte order and packing keeps voxels and geometry") {
  check_type<std::uint8_t>("MET_UCHAR");
  check_type<std::uint16_t>("MET_USHORT");
  check_type<std::int16_t>("MET_SHORT");
  check_type<std::uint32_t>("MET_UINT");
  check_type<std::int32_t>("MET_INT");
  check_type<std::uint64_t>("MET_ULONG_LONG");
  check_type<std::int64_t>("MET_LONG_LONG");
  check_type<float>("MET_FLOAT");
  check_type<double>("MET_DOUBLE");
}

TEST_CASE("an image written as .mha comes back with its voxels and its place") {
  const ScratchFolder folder;
  const VoxelImage image = asymmetric_image();
  for (const char* type : {"uint8", "int16", "float32"}) {
    const auto path = folder / (std::string(type) + ".mha");
    write_image(path, image, type);

    check_same(read(path), image);
    CHECK(read_image_info(path, {}).value_type == type);
  }
}

TEST_CASE("an image larger than the packing pieces survives .mha and .npy") {
  const ScratchFolder folder;
  VoxelImage image;
  image.geometry.size = {301, 203, 101};
  for (std::int64_t i = 0; i < image.geometry.size.volume(); ++i)
    image.values.push_back(static_cast<float>(i * 7919 % 30011));
  write_image(folder / "large.mha", image, "int16");
  write_image(folder / "large.npy", image, "float32");

  check_same(read(folder / "large.mha"), image);
  check_same(read(folder / "large.npy", ReadOptions{Vec3{1, 1, 1}}), image);
}

TEST_CASE("an image written as .npy comes back; the spacing must be given") {
  const ScratchFolder folder;
  const VoxelImage image = plain_image();
  for (const char* type : {"uint8", "int16", "float32"}) {
    const auto path = folder / (std::string(type) + ".npy");
    write_image(path, image, type);

    check_same(read(path, k_spacing), image);
    CHECK(contains(input_error([&] { read(path); }), "carry no voxel size"));
  }
}

TEST_CASE("NumPy arrays in C and Fortran order, little and big endian, versions 1 and 2, are the same image") {
  const ScratchFolder folder;
  const VoxelImage image = plain_image();
  VoxelImage fortran = image;  // z fastest
  for (int z = 0; z < 3; ++z)
    for (int y = 0; y < 4; ++y)
      for (int x = 0; x < 5; ++x) fortran.values[static_cast<std::size_t>((x * 4 + y) * 3 + z)] = image.at(x, y, z);
  const std::string shape = "(3, 4, 5)";
  write_bytes(folder / "1.npy", npy_bytes("<f8", false, shape, voxel_bytes<double>(image)));
  write_bytes(folder / "2.npy", npy_bytes(">i4", false, shape, voxel_bytes<std::int32_t>(image, true)));
  write_bytes(folder / "3.npy", npy_bytes("<u2", true, shape, voxel_bytes<std::uint16_t>(fortran), 2));
  write_bytes(folder / "4.npy", npy_bytes("|i1", true, shape, voxel_bytes<std::uint8_t>(fortran)));

  check_same(read(folder / "1.npy", k_spacing), image);
  check_same(read(folder / "2.npy", k_spacing), image);
  check_same(read(folder / "3.npy", k_spacing), image);
  CHECK(read(folder / "4.npy", k_spacing).at(4, 2, 1) == image.at(4, 2, 1));
}

TEST_CASE("writing refuses an existing file, values that do not fit, and unknown formats") {
  const ScratchFolder folder;
  VoxelImage image = asymmetric_image();
  write_image(folder / "a.mha", image, "uint8");
  CHECK(contains(input_error([&] { write_image(folder / "a.mha", image, "uint8"); }), "exists already"));
  image.values[7] = 300;
  CHECK(contains(input_error([&] { write_image(folder / "b.mha", image, "uint8"); }), "does not fit"));
  CHECK(contains(input_error([&] { write_image(folder / "c.png", image, "uint8"); }), "cannot write this format"));
  CHECK(contains(input_error([&] { write_image(folder / "d.mha", image, "float64"); }), "cannot write voxels"));
  CHECK(contains(input_error([&] { write_image(folder / "no" / "e.mha", image, "int16"); }), "cannot be written"));

  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) files += entry.is_regular_file() ? 1 : 0;
  CHECK(files == 1);  // nothing half-written
}

TEST_CASE("a damaged or unsuitable MetaImage is refused with the reason") {
  const ScratchFolder folder;
  const VoxelImage image = asymmetric_image();
  const std::string raw = voxel_bytes<std::int16_t>(image);
  const std::string header = meta_header(image, "MET_SHORT", "");
  const auto error = [&](const std::string& bytes) {
    write_bytes(folder / "bad.mha", bytes);
    return input_error([&] { read(folder / "bad.mha"); });
  };
  const auto changed = [&](const std::string& from, const std::string& to) {
    std::string text = header;
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    return error(text.replace(at, text.find('\n', at) - at, to) + raw);
  };
  CHECK(error(header + raw).empty());
  CHECK(contains(error(header + raw.substr(1)), "truncated"));
  CHECK(contains(error(header.substr(0, 60)), "ElementDataFile"));
  CHECK(contains(changed("NDims", "NDims = 2"), "2 dimensions"));
  CHECK(contains(changed("NDims", "NDims = 4"), "4 dimensions"));
  CHECK(contains(changed("ElementSpacing", "ElementSpacing = 0.1 0 0.3"), "not positive"));
  CHECK(contains(changed("ElementSpacing", "ElementSpacing = 0.1 -1 0.3"), "not positive"));
  CHECK(contains(changed("ElementSpacing", "ElementSpacing = 0.1 nan 0.3"), "not positive"));
  CHECK(contains(changed("TransformMatrix", "TransformMatrix = 1 0 0 1 1 0 0 0 1"), "not orthonormal"));
  CHECK(contains(changed("DimSize", "DimSize = 5 4"), "3 numbers"));
  CHECK(contains(changed("DimSize", "DimSize = 5 -4 3"), "impossible image size"));
  CHECK(contains(changed("DimSize", "DimSize = 1000000 1000000 1000000"), "absurd image size"));
  CHECK(contains(changed("DimSize", "DimSize = 9e99 1 1"), "impossible image size"));
  CHECK(contains(changed("DimSize", "DimSize = 5000 4000 3000"), "truncated"));
  CHECK(contains(changed("ElementType", "ElementType = MET_OTHER"), "not a plain number type"));
  CHECK(contains(changed("AnatomicalOrientation", "ElementNumberOfChannels = 3"), "3 components"));
  CHECK(contains(changed("ElementDataFile", "ElementDataFile = missing.raw"), "no such file"));
  CHECK(contains(changed("ElementDataFile", "ElementDataFile = LIST"), "several files"));
  CHECK(contains(changed("AnatomicalOrientation", "BinaryData = False"), "stored as text"));
}

TEST_CASE("damaged compressed voxels are refused, and an absurd size before anything is allocated") {
  const ScratchFolder folder;
  VoxelImage image = asymmetric_image();
  const std::string packed = deflated(voxel_bytes<std::int16_t>(image));
  const std::string header = meta_header(image, "MET_SHORT", "CompressedData = True\n");
  image.geometry.size = {50000, 4000, 3000};
  const std::string huge = meta_header(image, "MET_SHORT", "CompressedData = True\n");
  const auto error = [&](const std::string& bytes) {
    write_bytes(folder / "bad.mha", bytes);
    return input_error([&] { read(folder / "bad.mha"); });
  };
  CHECK(error(header + packed).empty());
  CHECK(contains(error(header + packed.substr(0, packed.size() / 2)), "truncated"));
  CHECK(contains(error(header), "truncated"));
  CHECK(contains(error(header + std::string(80, 'x')), "truncated or damaged"));
  CHECK(contains(error(huge + packed), "far too short"));
}

TEST_CASE("voxels that are NaN, infinite or beyond float are refused with their place") {
  const ScratchFolder folder;
  const VoxelImage image = asymmetric_image();
  for (const double bad : {std::nan(""), -std::numeric_limits<double>::infinity(), 1e300}) {
    std::string raw = voxel_bytes<double>(image);
    raw.replace(8 * image.index(4, 2, 1), 8, number_bytes(bad));
    write_bytes(folder / "bad.mha", meta_header(image, "MET_DOUBLE", "") + raw);

    CHECK(contains(input_error([&] { read(folder / "bad.mha"); }), "voxel (4, 2, 1) is NaN or infinite"));
  }
}

TEST_CASE("a damaged or unsuitable .npy is refused with the reason") {
  const ScratchFolder folder;
  const std::string raw = voxel_bytes<float>(plain_image());
  const auto error = [&](const std::string& bytes) {
    write_bytes(folder / "bad.npy", bytes);
    return input_error([&] { read(folder / "bad.npy", k_spacing); });
  };
  CHECK(error(npy_bytes("<f4", false, "(3, 4, 5)", raw)).empty());
  CHECK(contains(error(npy_bytes("<f4", false, "(3, 4, 5)", raw.substr(1))), "truncated"));
  CHECK(contains(error(npy_bytes("<f4", false, "(12, 5)", raw)), "2 dimensions"));
  CHECK(contains(error(npy_bytes("<f4", false, "(1, 3, 4, 5)", raw)), "4 dimensions"));
  CHECK(contains(error(npy_bytes("<f4", false, "(1000000, 1000000, 1000000)", raw)), "absurd image size"));
  CHECK(contains(error(npy_bytes("<f4", false, "(0, 4, 5)", raw)), "impossible image size"));
  CHECK(contains(error(npy_bytes("<c8", false, "(3, 4, 5)", raw)), "not supported"));
  CHECK(contains(error(npy_bytes("<f4", false, "(3, 4, 5)", raw, 9)), "version 9"));
}

TEST_CASE("missing, empty and unknown files are refused with the reason") {
  const ScratchFolder folder;
  write_bytes(folder / "empty.mha", "");
  write_bytes(folder / "notes.txt", "no image at all");
  write_bytes(folder / "lying.nrrd", "no image at all");

  CHECK(contains(input_error([&] { read(folder / "missing.mha"); }), "no such file"));
  CHECK(contains(input_error([&] { read(folder / "empty.mha"); }), "empty"));
  CHECK(contains(input_error([&] { read(folder / "notes.txt"); }), "unknown image format"));
  CHECK_FALSE(input_error([&] { read(folder / "lying.nrrd"); }).empty());
  std::filesystem::create_directory(folder / "nothing");
  CHECK(contains(input_error([&] { read(folder / "nothing"); }), "neither DICOM nor TIFF"));
}

TEST_CASE("the signature decides when the extension lies, and the caller's spacing replaces the file's") {
  const ScratchFolder folder;
  write_image(folder / "scan.mha", asymmetric_image(), "uint8");
  std::filesystem::rename(folder / "scan.mha", folder / "scan.npy");

  const VoxelImage image = read(folder / "scan.npy", ReadOptions{Vec3{1, 2, 3}});

  CHECK(image.values == asymmetric_image().values);
  CHECK(image.geometry.spacing_mm == Vec3{1, 2, 3});
  CHECK(contains(input_error([&] { read(folder / "scan.npy", ReadOptions{Vec3{1, -2, 3}}); }), "not positive"));
}
