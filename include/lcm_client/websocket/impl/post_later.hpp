// SPDX-License-Identifier: BSL-1.0
// Internal: running something on an executor, but not now.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_POST_LATER_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_POST_LATER_HPP

#include <lcm_client/handler.hpp>
#include <lcm_client/impl/compilation.hpp>

#include <boost/asio/any_io_executor.hpp>

namespace lcm::detail {

/// Runs a function on the executor, but not now. Erased, since each kind of function takes long to compile.
LCM_CLIENT_DECL void post_later(const boost::asio::any_io_executor& executor, Handler<void()> function);

} // namespace lcm::detail

#endif
