// SPDX-License-Identifier: Apache-2.0
// Chooses the reader: by the file's first bytes where the format has a signature, else by its extension.
#include "osteon/image/read.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "file_extension.hpp"
#include "formats.hpp"
#include "osteon/core/error.hpp"

namespace osteon {
namespace {

namespace fs = std::filesystem;

bool has_text(const std::string& head, std::size_t at, std::string_view text) {
  return head.size() >= at + text.size() && head.compare(at, text.size(), text) == 0;
}
bool is_aim(const std::string& head) {
  using namespace std::string_literals;
  return has_text(head, 0, "AIMDATA_V030") ||
         has_text(head, 0, "\x14\0\0\0\x8c\0\0\0"s);  // block list 20, structure 140
}
bool is_isq(const std::string& head) { return has_text(head, 0, "CTDATA-HEADER_V1"); }
bool is_npy(const std::string& head) { return has_text(head, 0, "\x93NUMPY"); }
bool is_nrrd(const std::string& head) { return has_text(head, 0, "NRRD000"); }
bool is_nifti(const std::string& head) {
  return has_text(head, 344, "n+1") || has_text(head, 344, "ni1") || has_text(head, 4, "n+2");
}
bool is_tiff(const std::string& head) {
  using namespace std::string_literals;
  return has_text(head, 0, "II*\0"s) || has_text(head, 0, "MM\0*"s) || has_text(head, 0, "II+\0"s) ||
         has_text(head, 0, "MM\0+"s);
}
bool is_vti(const std::string& head) {
  return head.find("<VTKFile") != std::string::npos && head.find("ImageData") != std::string::npos;
}
bool is_meta_image(const std::string& head) {
  return has_text(head, 0, "ObjectType") || has_text(head, 0, "NDims") || has_text(head, 0, "Comment");
}
bool is_dicom(const std::string& head) { return has_text(head, 128, "DICM"); }

struct Format {
  const char* extensions;  // each with a blank behind
  bool (*recognises)(const std::string& head);
  OpenScan (*open)(const fs::path& path);
};

constexpr Format k_formats[] = {
    {".aim ", is_aim, open_aim},         {".isq ", is_isq, open_isq},
    {".npy ", is_npy, open_npy},         {".mha .mhd ", is_meta_image, open_meta_image},
    {".nii .gz ", is_nifti, open_nifti}, {".nrrd .nhdr ", is_nrrd, open_nrrd},
    {".tif .tiff ", is_tiff, open_tiff}, {".vti ", is_vti, open_vti},
};

std::string first_bytes(const fs::path& path) {
  constexpr std::size_t k_signatures_end = 1024;
  return FileBytes(path).read_up_to(0, k_signatures_end);
}

OpenScan open_file(const fs::path& path) {
  const std::string head = first_bytes(path);
  for (const Format& format : k_formats)
    if (format.recognises(head)) return format.open(path);
  if (is_dicom(head))
    throw InputError(path.string() + ": this is one DICOM slice; give the folder that holds the whole series");
  const std::string extension = lower_extension(path);
  for (const Format& format : k_formats)
    if (!extension.empty() && std::string(format.extensions).find(extension + " ") != std::string::npos)
      return format.open(path);
  if (extension == ".vtkhdf" || extension == ".hdf")
    throw InputError(path.string() + ": this is a result, not a scan; `osteon info`, `risk` and `export` take results");
  throw InputError(path.string() +
                   ": unknown image format; Osteon reads .aim .isq .mha .mhd .nii .nii.gz .nrrd .nhdr .vti .npy .tif "
                   "and folders of DICOM or TIFF slices");
}

// "slice2" before "slice10".
bool natural_less(const std::string& a, const std::string& b) {
  std::size_t i = 0, j = 0;
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  while (i < a.size() && j < b.size()) {
    if (digit(a[i]) && digit(b[j])) {
      const auto number = [&](const std::string& s, std::size_t& at) {
        while (at + 1 < s.size() && s[at] == '0' && digit(s[at + 1])) ++at;
        const std::size_t first = at;
        while (at < s.size() && digit(s[at])) ++at;
        return s.substr(first, at - first);
      };
      const std::string m = number(a, i), n = number(b, j);
      if (m.size() != n.size()) return m.size() < n.size();
      if (m != n) return m < n;
    } else {
      if (a[i] != b[j]) return a[i] < b[j];
      ++i;
      ++j;
    }
  }
  return a.size() - i < b.size() - j || (a.size() - i == b.size() - j && a < b);
}

OpenScan open_folder(const fs::path& folder) {
  std::vector<fs::path> slices;
  std::size_t dicom_files = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (!entry.is_regular_file() || entry.file_size() == 0) continue;
    const std::string extension = lower_extension(entry.path());
    if (extension == ".tif" || extension == ".tiff")
      slices.push_back(entry.path());
    else if (is_dicom(first_bytes(entry.path())))
      ++dicom_files;
  }
  if (!slices.empty() && dicom_files > 0)
    throw InputError(fmt::format("{}: holds {} TIFF and {} DICOM files; keep one scan per folder", folder.string(),
                                 slices.size(), dicom_files));
  if (dicom_files > 0) return open_dicom_folder(folder, dicom_files);
  if (slices.empty()) throw InputError(folder.string() + ": this folder holds neither DICOM nor TIFF slices");
  std::sort(slices.begin(), slices.end(), [](const fs::path& a, const fs::path& b) {
    return natural_less(a.filename().string(), b.filename().string());
  });
  return open_tiff_stack(slices);
}

OpenScan open_scan(const fs::path& path, const ReadOptions& options) {
  OpenScan scan = fs::is_directory(path) ? open_folder(path) : open_file(path);
  scan.info.has_spacing = scan.has_spacing || options.spacing_mm.has_value();
  if (options.spacing_mm) scan.info.geometry.spacing_mm = *options.spacing_mm;
  if (!scan.info.has_spacing) scan.info.geometry.spacing_mm = {1, 1, 1};
  check_geometry(scan.info.geometry, path.string());
  return scan;
}

void require_spacing(const OpenScan& scan, const fs::path& path) {
  if (!scan.info.has_spacing)
    throw InputError(path.string() + ": " + scan.info.format +
                     " files carry no voxel size; give it, e.g. spacing_mm = [0.0195, 0.0195, 0.0195]");
}

}  // namespace

VoxelImage read_image(const fs::path& path, const ReadOptions& options, Monitor& monitor) {
  monitor.check_interrupt();
  OpenScan scan = open_scan(path, options);
  require_spacing(scan, path);
  VoxelImage image;
  image.geometry = scan.info.geometry;
  image.calibration = scan.info.calibration;
  image.source = path.string();
  image.values = scan.values();
  OSTEON_ASSERT(image.values.size() == static_cast<std::size_t>(image.geometry.size.volume()));
  check_finite(image);
  const ImageGeometry& g = image.geometry;
  monitor.note(fmt::format("read {} ({}, {}): {} x {} x {} voxels of {} x {} x {} mm", path.string(), scan.info.format,
                           scan.info.value_type, g.size.x, g.size.y, g.size.z, g.spacing_mm[0], g.spacing_mm[1],
                           g.spacing_mm[2]));
  return image;
}

ImageInfo read_image_info(const fs::path& path, const ReadOptions& options) { return open_scan(path, options).info; }

}  // namespace osteon
