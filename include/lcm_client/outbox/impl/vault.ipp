// SPDX-License-Identifier: BSL-1.0
// What keeps the contents of an outbox's file secret and whole: the bodies.
#ifndef LCM_CLIENT_OUTBOX_IMPL_VAULT_IPP
#define LCM_CLIENT_OUTBOX_IMPL_VAULT_IPP

#include <lcm_client/outbox/impl/contents.hpp>
#include <lcm_client/outbox/impl/vault.hpp>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

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

LCM_CLIENT_DECL std::string keyed_hash(std::string_view key, std::string_view text) {
    std::string hash(EVP_MAX_MD_SIZE, '\0');
    unsigned int size = 0;
    const unsigned char* const done = HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
                                           reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                                           reinterpret_cast<unsigned char*>(hash.data()), &size);
    if (done == nullptr) throw std::bad_alloc();
    hash.resize(size);
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
    key_ = random_bytes(hash_size);
    return close_up(key_, context("key"));
}

LCM_CLIENT_DECL bool Vault::open_key(std::string_view sealed) {
    auto key = open_up(sealed, context("key"));
    if (!key || key->size() != hash_size) return false;
    key_ = *std::move(key);
    return true;
}

LCM_CLIENT_DECL std::string Vault::seal(EntryId id, std::string_view contents) const {
    std::string plain = code_of(id, contents);
    plain += contents;
    return close_up(plain, context("entry " + std::to_string(id)));
}

LCM_CLIENT_DECL std::optional<std::string> Vault::open(EntryId id, std::string_view sealed) const {
    auto plain = open_up(sealed, context("entry " + std::to_string(id)));
    if (!plain || plain->size() < hash_size) return std::nullopt;
    const std::string code = code_of(id, std::string_view(*plain).substr(hash_size));
    if (CRYPTO_memcmp(code.data(), plain->data(), hash_size) != 0) return std::nullopt;
    plain->erase(0, hash_size);
    return plain;
}

LCM_CLIENT_DECL SubjectKeys Vault::hash(const Subjects& subjects) const {
    SubjectKeys keys;
    for (const Subject& subject : subjects) {
        std::string text;
        append_text(text, "subject");
        append_text(text, to_string(subject.kind));
        text += subject.value.reveal();
        keys.push_back(keyed_hash(key_, text));
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
    return keyed_hash(key_, text);
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
