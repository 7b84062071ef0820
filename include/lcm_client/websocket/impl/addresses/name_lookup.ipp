// SPDX-License-Identifier: BSL-1.0
// The bodies of name_lookup.hpp.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_ADDRESSES_NAME_LOOKUP_IPP
#define LCM_CLIENT_WEBSOCKET_IMPL_ADDRESSES_NAME_LOOKUP_IPP

#include <lcm_client/websocket/impl/addresses/name_lookup.hpp>

#include <boost/asio/error.hpp>

#include <chrono>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::detail {

LCM_CLIENT_DECL std::shared_ptr<NameLookup> NameLookup::ask(const boost::asio::any_io_executor& executor,
                                                            UnderWay& under_way, std::shared_ptr<FactoryMemory> memory,
                                                            std::string_view name, Answer answer) {
    std::erase_if(under_way, [](const auto& each) { return each.expired(); });
    for (const auto& each : under_way) {
        auto pending = each.lock();
        if (!pending || pending->name_ != name) continue;
        pending->answer_ = std::move(answer);
        return pending;
    }
    auto lookup = std::make_shared<NameLookup>(executor, std::move(memory), std::string(name));
    under_way.push_back(lookup);
    lookup->answer_ = std::move(answer);
    lookup->start();
    return lookup;
}

// Without its resolver one that waits for the thread is dropped, and one that has begun goes on.
LCM_CLIENT_DECL void NameLookup::give_up() noexcept {
    answer_ = nullptr;
    resolver_.reset();
}

LCM_CLIENT_DECL void NameLookup::start() {
    resolver_.emplace(executor_);
    resolver_->async_resolve(
        asked_, "", Resolver::flags(),
        [self = shared_from_this()](error_code ec, const Resolver::results_type& found) { self->on_found(ec, found); });
}

LCM_CLIENT_DECL void NameLookup::on_found(error_code ec, const Resolver::results_type& found) {
    Addresses addresses;
    try {
        if (ec && ask_again(ec)) return;
        for (const auto& each : found) addresses.push_back(each.endpoint().address());
        if (!ec && addresses.empty()) ec = boost::asio::error::host_not_found;
    } catch (const std::bad_alloc&) {
        ec = boost::asio::error::no_memory;
    }
    if (!ec) memory_->keep(name_, addresses, std::chrono::steady_clock::now());
    if (answer_) answer_(ec, std::move(addresses));
}

// One that was dropped before it began is begun now if somebody has joined it. A name that ends with a dot is asked for
// as it is, so that no domain is put behind it; but no file of hosts has it so.
LCM_CLIENT_DECL bool NameLookup::ask_again(error_code ec) {
    if (!answer_) return false;
    if (ec != boost::asio::error::operation_aborted) {
        if (!asked_.ends_with('.')) return false;
        asked_.pop_back();
    }
    start();
    return true;
}

} // namespace lcm::detail

#endif
