// SPDX-License-Identifier: BSL-1.0
// The practical limit: what can be written by hand on Asio for this one message and this one server. Its own framing and
// codec, a loop whose type is known, one flat buffer for all that leaves together, texts read where they lie, replies
// matched by the slot in their call id. What makes a client is missing: deadlines, cancellation, events, a second link.
#include "budget.hpp"
#include "masked_frames.hpp"
#include "options.hpp"
#include "plain_frames.hpp"
#include "pull_parser.hpp"
#include "slots.hpp"

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/system_error.hpp>

#include <cstddef>
#include <cstdio>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace {

using namespace lcm::bench;
namespace asio = boost::asio;
using Error = boost::system::error_code;
using Socket = asio::basic_stream_socket<asio::ip::tcp, asio::io_context::executor_type>;
using TlsStream = asio::ssl::stream<Socket>;

void require(const Error& error) {
    if (error) throw boost::system::system_error(error);
}

Socket connect(asio::io_context& loop, const Options& options) {
    Socket socket(loop);
    socket.connect({asio::ip::address_v4::loopback(), static_cast<unsigned short>(std::stoul(options.port))});
    socket.set_option(asio::ip::tcp::no_delay(true));
    return socket;
}

template <class Stream> void upgrade(Stream& stream, const Options& options) {
    const std::string request = "GET / HTTP/1.1\r\nHost: 127.0.0.1:" + options.port +
                                "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    asio::write(stream, asio::buffer(request));
    std::string answer;
    asio::read_until(stream, asio::dynamic_buffer(answer), "\r\n\r\n");
    if (!answer.starts_with("HTTP/1.1 101 ")) throw std::runtime_error("no WebSocket");
}

// The closed loop over a stream whose WebSocket is open.
template <class Stream> class Loop {
public:
    Loop(const Options& options, asio::io_context& loop, Stream& stream)
        : depth_(options.depth), budget_(options), slots_(depth_), loop_(loop), stream_(stream), waiting_(depth_),
          leaving_(depth_) {}

    void run() {
        for (std::size_t slot = 0; slot < depth_; ++slot) send(slot);
        flush();
        read();
        loop_.run();
        budget_.print();
    }

private:
    void send(std::size_t slot) {
        if (!budget_.take()) return;
        sample_.callid = slots_.next(slot);
        waiting_.add(sample_, masks_);
    }

    void read() {
        const auto room = frames_.room();
        stream_.async_read_some(asio::buffer(room.data(), room.size()), [this](const Error& error, std::size_t count) {
            require(error);
            frames_.commit(count);
            while (const auto text = frames_.take())
                if (!on_reply(*text)) return loop_.stop();
            flush();
            read();
        });
    }

    // Returns whether more are to come.
    bool on_reply(std::string_view text) {
        const auto reply = PullParser(text).read();
        const auto slot = reply ? slots_.find(reply->callid) : std::nullopt;
        if (!slot || !reply->success) throw std::runtime_error("not the expected reply");
        if (budget_.answered()) return false;
        send(*slot);
        return true;
    }

    // All that has collected leaves together, when what was before it has left.
    void flush() {
        if (!leaving_.bytes().empty() || waiting_.bytes().empty()) return;
        std::swap(leaving_, waiting_);
        const std::size_t count = write_at_once();
        if (count == leaving_.bytes().size()) return leaving_.clear();
        const auto rest = leaving_.bytes().substr(count);
        asio::async_write(stream_, asio::buffer(rest), [this](const Error& error, std::size_t) {
            require(error);
            leaving_.clear();
            flush();
        });
    }

    // What fits into the memory of the system. Asio's TLS stream has no way to ask for that.
    std::size_t write_at_once() {
        if constexpr (std::is_same_v<Stream, Socket>) {
            Error error;
            const std::size_t count = stream_.write_some(asio::buffer(leaving_.bytes()), error);
            if (error != asio::error::would_block) require(error);
            return count;
        } else {
            return 0;
        }
    }

    std::size_t depth_;
    Budget budget_;
    Slots slots_;
    asio::io_context& loop_;
    Stream& stream_;
    Sample sample_{};
    Masks masks_;
    PlainFrames frames_;
    MaskedFrames waiting_;
    MaskedFrames leaving_;
};

void run_plain(const Options& options) {
    asio::io_context loop{1};
    Socket socket = connect(loop, options);
    upgrade(socket, options);
    socket.non_blocking(true);
    Loop(options, loop, socket).run();
}

void run_tls(const Options& options) {
    asio::io_context loop{1};
    asio::ssl::context context(asio::ssl::context::tls_client);
    context.load_verify_file(options.ca_file);
    context.set_verify_mode(asio::ssl::verify_peer);
    context.set_verify_callback(asio::ssl::host_name_verification("127.0.0.1"));
    TlsStream stream(connect(loop, options), context);
    stream.handshake(asio::ssl::stream_base::client);
    upgrade(stream, options);
    Loop(options, loop, stream).run();
}

} // namespace

int main(int argc, char** argv) {
    try {
        const Options options = read_options(argc, argv);
        if (options.is_tls()) run_tls(options);
        else run_plain(options);
    } catch (const std::exception& problem) {
        std::fprintf(stderr, "limit: %s\n", problem.what());
        return 1;
    }
}
