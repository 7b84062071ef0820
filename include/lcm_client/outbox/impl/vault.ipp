// SPDX-License-Identifier: BSL-1.0
// What keeps the contents of an outbox's file secret and whole: the bodies.
#ifndef LCM_CLIENT_OUTBOX_IMPL_VAULT_IPP
#define LCM_CLIENT_OUTBOX_IMPL_VAULT_IPP

#include <lcm_client/outbox/impl/contents.hpp>
#include <lcm_client/outbox/impl/vault.hpp>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <array>
#include <functional>
#include <new>
#include <stdexcept>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

LCM_CLIENT_DECL std::string random_bytes(std::size_t count) {
    std::string bytes(count, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) != 1)
        throw std::runtime_error("the system has no random bytes");
    return bytes;
}

LCM_CLIENT_DECL KeyedHash::KeyedHash(std::string_view key) {
    std::array digest{'S', 'H', 'A', '2', '5', '6', '\0'};
    const std::array parameters{OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
                                OSSL_PARAM_construct_end()};
    const std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)> hmac(EVP_MAC_fetch(nullptr, "HMAC", nullptr), EVP_MAC_free);
    keyed_.reset(hmac ? EVP_MAC_CTX_new(hmac.get()) : nullptr, EVP_MAC_CTX_free);
    const auto* const bytes = reinterpret_cast<const unsigned char*>(key.data());
    if (!keyed_ || EVP_MAC_init(keyed_.get(), bytes, key.size(), parameters.data()) != 1) throw std::bad_alloc();
}

// Each text goes through a copy: to begin again with the same key is not in all versions of OpenSSL 3.
LCM_CLIENT_DECL std::string KeyedHash::operator()(std::string_view text) const {
    const std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)> context(EVP_MAC_CTX_dup(keyed_.get()),
                                                                            EVP_MAC_CTX_free);
    std::string hash(size, '\0');
    const auto* const bytes = reinterpret_cast<const unsigned char*>(text.data());
    const bool is_done =
        context && EVP_MAC_update(context.get(), bytes, text.size()) == 1 &&
        EVP_MAC_final(context.get(), reinterpret_cast<unsigned char*>(hash.data()), nullptr, hash.size()) == 1;
    if (!is_done) throw std::bad_alloc();
    return hash;
}

[[nodiscard]] inline std::string in_hexadecimal(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const char byte : bytes) {
        const auto value = static_cast<unsigned char>(byte);
        text += digits[value >> 4U];
        text += digits[value & 15U];
    }
    return text;
}

LCM_CLIENT_DECL Vault::Vault(OutboxSeal seal, std::string_view file)
    : seal_(std::move(seal)), file_(in_hexadecimal(file)) {}

LCM_CLIENT_DECL std::string Vault::make_key() {
    const std::string key = random_bytes(KeyedHash::size);
    hash_.emplace(key);
    return close_up(key, context("key"));
}

LCM_CLIENT_DECL bool Vault::open_key(std::string_view sealed) {
    const auto key = open_up(sealed, context("key"));
    if (!key || key->size() != KeyedHash::size) return false;
    hash_.emplace(*key);
    return true;
}

LCM_CLIENT_DECL std::string Vault::seal(EntryId id, std::string_view contents) const {
    std::string plain = code_of(id, contents);
    plain += contents;
    return close_up(plain, context("entry " + std::to_string(id)));
}

LCM_CLIENT_DECL std::optional<std::string> Vault::open(EntryId id, std::string_view sealed) const {
    auto plain = open_up(sealed, context("entry " + std::to_string(id)));
    if (!plain || plain->size() < KeyedHash::size) return std::nullopt;
    const std::string code = code_of(id, std::string_view(*plain).substr(KeyedHash::size));
    if (CRYPTO_memcmp(code.data(), plain->data(), KeyedHash::size) != 0) return std::nullopt;
    plain->erase(0, KeyedHash::size);
    return plain;
}

LCM_CLIENT_DECL SubjectKeys Vault::hash(const Subjects& subjects) const {
    SubjectKeys keys;
    for (const Subject& subject : subjects) {
        std::string text;
        append_text(text, "subject");
        append_text(text, to_string(subject.kind));
        text += subject.value.reveal();
        keys.push_back(hash_.value()(text));
    }
    return keys;
}

LCM_CLIENT_DECL std::string Vault::context(std::string_view what) const {
    return std::string("lcm outbox ").append(file_).append(1, ' ').append(what);
}

LCM_CLIENT_DECL std::string Vault::code_of(EntryId id, std::string_view contents) const {
    std::string text;
    append_text(text, "entry");
    append_number(text, id);
    text += contents;
    return hash_.value()(text);
}

LCM_CLIENT_DECL std::string Vault::close_up(std::string_view plain, const std::string& context) const {
    const std::function<std::string(std::string_view, std::string_view)>& seal = seal_.seal;
    return seal ? seal(plain, context) : std::string(plain);
}

LCM_CLIENT_DECL std::optional<std::string> Vault::open_up(std::string_view sealed, const std::string& context) const {
    const std::function<std::optional<std::string>(std::string_view, std::string_view)>& open = seal_.open;
    if (!open) return std::string(sealed);
    try {
        return open(sealed, context);
    } catch (...) { // the application's: a keyring that is locked, for instance
        return std::nullopt;
    }
}

} // namespace lcm::detail

#endif
