// SPDX-License-Identifier: BSL-1.0
// How messages become the frames of a client: lengths of every form, and masks.
// Functions of OpenSSL are replaced here by means that it would rather see gone.
#define OPENSSL_SUPPRESS_DEPRECATED // NOLINT(cppcoreguidelines-macro-usage)

#include <session/random.hpp>
#include <support/catch.hpp>

#include <lcm_client/websocket/impl/frames/close_frame.hpp>
#include <lcm_client/websocket/impl/frames/frame_header.hpp>
#include <lcm_client/websocket/impl/frames/frame_writer.hpp>

#include <openssl/rand.h>

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using lcm::detail::frame_header_size;
using lcm::detail::MaskingKeys;
using lcm::detail::Opcode;
using lcm::detail::write_frame;
using lcm::detail::write_masked;

std::string message_of(std::size_t size) {
    std::string text;
    for (std::size_t i = 0; i < size; ++i) text.push_back(static_cast<char>('a' + i % 23));
    return text;
}

std::string unmasked(const std::vector<unsigned char>& frame, std::size_t header, MaskingKeys::Key key) {
    std::string text;
    for (std::size_t i = header; i < frame.size(); ++i)
        text.push_back(static_cast<char>(frame[i] ^ key[(i - header) % key.size()]));
    return text;
}

TEST_CASE("a text frame has the shortest form of its length, the key, and the masked text") {
    struct Row {
        std::size_t size;
        std::vector<unsigned char> start;
    };
    const std::vector<Row> rows{
        {0, {0x81, 0x80}},
        {1, {0x81, 0x81}},
        {7, {0x81, 0x87}},
        {8, {0x81, 0x88}},
        {9, {0x81, 0x89}},
        {124, {0x81, 0xFC}},
        {125, {0x81, 0xFD}},
        {126, {0x81, 0xFE, 0, 126}},
        {0x1234, {0x81, 0xFE, 0x12, 0x34}},
        {65'535, {0x81, 0xFE, 0xFF, 0xFF}},
        {65'536, {0x81, 0xFF, 0, 0, 0, 0, 0, 1, 0, 0}},
        {65'537, {0x81, 0xFF, 0, 0, 0, 0, 0, 1, 0, 1}},
        {0x12'3456, {0x81, 0xFF, 0, 0, 0, 0, 0, 0x12, 0x34, 0x56}},
    };
    const MaskingKeys::Key key{0x12, 0xFF, 0x00, 0x80};
    for (const Row& row : rows) {
        CAPTURE(row.size);
        const std::string text = message_of(row.size);
        const std::size_t header = frame_header_size(text.size());
        std::vector<unsigned char> frame(header + text.size());
        write_frame(Opcode::text, text, key, frame.data());
        std::vector<unsigned char> expected = row.start;
        expected.insert(expected.end(), key.begin(), key.end());
        REQUIRE(expected.size() == header);
        CHECK(std::vector<unsigned char>(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(header)) ==
              expected);
        CHECK(unmasked(frame, header, key) == text);
    }
}

TEST_CASE("control frames are final and masked, and every length of a payload is masked to its end") {
    const MaskingKeys::Key key{0xA5, 0x5A, 0x0F, 0xF0};
    const std::pair<Opcode, unsigned> rows[] = {{Opcode::close, 0x88}, {Opcode::ping, 0x89}, {Opcode::pong, 0x8A}};
    for (const auto& [opcode, first] : rows)
        for (std::size_t size = 0; size <= 125; ++size) {
            const std::string text = message_of(size);
            std::vector<unsigned char> frame(frame_header_size(size) + size + 1, 0xEE);
            write_frame(opcode, text, key, frame.data());
            CHECK(frame[0] == first);
            CHECK(frame[1] == (0x80 | size));
            CHECK(frame.back() == 0xEE); // nothing is written behind the frame
            frame.pop_back();
            CHECK(unmasked(frame, frame_header_size(size), key) == text);
        }
}

TEST_CASE("a close frame has its code, the high byte first, and an answered ping its payload up to the largest one") {
    const auto payload = lcm::detail::close_payload(lcm::detail::CloseCode::message_too_big);
    CHECK(std::string(payload.begin(), payload.end()) == "\x03\xF1");
    for (const std::size_t size : {0U, 1U, 124U, 125U})
        CHECK(lcm::detail::ControlPayload(message_of(size)).text() == message_of(size));
    CHECK(lcm::detail::ControlPayload(message_of(126)).text() == message_of(125));
}

TEST_CASE("a payload is masked byte by byte as the protocol says, of every length and wherever it stands") {
    lcm::tests::Random random(lcm::tests::test_seed());
    for (std::size_t size = 0; size <= 150; ++size)
        for (std::size_t offset = 0; offset < 16; ++offset) {
            MaskingKeys::Key key{};
            for (unsigned char& byte : key) byte = static_cast<unsigned char>(random.below(256));
            std::string text(offset + size, '\0');
            for (char& c : text) c = static_cast<char>(random.below(256));
            const std::string_view payload = std::string_view(text).substr(offset);
            std::vector<unsigned char> expected;
            for (std::size_t i = 0; i != size; ++i)
                expected.push_back(static_cast<unsigned char>(static_cast<unsigned char>(payload[i]) ^ key[i % 4]));
            const std::size_t begin = random.below(16);
            std::vector<unsigned char> written(begin + size + 1, 0xEE);
            const unsigned char* const end = write_masked(payload, key, written.data() + begin);
            const auto first = written.begin() + static_cast<std::ptrdiff_t>(begin);
            const bool is_right = end == written.data() + begin + size && written.back() == 0xEE &&
                                  std::equal(expected.begin(), expected.end(), first) &&
                                  std::count(written.begin(), first, 0xEE) == static_cast<std::ptrdiff_t>(begin);
            if (!is_right) FAIL(size << " bytes, " << offset << " behind the beginning");
        }
}

TEST_CASE("masking keys differ, over many draws") {
    MaskingKeys keys;
    std::set<MaskingKeys::Key> seen;
    for (int i = 0; i < 1000; ++i) {
        REQUIRE(keys.prepare());
        seen.insert(keys.take());
    }
    CHECK(seen.size() > 990); // of 2^32; two may meet by chance
}

TEST_CASE("the first masking keys of many connections differ") {
    std::set<MaskingKeys::Key> seen;
    for (int i = 0; i < 100; ++i) {
        MaskingKeys keys;
        REQUIRE(keys.prepare());
        seen.insert(keys.take());
    }
    CHECK(seen.size() > 95); // of 2^32; two may meet by chance
}

// The system has no random bytes as long as one of these is there.
class NoRandomBytes {
public:
    NoRandomBytes() : usual_(RAND_get_rand_method()) { RAND_set_rand_method(&none_); }
    NoRandomBytes(const NoRandomBytes&) = delete;
    NoRandomBytes& operator=(const NoRandomBytes&) = delete;
    ~NoRandomBytes() { RAND_set_rand_method(usual_); }

private:
    const RAND_METHOD none_{nullptr, [](unsigned char*, int) { return 0; }, nullptr, nullptr, nullptr, nullptr};
    const RAND_METHOD* usual_;
};

TEST_CASE("there is no masking key while the system has no random bytes, and one when it has some again") {
    MaskingKeys keys;
    {
        const NoRandomBytes none;
        CHECK_FALSE(keys.prepare());
        CHECK_FALSE(keys.prepare());
    }
    CHECK(keys.prepare());
}

} // namespace
