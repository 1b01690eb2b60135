// SPDX-License-Identifier: Apache-2.0
#include "cli/blocktest.hpp"

#include "chain/block_import.hpp"
#include "cli/fixture_chain.hpp"
#include "cli/fixture_engine.hpp"

#include <map>
#include <ranges>

namespace jiffy::cli
{
namespace
{
/// A block that was imported, or genesis.
struct StoredBlock
{
    types::Block block;
    Hash hash;
    U256 total_difficulty;
    const StoredBlock* parent = nullptr;
    types::StateDifference difference;
};

state::Presence find_block_hash(const void* context, std::uint64_t number, Hash& result) noexcept
{
    const auto* block = static_cast<const StoredBlock*>(context);
    while (block != nullptr && block->block.header.number > number)
        block = block->parent;
    if (block == nullptr || block->block.header.number != number)
        return state::Presence::absent;
    result = block->hash;
    return state::Presence::present;
}

/// All blocks of a test with the state of the one that was worked on last.
class Chain
{
public:
    Chain(const chain::ChainSpecification& specification, const types::Block& genesis, state::MemoryState state)
      : specification_{specification}
      , state_{std::move(state)}
      , genesis_state_{state_}
    {
        trie_.apply(state_.as_difference());
        genesis_version_ = trie_.latest().number;
        StoredBlock stored{.block = genesis,
            .hash = types::header_hash(genesis.header),
            .total_difficulty = genesis.header.difficulty,
            .parent = nullptr,
            .difference = {}};
        current_ = head_ = &blocks_.emplace(stored.hash, std::move(stored)).first->second;
    }

    /// Imports a block, which becomes the head if the rules prefer it.
    Result<void, chain::BlockFailure> import(BytesView encoded, chain::Executor& executor, evm::Tracer* tracer)
    {
        const auto header = types::decode_header_of_block(encoded);
        const auto* parent = header ? find(header->parent_hash) : nullptr;
        // The importer says what is wrong with a block that is none or has no parent here.
        if (parent == nullptr)
            parent = head_;
        move_to(*parent);
        set_paris(*parent);

        std::vector<chain::Ancestor> ancestors;
        constexpr std::size_t most_ancestors = 8;
        for (const auto* block = parent; block != nullptr && ancestors.size() < most_ancestors; block = block->parent)
            ancestors.push_back({&block->block.header, block->block.ommers});
        const auto version = trie_.latest().number;
        auto imported = chain::import_block(specification_,
            {.encoded = encoded,
                .ancestors = ancestors,
                .parent_state = state::Source{state_},
                .block_hashes = {.context = parent, .lookup = find_block_hash},
                .state_root = {.context = this, .after = &root_after},
                .tracer = tracer},
            executor);
        trie_.rewind(version);
        if (!imported)
            return failure(imported.error());

        state_.apply(imported->difference);
        trie_.apply(imported->difference);
        const auto difficulty = imported->block.header.difficulty;
        current_ = &blocks_
                        .emplace(imported->hash, StoredBlock{.block = std::move(imported->block),
                                                     .hash = imported->hash,
                                                     .total_difficulty = parent->total_difficulty + difficulty,
                                                     .parent = parent,
                                                     .difference = std::move(imported->difference)})
                        .first->second;
        if (difficulty.is_zero() || current_->total_difficulty > head_->total_difficulty)
            head_ = current_;
        return {};
    }

    [[nodiscard]] const StoredBlock& head() const noexcept { return *head_; }

    const state::MemoryState& head_state()
    {
        move_to(*head_);
        return state_;
    }

private:
    static Hash root_after(void* context, const types::StateDifference& difference)
    {
        auto& trie = static_cast<Chain*>(context)->trie_;
        const auto version = trie.latest().number;
        const auto root = trie.apply(difference);
        trie.rewind(version);
        return root;
    }

    const StoredBlock* find(const Hash& hash) const
    {
        const auto found = blocks_.find(hash);
        return found == blocks_.end() ? nullptr : &found->second;
    }

