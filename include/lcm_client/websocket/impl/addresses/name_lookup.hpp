// SPDX-License-Identifier: BSL-1.0
// Internal: one question to the name server, which may take longer than the attempt that asked it.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_ADDRESSES_NAME_LOOKUP_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_ADDRESSES_NAME_LOOKUP_HPP

#include <lcm_client/errc.hpp>
#include <lcm_client/handler.hpp>
#include <lcm_client/impl/compilation.hpp>
#include <lcm_client/websocket/impl/addresses/factory_memory.hpp>
#include <lcm_client/websocket/impl/addresses/name_cache.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// The system's look-up blocks a thread of Asio's, and cannot be interrupted. So when its time is over, nobody waits
/// for it any more, but it goes on: its answer is for the factory's memory, and for the next attempt of this client,
/// which joins it. Used on the executor only. Its own pending operation owns it and nothing else, so that it ends with
/// the context.
class NameLookup : public std::enable_shared_from_this<NameLookup> {
public:
    using Answer = Handler<void(error_code, Addresses)>;

    NameLookup(boost::asio::any_io_executor executor, std::shared_ptr<FactoryMemory> memory, std::string name)
        : executor_(std::move(executor)), memory_(std::move(memory)), name_(std::move(name)), asked_(name_) {}

    /// Those of one client that are under way, also when nobody waits for them any more.
    using UnderWay = std::vector<std::weak_ptr<NameLookup>>;

    /// Asks for the name, or joins a look-up of it that is under way. Throws `boost::system::system_error` if Asio gets
    /// no thread for it.
    LCM_CLIENT_DECL static std::shared_ptr<NameLookup> ask(const boost::asio::any_io_executor& executor,
                                                           UnderWay& under_way, std::shared_ptr<FactoryMemory> memory,
                                                           std::string_view name, Answer answer);

    /// Nobody waits for it any more. If it has not begun, because another one holds the thread, it never will.
    LCM_CLIENT_DECL void give_up() noexcept;

private:
    using Resolver = boost::asio::ip::tcp::resolver;

    LCM_CLIENT_DECL void start();
    LCM_CLIENT_DECL void on_found(error_code ec, const Resolver::results_type& found);
    [[nodiscard]] LCM_CLIENT_DECL bool ask_again(error_code ec);

    boost::asio::any_io_executor executor_;
    std::shared_ptr<FactoryMemory> memory_;
    std::string name_;
    std::string asked_; // the name, or what comes in place of it
    std::optional<Resolver> resolver_;
    Answer answer_; // for who waits
};

} // namespace lcm::detail

#endif
