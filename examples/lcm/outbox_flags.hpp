// SPDX-License-Identifier: BSL-1.0
// Which outbox the command uses, and the key that its contents are sealed with.
#ifndef LCM_COMMAND_OUTBOX_FLAGS_HPP
#define LCM_COMMAND_OUTBOX_FLAGS_HPP

#include <lcm_client/outbox/seal.hpp>

#include <filesystem>
#include <string>

namespace lcm_command {

struct OutboxFlags {
    std::string file{};
    std::string key_env{}; ///< the name of the environment variable, not the key; empty if the file is plain
    bool plain_text = false;
};

/// Seals with AES-256-GCM and the key that the environment has; without a name of one, a seal without functions. Throws
/// `UsageError` if the variable, given with `flag`, holds no key.
[[nodiscard]] lcm::OutboxSeal make_seal(const std::string& flag, const std::string& key_env);

/// Throws `UsageError` if there is no such file.
[[nodiscard]] std::filesystem::path existing_outbox(const OutboxFlags& flags);

} // namespace lcm_command

#endif
