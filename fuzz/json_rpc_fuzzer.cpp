// SPDX-License-Identifier: Apache-2.0
#include "node/dev_node.hpp"

#include <cstdlib>

namespace
{
/// One node for all inputs: it holds no more than its limits let it, whatever is sent.
jiffy::node::DevNode& node()
{
    static const auto started = []
    {
        jiffy::node::DevNodeOptions options;
        options.port = 0;
        options.history_blocks = 64;
        auto result = jiffy::node::DevNode::start(options);
        if (!result)
            std::abort();
        return std::move(*result);
    }();
    return *started;
}
}  // namespace

/// The request parser, the dispatcher and every method, on bytes from anywhere: any input gets at most one answer, and
/// what is answered is JSON.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    std::string body{reinterpret_cast<const char*>(data), size};
    node().handle(std::move(body),
        [](jiffy::rpc::Answer answer)
        {
            const auto text = std::move(answer).text();
            if (!text.empty() && text.front() != '{' && text.front() != '[')
                std::abort();
        });
    return 0;
}
