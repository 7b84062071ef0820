// SPDX-License-Identifier: BSL-1.0
// Internal: what an entry of an outbox's file holds.
#ifndef LCM_CLIENT_OUTBOX_IMPL_READ_ENTRY_HPP
#define LCM_CLIENT_OUTBOX_IMPL_READ_ENTRY_HPP

#include <lcm_client/outbox/entry.hpp>
#include <lcm_client/outbox/impl/contents.hpp>
#include <lcm_client/outbox/impl/store.hpp>
#include <lcm_client/outbox/impl/vault.hpp>

#include <optional>
#include <string>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Nothing, if there is no such entry, or if it cannot be opened or understood. The vault must have its key.
[[nodiscard]] inline std::optional<Contents> read_entry(const Store& store, const Vault& vault, EntryId id) {
    const std::optional<std::string> sealed = store.contents(id);
    if (!sealed) return std::nullopt;
    const std::optional<std::string> opened = vault.open(id, *sealed);
    return opened ? read_contents(*opened) : std::nullopt;
}

} // namespace lcm::detail

#endif
