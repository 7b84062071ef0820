// SPDX-License-Identifier: BSL-1.0
// Internal: what keeps the contents of an outbox's file secret and whole, and makes its subjects unreadable.
#ifndef LCM_CLIENT_OUTBOX_IMPL_VAULT_HPP
#define LCM_CLIENT_OUTBOX_IMPL_VAULT_HPP

#include <lcm_client/impl/compilation.hpp>
#include <lcm_client/outbox/entry.hpp>
#include <lcm_client/outbox/impl/subject_lines.hpp>
#include <lcm_client/outbox/seal.hpp>
#include <lcm_client/subjects.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct evp_mac_ctx_st; // OpenSSL's EVP_MAC_CTX

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// So many bytes that nobody can guess. Throws `std::runtime_error` if the system has none.
[[nodiscard]] LCM_CLIENT_DECL std::string random_bytes(std::size_t count);

/// HMAC-SHA256 with one key, which is taken in once. All functions throw `std::bad_alloc` without memory. Any
/// thread may hash.
class KeyedHash {
public:
    static constexpr std::size_t size = 32; ///< in bytes

    LCM_CLIENT_DECL explicit KeyedHash(std::string_view key);
    [[nodiscard]] LCM_CLIENT_DECL std::string operator()(std::string_view text) const;

private:
    std::shared_ptr<evp_mac_ctx_st> keyed_;
};

/// One file has a random name and a random key. With the key, subjects are hashed, and each entry gets a code that binds
/// its contents to its number and to the file: so neither a damaged entry nor one that was put in another's place is
/// sent, with or without a seal. The key lies in the file, sealed. Not thread-safe, but for `hash` once the key is open.
class Vault {
public:
    /// `file` is the file's name, of any bytes. Without functions in it, `seal` leaves all as it is.
    LCM_CLIENT_DECL Vault(OutboxSeal seal, std::string_view file);

    /// A new key, and how it is kept in the file. Throws what `OutboxSeal::seal` throws.
    [[nodiscard]] LCM_CLIENT_DECL std::string make_key();
    /// Takes the key as it is kept in the file. False if it cannot be opened.
    [[nodiscard]] LCM_CLIENT_DECL bool open_key(std::string_view sealed);

    /// Throws what `OutboxSeal::seal` throws.
    [[nodiscard]] LCM_CLIENT_DECL std::string seal(EntryId id, std::string_view contents) const;
    /// Nothing, if they are not what was sealed under this number in this file.
    [[nodiscard]] LCM_CLIENT_DECL std::optional<std::string> open(EntryId id, std::string_view sealed) const;

    /// One text for each subject: equal for equal subjects of the same file, and of no meaning to others.
    [[nodiscard]] LCM_CLIENT_DECL SubjectKeys hash(const Subjects& subjects) const;

private:
    [[nodiscard]] LCM_CLIENT_DECL std::string context(std::string_view what) const;
    [[nodiscard]] LCM_CLIENT_DECL std::string code_of(EntryId id, std::string_view contents) const;
    [[nodiscard]] LCM_CLIENT_DECL std::string close_up(std::string_view plain, const std::string& context) const;
    [[nodiscard]] LCM_CLIENT_DECL std::optional<std::string> open_up(std::string_view sealed,
                                                                     const std::string& context) const;

    OutboxSeal seal_;
    std::string file_; // in hexadecimal
    std::optional<KeyedHash> hash_;
};

} // namespace lcm::detail

#ifndef LCM_CLIENT_SEPARATE_COMPILATION
#include <lcm_client/outbox/impl/vault.ipp>
#endif

#endif
