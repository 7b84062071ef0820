// SPDX-License-Identifier: BSL-1.0
// How an application keeps the contents of an outbox's file secret.
#ifndef LCM_CLIENT_OUTBOX_SEAL_HPP
#define LCM_CLIENT_OUTBOX_SEAL_HPP

#include <lcm_client/hook.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace lcm::inline LCM_CLIENT_ABI {

/// Two functions of the application's that encrypt with a key that only it has: over DPAPI or libsecret, for instance.
/// Each entry is sealed by itself, and once more the key with which the file's subjects are hashed, so that the
/// application has no other key to keep.
///
/// `context` names the file and the entry. What was sealed with one context must not open with another one: it is what
/// AEAD ciphers call associated data, and DPAPI the optional entropy.
///
/// @par Thread safety
/// Called on the outbox's own thread, one at a time, and in its constructor. What `seal` throws fails the post; what
/// `open` throws counts as that it cannot be opened.
struct OutboxSeal {
    /// Makes of `plain` what may lie on the disk.
    Hook<std::string(std::string_view plain, std::string_view context)> seal{};
    /// The reverse. Nothing, if it was not sealed so, with this context.
    Hook<std::optional<std::string>(std::string_view sealed, std::string_view context)> open{};
};

} // namespace lcm

#endif
