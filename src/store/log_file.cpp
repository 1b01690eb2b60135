// SPDX-License-Identifier: Apache-2.0
#include "store/log_file.hpp"

#include <algorithm>
#include <charconv>

namespace jiffy::store
{
namespace
{
constexpr std::string_view name_prefix = "wal-";
constexpr std::size_t name_digits = 16;
constexpr std::uint64_t zeros_portion = std::uint64_t{1} << 20;
}  // namespace

std::string log_file_name(std::uint64_t number)
{
    std::string digits(name_digits, '0');
    for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, number >>= 4)
        *digit = "0123456789abcdef"[number & 15];
    return std::string{name_prefix} + digits;
}

std::optional<std::uint64_t> number_in_log_file_name(const std::string& name)
{
    if (!name.starts_with(name_prefix) || name.size() != name_prefix.size() + name_digits)
        return std::nullopt;
    std::uint64_t number = 0;
    std::from_chars(name.data() + name_prefix.size(), name.data() + name.size(), number, 16);
    if (log_file_name(number) != name)
        return std::nullopt;
    return number;
}

StoreResult<void> write_file_header(File& file, const FileHeader* header)
{
    const auto bytes = header != nullptr ? encode(*header) : FileHeaderBytes{};
    if (auto written = file.write_at(0, bytes.view()); !written)
        return written;
    return file.write_at(second_header_offset, bytes.view());
}

StoreResult<void> write_zeros(File& file, std::uint64_t begin, std::uint64_t end)
{
    const Bytes zeros(std::min(zeros_portion, end - std::min(begin, end)));
    while (begin < end)
    {
        const auto count = std::min<std::uint64_t>(zeros.size(), end - begin);
        if (auto written = file.write_at(begin, BytesView{zeros}.first(count)); !written)
            return written;
        if (auto synced = file.sync_data(); !synced)
            return synced;
        begin += count;
    }
    return {};
}
}  // namespace jiffy::store