    /// Makes `state_` and `trie_` those after a block: of another branch by going there from genesis.
    void move_to(const StoredBlock& block)
    {
        if (current_ == &block)
            return;
        std::vector<const StoredBlock*> path;
        for (const auto* step = &block; step->parent != nullptr; step = step->parent)
            path.push_back(step);
        state_ = genesis_state_;
        trie_.rewind(genesis_version_);
        for (const auto* step : path | std::views::reverse)
        {
            state_.apply(step->difference);
            trie_.apply(step->difference);
        }
        current_ = &block;
    }

    /// EIP-3675: a block is of Paris if its parent's total difficulty has reached the terminal one.
    void set_paris(const StoredBlock& parent)
    {
        const auto& terminal = specification_.terminal_total_difficulty;
        if (!terminal)
            return;
        auto& paris = specification_.activations[chain::Fork::paris];
        paris.reset();
        if (parent.total_difficulty >= *terminal)
            paris = parent.block.header.number + 1;
    }

    chain::ChainSpecification specification_;
    state::MemoryState state_;
    state::MemoryState genesis_state_;
    trie::StateTrie trie_{crypto::native_kernels()};
    trie::VersionNumber genesis_version_ = 0;
    std::map<Hash, StoredBlock> blocks_;
    const StoredBlock* head_ = nullptr;
    const StoredBlock* current_ = nullptr;
};

types::Block read_genesis(Json test)
{
    const auto encoded = read_bytes(get(test, "genesisRLP"));
    auto block = types::decode_block(encoded);
    if (!block)
        throw FixtureError{"the genesis block cannot be decoded"};
    return std::move(*block);
}

/// Block by its place in the test, for people.
std::string describe_block(std::size_t index)
{
    return "block " + std::to_string(index + 1) + ": ";
}

std::string check_import(const Result<void, chain::BlockFailure>& imported, std::optional<Json> expected)
{
    if (!expected)
        return imported ? "" : "refused with " + full_name(imported.error());
    const auto names = read_text(*expected);
    if (imported)
        return "should have been refused with " + std::string{names};
    const auto actual = full_name(imported.error());
    if (!is_expected_exception(names, actual))
        return "refused with " + actual + ", expected " + std::string{names};
    return "";
}

/// Runs a test; what differs from the expectation, or nothing.
std::string difference_of(FixtureEngine& engine, Json test)
{
    const auto specification = fixture_specification(read_text(get(test, "network")), find(test, "config"));
    Chain chain{specification, read_genesis(test), read_state(get(test, "pre"))};
    std::size_t index = 0;
    for (const auto block : get(test, "blocks").get_array())
    {
        const auto imported = chain.import(read_bytes(get(block, "rlp")), engine.executor, engine.tracer_if_any());
        const auto fault = check_import(imported, find(block, "expectException"));
        if (!fault.empty())
            return describe_block(index) + fault;
        ++index;
    }

    std::string differences;
    const auto expected_head = read_hash(get(test, "lastblockhash"));
    if (chain.head().hash != expected_head)
        differences +=
            "head is " + to_hex(chain.head().hash.view()) + ", expected " + to_hex(expected_head.view()) + "; ";
    if (const auto expected = find(test, "postState"))
        differences += describe_difference(read_state(*expected), chain.head_state());
    const auto root = find(test, "postStateHash");
    if (root && read_hash(*root) != chain.head().block.header.state_root)
        differences += "state root is " + to_hex(chain.head().block.header.state_root.view()) + "; ";
    return differences;
}

void run_test(FixtureEngine& engine, const std::string& name, Json test, FileReport& report)
{
    const auto fork = read_text(get(test, "network"));
    if (report.wants(name, fork))
        report.add(name, fork, difference_of(engine, test));
}
}  // namespace

int blocktest(const FixtureOptions& options)
{
    return run_fixture_tests(options, run_test);
}
}  // namespace jiffy::cli
