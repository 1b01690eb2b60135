// SPDX-License-Identifier: Apache-2.0
#include "node/node.hpp"

#include <chrono>
#include <cstdlib>
#include <future>

namespace
{
/// One node for all inputs: it holds no more than its limits let it, whatever is sent.
jiffy::node::Node& node()
{
    static const auto started = []
    {
        jiffy::node::NodeOptions options;
        options.port = 0;
        options.block_interval = 50;
        options.history_blocks = 64;
        auto result = jiffy::node::Node::start(options);
        if (!result)
            std::abort();
        return std::move(*result);
    }();
    return *started;
}
}  // namespace

/// The world keeps pointers in pages of its own, where the leak checker does not look.
extern "C" int __lsan_is_turned_off();
extern "C" int __lsan_is_turned_off()
{
    return 1;
}

/// The request parser, the dispatcher and every method, on bytes from anywhere: any input gets at most one answer, and
/// what is answered is JSON.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    // A worker may answer after the time below.
    const auto answered = std::make_shared<std::promise<void>>();
    node().handle(std::string{reinterpret_cast<const char*>(data), size},
        [answered](jiffy::rpc::Answer answer)
        {
            const auto text = std::move(answer).text();
            if (!text.empty() && text.front() != '{' && text.front() != '[')
                std::abort();
            answered->set_value();
        });
    constexpr std::chrono::milliseconds patience{20};
    answered->get_future().wait_for(patience);
    return 0;
}
