// SPDX-License-Identifier: Apache-2.0
#include "crypto/modexp.hpp"

#include <algorithm>
#include <gmp.h>
#include <memory>

namespace jiffy::crypto
{
namespace
{
static_assert(sizeof(mp_limb_t) == 8 && GMP_NAIL_BITS == 0);

BytesView without_leading_zeros(BytesView number) noexcept
{
    const auto first = std::find_if(number.begin(), number.end(), [](Byte byte) { return byte != 0; });
    return number.subspan(static_cast<std::size_t>(first - number.begin()));
}

/// A number that GMP reads in place: on the stack up to the length limit of EIP-7823, on the heap above it.
class Number
{
public:
    explicit Number(BytesView big_endian) noexcept
    {
        const BytesView digits = without_leading_zeros(big_endian);
        const std::size_t count = (digits.size() + 7) / 8;
        mp_limb_t* limbs = few_;
        if (count > std::size(few_))
        {
            many_ = std::make_unique_for_overwrite<mp_limb_t[]>(count);
            limbs = many_.get();
        }
        for (std::size_t i = 0; i < count; ++i)
        {
            const std::size_t end = digits.size() - 8 * i;
            const std::size_t length = std::min<std::size_t>(8, end);
            Byte padded[8] = {};
            std::memcpy(padded + 8 - length, digits.data() + end - length, length);
            std::uint64_t limb;
            std::memcpy(&limb, padded, 8);
            limbs[i] = __builtin_bswap64(limb);
        }
        mpz_roinit_n(value_, limbs, static_cast<mp_size_t>(count));
    }
    Number(const Number&) = delete;
    Number& operator=(const Number&) = delete;

    mpz_srcptr get() const noexcept { return value_; }

private:
    mp_limb_t few_[128];
    std::unique_ptr<mp_limb_t[]> many_;
    mpz_t value_;
};
}  // namespace

void modular_power(BytesView base, BytesView exponent, BytesView modulus, std::span<Byte> result) noexcept
{
    std::ranges::fill(result, Byte{0});
    const Number m{modulus};
    if (mpz_sgn(m.get()) == 0)
        return;
    const Number b{base};
    const Number e{exponent};

    mpz_t power;
    mpz_init2(power, mpz_size(m.get()) * 64);
    mpz_powm(power, b.get(), e.get(), m.get());
    const std::size_t length = (mpz_sizeinbase(power, 2) + 7) / 8;
    if (mpz_sgn(power) != 0)
        mpz_export(result.data() + result.size() - length, nullptr, 1, 1, 0, 0, power);
    mpz_clear(power);
}
}  // namespace jiffy::crypto
