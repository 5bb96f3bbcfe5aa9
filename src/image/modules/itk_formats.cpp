// SPDX-License-Identifier: Apache-2.0
// NIfTI, NRRD, TIFF and DICOM through ITK, which gets their geometry right; all of it comes out in LPS.
#include <fmt/format.h>
#include <itkGDCMImageIO.h>
#include <itkGDCMSeriesFileNames.h>
#include <itkImage.h>
#include <itkImageSeriesReader.h>
#include <itkNiftiImageIO.h>
#include <itkNrrdImageIO.h>
#include <itkTIFFImageIO.h>

#include <algorithm>
#include <cstdarg>

#include "../library_readers.hpp"
#include "osteon/core/error.hpp"
#if __has_include(<gdcmTrace.h>)
#include <gdcmTrace.h>
#define OSTEON_GDCM_TRACE 1
#endif

// The libtiff inside ITK, whose header is not installed; null in an ITK that was built against another one.
using TiffHandler = void (*)(const char*, const char*, va_list);
extern "C" __attribute__((weak)) TiffHandler itk_TIFFSetWarningHandler(TiffHandler);

namespace osteon {
namespace {

namespace fs = std::filesystem;

// Libraries print nothing: messages of ITK and libtiff are off while they read, and then as they were before.
class QuietItk {
 public:
  QuietItk() {
    itk::Object::GlobalWarningDisplayOff();
#ifdef OSTEON_GDCM_TRACE
    gdcm::Trace::WarningOff();
    gdcm::Trace::ErrorOff();
#endif
    if (itk_TIFFSetWarningHandler != nullptr) tiff_before_ = itk_TIFFSetWarningHandler(nullptr);
  }
  ~QuietItk() {
    itk::Object::SetGlobalWarningDisplay(itk_before_);
    if (itk_TIFFSetWarningHandler != nullptr) itk_TIFFSetWarningHandler(tiff_before_);
  }
  QuietItk(const QuietItk&) = delete;
  QuietItk& operator=(const QuietItk&) = delete;

