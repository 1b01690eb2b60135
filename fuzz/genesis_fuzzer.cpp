// SPDX-License-Identifier: Apache-2.0
#include "node/genesis_file.hpp"
#include "require.hpp"

/// The reader of genesis files, on bytes from anywhere: a chain or a complaint.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto parsed = jiffy::node::parse_genesis({reinterpret_cast<const char*>(data), size});
    jiffy::fuzz::require(parsed || !parsed.error().empty(), "a refusal has a reason");
    if (parsed)
        jiffy::fuzz::require(parsed->genesis.header.base_fee_per_gas.has_value(), "a chain has a base fee");
    return 0;
}
