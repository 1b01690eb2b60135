// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sequencer/archive.hpp"
#include "sequencer/history.hpp"

namespace jiffy::sequencer
{
/// The blocks of a chain for readers that may wait for a disk: those in memory, and older ones in an archive, if there
/// is one. What cannot be read there is counted and not found. To copy it costs nothing.
class ChainReader
{
public:
    /// A history alone is a chain that forgets.
    ChainReader(const History& history, const Archive* archive = nullptr) noexcept
      : history_{&history}
      , archive_{archive}
    {
    }

    [[nodiscard]] BlockPointer open_block() const { return history_->open_block(); }
    [[nodiscard]] BlockPointer sealed_head() const { return history_->sealed_head(); }
    [[nodiscard]] std::uint64_t sealed_number() const noexcept { return history_->sealed_number(); }
    [[nodiscard]] std::uint64_t oldest_number() const noexcept;
    /// The number of the first mini-block that can be found.
    [[nodiscard]] std::uint64_t oldest_mini_block() const;

    /// As in `History`.
    [[nodiscard]] BlockPointer find(std::uint64_t number) const;
    [[nodiscard]] BlockPointer find(const Hash& hash) const;
    /// The number of a sealed block, without reading it.
    [[nodiscard]] std::optional<std::uint64_t> number_of(const Hash& hash) const;
    [[nodiscard]] std::optional<TransactionPlace> find_transaction(const Hash& hash) const;
    [[nodiscard]] std::optional<MiniBlockPlace> find_mini_block(std::uint64_t number) const;
    [[nodiscard]] std::optional<MiniBlockPlace> find_mini_block(const Hash& hash) const;

private:
    /// The archive's blocks go at least up to those in memory, once they are sealed.
    [[nodiscard]] bool has_archive() const noexcept
    {
        return archive_ != nullptr && archive_->next_number() != archive_->first_number();
    }
    template <class Found>
    [[nodiscard]] Found or_nothing(store::StoreResult<Found> found) const;

    const History* history_;
    const Archive* archive_;
};
}  // namespace jiffy::sequencer
