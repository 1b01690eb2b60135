// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "chain/evidence.hpp"

#include <expected>
#include <string>

namespace jiffy::cli
{
/// The receipt that a preconfirmation came in.
struct AttachedReceipt
{
    struct Place
    {
        Hash transaction;
        std::uint64_t block_number = 0;
        std::uint64_t index = 0;

        friend bool operator==(const Place&, const Place&) = default;
    };
    /// Where the receipt, and each of its logs, says that the transaction stands.
    std::vector<Place> places;
    types::Receipt receipt;
};

/// What a file says that a sequencer has signed.
struct StatementFile
{
    chain::Evidence evidence;
    std::optional<AttachedReceipt> receipt = std::nullopt;
    /// A member beside a mini-block's header that follows from what is signed (a hash, a sender, a place) and yet says
    /// something else; empty if there is none.
    std::string wrong_member = {};
    /// Its header is followed by hashes of transactions alone, which it does not prove.
    bool has_unchecked_hashes = false;
};

/// Reads a file with what a node answers, its `result` alone or the whole JSON-RPC response: a preconfirmation, a
/// receipt with one, a mini-block (with whole transactions: its body too), or the proof of a transaction in one. At
/// most 64 MiB. The error is one line for people; nothing is verified.
std::expected<StatementFile, std::string> read_statement_file(const std::string& path);

/// Whether the receipt is the one that the preconfirmation commits to, and names its place. What does not stand in a
/// receipt's consensus form (gasUsed, from, to, blockHash, ...) is signed by nobody.
bool belongs_to(const AttachedReceipt& receipt, const types::Preconfirmation& statement);
}  // namespace jiffy::cli
