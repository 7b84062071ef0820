// SPDX-License-Identifier: BSL-1.0
// `codec_loop encode|decode|decode_unlike COUNT`: the library's codec alone, for counting instructions and heap calls.
#include "../client/heap.hpp"
#include "library_codec.hpp"
#include "texts.hpp"

#include <cstdio>
#include <string>
#include <string_view>

int main(int argc, char** argv) {
    using namespace lcm::bench;
    if (argc != 3) return 2;
    const std::string_view mode = argv[1];
    const Request request = make_request(sample_callid);
    Replies replies(mode != "decode_unlike");
    LibraryCodec codec;
    const auto decodes = [&](const ReplyText& reply) { return codec.decode(reply.text, reply.callid); };
    const long long calls = heap_calls();
    for (unsigned long left = std::stoul(argv[2]); left != 0; --left)
        if (mode == "encode" ? codec.encode(request).size() != 286 : !decodes(replies.next())) return 1;
    std::printf("{\"heap_calls\": %lld}\n", heap_calls() - calls);
}
