// SPDX-License-Identifier: Apache-2.0
#include "evm_comparison.hpp"
#include "require.hpp"

// The fast interpreter and the plain one must agree on whatever the bytes stand for.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace jiffy;
    static fuzz::Comparison comparison;
    const std::string difference = comparison.difference(fuzz::make_scenario({data, size}));
    fuzz::require(difference.empty(), difference.c_str());
    return 0;
}
