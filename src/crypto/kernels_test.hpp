// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "crypto/keccak.hpp"
#include "crypto/kernels.hpp"
#include "crypto/test_bytes.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jiffy::crypto
{
/// Expects of one batch that each digest is the one of `keccak256`.
inline void expect_batch_equals_single(const Kernels& kernels, const std::vector<Bytes>& messages)
{
    const std::vector<BytesView> views(messages.begin(), messages.end());
    std::vector<Hash> digests(messages.size());
    kernels.keccak256_batch(views.data(), digests.data(), views.size());
    for (std::size_t i = 0; i < messages.size(); ++i)
        EXPECT_EQ(digests[i], keccak256(messages[i]))
            << kernels.name << ", message " << i << " of " << messages.size() << ", " << messages[i].size() << " bytes";
}

/// Expects the same of batches of every small size, of every length and of random ones.
inline void expect_batches_equal_single(const Kernels& kernels)
{
    std::vector<Bytes> every_length;
    for (std::size_t length = 0; length <= 600; ++length)
        every_length.push_back(test_bytes(length, length));
    expect_batch_equals_single(kernels, every_length);

    for (const std::size_t length : {0UL, 32UL, 135UL, 136UL, 532UL})
        for (std::size_t count = 0; count <= 33; ++count)
        {
            std::vector<Bytes> messages;
            for (std::size_t i = 0; i < count; ++i)
                messages.push_back(test_bytes(length, i));
            expect_batch_equals_single(kernels, messages);
        }

    EXPECT_TRUE(rc::check(
        [&kernels]
        {
            const auto lengths = *rc::gen::container<std::vector<std::size_t>>(
                rc::gen::weightedOneOf<std::size_t>({{4, rc::gen::inRange<std::size_t>(0, 140)},
                    {4, rc::gen::inRange<std::size_t>(500, 560)}, {1, rc::gen::inRange<std::size_t>(0, 6000)}}));
            std::vector<Bytes> messages;
            for (const std::size_t length : lengths)
                messages.push_back(test_bytes(length, messages.size()));
            expect_batch_equals_single(kernels, messages);
        }));
}
}  // namespace jiffy::crypto
