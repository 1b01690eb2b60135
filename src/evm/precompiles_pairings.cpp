// SPDX-License-Identifier: Apache-2.0
#include "base/hex.hpp"
#include "crypto/bls12_381.hpp"
#include "crypto/bn254.hpp"
#include "crypto/hashes.hpp"
#include "crypto/kzg.hpp"
#include "evm/precompiles_contracts.hpp"

#include <optional>

namespace jiffy::evm
{
namespace
{
/// Input sizes of EIP-2537, in bytes.
constexpr std::size_t g1_size = 128;
constexpr std::size_t g2_size = 256;
constexpr std::size_t field_element_size = 64;
constexpr std::size_t scalar_size = 32;
constexpr std::size_t g1_item_size = g1_size + scalar_size;
constexpr std::size_t g2_item_size = g2_size + scalar_size;
constexpr std::size_t pair_size = g1_size + g2_size;

/// Price of k multiplications at once as a fraction of 1000 of the price of k single ones, by k - 1; longer sums
/// cost as the last entry says (EIP-2537).
using Discounts = std::array<std::uint16_t, 128>;

constexpr Discounts g1_discounts{1000, 949, 848, 797, 764, 750, 738, 728, 719, 712, 705, 698, 692, 687, 682, 677, 673,
    669, 665, 661, 658, 654, 651, 648, 645, 642, 640, 637, 635, 632, 630, 627, 625, 623, 621, 619, 617, 615, 613, 611,
    609, 608, 606, 604, 603, 601, 599, 598, 596, 595, 593, 592, 591, 589, 588, 586, 585, 584, 582, 581, 580, 579, 577,
    576, 575, 574, 573, 572, 570, 569, 568, 567, 566, 565, 564, 563, 562, 561, 560, 559, 558, 557, 556, 555, 554, 553,
    552, 551, 550, 549, 548, 547, 547, 546, 545, 544, 543, 542, 541, 540, 540, 539, 538, 537, 536, 536, 535, 534, 533,
    532, 532, 531, 530, 529, 528, 528, 527, 526, 525, 525, 524, 523, 522, 522, 521, 520, 520, 519};

constexpr Discounts g2_discounts{1000, 1000, 923, 884, 855, 832, 812, 796, 782, 770, 759, 749, 740, 732, 724, 717, 711,
    704, 699, 693, 688, 683, 679, 674, 670, 666, 663, 659, 655, 652, 649, 646, 643, 640, 637, 634, 632, 629, 627, 624,
    622, 620, 618, 615, 613, 611, 609, 607, 606, 604, 602, 600, 598, 597, 595, 593, 592, 590, 589, 587, 586, 584, 583,
    582, 580, 579, 578, 576, 575, 574, 573, 571, 570, 569, 568, 567, 566, 565, 563, 562, 561, 560, 559, 558, 557, 556,
    555, 554, 553, 552, 552, 551, 550, 549, 548, 547, 546, 545, 545, 544, 543, 542, 541, 541, 540, 539, 538, 537, 537,
    536, 535, 535, 534, 533, 532, 532, 531, 530, 530, 529, 528, 528, 527, 526, 526, 525, 524, 524};

std::uint64_t msm_gas(std::size_t count, std::uint64_t multiplication_gas, const Discounts& discounts) noexcept
{
    if (count == 0)
        return 0;
    return count * multiplication_gas * discounts[std::min(count, discounts.size()) - 1] / 1000;
}

bool is_positive_multiple(std::size_t size, std::size_t unit) noexcept
{
    return size != 0 && size % unit == 0;
}

/// Writes the point; false if there is none.
template <std::size_t N>
bool write_point(Bytes& buffer, const std::optional<FixedBytes<N>>& point)
{
    if (!point)
        return false;
    write_bytes(buffer, point->view());
    return true;
}

/// Writes 1 or 0; false if the input was refused.
bool write_truth(Bytes& buffer, std::optional<bool> answer)
{
    if (!answer)
        return false;
    write_word(buffer, *answer ? 1 : 0);
    return true;
}

/// FIELD_ELEMENTS_PER_BLOB and BLS_MODULUS, which EIP-4844 returns for later changes' sake.
constexpr auto point_evaluation_answer = literals::fixed_hex<64>(
    "0000000000000000000000000000000000000000000000000000000000001000"
    "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001");

/// VERSIONED_HASH_VERSION_KZG
constexpr Byte kzg_version = 0x01;
}  // namespace

bool bn254_add_points(BytesView input, Bytes& buffer) noexcept
{
    return write_point(buffer, crypto::bn254_add(padded_input<64>(input, 0), padded_input<64>(input, 64)));
}

bool bn254_multiply_point(BytesView input, Bytes& buffer) noexcept
{
    const U256 scalar = to_u256(padded_input<32>(input, 64));
    return write_point(buffer, crypto::bn254_multiply(padded_input<64>(input, 0), scalar));
}

bool bn254_pairing(BytesView input, Bytes& buffer) noexcept
{
    return input.size() % 192 == 0 && write_truth(buffer, crypto::bn254_pairing_check(input));
}

bool point_evaluation(BytesView input, Bytes& buffer) noexcept
{
    if (input.size() != 192)
        return false;
    const auto commitment = crypto::KzgPoint::from(input.subspan(96, 48));
    Hash versioned_hash = crypto::sha256(commitment.view());
    versioned_hash[0] = kzg_version;
    if (versioned_hash != Hash::from(input.first(32)))
        return false;
    const auto z = Hash::from(input.subspan(32, 32));
    const auto y = Hash::from(input.subspan(64, 32));
    if (!crypto::kzg_verify_proof(commitment, z, y, crypto::KzgPoint::from(input.subspan(144, 48))))
        return false;
    write_bytes(buffer, point_evaluation_answer.view());
    return true;
}

bool bls12_g1_add_points(BytesView input, Bytes& buffer) noexcept
{
    return input.size() == 2 * g1_size && write_point(buffer, crypto::bls12_g1_add(input));
}

std::uint64_t bls12_g1_msm_gas(BytesView input) noexcept
{
    return msm_gas(input.size() / g1_item_size, 12000, g1_discounts);
}

bool bls12_g1_msm_points(BytesView input, Bytes& buffer) noexcept
{
    return is_positive_multiple(input.size(), g1_item_size) && write_point(buffer, crypto::bls12_g1_msm(input));
}

bool bls12_g2_add_points(BytesView input, Bytes& buffer) noexcept
{
    return input.size() == 2 * g2_size && write_point(buffer, crypto::bls12_g2_add(input));
}

std::uint64_t bls12_g2_msm_gas(BytesView input) noexcept
{
    return msm_gas(input.size() / g2_item_size, 22500, g2_discounts);
}

bool bls12_g2_msm_points(BytesView input, Bytes& buffer) noexcept
{
    return is_positive_multiple(input.size(), g2_item_size) && write_point(buffer, crypto::bls12_g2_msm(input));
}

std::uint64_t bls12_pairing_gas(BytesView input) noexcept
{
    return 37700 + 32600 * (input.size() / pair_size);
}

bool bls12_pairing(BytesView input, Bytes& buffer) noexcept
{
    return is_positive_multiple(input.size(), pair_size) && write_truth(buffer, crypto::bls12_pairing_check(input));
}

bool bls12_map_fp(BytesView input, Bytes& buffer) noexcept
{
    return input.size() == field_element_size && write_point(buffer, crypto::bls12_map_fp_to_g1(input));
}

bool bls12_map_fp2(BytesView input, Bytes& buffer) noexcept
{
    return input.size() == 2 * field_element_size && write_point(buffer, crypto::bls12_map_fp2_to_g2(input));
}
}  // namespace jiffy::evm
