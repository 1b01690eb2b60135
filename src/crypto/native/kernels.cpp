// SPDX-License-Identifier: Apache-2.0
#include "crypto/kernels.hpp"

namespace jiffy::crypto
{
const Kernels& native_kernels() noexcept
{
    return scalar_kernels();
}
}  // namespace jiffy::crypto
