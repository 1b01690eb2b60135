// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.hpp"

#include <filesystem>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace jiffy::vectors
{
/// Folder of a suite of published test vectors, for example "wycheproof". The packs are looked for in the folder that
/// the environment names with JIFFY_VECTORS, else in ../shared/vectors beside the repository. A suite may be there as a
/// folder or as <suite>.tar.zst, which is unpacked into the build folder once, however many processes ask. Empty, with
/// the reason on standard error, if it is not there or cannot be unpacked.
std::optional<std::filesystem::path> vectors_folder(std::string_view suite);

/// True if JIFFY_REQUIRE_VECTORS=1: a missing suite is a failure then.
bool vectors_are_required();

/// Contents of a JSON file; a file that cannot be read or parsed ends the test with an exception.
nlohmann::json read_json(const std::filesystem::path& file);

/// Bytes of hex digits in a vector; throws on anything else.
Bytes hex_bytes(const nlohmann::json& text);
}  // namespace jiffy::vectors

/// Declares `folder` as the folder of `suite`, or leaves the test: skipped, or failed where vectors are required. A
/// macro because only one can return from its caller.
#define JIFFY_VECTORS_OR_SKIP(folder, suite)                                \
    const auto folder##_found = ::jiffy::vectors::vectors_folder(suite);    \
    if (!folder##_found && ::jiffy::vectors::vectors_are_required())        \
        FAIL() << "required test vectors are missing: " << (suite);         \
    if (!folder##_found)                                                    \
        GTEST_SKIP() << "no test vectors (set JIFFY_VECTORS): " << (suite); \
    const std::filesystem::path& folder = *folder##_found
