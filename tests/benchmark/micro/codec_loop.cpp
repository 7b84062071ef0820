// SPDX-License-Identifier: BSL-1.0
// `codec_loop encode|decode COUNT`: the library's codec alone, for counting instructions and heap calls.
#include "../client/heap.hpp"
#include "library_codec.hpp"
#include "texts.hpp"

#include <cstdio>
#include <string>
#include <string_view>

int main(int argc, char** argv) {
    using namespace lcm::bench;
    if (argc != 3) return 2;
    const bool encodes = std::string_view(argv[1]) == "encode";
    const Request request = make_request(sample_callid);
    const std::string reply(sample_reply);
    LibraryCodec codec;
    const long long calls = heap_calls();
    for (unsigned long left = std::stoul(argv[2]); left != 0; --left)
        if (encodes ? codec.encode(request).size() != 286 : !codec.decode(reply, sample_callid)) return 1;
    std::printf("{\"heap_calls\": %lld}\n", heap_calls() - calls);
}
