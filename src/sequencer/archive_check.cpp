// SPDX-License-Identifier: Apache-2.0
#include "sequencer/archive_check.hpp"

#include "chain/header_completion.hpp"

namespace jiffy::sequencer
{
using store::StoreResult;

namespace
{
constexpr std::size_t most_faults = 20;

/// Looks for what is wrong with one block after the other.
class Checker
{
public:
    Checker(const ArchiveFiles& files, ArchiveCheck& result)
      : files_{files}
      , result_{result}
    {
    }

    /// False if there is no use in going on.
    bool check(const store::BlockSegments::Read& read)
    {
        const auto block = block_in(read);
        if (!block)
        {
            result_.faults.push_back(block.error().text);
            return false;
        }
        ++result_.blocks;
        result_.transactions += (*block)->transactions.size();
        result_.mini_blocks += (*block)->mini_blocks.size();
        check_header(**block);
        check_names(names_of(**block, read.place));
        return result_.faults.size() < most_faults;
    }

private:
    void fault(std::uint64_t number, const std::string& text)
    {
        if (result_.faults.size() < most_faults)
            result_.faults.push_back("block " + std::to_string(number) + ": " + text);
    }

    void check_header(const BlockRecord& block)
    {
        const auto& header = block.sealed()->header;
        if (parent_ && header.parent_hash != *parent_)
            fault(block.number(), "it does not follow on the one before");
        parent_ = block.hash();
        std::vector<Bytes> transactions;
        std::vector<Bytes> receipts;
        for (std::size_t i = 0; i < block.transactions.size(); ++i)
        {
            transactions.push_back(types::encode(block.transactions[i].transaction));
            receipts.push_back(types::encode(block.transactions[i].receipt));
        }
        auto roots = header;
        chain::complete_header(roots, transactions, receipts, {}, crypto::native_kernels());
        if (roots.transactions_root != header.transactions_root)
            fault(block.number(), "its transactions are not those of its header");
        if (roots.receipts_root != header.receipts_root)
            fault(block.number(), "its receipts are not those of its header");
    }

    void check_names(const store::BlockNames& names)
    {
        if (!files_.index)
            return;
        const auto& index = **files_.index;
        if (names.number >= index.next_number())
        {
            ++result_.unindexed;
            return;
        }
        const auto found = index.block(names.number);
        if (!found || !*found || (*found)->place != names.place || (*found)->hash != names.hash)
            fault(names.number, "the index has it elsewhere");
        expect(names.number, index.block(names.hash), 0, "the block's hash");
        for (std::size_t i = 0; i < names.transactions.size(); ++i)
            expect(names.number, index.transaction(names.transactions[i]), i, "a transaction");
        for (std::size_t i = 0; i < names.mini_blocks.size(); ++i)
            expect(names.number, index.mini_block(names.mini_blocks[i]), i, "a mini-block");
        if (names.mini_blocks.empty())
            return;
        const auto last = index.block_of_mini_block(names.first_mini_block + names.mini_blocks.size() - 1);
        if (!last || *last != names.number)
            fault(names.number, "the index has its mini-blocks elsewhere");
    }

    void expect(std::uint64_t number,
        const StoreResult<std::optional<store::NamedPlace>>& found,
        std::size_t index,
        const char* what)
    {
        if (!found)
            fault(number, found.error().text);
        else if (!*found || (*found)->number != number || (*found)->index != index)
            fault(number, std::string{"the index does not lead there from "} + what);
    }

    const ArchiveFiles& files_;
    ArchiveCheck& result_;
    std::optional<Hash> parent_;
};
}  // namespace

StoreResult<ArchiveFiles> ArchiveFiles::open(store::Disk& disk, const std::string& data_directory)
{
    const auto directory = segments_directory(data_directory);
    const auto chain = store::BlockSegments::identity(disk, directory);
    if (!chain)
        return failure(chain.error());
    if (!*chain)
        return failure(store::Error{store::ErrorKind::not_retained, 0, directory + ": there are no blocks"});
    auto segments = store::BlockSegments::open(disk, directory, **chain);
    if (!segments)
        return failure(segments.error());
    auto index = store::BlockIndex::open_existing(index_directory(data_directory), **chain, **segments);
    return ArchiveFiles{**chain, std::move(*segments), std::move(index)};
}

StoreResult<ArchiveStats> stats_of(const ArchiveFiles& files)
{
    ArchiveStats stats;
    stats.files = files.segments->file_count();
    const auto size = files.segments->size();
    if (!size)
        return failure(size.error());
    stats.segment_bytes = *size;
    auto scanned = files.segments->scan(files.segments->first_number(), store::BlockSegments::Wanted::heads,
        [&stats](const store::BlockSegments::Read& read)
        {
            ++stats.blocks;
            stats.block_bytes += read.head.size;
            stats.longest_block = std::max<std::uint64_t>(stats.longest_block, read.head.size);
            return true;
        });
    if (!scanned)
        return failure(scanned.error());
    return stats;
}

StoreResult<ArchiveCheck> check_archive(const ArchiveFiles& files)
{
    ArchiveCheck result;
    if (!files.index)
        result.faults.push_back(files.index.error().text);
    else if (const auto verified = (*files.index)->verify(); !verified)
        result.faults.push_back(verified.error().text);
    Checker checker{files, result};
    auto scanned = files.segments->scan(files.segments->first_number(), store::BlockSegments::Wanted::blocks,
        [&checker](const store::BlockSegments::Read& read) { return checker.check(read); });
    if (!scanned && scanned.error().kind == store::ErrorKind::disk)
        return failure(scanned.error());
    if (!scanned)
        result.faults.push_back(scanned.error().text);
    return result;
}
}  // namespace jiffy::sequencer
