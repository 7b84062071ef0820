// SPDX-License-Identifier: BSL-1.0
// A look into an outbox's file: the bodies.
#ifndef LCM_CLIENT_OUTBOX_IMPL_FILE_IPP
#define LCM_CLIENT_OUTBOX_IMPL_FILE_IPP

#include <lcm_client/outbox/file.hpp>

#include <lcm_client/outbox/impl/describe_entry.hpp>
#include <lcm_client/outbox/impl/entry_book.hpp>
#include <lcm_client/outbox/impl/outbox_file.hpp>
#include <lcm_client/outbox/impl/read_entry.hpp>
#include <lcm_client/outbox/impl/store.hpp>
#include <lcm_client/outbox/impl/vault.hpp>
#include <lcm_client/outbox/impl/write_set.hpp>

#include <boost/system/errc.hpp>
#include <boost/system/system_error.hpp>

#include <system_error>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI {

struct OutboxFile::State {
    State(const std::filesystem::path& file, OutboxSeal seal)
        : store(file, refuse_empty), vault(std::move(seal), store.head().name),
          has_key(vault.open_key(store.head().key)), book(store.head().next_id) {
        for (const detail::StoredEntry& entry : store.entries()) {
            book.restore(entry);
            if (entry.status.state == EntryState::ended) endings.push_back({entry.id, entry.status});
        }
    }

    [[noreturn]] static detail::FileHead refuse_empty() {
        detail::throw_outbox(OutboxErrc::foreign_file, "it is empty");
    }

    [[nodiscard]] std::optional<detail::Contents> read(EntryId id) const {
        return has_key ? detail::read_entry(store, vault, id) : std::nullopt;
    }

    detail::Store store;
    detail::Vault vault;
    bool has_key;
    detail::EntryBook book;
    std::vector<detail::StatusChange> endings;
};

namespace detail {

// An outbox makes a file that is not there; whoever looks into one has mistaken its name.
[[nodiscard]] inline const std::filesystem::path& existing(const std::filesystem::path& file) {
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored))
        throw boost::system::system_error(make_error_code(boost::system::errc::no_such_file_or_directory),
                                          file.string());
    return file;
}

} // namespace detail

LCM_CLIENT_DECL OutboxFile::OutboxFile(const std::filesystem::path& file, OutboxSeal seal)
    : state_(std::make_unique<State>(detail::existing(file), std::move(seal))) {}

LCM_CLIENT_DECL OutboxFile::~OutboxFile() = default;

LCM_CLIENT_DECL bool OutboxFile::has_key() const noexcept { return state_->has_key; }

LCM_CLIENT_DECL std::vector<OutboxEntry> OutboxFile::entries() const {
    std::vector<OutboxEntry> all;
    for (const EntryId id : state_->book.all())
        all.push_back(detail::describe_entry(id, state_->book, state_->read(id)));
    return all;
}

LCM_CLIENT_DECL std::vector<EntryEnding> OutboxFile::endings() const {
    std::vector<EntryEnding> all;
    for (const detail::StatusChange& ended : state_->endings)
        all.push_back(detail::describe_ending(ended, state_->read(ended.id)));
    return all;
}

LCM_CLIENT_DECL std::optional<std::string> OutboxFile::data(EntryId id) const {
    std::optional<detail::Contents> contents = state_->read(id);
    if (!contents) return std::nullopt;
    return std::move(contents->data);
}

LCM_CLIENT_DECL bool OutboxFile::drop(EntryId id) {
    if (!state_->book.drop(id)) return false;
    const detail::WriteSet writes = state_->book.begin_write();
    if (const auto problem = state_->store.write(writes, {}, state_->store.head().last_seen)) {
        static_cast<void>(state_->book.fail_write(problem->failure));
        detail::throw_outbox(problem->code, problem->detail);
    }
    for (const detail::StatusChange& ended : state_->book.end_write().ended) state_->endings.push_back(ended);
    return true;
}

} // namespace lcm

#endif
