// SPDX-License-Identifier: Apache-2.0
#include "crypto/kernels_test.hpp"
#include "crypto/native/keccak_batch.hpp"

namespace jiffy::crypto
{
namespace
{
// `native_kernels` is not this one on a processor with AVX-512.
TEST(Kernels, avx2)
{
    expect_batches_equal_single({.name = "avx2", .keccak256_batch = keccak256_batch_avx2});
}
}  // namespace
}  // namespace jiffy::crypto
