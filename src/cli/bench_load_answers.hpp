// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace jiffy::cli::load
{
/// What a load generator wants to know of a JSON-RPC answer.
struct Answer
{
    enum class Content : std::uint8_t
    {
        /// `result` is null.
        nothing,
        /// `result` is something else, such as a transaction hash.
        value,
        /// `result` is an object with a `status`: a receipt.
        receipt,
        error,
    };

    /// Empty if it is no number, as in the answer to a request that could not be read.
    std::optional<std::uint64_t> id;
    Content content = Content::nothing;
    /// Of a receipt: the transaction did not revert.
    bool succeeded = false;
    std::int64_t error_code = 0;
    /// Valid until the next answer is read.
    std::string_view error_message;
};

/// Reads answers; keeps the memory for it.
class AnswerReader
{
public:
    /// Bytes behind the text that must be readable.
    static constexpr std::size_t padding = 64;

    AnswerReader();
    AnswerReader(const AnswerReader&) = delete;
    AnswerReader& operator=(const AnswerReader&) = delete;
    ~AnswerReader();

    /// Begins with a text that holds one answer or an array of them, and is followed by `padding` readable bytes; it
    /// must stay until the last answer was read. False if it is neither.
    bool begin(std::string_view text);

    /// The next answer; empty after the last, and at one that is malformed.
    std::optional<Answer> next();

    /// The text had something in it that is no answer.
    [[nodiscard]] bool is_malformed() const noexcept;

private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};
}  // namespace jiffy::cli::load
