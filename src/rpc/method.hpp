// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/parameters.hpp"
#include "rpc/reply.hpp"

namespace jiffy::rpc
{
struct Backend;

/// One call of a method.
struct Call
{
    Backend& backend;
    Parameters parameters;
    /// Null on plain HTTP.
    std::shared_ptr<Channel> channel;
    /// A method that answers later moves it out.
    Reply reply;

    /// True, and answered, if there are more than `most` parameters or one was bad. To be asked once all are read.
    bool reject_bad_parameters(std::size_t most)
    {
        parameters.at_most(most);
        if (!parameters.error())
            return false;
        reply.error(*parameters.error());
        return true;
    }
};

enum class MethodCost : std::uint8_t
{
    /// Microseconds: runs on the I/O thread.
    light,
    /// Likewise, if the block or transaction that the first parameter names is in memory; else runs on a worker.
    names_block,
    /// Likewise, with the number or hash of a mini-block.
    names_mini_block,
    /// Runs on a worker.
    heavy,
};

/// A row of a namespace's table.
struct Method
{
    std::string_view name;
    void (*handler)(Call& call);
    MethodCost cost = MethodCost::light;
    /// Takes a transaction, and is refused under overload before anybody looks into it.
    bool takes_transaction = false;
};
}  // namespace jiffy::rpc
