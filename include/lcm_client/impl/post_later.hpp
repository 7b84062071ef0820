// SPDX-License-Identifier: BSL-1.0
// Internal: running something on an executor, but not now.
#ifndef LCM_CLIENT_IMPL_POST_LATER_HPP
#define LCM_CLIENT_IMPL_POST_LATER_HPP

#include <lcm_client/errc.hpp>
#include <lcm_client/handler.hpp>
#include <lcm_client/impl/compilation.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Runs a function on the executor, but not now. Erased, since each kind of function takes long to compile.
LCM_CLIENT_DECL void post_later(const boost::asio::any_io_executor& executor, Handler<void()> function);

/// Takes a handler and calls `complete` with it on the executor, but not now. When this throws, the handler is still
/// there.
template <class Handler, class Complete>
void post_handler(const boost::asio::any_io_executor& executor, Handler& handler, Complete complete) {
    // On its way through Asio's layers a handler that was moved could be lost.
    const auto kept = std::make_shared<Handler>(std::move(handler));
    try {
        post_later(executor, [kept, complete] { complete(*kept); });
    } catch (...) {
        handler = std::move(*kept);
        throw;
    }
}

/// Runs a handler on the executor, with an error or another result, but not now. Without a handler nothing happens.
/// When this throws, the handler is still there.
template <class Handler, class... Results> void post_completion(const boost::asio::any_io_executor& executor,
                                                                Handler& handler, error_code ec, Results... results) {
    if (!handler) return;
    post_handler(executor, handler, [ec, results...](Handler& kept) { kept(ec, results...); });
}

} // namespace lcm::detail

#ifndef LCM_CLIENT_SEPARATE_COMPILATION
#include <lcm_client/impl/post_later.ipp>
#endif

#endif
