// SPDX-License-Identifier: BSL-1.0
// Internal: how the result of a post reaches whoever waits for it, whatever there is no memory for.
#ifndef LCM_CLIENT_OUTBOX_IMPL_POST_RESULT_HPP
#define LCM_CLIENT_OUTBOX_IMPL_POST_RESULT_HPP

#include <lcm_client/impl/abi.hpp>
#include <lcm_client/outbox/entry.hpp>
#include <lcm_client/outbox/impl/outbox_post.hpp>
#include <lcm_client/result.hpp>

#include <boost/asio/post.hpp>
#include <boost/system/result.hpp>

#include <atomic>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// A handler that waits for the result of a post. It is made with the post, where a lack of memory can be told.
template <class Handler> class PostCall : public std::enable_shared_from_this<PostCall<Handler>> {
public:
    explicit PostCall(Handler handler) : handler_(std::move(handler)) {}

    /// Runs the handler on its executor. One that throws, as the loop of a user interface may, is passed by: then it runs
    /// on the client's, and if that has no memory, here.
    template <class Executor, class Clients>
    void deliver(const Executor& executor, const Clients& clients, OutboxPost::Told told) noexcept {
        if (const EntryId* const id = std::get_if<EntryId>(&told)) result_.emplace(*id);
        else result_.emplace(boost::system::in_place_error, std::get<Error>(std::move(told)));
        if (!post_to(executor) && !post_to(clients)) run();
    }

private:
    template <class Executor> bool post_to(const Executor& executor) noexcept {
        try {
            boost::asio::post(executor, [self = this->shared_from_this()] { self->run(); });
            return true;
        } catch (...) {
            return false;
        }
    }

    // Once, whatever an executor does with what it has thrown at.
    void run() {
        if (!has_run_.exchange(true)) std::move(handler_)(*std::move(result_));
    }

    Handler handler_;
    std::optional<Result<EntryId>> result_;
    std::atomic<bool> has_run_{false};
};

} // namespace lcm::detail

#endif
