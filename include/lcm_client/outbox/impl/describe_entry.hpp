// SPDX-License-Identifier: BSL-1.0
// Internal: an entry and its ending as they are told of, made of where it stands and of what it holds.
#ifndef LCM_CLIENT_OUTBOX_IMPL_DESCRIBE_ENTRY_HPP
#define LCM_CLIENT_OUTBOX_IMPL_DESCRIBE_ENTRY_HPP

#include <lcm_client/outbox/config.hpp>
#include <lcm_client/outbox/entry.hpp>
#include <lcm_client/outbox/impl/contents.hpp>
#include <lcm_client/outbox/impl/entry_book.hpp>
#include <lcm_client/outbox/impl/write_set.hpp>

#include <optional>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// `contents` is empty if they cannot be read. The book must know the entry.
[[nodiscard]] inline OutboxEntry describe_entry(EntryId id, const EntryBook& book, std::optional<Contents> contents) {
    OutboxEntry entry{.id = id, .state = book.state(id)};
    entry.was_resent = book.was_resent(id);
    entry.stands_behind = !book.is_first(id);
    entry.expires = book.expires(id);
    if (!contents) return entry;
    entry.operation = std::move(contents->operation);
    entry.callid = std::move(contents->callid);
    entry.tag = contents->tag;
    entry.marks_do_not_call = contents->marks_do_not_call;
    entry.posted = contents->posted;
    return entry;
}

/// Without an error, which only the attempt itself knows.
[[nodiscard]] inline EntryEnding describe_ending(const StatusChange& ended, std::optional<Contents> contents) {
    EntryEnding ending{.id = ended.id,
                       .by = ended.status.by,
                       .delivery = ended.status.delivery,
                       .was_resent = ended.status.was_resent};
    if (!contents) return ending;
    ending.tag = contents->tag;
    ending.operation = std::move(contents->operation);
    ending.callid = std::move(contents->callid);
    return ending;
}

} // namespace lcm::detail

#endif
