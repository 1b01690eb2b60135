// SPDX-License-Identifier: Apache-2.0
#include "rpc/backend.hpp"
#include "rpc/methods.hpp"
#include "rpc/pending_nonce.hpp"
#include "rpc/state_view.hpp"

namespace jiffy::rpc
{
namespace
{
/// The state that the parameter names, or an answer that there is none.
std::optional<StateView> view_of(Call& call, const BlockSelector& selector)
{
    auto view = resolve_state(call.backend, selector);
    if (view)
        return std::move(*view);
    call.reply.error(view.error());
    return std::nullopt;
}

types::Account account_of(const StateView& view, const Address& address)
{
    types::Account account;
    return view.account(address, account) == state::Presence::present ? account : types::Account{};
}

BytesView code_of(const StateView& view, const types::Account& account)
{
    BytesView code;
    if (account.has_code())
        view.code(account.code_hash, code);
    return code;
}

void get_balance(Call& call)
{
    const auto address = call.parameters.address(0);
    const auto block = call.parameters.block(1);
    if (call.reject_bad_parameters(2))
        return;
    if (const auto view = view_of(call, block))
        call.reply.result([&](JsonWriter& json) { json.quantity(account_of(*view, address).balance); });
}

void get_transaction_count(Call& call)
{
    const auto address = call.parameters.address(0);
    const auto block = call.parameters.block(1);
    if (call.reject_bad_parameters(2))
        return;
    const auto* tag = std::get_if<BlockTag>(&block);
    if (tag != nullptr && *tag == BlockTag::pending)
    {
        auto reply = std::make_shared<Reply>(std::move(call.reply));
        return find_pending_nonce(call.backend, address,
            [reply](const Result<std::uint64_t, Error>& nonce)
            {
                if (nonce)
                    reply->result([&nonce](JsonWriter& json) { json.quantity(*nonce); });
                else
                    reply->error(nonce.error());
            });
    }
    if (const auto view = view_of(call, block))
        call.reply.result([&](JsonWriter& json) { json.quantity(account_of(*view, address).nonce); });
}

void get_code(Call& call)
{
    const auto address = call.parameters.address(0);
    const auto block = call.parameters.block(1);
    if (call.reject_bad_parameters(2))
        return;
    if (const auto view = view_of(call, block))
        call.reply.result([&](JsonWriter& json) { json.hex(code_of(*view, account_of(*view, address))); });
}

void get_storage_at(Call& call)
{
    const auto address = call.parameters.address(0);
    const auto key = call.parameters.storage_key(1);
    const auto block = call.parameters.block(2);
    if (call.reject_bad_parameters(3))
        return;
    const auto view = view_of(call, block);
    if (!view)
        return;
    U256 value;
    if (view->storage(address, key, value) == state::Presence::unavailable)
        return call.reply.error({code::server_error, "the hash of the parent block is not known yet", {}});
    call.reply.result([&](JsonWriter& json) { json.hex(to_hash(value)); });
}

void get_account_info(Call& call)
{
    const auto address = call.parameters.address(0);
    const auto block = call.parameters.block(1);
    if (call.reject_bad_parameters(2))
        return;
    const auto view = view_of(call, block);
    if (!view)
        return;
    const auto account = account_of(*view, address);
    call.reply.result(
        [&](JsonWriter& json)
        {
            json.begin_object();
            json.key("balance").quantity(account.balance);
            json.key("nonce").quantity(account.nonce);
            json.key("code").hex(code_of(*view, account));
            json.end_object();
        });
}

void write_nodes(JsonWriter& json, const std::vector<Bytes>& nodes)
{
    json.begin_array();
    for (const auto& node : nodes)
        json.hex(node);
    json.end_array();
}

/// What eth_getProof is asked for.
struct ProofRequest
{
    Address address;
    std::vector<U256> keys;
};

void write_proof(JsonWriter& json,
    const ProofRequest& request,
    const trie::StateTrie& trie,
    const trie::Version& version)
{
    const auto proof = trie.prove_account(version, request.address);
    const auto state = proof.state.value_or(trie::AccountState{});
    json.begin_object();
    json.key("address").hex(request.address);
    json.key("accountProof");
    write_nodes(json, proof.nodes);
    json.key("balance").quantity(state.account.balance);
    json.key("codeHash").hex(state.account.code_hash);
    json.key("nonce").quantity(state.account.nonce);
    json.key("storageHash").hex(state.storage_root);
    json.key("storageProof").begin_array();
    for (const auto& key : request.keys)
    {
        const auto slot = trie.prove_storage(version, request.address, key);
        json.begin_object();
        json.key("key").quantity(key);
        json.key("value").quantity(slot.value);
        json.key("proof");
        write_nodes(json, slot.nodes);
        json.end_object();
    }
    json.end_array();
    json.end_object();
}

void answer_with_proof(Reply& reply,
    const Backend& backend,
    const ProofRequest& request,
    const sequencer::SealedBlock& block)
{
    std::string text;
    const auto prove = [&](const trie::StateTrie& trie, const trie::Version& version)
    {
        JsonWriter json{text};
        write_proof(json, request, trie, version);
    };
    if (!backend.sealer.with_state(block, prove))
        return reply.error({code::server_error, "proofs for this block are not available any more", {}});
    reply.result([&](JsonWriter& json) { json.raw(text); });
}

/// Answers once the block is sealed: until then it has no root to prove against.
void prove_when_sealed(Call& call, ProofRequest request, const sequencer::BlockPointer& block)
{
    auto& backend = call.backend;
    auto reply = std::make_shared<Reply>(std::move(call.reply));
    SealWaiters::Job job = [&backend, reply, request = std::move(request), block]
    {
        std::move_only_function<void()> prove_now = [&backend, reply, request, block]
        { answer_with_proof(*reply, backend, request, *block->sealed()); };
        if (!backend.workers.submit(prove_now))
            reply->error({code::limit_exceeded, "too many requests are waiting", {}});
    };
    if (!backend.waiters.when_sealed(block->number(), job))
        reply->error({code::limit_exceeded, "too many requests are waiting for the block", {}});
}

void get_proof(Call& call)
{
    ProofRequest request{call.parameters.address(0), call.parameters.storage_keys(1)};
    const auto selector = call.parameters.block(2);
    if (call.reject_bad_parameters(3))
        return;
    auto block = resolve_block(call.backend.chain(), selector);
    if (!block)
        return call.reply.error({code::server_error, "header not found", {}});
    const bool is_sealed = block->sealed() != nullptr;
    if (!is_sealed && !std::holds_alternative<BlockTag>(selector))
        return prove_when_sealed(call, std::move(request), block);
    // A tag means the newest block that can be proven against.
    if (!is_sealed)
        block = call.backend.history.sealed_head();
    answer_with_proof(call.reply, call.backend, request, *block->sealed());
}

constexpr Method methods[] = {
    {"eth_getAccountInfo", get_account_info},
    {"eth_getBalance", get_balance},
    {"eth_getCode", get_code},
    {"eth_getProof", get_proof, MethodCost::heavy},
    {"eth_getStorageAt", get_storage_at},
    {"eth_getTransactionCount", get_transaction_count},
};
}  // namespace

std::span<const Method> eth_state_methods()
{
    return methods;
}
}  // namespace jiffy::rpc
