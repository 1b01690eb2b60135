// SPDX-License-Identifier: Apache-2.0
#include "replica/verifier.hpp"

#include "base/hex.hpp"
#include "chain/optimism.hpp"
#include "types/statement_hash.hpp"

#include <algorithm>

namespace jiffy::replica
{
namespace
{
using sequencer::Differences;

std::string text_of(const Address& address)
{
    return to_hex(address.view());
}

Finding out_of_order(std::string field, std::string said, std::string found)
{
    return {Check::order, std::move(field), std::move(said), std::move(found)};
}

/// The account with this id after the fragment, as the fragment has it.
std::optional<Address> account_of(const world::World& world, const types::DifferenceFrame& difference, std::uint32_t id)
{
    if (id < difference.before.accounts)
        return world.address_at(id);
    const auto found = std::ranges::lower_bound(difference.accounts, id, {}, &types::AccountUpdate::id);
    return found != difference.accounts.end() && found->id == id ? std::optional{found->address} : std::nullopt;
}

std::optional<Address> signer_of(const types::SignedStatement& statement)
{
    return std::visit([](const auto& one) { return types::signer_of(one); }, statement);
}

bool is_promise(const types::SignedStatement& statement)
{
    const auto* mini_block = std::get_if<types::SignedMiniBlock>(&statement);
    const auto& terms =
        mini_block != nullptr ? mini_block->terms : std::get<types::SignedPreconfirmation>(statement).statement.terms;
    return terms.domain == types::StatementDomain::production && terms.durability != types::Durability::memory;
}

/// Whether the sequencer has signed what the check has found to be wrong, if it has signed the statement.
bool is_covered_by_statement(const Finding& finding) noexcept
{
    switch (finding.check)
    {
        case Check::protocol:
        case Check::transaction:
        case Check::receipt:
            return true;
        case Check::sender:
            // Another sender than the transaction's is said by the frame alone.
            return finding.field == "signature";
        case Check::statement:
        case Check::mini_block:
            return finding.field == "timestamp";
        default:
            return false;
    }
}

types::Receipt said_receipt(const types::LoggedTransaction& logged, std::uint64_t cumulative_gas_used)
{
    return {.type = logged.transaction.type,
        .success = logged.success,
        .post_state = logged.post_state,
        .cumulative_gas_used = cumulative_gas_used,
        .logs_bloom = types::bloom_of(logged.logs),
        .logs = logged.logs,
        .deposit_nonce = logged.deposit_nonce,
        .deposit_receipt_version = logged.deposit_receipt_version};
}

std::string text_of(const chain::BlockFailure& failure)
{
    if (const auto* invalid = std::get_if<chain::InvalidTransaction>(&failure))
        return std::string{chain::name_of(*invalid)};
    return std::holds_alternative<chain::StateUnavailable>(failure) ? "a state that is not there" : "an invalid block";
}

/// Number of the newest block that was compared, or is where everything begins.
std::uint64_t validated_at(const VerifierStart& start, const sequencer::History& history)
{
    const auto newest = history.open_block()->number();
    if (start.assembler.block() == nullptr)
        return newest;
    const std::uint64_t not_validated = start.knows_parent ? 1 : 2;
    return newest - std::min(newest, not_validated);
}
}  // namespace

Verifier::Verifier(const chain::ChainSpecification& specification,
    world::World& world,
    sequencer::History& history,
    sequencer::Sealer& sealer,
    VerifierStart start,
    const VerifierOptions& options,
    std::function<void(std::uint64_t)> wait_for_seal)
  : specification_{specification}
  , world_{world}
  , history_{history}
  , sealer_{sealer}
  , options_{options}
  , wait_for_seal_{std::move(wait_for_seal)}
  , assembler_{start.assembler}
  , epoch_{start.epoch}
  , knows_parent_{start.knows_parent}
  , execution_{specification, world, options.hash_seed}
  , frame_builder_{options.hash_seed}
  , validated_mini_blocks_{assembler_.position().mini_block}
  , validated_block_{validated_at(start, history)}
{
    const auto& block = assembler_.block();
    if (block == nullptr)
        return;
    execution_.resume(*block, history_.block_hashes(), knows_parent_);
    protocol_ = sequencer::protocol_transactions(specification_, options_.rules, block->number());
}

Result<void, Mismatch> Verifier::apply(types::LogFrame frame, std::span<const std::optional<Address>> senders)
{
    if (failed_)
        return failure(*failed_);
    senders_.assign(senders.begin(), senders.end());
    auto checked = std::visit([this](auto& kind) { return take(kind); }, frame);
    if (!checked)
        failed_ = checked.error();
    return checked;
}

Mismatch Verifier::mismatch(Finding finding, types::LogFrame frame)
{
    // Readers never saw it; if the version log does not reach back to what they saw, they see nothing any more.
    static_cast<void>(world_.drop_held());
    const auto* opening = std::get_if<types::OpenBlockFrame>(&frame);
    const auto& block = assembler_.block();
    const auto open_number = history_.open_block()->number();
    Mismatch result{.finding = std::move(finding),
        .block = opening != nullptr && block == nullptr ? open_number + 1 : open_number,
        .mini_block = mini_block_ ? mini_block_->header.number : assembler_.position().mini_block,
        .transaction = {},
        .transaction_hash = {},
        .evidence = {}};
    result.evidence.frame = types::encode(frame, specification_.chain_id);
    return result;
}

void Verifier::judge(Evidence& evidence, bool is_covered) const
{
    if (!evidence.statement)
        return;
    evidence.signer = signer_of(*evidence.statement);
    evidence.is_against_sequencer =
        is_covered && evidence.signer == std::optional{options_.sequencer} && is_promise(*evidence.statement);
}

std::optional<Finding> Verifier::check_signer(Check check, const std::optional<Address>& signer) const
{
    if (signer == std::optional{options_.sequencer})
        return std::nullopt;
    return Finding{check, "signature", text_of(options_.sequencer), signer ? text_of(*signer) : "no key"};
}

void Verifier::show(const types::DifferenceFrame& difference)
{
    world_.show();
    changes_ = std::make_shared<const Differences>(Differences{world_.named(difference)});
    if (!changes_->front().accounts.empty())
        trie_update_.differences.push_back(changes_);
}

void Verifier::hand_to_trie()
{
    if (!trie_update_.differences.empty())
        sealer_.push(std::exchange(trie_update_, {}));
}

Verifier::Checked Verifier::take(types::EpochFrame& frame)
{
    const auto refuse = [&](std::string field, std::string said, std::string found)
    { return failure(mismatch({Check::epoch, std::move(field), std::move(said), std::move(found)}, frame)); };
    const auto& terms = frame.terms;
    if (terms.chain_id != specification_.chain_id)
        return refuse("chainId", std::to_string(terms.chain_id), std::to_string(specification_.chain_id));
    if (terms.domain != options_.domain)
    {
        const auto name = [](types::StatementDomain domain)
        { return domain == types::StatementDomain::production ? "production" : "development"; };
        return refuse("domain", name(terms.domain), name(options_.domain));
    }
    if (frame.signer != options_.sequencer)
        return refuse("signer", text_of(frame.signer), text_of(options_.sequencer));
    if (epoch_ && terms.epoch <= epoch_->terms.epoch)
        return refuse("epoch", std::to_string(terms.epoch), "more than " + std::to_string(epoch_->terms.epoch));
    epoch_ = frame;
    return {};
}

Verifier::Checked Verifier::take(types::OpenBlockFrame& frame)
{
    if (!epoch_ || assembler_.block() != nullptr)
        return failure(mismatch(out_of_order("frame", "a block opens", epoch_ ? "one is open" : "no epoch"), frame));
    const auto parent = history_.open_block();
    const auto blob_gas = execution_.has_block() ? execution_.blob_gas_used() : sequencer::blob_gas_used(*parent);
    auto opening = sequencer::next_opening(specification_, options_.rules, *parent, blob_gas);
    if (auto finding = compare(Check::opening, frame.opening, opening))
    {
        auto result = mismatch(std::move(*finding), frame);
        result.evidence.header = types::encode(opening);
        return failure(std::move(result));
    }
    if (const auto number = history_.sealed_before_opening(opening.number); history_.sealed_number() < number)
        wait_for_seal_(number);
    world_.hold();
    const auto opened = execution_.open(opening, history_.block_hashes());
    if (!opened)
        return failure(mismatch({Check::opening, "block", "valid", text_of(opened.error())}, frame));
    if (auto finding = compare(frame.difference, opened->frame, world_))
    {
        auto result = mismatch(std::move(*finding), frame);
        result.evidence.difference = types::encode(opened->frame);
        return failure(std::move(result));
    }
    show(frame.difference);
    const auto provisional_hash = sequencer::provisional_hash_of(opening);
    const auto block = std::make_shared<sequencer::BlockRecord>(std::move(opening), provisional_hash);
    history_.open(block);
    assembler_.open(block, frame.difference.after);
    protocol_ = sequencer::protocol_transactions(specification_, options_.rules, block->number());
    knows_parent_ = false;
    return {};
}

Verifier::Checked Verifier::take(types::ParentSealedFrame& frame)
{
    const auto& block = assembler_.block();
    if (block == nullptr || knows_parent_)
        return failure(mismatch(out_of_order("frame", "the parent is sealed",
                                    block == nullptr ? "no block is open" : "that was said before"),
            frame));
    const auto number = block->number() - 1;
    const auto parent = history_.find(number);
    if (parent->sealed() == nullptr)
        wait_for_seal_(number);
    const auto& header = parent->sealed()->header;
    if (auto finding = compare(Check::parent, frame.header, header))
    {
        auto result = mismatch(std::move(*finding), frame);
        result.block = number;
        result.evidence.header = types::encode(header);
        return failure(std::move(result));
    }
    world_.hold();
    const auto provided = execution_.provide_parent_hash(parent->sealed()->hash);
    if (!provided)
        return failure(mismatch({Check::parent, "hash", "valid", text_of(provided.error())}, frame));
    if (auto finding = compare(frame.difference, provided->frame, world_))
    {
        auto result = mismatch(std::move(*finding), frame);
        result.evidence.difference = types::encode(provided->frame);
        return failure(std::move(result));
    }
    show(frame.difference);
    knows_parent_ = true;
    validated_block_.store(number, std::memory_order_release);
    return {};
}

std::optional<Finding> Verifier::check_fragment_time(std::uint64_t time) const
{
    const auto number = assembler_.block()->number();
    const auto& position = assembler_.position();
    const auto earliest =
        std::max({options_.rules.end_of(number - 1) + 1, position.fragment_time, position.mini_block_start});
    const auto latest = options_.rules.end_of(number);
    if (time >= earliest && time <= latest)
        return std::nullopt;
    return Finding{Check::statement, "timestamp", std::to_string(time),
        "from " + std::to_string(earliest) + " to " + std::to_string(latest)};
}

Verifier::Checked Verifier::take(types::FragmentFrame& frame)
{
    const auto count = frame.transactions.size();
    if (assembler_.block() == nullptr || count == 0 || count > types::most_leaves)
        return failure(mismatch(
            out_of_order("transactions.length", std::to_string(count),
                assembler_.block() == nullptr ? "no block is open" : "from 1 to " + std::to_string(types::most_leaves)),
            types::LogFrame{frame}));
    records_.clear();
    if (frame.difference.before != world_.id_counts())
        return failure(
            mismatch(*compare(frame.difference,
                         {.before = world_.id_counts(), .after = {}, .accounts = {}, .slots = {}, .codes = {}}, world_),
                types::LogFrame{frame}));
    world_.hold();
    frame_builder_.begin(world_.id_counts());
    for (std::size_t i = 0; i < count; ++i)
        if (auto finding = execute(frame, i))
            return failure(mismatch(std::move(*finding), frame, i));
    difference_ = frame_builder_.finish(world_.id_counts());
    auto finding = compare(frame.difference, difference_, world_);
    if (finding)
    {
        auto result = mismatch(std::move(*finding), frame, count - 1);
        result.transaction.reset();
        result.transaction_hash.reset();
        result.evidence.difference = types::encode(difference_);
        return failure(std::move(result));
    }
    finding = check_fragment_time(frame.time);
    if (!finding)
        finding = check_statements(frame);
    if (finding)
        return failure(mismatch(std::move(*finding), frame, 0));
    release(frame);
    return {};
}

std::optional<Finding> Verifier::check_sender(types::FragmentFrame& frame, std::size_t index)
{
    auto& logged = frame.transactions[index];
    const auto unknown = [](const char* field, std::uint32_t id)
    { return Finding{Check::sender, field, "account " + std::to_string(id), "no such account"}; };
    bool is_known = index < senders_.size();
    if (logged.recipient)
    {
        const auto recipient = account_of(world_, frame.difference, *logged.recipient);
        if (!recipient)
            return unknown("to", *logged.recipient);
        is_known &= logged.transaction.to == recipient;
        logged.transaction.to = recipient;
    }
    const auto named = account_of(world_, frame.difference, logged.sender);
    if (!named)
        return unknown("from", logged.sender);
    const auto sender = is_known ? senders_[index] : types::recover_sender(logged.transaction);
    if (!sender)
        return Finding{Check::sender, "signature", text_of(*named), "no key"};
    if (*sender != *named)
        return Finding{Check::sender, "from", text_of(*named), text_of(*sender)};
    return std::nullopt;
}

std::optional<Finding> Verifier::check_protocol(const types::Transaction& transaction, std::size_t index) const
{
    const bool is_protocols = index < protocol_.size();
    if (is_protocols ? transaction == protocol_[index] : transaction.type != types::TransactionType::deposit)
        return std::nullopt;
    return Finding{Check::protocol, "transactionHash", to_hex(types::transaction_hash(transaction).view()),
        is_protocols ? to_hex(types::transaction_hash(protocol_[index]).view()) : "no deposit"};
}

Result<const chain::TransactionOutcome*, Finding> Verifier::run(const types::Transaction& transaction,
    const Address& sender)
{
    auto executed = execution_.execute(transaction, sender, ids_);
    const auto parent = assembler_.block()->number() - 1;
    if (!executed && std::holds_alternative<chain::StateUnavailable>(executed.error()) &&
        history_.sealed_number() < parent)
    {
        wait_for_seal_(parent);
        executed = execution_.execute(transaction, sender, ids_);
    }
    if (executed)
        return *executed;
    if (const auto* invalid = std::get_if<chain::InvalidTransaction>(&executed.error()))
        return failure(Finding{Check::transaction, "validity", "valid", std::string{chain::name_of(*invalid)}});
    return failure(Finding{Check::transaction, "parentHash", "read", "not told yet"});
}

std::optional<Finding> Verifier::execute(types::FragmentFrame& frame, std::size_t index)
{
    if (auto finding = check_sender(frame, index))
        return finding;
    const auto& logged = frame.transactions[index];
    const auto& transaction = logged.transaction;
    if (auto finding = check_protocol(transaction, assembler_.taken_count() + index))
        return finding;
    const auto sender = transaction.type == types::TransactionType::deposit
                            ? transaction.deposit.from
                            : *account_of(world_, frame.difference, logged.sender);
    const auto executed = run(transaction, sender);
    if (!executed)
        return executed.error();
    frame_builder_.add((*executed)->difference, ids_);
    auto& record = records_.emplace_back(execution_.take_record(**executed));
    record.hash = types::transaction_hash(transaction);
    record.sender = sender;
    return compare(logged, record.receipt, record.gas_used);
}

std::optional<Finding> Verifier::check_statements(types::FragmentFrame& frame)
{
    assembler_.begin_fragment(epoch_->terms, frame.time);
    for (const auto& record : records_)
        assembler_.add(record);
    auto [record, digest] = assembler_.end_fragment(difference_, frame_builder_.slot_accounts());
    fragment_ = std::move(record);
    fragment_->signature = frame.signature;
    return check_signer(Check::statement, types::recover_statement_signer(digest, frame.signature));
}

void Verifier::release(types::FragmentFrame& frame)
{
    show(difference_);
    const auto& block = assembler_.block();
    for (std::size_t i = 0; i < records_.size(); ++i)
    {
        records_[i].transaction = std::move(frame.transactions[i].transaction);
        block->transactions.push_back(std::move(records_[i]));
        history_.index_newest_transaction(block);
    }
    fragment_->differences = changes_;
    block->fragments.push_back(std::make_shared<const sequencer::FragmentRecord>(std::move(*fragment_)));
    fragment_.reset();
}

std::optional<types::SignedStatement> Verifier::said_of(const types::FragmentFrame& frame, std::size_t index) const
{
    const auto& block = *assembler_.block();
    if (fragment_)
        return sequencer::preconfirmation_of(
            block, *fragment_, static_cast<std::uint32_t>(index), records_[index].hash);
    auto assembler = assembler_;
    assembler.begin_fragment(epoch_->terms, frame.time);
    const auto before = block.transactions.size();
    std::uint64_t gas = before == 0 ? 0 : block.transactions[before - 1].receipt.cumulative_gas_used;
    for (const auto& logged : frame.transactions)
    {
        auto transaction = logged.transaction;
        if (logged.recipient)
            transaction.to = account_of(world_, frame.difference, *logged.recipient);
        if (logged.recipient && !transaction.to)
            return std::nullopt;
        sequencer::TransactionRecord record;
        record.hash = types::transaction_hash(transaction);
        record.receipt = said_receipt(logged, gas += logged.gas_used);
        assembler.add(record);
    }
    auto fragment = assembler.end_fragment({}, {}).record;
    fragment.signature = frame.signature;
    auto transaction = frame.transactions[index].transaction;
    if (frame.transactions[index].recipient)
        transaction.to = account_of(world_, frame.difference, *frame.transactions[index].recipient);
    return sequencer::preconfirmation_of(
        block, fragment, static_cast<std::uint32_t>(index), types::transaction_hash(transaction));
}

Mismatch Verifier::mismatch(Finding finding, types::FragmentFrame& frame, std::size_t index)
{
    const auto said = said_of(frame, index);
    const auto first = assembler_.block()->transactions.size();
    for (auto& logged : frame.transactions)
        if (logged.recipient)
            logged.transaction.to.reset();
    auto result = mismatch(std::move(finding), types::LogFrame{frame});
    auto& evidence = result.evidence;
    result.transaction = first + index;
    if (said)
        result.transaction_hash = std::get<types::SignedPreconfirmation>(*said).statement.transaction;
    evidence.statement = said;
    judge(evidence, is_covered_by_statement(result.finding));
    if (index < records_.size())
        evidence.receipt = types::encode(records_[index].receipt);
    return result;
}

std::optional<Finding> Verifier::check_mini_block(std::uint64_t time, const crypto::RecoverableSignature& signature)
{
    const auto number = assembler_.block()->number();
    const auto& position = assembler_.position();
    const auto earliest =
        std::max({options_.rules.end_of(number - 1) + 1, position.mini_block_start + 1, position.fragment_time});
    const auto latest = options_.rules.end_of(number);
    mini_block_ = assembler_.end_mini_block(epoch_->terms, time, world_.id_counts());
    mini_block_->signature = signature;
    if (time < earliest || time > latest)
        return Finding{Check::mini_block, "timestamp", std::to_string(time),
            "from " + std::to_string(earliest) + " to " + std::to_string(latest)};
    return check_signer(Check::mini_block, types::recover_statement_signer(mini_block_->hash, signature));
}

Mismatch Verifier::mini_block_mismatch(Finding finding, types::LogFrame frame)
{
    auto result = mismatch(std::move(finding), std::move(frame));
    result.evidence.statement = types::SignedMiniBlock{mini_block_->terms, mini_block_->header, mini_block_->signature};
    judge(result.evidence, is_covered_by_statement(result.finding));
    return result;
}

void Verifier::end_mini_block()
{
    const auto number = mini_block_->header.number;
    assembler_.block()->mini_blocks.push_back(std::move(*mini_block_));
    mini_block_.reset();
    history_.index_newest_mini_block(assembler_.block());
    hand_to_trie();
    validated_mini_blocks_.store(number + 1, std::memory_order_release);
}

Verifier::Checked Verifier::take(types::SealMiniFrame& frame)
{
    if (assembler_.block() == nullptr)
        return failure(mismatch(out_of_order("frame", "a mini-block ends", "no block is open"), frame));
    if (auto finding = check_mini_block(frame.time, frame.signature))
        return failure(mini_block_mismatch(std::move(*finding), frame));
    end_mini_block();
    return {};
}

Verifier::Checked Verifier::take(types::SealBlockFrame& frame)
{
    const auto& open = assembler_.block();
    if (open == nullptr || !knows_parent_)
        return failure(mismatch(
            out_of_order("frame", "a block ends", open == nullptr ? "no block is open" : "its parent was not told"),
            frame));
    if (open->transactions.size() < protocol_.size())
        return failure(mismatch({Check::protocol, "transactions.length", std::to_string(open->transactions.size()),
                                    std::to_string(protocol_.size()) + " of the protocol"},
            frame));
    if (auto finding = check_mini_block(frame.time, frame.signature))
        return failure(mini_block_mismatch(std::move(*finding), frame));
    world_.hold();
    auto ending = execution_.end();
    if (!ending)
        return failure(mismatch({Check::requests, "requests", "valid", text_of(ending.error())}, frame));
    auto finding = compare(frame.requests, ending->requests);
    if (!finding)
        finding = compare(frame.difference, ending->step.frame, world_);
    if (finding)
    {
        auto result = mismatch(std::move(*finding), frame);
        result.evidence.difference = types::encode(ending->step.frame);
        return failure(std::move(result));
    }
    end_mini_block();
    show(frame.difference);
    hand_to_trie();
    auto block = assembler_.end_block();
    block->close(world_.commit_number());
    const auto timestamp = block->opening.timestamp;
    sealer_.push(sequencer::SealRequest{
        std::move(block), std::move(ending->requests), chain::commits_to_withdrawals(specification_, timestamp)});
    return {};
}
}  // namespace jiffy::replica