 private:
  bool itk_before_ = itk::Object::GetGlobalWarningDisplay();
  TiffHandler tiff_before_ = nullptr;
};

// Runs `work`; an exception of ITK becomes an InputError about `path`.
template <class Work>
auto with_itk(const fs::path& path, Work work) {
  const QuietItk quiet;
  try {
    return work();
  } catch (const itk::ExceptionObject& error) {
    throw InputError(fmt::format("{}: cannot be read; the file is damaged or of a kind ITK does not know ({})",
                                 path.string(), error.GetDescription()));
  }
}

ValueType value_type(const itk::ImageIOBase& io, const fs::path& path) {
  using Type = itk::ImageIOBase::IOComponentType;
  switch (io.GetComponentType()) {
    case Type::UCHAR:
      return ValueType::uint8;
    case Type::CHAR:
      return ValueType::int8;
    case Type::USHORT:
      return ValueType::uint16;
    case Type::SHORT:
      return ValueType::int16;
    case Type::UINT:
      return ValueType::uint32;
    case Type::INT:
      return ValueType::int32;
    case Type::ULONG:
      return sizeof(long) == 8 ? ValueType::uint64 : ValueType::uint32;
    case Type::LONG:
      return sizeof(long) == 8 ? ValueType::int64 : ValueType::int32;
    case Type::ULONGLONG:
      return ValueType::uint64;
    case Type::LONGLONG:
      return ValueType::int64;
    case Type::FLOAT:
      return ValueType::float32;
    case Type::DOUBLE:
      return ValueType::float64;
    default:
      throw InputError(path.string() + ": voxels of this number type are not supported; save them as float");
  }
}

void check_scalar(const itk::ImageIOBase& io, const fs::path& path) {
  if (io.GetNumberOfComponents() != 1)
    throw InputError(fmt::format("{}: every voxel has {} components; a scan has one value per voxel", path.string(),
                                 io.GetNumberOfComponents()));
}

// Whole file of `io` as floats; `values` has room for it. ITK hands the numbers out in this machine's byte order.
void read_whole(itk::ImageIOBase& io, std::size_t count, ValueType type, float* values) {
  itk::ImageIORegion region(io.GetNumberOfDimensions());
  for (unsigned a = 0; a < io.GetNumberOfDimensions(); ++a) region.SetSize(a, io.GetDimensions(a));
  io.SetIORegion(region);
  std::vector<unsigned char> raw(count * value_bytes(type));
  io.Read(raw.data());
  decode_values(raw.data(), count, type, __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__, values);
}

ImageGeometry io_geometry(const itk::ImageIOBase& io, const fs::path& path) {
  if (io.GetNumberOfDimensions() != 3)
    throw InputError(
        fmt::format("{}: the image has {} dimensions; a scan needs three", path.string(), io.GetNumberOfDimensions()));
  ImageGeometry geometry;
  std::int64_t size[3];
  for (unsigned a = 0; a < 3; ++a) {
    size[a] = static_cast<std::int64_t>(io.GetDimensions(a));
    geometry.spacing_mm[a] = io.GetSpacing(a);
    geometry.origin_mm[a] = io.GetOrigin(a);
    const std::vector<double> axis = io.GetDirection(a);
    for (unsigned row = 0; row < 3; ++row) geometry.direction[row * 3 + a] = axis[row];
  }
  geometry.size = checked_size(size, path.string());
  return geometry;
}

OpenScan open_with(itk::ImageIOBase::Pointer io, const fs::path& path, const char* format) {
  return with_itk(path, [&] {
    io->SetFileName(path.string());
    io->ReadImageInformation();
    check_scalar(*io, path);
    OpenScan scan;
    scan.info.format = format;
    const ValueType type = value_type(*io, path);
    scan.info.value_type = value_name(type);
    scan.info.geometry = io_geometry(*io, path);
    scan.values = [io, path, type, n = scan.info.geometry.size] {
      return with_itk(path, [&] {
        std::vector<float> values(static_cast<std::size_t>(n.volume()));
        read_whole(*io, values.size(), type, values.data());
        return values;
      });
    };
    return scan;
  });
}

itk::TIFFImageIO::Pointer open_slice(const fs::path& slice) {
  check_tiff(slice);
  const auto io = itk::TIFFImageIO::New();
  io->SetFileName(slice.string());
  io->ReadImageInformation();
  check_scalar(*io, slice);
  if (io->GetNumberOfDimensions() != 2) throw InputError(slice.string() + ": this slice holds several pages");
  return io;
}

std::vector<float> read_slices(const std::vector<fs::path>& slices, const Index3& n, ValueType type) {
  const std::size_t area = static_cast<std::size_t>(n.x) * n.y;
  std::vector<float> values(area * n.z);
  for (std::size_t z = 0; z < slices.size(); ++z) {
    with_itk(slices[z], [&] {
      const auto io = open_slice(slices[z]);
      if (static_cast<int>(io->GetDimensions(0)) != n.x || static_cast<int>(io->GetDimensions(1)) != n.y ||
          value_type(*io, slices[z]) != type)
        throw InputError(fmt::format("{}: this slice is {} x {} {}, but the first one is {} x {} {}",
                                     slices[z].string(), io->GetDimensions(0), io->GetDimensions(1),
                                     value_name(value_type(*io, slices[z])), n.x, n.y, value_name(type)));
      read_whole(*io, area, type, values.data() + z * area);
    });
  }
  return values;
}

using FloatImage = itk::Image<float, 3>;
using SeriesReader = itk::ImageSeriesReader<FloatImage>;

// Files of the folder's only series, in the order of their positions.
std::vector<std::string> only_series(const fs::path& folder, std::size_t dicom_files) {
  const auto names = itk::GDCMSeriesFileNames::New();
  names->SetUseSeriesDetails(true);
  names->SetDirectory(folder.string());
  const std::vector<std::string> series = names->GetSeriesUIDs();
  if (series.size() > 1) {
    std::string list;
    for (const std::string& uid : series)
      list += fmt::format("\n  {} ({} files)", uid, names->GetFileNames(uid).size());
    throw InputError(
        fmt::format("{}: holds {} DICOM series; keep one per folder:{}", folder.string(), series.size(), list));
  }
  if (series.empty()) throw InputError(folder.string() + ": holds no readable DICOM image");
  const std::vector<std::string> files = names->GetFileNames(series.front());
  if (files.size() != dicom_files)
    throw InputError(fmt::format("{}: only {} of {} DICOM files are readable slices; the others may be truncated",
                                 folder.string(), files.size(), dicom_files));
  return files;
}

// Uncompressed slices must hold all their pixels; GDCM fills what is missing without a word.
void check_slice_length(itk::GDCMImageIO& io, const std::string& path) {
  std::string syntax, bits;
  itk::ExposeMetaData<std::string>(io.GetMetaDataDictionary(), "0002|0010", syntax);
  itk::ExposeMetaData<std::string>(io.GetMetaDataDictionary(), "0028|0100", bits);
  const bool little_endian = syntax.empty() || syntax.compare(0, 17, "1.2.840.10008.1.2") == 0;
  const std::string kind = little_endian && syntax.size() >= 17 ? syntax.substr(17, syntax.find('\0', 17) - 17) : "";
  if (!little_endian || (!kind.empty() && kind != ".1")) return;  // packed, or big-endian
  const std::uint64_t pixels = std::uint64_t{io.GetDimensions(0)} * io.GetDimensions(1) *
                               static_cast<std::uint64_t>(std::max(std::atoi(bits.c_str()), 8)) / 8;
  FileBytes file(path);
  file.require(0, pixels, "this DICOM slice");
  const std::string tag = "\xe0\x7f\x10" + std::string(1, '\0');  // (7FE0,0010) pixel data
  for (const std::uint64_t header : {8, 12})                      // implicit, explicit: usual place, at the end
    for (const std::uint64_t tail : {pixels, pixels + pixels % 2})
      if (file.size() >= tail + header && file.read_up_to(file.size() - tail - header, 4) == tag) return;
  const std::string whole = file.read_up_to(0, file.size());
  const std::size_t at = whole.rfind(tag);
  if (at == std::string::npos) file.fail("truncated: this DICOM slice holds no pixels");
  file.require(at + 8, pixels, "the pixels of this DICOM slice");
}

std::vector<float> read_series(SeriesReader& reader, const fs::path& folder) {
  reader.Update();
  FloatImage& image = *reader.GetOutput();
  double deviation = 0;  // absent when even
  itk::ExposeMetaData<double>(image.GetMetaDataDictionary(), "ITK_non_uniform_sampling_deviation", deviation);
  constexpr double k_tolerance = 0.02;  // of the spacing: positions are rounded to a few digits in the headers
  if (deviation > k_tolerance * image.GetSpacing()[2])
    throw InputError(fmt::format("{}: the slices are not evenly spaced (up to {} mm off); one may be missing",
                                 folder.string(), deviation));
  const auto count = image.GetLargestPossibleRegion().GetNumberOfPixels();
  return std::vector<float>(image.GetBufferPointer(), image.GetBufferPointer() + count);
}

OpenScan nifti(const fs::path& path) {
  check_nifti(path);
  return open_with(itk::NiftiImageIO::New().GetPointer(), path, "NIfTI");
}

OpenScan nrrd(const fs::path& path) {
  check_nrrd(path);
  return open_with(itk::NrrdImageIO::New().GetPointer(), path, "NRRD");
}

OpenScan tiff(const fs::path& path) {
  check_tiff(path);
  OpenScan scan = open_with(itk::TIFFImageIO::New().GetPointer(), path, "TIFF");
  scan.has_spacing = false;  // resolution tags speak of print, and not of z
  return scan;
}

OpenScan tiff_stack(const std::vector<fs::path>& slices) {
  return with_itk(slices.front(), [&] {
    const auto io = open_slice(slices.front());
    const ValueType type = value_type(*io, slices.front());
    OpenScan scan;
    scan.info.format = "TIFF stack";
    scan.info.value_type = value_name(type);
    const std::int64_t size[3] = {static_cast<std::int64_t>(io->GetDimensions(0)),
                                  static_cast<std::int64_t>(io->GetDimensions(1)),
                                  static_cast<std::int64_t>(slices.size())};
    scan.info.geometry.size = checked_size(size, slices.front().parent_path().string());
    scan.has_spacing = false;
    scan.values = [slices, type, n = scan.info.geometry.size] { return read_slices(slices, n, type); };
    return scan;
  });
}

OpenScan dicom_folder(const fs::path& folder, std::size_t dicom_files) {
  return with_itk(folder, [&] {
    const std::vector<std::string> files = only_series(folder, dicom_files);
    const auto io = itk::GDCMImageIO::New();
    for (const std::string& file : files) {
      io->SetFileName(file);
      io->ReadImageInformation();
      check_scalar(*io, file);
      check_slice_length(*io, file);
    }
    const auto reader = SeriesReader::New();
    reader->SetImageIO(io);
    reader->SetFileNames(files);
    reader->UpdateOutputInformation();
    const FloatImage& image = *reader->GetOutput();
    OpenScan scan;
    scan.info.format = "DICOM series";
    scan.info.value_type = value_name(value_type(*io, folder));
    std::int64_t size[3];
    for (unsigned a = 0; a < 3; ++a) {
      size[a] = static_cast<std::int64_t>(image.GetLargestPossibleRegion().GetSize(a));
      scan.info.geometry.spacing_mm[a] = image.GetSpacing()[a];
      scan.info.geometry.origin_mm[a] = image.GetOrigin()[a];
      for (unsigned row = 0; row < 3; ++row) scan.info.geometry.direction[row * 3 + a] = image.GetDirection()[row][a];
    }
    scan.info.geometry.size = checked_size(size, folder.string());
    scan.values = [reader, folder] { return with_itk(folder, [&] { return read_series(*reader, folder); }); };
    return scan;
  });
}

}  // namespace

const ItkReaders osteon_image_itk = {nifti, nrrd, tiff, tiff_stack, dicom_folder};

}  // namespace osteon
