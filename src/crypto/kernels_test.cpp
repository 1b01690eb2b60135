// SPDX-License-Identifier: Apache-2.0
#include "crypto/kernels_test.hpp"

namespace jiffy::crypto
{
namespace
{
TEST(Kernels, scalar)
{
    expect_batches_equal_single(scalar_kernels());
}

TEST(Kernels, native)
{
    expect_batches_equal_single(native_kernels());
}
}  // namespace
}  // namespace jiffy::crypto
