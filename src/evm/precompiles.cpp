// SPDX-License-Identifier: Apache-2.0
#include "evm/precompiles.hpp"

#include "evm/precompiles_contracts.hpp"

namespace jiffy::evm
{
namespace
{
/// Contracts at 0x01, 0x02, ... without a gap; the one at 0x100 follows them in the tables.
constexpr std::size_t low_address_count = 0x11;
constexpr std::uint16_t p256_verify_address = 0x100;
constexpr std::size_t contract_limit = low_address_count + 1;

/// How many contracts at low addresses a revision has.
constexpr std::size_t low_contract_count(Revision revision) noexcept
{
    if (revision >= Revision::prague)
        return 0x11;
    if (revision >= Revision::cancun)
        return 0x0a;
    if (revision >= Revision::istanbul)
        return 0x09;
    if (revision >= Revision::byzantium)
        return 0x08;
    return 0x04;
}

constexpr bool has_p256_verify(Revision revision, PrecompileRules rules) noexcept
{
    return revision >= Revision::osaka || rules >= PrecompileRules::fjord;
}

using ContractTable = std::array<Precompile, contract_limit>;

constexpr Precompile modexp_contract(Revision revision) noexcept
{
    if (revision >= Revision::osaka)
        return {"modexp", modexp_gas_osaka, modexp_bounded};
    if (revision >= Revision::berlin)
        return {"modexp", modexp_gas_berlin, modexp};
    return {"modexp", modexp_gas_byzantium, modexp};
}

constexpr ContractTable contract_table(PrecompileRules rules, Revision revision) noexcept
{
    // EIP-1108
    const bool cheap_bn254 = revision >= Revision::istanbul;
    const bool is_fjord = rules >= PrecompileRules::fjord;
    const bool is_granite = rules >= PrecompileRules::granite;
    const bool is_isthmus = rules >= PrecompileRules::isthmus;
    return {{
        {"ecrecover", fixed_gas<3000>, ecrecover},
        {"sha256", gas_by_word<60, 12>, sha256_hash},
        {"ripemd160", gas_by_word<600, 120>, ripemd160_hash},
        {"identity", gas_by_word<15, 3>, identity},
        modexp_contract(revision),
        {"bn254_add", cheap_bn254 ? fixed_gas<150> : fixed_gas<500>, bn254_add_points},
        {"bn254_mul", cheap_bn254 ? fixed_gas<6000> : fixed_gas<40000>, bn254_multiply_point},
        {"bn254_pairing", cheap_bn254 ? bn254_pairing_gas<45000, 34000> : bn254_pairing_gas<100000, 80000>,
            is_granite ? bounded<112'687, bn254_pairing> : bn254_pairing},
        {"blake2f", blake2f_gas, blake2f},
        {"point_evaluation", fixed_gas<50000>, point_evaluation},
        {"bls12_g1add", fixed_gas<375>, bls12_g1_add_points},
        {"bls12_g1msm", bls12_g1_msm_gas, is_isthmus ? bounded<513'760, bls12_g1_msm_points> : bls12_g1_msm_points},
        {"bls12_g2add", fixed_gas<600>, bls12_g2_add_points},
        {"bls12_g2msm", bls12_g2_msm_gas, is_isthmus ? bounded<488'448, bls12_g2_msm_points> : bls12_g2_msm_points},
        {"bls12_pairing_check", bls12_pairing_gas, is_isthmus ? bounded<235'008, bls12_pairing> : bls12_pairing},
        {"bls12_map_fp_to_g1", fixed_gas<5500>, bls12_map_fp},
        {"bls12_map_fp2_to_g2", fixed_gas<23800>, bls12_map_fp2},
        {"p256verify", is_fjord ? fixed_gas<3450> : fixed_gas<6900>, p256_verify},
    }};
}

/// By rules, then by revision.
constexpr auto contract_tables = []
{
    std::array<std::array<ContractTable, revision_count>, precompile_rules_count> tables{};
    for (std::size_t rules = 0; rules < precompile_rules_count; ++rules)
        for (std::size_t revision = 0; revision < revision_count; ++revision)
            tables[rules][revision] =
                contract_table(static_cast<PrecompileRules>(rules), static_cast<Revision>(revision));
    return tables;
}();

/// 0x100, then the low addresses: whatever a chain has is a part of it in one piece.
constexpr auto contract_addresses = []
{
    std::array<Address, contract_limit> addresses{};
    addresses[0][18] = p256_verify_address >> 8;
    for (std::size_t i = 1; i <= low_address_count; ++i)
        addresses[i][19] = static_cast<Byte>(i);
    return addresses;
}();

/// True if the address is so small that there can be a contract: almost every address ends here.
bool has_small_number(const Address& address) noexcept
{
    std::uint64_t first, second;
    std::uint16_t third;
    std::memcpy(&first, address.data(), 8);
    std::memcpy(&second, address.data() + 8, 8);
    std::memcpy(&third, address.data() + 16, 2);
    return (first | second | third) == 0;
}
}  // namespace

const Precompile* find_precompile(Revision revision, const Address& address, PrecompileRules rules) noexcept
{
    if (!has_small_number(address)) [[likely]]
        return nullptr;
    const auto number = static_cast<unsigned>(address[18] << 8 | address[19]);
    const auto& table = contract_tables[static_cast<std::size_t>(rules)][static_cast<std::size_t>(revision)];
    if (number == p256_verify_address)
        return has_p256_verify(revision, rules) ? &table[low_address_count] : nullptr;
    return number != 0 && number <= low_contract_count(revision) ? &table[number - 1] : nullptr;
}

PrecompileOutcome run_precompile(const Precompile& precompile,
    BytesView input,
    std::int64_t gas,
    Bytes& buffer) noexcept
{
    const std::uint64_t price = precompile.gas(input);
    if (gas < 0 || price > static_cast<std::uint64_t>(gas) || !precompile.run(input, buffer))
        return {};
    return {.success = true, .gas_left = gas - static_cast<std::int64_t>(price), .output = buffer};
}

std::span<const Address> precompile_addresses(Revision revision, PrecompileRules rules) noexcept
{
    const auto low_count = low_contract_count(revision);
    const std::span all{contract_addresses};
    return has_p256_verify(revision, rules) ? all.first(low_count + 1) : all.subspan(1, low_count);
}
}  // namespace jiffy::evm
