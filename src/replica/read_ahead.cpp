// SPDX-License-Identifier: Apache-2.0
#include "replica/read_ahead.hpp"

namespace jiffy::replica
{
ReadAhead::ReadAhead(const world::World& world, std::uint64_t chain_id)
  : world_{world}
  , position_{chain_id, world.id_counts()}
  , known_accounts_{position_.before.accounts}
{
}

std::optional<Address> ReadAhead::address_at(std::uint32_t account_id) const
{
    if (account_id < known_accounts_)
        return world_.address_at(account_id);
    const auto place = account_id - known_accounts_;
    return place < addresses_.size() ? std::optional{addresses_[place]} : std::nullopt;
}

Result<types::LogFrame, types::LogFrameError> ReadAhead::next(BytesView record)
{
    auto frame = types::decode_log_frame(record, position_);
    if (!frame)
        return frame;
    if (const auto* difference = types::difference_of(*frame))
    {
        for (const auto& account : difference->accounts)
            if (account.id >= difference->before.accounts)
                addresses_.push_back(account.address);
        // Every account that appears stands in the difference.
        if (known_accounts_ + addresses_.size() != difference->after.accounts)
            return failure(types::LogFrameError::bad_id);
        position_.before = difference->after;
    }
    if (auto* fragment = std::get_if<types::FragmentFrame>(&*frame))
        for (auto& logged : fragment->transactions)
            if (logged.recipient)
                logged.transaction.to = address_at(*logged.recipient);
    return frame;
}

std::vector<std::optional<Address>> recover_senders(const types::FragmentFrame& fragment)
{
    std::vector<std::optional<Address>> senders;
    senders.reserve(fragment.transactions.size());
    for (const auto& logged : fragment.transactions)
        senders.push_back(types::recover_sender(logged.transaction));
    return senders;
}
}  // namespace jiffy::replica
