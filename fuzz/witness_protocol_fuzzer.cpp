// SPDX-License-Identifier: Apache-2.0
#include "consensus/witness_protocol.hpp"
#include "require.hpp"

#include <algorithm>

// The bytes are tried as one message, which has one encoding, and as a stream of questions to a register: its epoch
// rises, and only by what follows the rule.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace jiffy;
    using namespace jiffy::consensus;
    const BytesView input{data, size};
    if (const auto message = decode_witness(input))
        fuzz::require(equal(BytesView{encode(*message)}.subspan(feed::length_prefix_size), input),
            "a message is encoded as it was decoded");
    feed::MessageReader reader{longest_witness_message};
    Configuration current;
    for (auto rest = input; !rest.empty();)
    {
        const auto piece = rest.first(std::min<std::size_t>(rest.size(), 1 + rest[0]));
        rest = rest.subspan(piece.size());
        reader.add(piece);
        for (auto next = reader.next(); next && *next; next = reader.next())
        {
            const auto message = decode_witness(**next);
            const auto* question = message ? std::get_if<WitnessQuestion>(&*message) : nullptr;
            const auto* proposal = question != nullptr ? std::get_if<Propose>(&question->request) : nullptr;
            if (proposal == nullptr || !is_accepted(current, *proposal))
                continue;
            fuzz::require(proposal->next == current || proposal->next.epoch > current.epoch, "epochs rise");
            fuzz::require(is_valid(proposal->next), "what is accepted is a configuration");
            current = proposal->next;
        }
    }
    return 0;
}
