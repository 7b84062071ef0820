// SPDX-License-Identifier: BSL-1.0
// The seal of the command's outbox: AES-256-GCM, with a nonce before each text and the tag behind it.
#include "outbox_flags.hpp"

#include "secret_variable.hpp"
#include "status.hpp"
#include "system_text.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <charconv>
#include <cstddef>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <system_error>

namespace lcm_command {

namespace {

constexpr std::size_t key_size = 32;
constexpr std::size_t nonce_size = 12;
constexpr std::size_t tag_size = 16;

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

Cipher make_cipher() {
    Cipher cipher(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
    if (!cipher) throw std::bad_alloc();
    return cipher;
}

unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
int length(std::string_view text) { return static_cast<int>(text.size()); }

std::string seal(const std::string& key, std::string_view plain, std::string_view context) {
    std::string nonce(nonce_size, '\0');
    std::string tag(tag_size, '\0');
    std::string text(plain.size(), '\0');
    int count = 0;
    const Cipher cipher = make_cipher();
    EVP_CIPHER_CTX* const to = cipher.get();
    const bool is_done = RAND_bytes(bytes(nonce), length(nonce)) == 1 &&
                         EVP_EncryptInit_ex(to, EVP_aes_256_gcm(), nullptr, bytes(key), bytes(nonce)) == 1 &&
                         EVP_EncryptUpdate(to, nullptr, &count, bytes(context), length(context)) == 1 &&
                         EVP_EncryptUpdate(to, bytes(text), &count, bytes(plain), length(plain)) == 1 &&
                         EVP_EncryptFinal_ex(to, nullptr, &count) == 1 &&
                         EVP_CIPHER_CTX_ctrl(to, EVP_CTRL_GCM_GET_TAG, length(tag), tag.data()) == 1;
    if (!is_done) throw std::runtime_error("OpenSSL cannot encrypt");
    return nonce + text + tag;
}

std::optional<std::string> open(const std::string& key, std::string_view sealed, std::string_view context) {
    if (sealed.size() < nonce_size + tag_size) return std::nullopt;
    const std::string_view nonce = sealed.substr(0, nonce_size);
    const std::string_view text = sealed.substr(nonce_size, sealed.size() - nonce_size - tag_size);
    std::string tag(sealed.substr(sealed.size() - tag_size));
    std::string plain(text.size(), '\0');
    int count = 0;
    const Cipher cipher = make_cipher();
    EVP_CIPHER_CTX* const from = cipher.get();
    const bool is_done = EVP_DecryptInit_ex(from, EVP_aes_256_gcm(), nullptr, bytes(key), bytes(nonce)) == 1 &&
                         EVP_DecryptUpdate(from, nullptr, &count, bytes(context), length(context)) == 1 &&
                         EVP_DecryptUpdate(from, bytes(plain), &count, bytes(text), length(text)) == 1 &&
                         EVP_CIPHER_CTX_ctrl(from, EVP_CTRL_GCM_SET_TAG, length(tag), tag.data()) == 1 &&
                         EVP_DecryptFinal_ex(from, nullptr, &count) == 1;
    if (!is_done) return std::nullopt;
    return plain;
}

std::string read_key(const std::string& flag, const std::string& variable) {
    const std::string text = read_variable(flag, variable);
    const UsageError wrong(flag + ": the variable must hold 64 hexadecimal digits, as of `openssl rand -hex 32`");
    if (text.size() != 2 * key_size) throw UsageError(wrong);
    std::string key;
    for (std::size_t at = 0; at != text.size(); at += 2) {
        unsigned value = 0;
        const char* const first = text.data() + at;
        const auto read = std::from_chars(first, first + 2, value, 16);
        if (read.ec != std::errc() || read.ptr != first + 2) throw UsageError(wrong);
        key += static_cast<char>(value);
    }
    return key;
}

} // namespace

lcm::OutboxSeal make_seal(const std::string& flag, const std::string& key_env) {
    if (key_env.empty()) return {};
    const std::string key = read_key(flag, key_env);
    return {.seal = [key](std::string_view plain, std::string_view context) { return seal(key, plain, context); },
            .open = [key](std::string_view sealed, std::string_view context) { return open(key, sealed, context); }};
}

std::filesystem::path existing_outbox(const OutboxFlags& flags) {
    std::filesystem::path path = file_path(flags.file);
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(path, ignored)) throw UsageError("FILE: there is no outbox " + flags.file);
    return path;
}

} // namespace lcm_command
