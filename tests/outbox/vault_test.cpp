// SPDX-License-Identifier: BSL-1.0
// What keeps the contents of an outbox's file secret and whole.
#include <outbox/outbox_bench.hpp>
#include <support/catch.hpp>

#include <lcm_client/outbox/impl/contents.hpp>
#include <lcm_client/outbox/impl/vault.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

using namespace std::chrono_literals;
using namespace std::string_literals;
using lcm::OutboxSeal;
using lcm::Subject;
using lcm::SubjectKind;
using lcm::detail::Contents;
using lcm::detail::Vault;
using lcm::detail::WallTime;
using lcm::tests::mirror;

namespace {

Vault opened(OutboxSeal seal, std::string& key, std::string_view file = "file") {
    Vault vault(std::move(seal), file);
    if (key.empty()) key = vault.make_key();
    else REQUIRE(vault.open_key(key));
    return vault;
}

} // namespace

TEST_CASE("The hash of a text with a key is HMAC-SHA256") {
    const std::string hash = lcm::detail::KeyedHash("Jefe")("what do ya want for nothing?"); // RFC 4231, case 2
    CHECK(hash == "\x5b\xdc\xc1\x46\xbf\x60\x75\x4e\x6a\x04\x24\x26\x08\x95\x75\xc7"
                  "\x5a\x00\x3f\x08\x9d\x27\x39\x83\x9d\xec\x58\xb9\x64\xec\x38\x43"s);
}

TEST_CASE("An entry opens under its own number, in its own file, and as it was") {
    const bool is_sealed = GENERATE(true, false);
    std::string key;
    const Vault vault = opened(is_sealed ? mirror() : OutboxSeal(), key);
    const std::string sealed = vault.seal(17, "the contents");
    CHECK(vault.open(17, sealed) == "the contents");
    CHECK_FALSE(vault.open(18, sealed));
    std::string other_key;
    CHECK_FALSE(opened(is_sealed ? mirror() : OutboxSeal(), other_key).open(17, sealed));
    std::string damaged = sealed;
    damaged[damaged.size() - 3] = static_cast<char>(damaged[damaged.size() - 3] ^ 1);
    CHECK_FALSE(vault.open(17, damaged));
    CHECK_FALSE(vault.open(17, sealed.substr(0, 5)));
    CHECK(opened(is_sealed ? mirror() : OutboxSeal(), key).open(17, sealed) == "the contents");
}

TEST_CASE("An entry of which any byte was changed does not open") {
    std::string key;
    const Vault vault = opened({}, key);
    const std::string sealed = vault.seal(17, "the contents");
    for (std::size_t i = 0; i != sealed.size(); ++i) {
        std::string damaged = sealed;
        damaged[i] = static_cast<char>(damaged[i] ^ 1);
        CHECK_FALSE(vault.open(17, damaged));
    }
}

TEST_CASE("A key that is shorter or longer than one is none") {
    std::string key;
    static_cast<void>(opened({}, key));
    Vault vault({}, "file");
    CHECK_FALSE(vault.open_key(""));
    CHECK_FALSE(vault.open_key(key.substr(1)));
    CHECK_FALSE(vault.open_key(key + "x"));
    CHECK(vault.open_key(key));
}

TEST_CASE("A seal gets the file and the entry as its context") {
    std::string seen;
    OutboxSeal seal = mirror();
    seal.seal = [&](std::string_view plain, std::string_view context) {
        seen = context;
        return std::string(plain);
    };
    std::string key;
    const Vault vault = opened(seal, key, "\x01\xfe");
    CHECK(seen == "lcm outbox 01fe key");
    static_cast<void>(vault.seal(17, "x"));
    CHECK(seen == "lcm outbox 01fe entry 17");
}

TEST_CASE("A key that cannot be opened is told, also if the application throws") {
    std::string key;
    static_cast<void>(opened(mirror(), key));
    Vault other(mirror(), "other file");
    CHECK_FALSE(other.open_key(key));
    OutboxSeal locked = mirror();
    locked.open = [](std::string_view, std::string_view) -> std::optional<std::string> {
        throw std::runtime_error("the keyring is locked");
    };
    Vault throwing(locked, "file");
    CHECK_FALSE(throwing.open_key(key));
}

TEST_CASE("Equal subjects of a file have equal hashes, and others have not") {
    std::string key;
    const Vault vault = opened({}, key);
    const Subject call{SubjectKind::call, "123"};
    const Subject number{SubjectKind::telephone_number, "123"};
    const auto hashes = vault.hash({call, number, call});
    REQUIRE(hashes.size() == 3);
    CHECK(hashes[0] == hashes[2]);
    CHECK(hashes[0] != hashes[1]);
    CHECK(hashes[0].size() == 32);
    CHECK(opened({}, key).hash({call})[0] == hashes[0]);
    std::string other_key;
    CHECK(opened({}, other_key).hash({call})[0] != hashes[0]);
}

TEST_CASE("Contents are read as they were written, and nothing else is") {
    const Contents contents{.operation = "SetDNC",
                            .callid = "1",
                            .tag = 0xfedcba9876543210,
                            .marks_do_not_call = true,
                            .posted = WallTime(7777ms),
                            .data = R"({"a":"\u0000"})"};
    const std::string text = lcm::detail::write_contents(contents);
    const auto read = lcm::detail::read_contents(text);
    REQUIRE(read);
    CHECK(read->operation == contents.operation);
    CHECK(read->callid == contents.callid);
    CHECK(read->tag == contents.tag);
    CHECK(read->marks_do_not_call);
    CHECK(read->posted == contents.posted);
    CHECK(read->data == contents.data);
    for (std::size_t size = 0; size != text.size(); ++size)
        CHECK_FALSE(lcm::detail::read_contents(std::string_view(text).substr(0, size)));
    CHECK_FALSE(lcm::detail::read_contents(text + "x"));
    CHECK_FALSE(lcm::detail::read_contents("\2" + text.substr(1)));
}
