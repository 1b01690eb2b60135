// SPDX-License-Identifier: Apache-2.0
#include "cli/statetest.hpp"

#include "chain/fees.hpp"
#include "cli/fixture_chain.hpp"
#include "cli/fixture_engine.hpp"

namespace jiffy::cli
{
namespace
{
/// BLOCKHASH in state tests: the hash of the block's number in decimal.
state::Presence hash_of_number(const void* /*context*/, std::uint64_t number, Hash& result) noexcept
{
    const auto text = std::to_string(number);
    result = crypto::keccak256({reinterpret_cast<const Byte*>(text.data()), text.size()});
    return state::Presence::present;
}

/// Block of the test's `env` under one fork.
chain::BlockContext read_context(const chain::ChainSpecification& specification, Json env)
{
    types::Header header;
    header.number = read_number_64(get(env, "currentNumber"));
    header.timestamp = read_number_64(get(env, "currentTimestamp"));
    header.beneficiary = read_address(get(env, "currentCoinbase"));
    header.gas_limit = read_number_64(get(env, "currentGasLimit"));
    if (const auto difficulty = find(env, "currentDifficulty"))
        header.difficulty = read_number(*difficulty);
    if (const auto random = find(env, "currentRandom"))
        header.mix_hash = read_padded_hash(*random);
    // Files of several forks give each field that one of them has.
    const auto base_fee = find(env, "currentBaseFee");
    if (base_fee && specification.is_active(chain::Fork::london, header.number, header.timestamp))
        header.base_fee_per_gas = read_number(*base_fee);
    const auto excess_blob_gas = find(env, "currentExcessBlobGas");
    header.excess_blob_gas = excess_blob_gas ? read_number_64(*excess_blob_gas) : 0;
    return chain::make_block_context(specification, header, {.context = nullptr, .lookup = hash_of_number});
}

types::AccessList read_access_list(Json list)
{
    types::AccessList result;
    for (const auto entry : list.get_array())
    {
        auto& item = result.emplace_back();
        item.address = read_address(get(entry, "address"));
        for (const auto key : get(entry, "storageKeys").get_array())
            item.storage_keys.push_back(read_padded_hash(key));
    }
    return result;
}

types::Authorization read_authorization(Json value)
{
    types::Authorization result;
    result.chain_id = read_number(get(value, "chainId"));
    result.address = read_address(get(value, "address"));
    result.nonce = read_number_64(get(value, "nonce"));
    const auto parity = find(value, "yParity");
    result.signature.y_parity = static_cast<std::uint8_t>(read_number_64(parity ? *parity : get(value, "v")));
    result.signature.r = read_number(get(value, "r"));
    result.signature.s = read_number(get(value, "s"));
    return result;
}

/// Which of the transaction's lists a case takes.
struct CaseIndexes
{
    std::size_t data;
    std::size_t gas;
    std::size_t value;
};

Json element(Json list, std::size_t index)
{
    Json value;
    if (list.at(index).get(value) != simdjson::SUCCESS)
        throw FixtureError{"an index is beyond the transaction's lists"};
    return value;
}

/// The transaction of a case by its fields; empty if a number in it is deliberately too large.
std::optional<types::Transaction> read_transaction(Json fields, const CaseIndexes& indexes)
{
    using types::TransactionType;
    types::Transaction transaction;
    transaction.nonce = read_number_64(get(fields, "nonce"));
    const auto gas_limit = read_number_or_overflow(element(get(fields, "gasLimit"), indexes.gas));
    const auto value = read_number_or_overflow(element(get(fields, "value"), indexes.value));
    if (!value || !gas_limit || !gas_limit->fits_64())
        return std::nullopt;
    transaction.gas_limit = gas_limit->low();
    transaction.value = *value;
    transaction.data = read_bytes(element(get(fields, "data"), indexes.data));
    if (const auto to = find(fields, "to"); to && !read_text(*to).empty())
        transaction.to = read_address(*to);

    if (const auto price = find(fields, "gasPrice"))
    {
        transaction.max_fee_per_gas = read_number(*price);
        transaction.max_priority_fee_per_gas = transaction.max_fee_per_gas;
    }
    else
    {
        transaction.type = TransactionType::dynamic_fee;
        transaction.max_fee_per_gas = read_number(get(fields, "maxFeePerGas"));
        transaction.max_priority_fee_per_gas = read_number(get(fields, "maxPriorityFeePerGas"));
    }
    const auto access_lists = find(fields, "accessLists");
    Json access_list;
    if (access_lists && access_lists->at(indexes.data).get(access_list) == simdjson::SUCCESS && !access_list.is_null())
    {
        if (transaction.type == TransactionType::legacy)
            transaction.type = TransactionType::access_list;
        transaction.access_list = read_access_list(access_list);
    }
    if (const auto blob_fee = find(fields, "maxFeePerBlobGas"))
    {
        transaction.type = TransactionType::blob;
        transaction.max_fee_per_blob_gas = read_number(*blob_fee);
        for (const auto hash : get(fields, "blobVersionedHashes").get_array())
            transaction.blob_versioned_hashes.push_back(read_hash(hash));
    }
    if (const auto authorizations = find(fields, "authorizationList"))
    {
        transaction.type = TransactionType::set_code;
        for (const auto authorization : authorizations->get_array())
            transaction.authorization_list.push_back(read_authorization(authorization));
    }
    return transaction;
}

/// Sender of a transaction that is given by its fields.
Address read_sender(Json fields)
{
    if (const auto sender = find(fields, "sender"))
        return read_address(*sender);
    const auto key = crypto::public_key_of(read_padded_hash(get(fields, "secretKey")));
    if (!key)
        throw FixtureError{"the secret key is none"};
    return crypto::address_of(*key);
}

/// A transaction ready to be run, or why it is none.
struct Candidate
{
    std::optional<types::Transaction> transaction;
    Address sender;
    std::string exception;
};

Candidate read_candidate(Json fields, Json post, const CaseIndexes& indexes, evm::Revision revision)
{
    Candidate candidate;
    if (const auto bytes = find(post, "txbytes"))
    {
        const auto encoded = read_bytes(*bytes);
        auto decoded = types::decode_transaction(encoded);
        if (!decoded)
        {
            candidate.exception = full_name(chain::reason_of(decoded.error(), encoded));
            return candidate;
        }
        const auto sender = types::recover_sender(*decoded, revision < evm::Revision::homestead);
        if (!sender)
        {
            candidate.exception = full_name(chain::InvalidTransaction::invalid_signature_vrs);
            return candidate;
        }
        candidate.transaction = std::move(*decoded);
        candidate.sender = *sender;
        return candidate;
    }
    candidate.transaction = read_transaction(fields, indexes);
    candidate.sender = read_sender(fields);
    if (!candidate.transaction)
        candidate.exception = full_name(chain::InvalidTransaction::malformed);
    else if (candidate.transaction->type != types::TransactionType::legacy)
        candidate.transaction->chain_id = 1;
    return candidate;
}

/// Everything that the cases of a test share.
struct StateTest
{
    Json transaction;
    Json env;
    state::MemoryState pre;
    trie::StateTrie trie{crypto::native_kernels()};
    trie::VersionNumber pre_version{};
};

/// Root of the state before the transaction with a difference applied.
Hash root_after(StateTest& test, const types::StateDifference& difference)
{
    const auto root = test.trie.apply(difference);
    test.trie.rewind(test.pre_version);
    return root;
}

std::string describe_roots(const Hash& actual, const Hash& expected)
{
    return "state root is " + to_hex(actual.view()) + ", expected " + to_hex(expected.view()) + "; ";
}

/// What a refused transaction leaves behind: nothing, but the fixtures were filled in blocks whose reward of zero
/// brought the coinbase into being before EIP-161.
types::StateDifference refusal_difference(const StateTest& test, const chain::BlockContext& context)
{
    types::StateDifference difference;
    const auto& coinbase = context.environment.coinbase;
    if (context.environment.revision < evm::Revision::spurious_dragon && !test.pre.accounts().contains(coinbase))
        difference.accounts.push_back({.address = coinbase});
    return difference;
}

/// Runs a case; what differs from the expectation, or nothing.
std::string run_case(FixtureEngine& engine,
    StateTest& test,
    const chain::ChainSpecification& specification,
    Json post,
    const CaseIndexes& indexes)
{
    const auto context = read_context(specification, test.env);
    auto candidate = read_candidate(test.transaction, post, indexes, context.environment.revision);
    if (candidate.transaction)
    {
        const chain::BlockCapacity capacity{.gas = context.environment.gas_limit,
            .blob_gas = context.blob_parameters ? context.blob_parameters->maximum * chain::gas_per_blob : 0};
        const auto executed = chain::execute_transaction(context, *candidate.transaction, candidate.sender,
            state::Source{test.pre}, capacity, engine.executor, engine.outcome, {.tracer = engine.tracer_if_any()});
        if (!executed)
            candidate.exception = full_name(executed.error());
    }
    const auto expected_root = read_hash(get(post, "hash"));
    if (const auto expected = find(post, "expectException"))
    {
        const auto names = read_text(*expected);
        if (candidate.exception.empty())
            return "the transaction should have been refused with " + std::string{names};
        if (!is_expected_exception(names, candidate.exception))
            return "refused with " + candidate.exception + ", expected " + std::string{names};
        const auto root = root_after(test, refusal_difference(test, context));
        return root == expected_root ? "" : describe_roots(root, expected_root);
    }
    if (!candidate.exception.empty())
        return "refused with " + candidate.exception;

    std::string differences;
    const auto root = root_after(test, engine.outcome.difference);
    if (root != expected_root)
    {
        differences = describe_roots(root, expected_root);
        auto actual = test.pre;
        actual.apply(engine.outcome.difference);
        if (const auto expected = find(post, "state"))
            differences += describe_difference(read_state(*expected), actual);
    }
    const auto logs_hash = types::logs_hash(engine.outcome.logs);
    const auto expected_logs = read_hash(get(post, "logs"));
    if (logs_hash != expected_logs)
        differences += "logs hash is " + to_hex(logs_hash.view()) + ", expected " + to_hex(expected_logs.view()) + "; ";
    return differences;
}

void run_test(FixtureEngine& engine, const std::string& name, Json body, FileReport& report)
{
    // Made by the first case that is wanted.
    std::optional<StateTest> test;
    const auto config = find(body, "config");
    for (const auto& [fork, posts] : get(body, "post").get_object())
    {
        std::optional<chain::ChainSpecification> specification;
        for (const auto post : posts.get_array())
        {
            const auto numbers = get(post, "indexes");
            const CaseIndexes indexes{.data = read_number_64(get(numbers, "data")),
                .gas = read_number_64(get(numbers, "gas")),
                .value = read_number_64(get(numbers, "value"))};
            const auto case_name = name + "[" + std::string{fork} + " d" + std::to_string(indexes.data) + " g" +
                                   std::to_string(indexes.gas) + " v" + std::to_string(indexes.value) + "]";
            if (!report.wants(case_name, fork))
                continue;
            if (!specification)
                specification = fixture_specification(fork, config);
            if (!test)
            {
                test.emplace(get(body, "transaction"), get(body, "env"), read_state(get(body, "pre")));
                test->trie.apply(test->pre.as_difference());
                test->pre_version = test->trie.latest().number;
            }
            report.add(case_name, fork, run_case(engine, *test, *specification, post, indexes));
        }
    }
}
}  // namespace

int statetest(const FixtureOptions& options)
{
    return run_fixture_tests(options, run_test);
}
}  // namespace jiffy::cli
