// SPDX-License-Identifier: BSL-1.0
// A WebSocket server that sends what bytes a test wants, and shows what frames it gets; for one connection.
#ifndef LCM_CLIENT_TESTS_SUPPORT_RAW_SERVER_HPP
#define LCM_CLIENT_TESTS_SUPPORT_RAW_SERVER_HPP

#include <support/server_frame.hpp>
#include <support/socket_client.hpp>

#include <lcm_client/testing/certificates.hpp>
#include <lcm_client/testing/impl/simulator_stream.hpp>
#include <lcm_client/websocket/options.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/detail/socket_types.hpp> // the system's functions
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/write.hpp>

#include <openssl/sha.h>

#include <array>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lcm::tests {

/// The payload of a close frame.
inline std::string close_payload(int code) { return raw({code >> 8, code & 0xff}); }

/// A frame of the client, unmasked.
struct ClientFrame {
    unsigned first = 0; // its first byte
    std::string payload;
    friend bool operator==(const ClientFrame&, const ClientFrame&) = default;
};

/// Runs on the test's own loop. Whatever the client says, it answers nothing on its own but the upgrade.
class RawServer {
public:
    struct Options {
        bool tls = false;
        std::string frames_with_answer{}; // in the same write as the answer to the upgrade
        std::string more_headers{};       // lines with their ends
        bool reads = true;                // what comes after the upgrade
        std::string interim_answers{};    // before the one that counts
        std::string second_write{};       // right behind the first one, a record of its own in TLS
        std::string other_answer{};       // instead of agreeing to the upgrade, if not empty
        bool answers_unread = false;      // it, without having read the request, and goes
        bool goes_at_once = false;        // when it has agreed
    };

    RawServer(boost::asio::io_context& loop, Options options)
        : options_(std::move(options)), acceptor_(loop, {boost::asio::ip::address_v4::loopback(), 0}) {
        context_.use_certificate_chain(boost::asio::buffer(identity_.certificate_pem));
        context_.use_private_key(boost::asio::buffer(identity_.key_pem), boost::asio::ssl::context::pem);
        acceptor_.async_accept([this](error_code ec, boost::asio::ip::tcp::socket socket) {
            if (ec) return;
            socket.set_option(boost::asio::ip::tcp::no_delay(true));
            stream_.emplace(std::move(socket), options_.tls ? &context_ : nullptr);
            if (!options_.tls) return read_request();
            stream_->async_tls_handshake([this](error_code problem) {
                if (!problem) read_request();
            });
        });
    }

    /// For the client, to be completed.
    [[nodiscard]] WebSocketOptions client_options() const {
        const std::string scheme = options_.tls ? "wss" : "ws";
        WebSocketOptions options{.url = scheme + "://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port())};
        if (options_.tls) options.tls.ca_file = certificate_.path();
        return options;
    }

    /// After what has been sent before.
    void send(const std::string& bytes) {
        unsent_ += bytes;
        if (sending_.empty()) write();
    }

    /// Puts bytes into the TCP connection below TLS, so few that the system takes them at once.
    void send_below_tls(const std::string& bytes) { boost::asio::write(stream_->socket(), boost::asio::buffer(bytes)); }

    void start_reading() {
        if (!std::exchange(options_.reads, true)) read();
    }

    /// The client's request for the upgrade.
    [[nodiscard]] const std::string& request() const noexcept { return request_; }

    /// The first frame that has come; a client sends a ping right behind the upgrade.
    [[nodiscard]] const std::optional<ClientFrame>& first_frame() const noexcept { return first_frame_; }

    /// The complete frames that have come so far, but for that ping.
    [[nodiscard]] const std::vector<ClientFrame>& frames() const noexcept { return frames_; }
    [[nodiscard]] std::size_t count(unsigned first) const {
        std::size_t number = 0;
        for (const ClientFrame& found : frames_) number += found.first == first ? 1 : 0;
        return number;
    }

    /// The client has ended the connection.
    [[nodiscard]] bool is_over() const noexcept { return is_over_; }
    /// What reading ended with.
    [[nodiscard]] error_code end() const noexcept { return end_; }

    void hang_up() {
        error_code ignored;
        stream_->socket().close(ignored);
    }

private:
    void read_request() {
        if (options_.answers_unread) return answer_and_go(options_.other_answer);
        boost::asio::async_read_until(*stream_, boost::asio::dynamic_buffer(received_), "\r\n\r\n",
                                      [this](error_code ec, std::size_t) {
                                          if (ec) return;
                                          answer();
                                          if (options_.reads) read();
                                      });
    }

    void answer() {
        const std::string name = "Sec-WebSocket-Key: ";
        const std::size_t at = received_.find(name) + name.size();
        const std::string key = received_.substr(at, received_.find('\r', at) - at);
        request_ = std::exchange(received_, {});
        if (!options_.other_answer.empty()) return send(options_.other_answer);
        const std::string all = options_.interim_answers +
                                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n" +
                                options_.more_headers + "Sec-WebSocket-Accept: " + accept(key) + "\r\n\r\n" +
                                options_.frames_with_answer;
        if (options_.goes_at_once) return answer_and_go(all);
        if (!options_.second_write.empty()) return write_both(all, options_.second_write);
        send(all);
    }

    // What is written from here on leaves in one segment, or with the end of TCP. Windows cannot be told so; there the
    // second write follows on the heels of the first.
    void hold_back([[maybe_unused]] bool holds) {
#ifndef _WIN32
        const int value = holds ? 1 : 0;
        if (::setsockopt(stream_->socket().native_handle(), IPPROTO_TCP, TCP_CORK, &value, sizeof(value)) != 0)
            throw std::logic_error("the segment cannot be held back");
#endif
    }

    void write_both(const std::string& first, const std::string& second) {
        hold_back(true);
        sending_ = first;
        boost::asio::async_write(*stream_, boost::asio::buffer(sending_), [this, second](error_code, std::size_t) {
            sending_ = second;
            boost::asio::async_write(*stream_, boost::asio::buffer(sending_), [this](error_code, std::size_t) {
                sending_.clear();
                hold_back(false);
            });
        });
    }

    // The system takes so little in the call, so a client on this loop cannot see the answer before the end behind it.
    void answer_and_go(const std::string& bytes) {
        hold_back(true);
        sending_ = bytes;
        boost::asio::async_write(*stream_, boost::asio::buffer(sending_), [](error_code, std::size_t) {});
        error_code ignored;
        stream_->socket().shutdown(boost::asio::ip::tcp::socket::shutdown_send, ignored);
    }

    // RFC 6455, 4.2.2.
    static std::string accept(const std::string& key) {
        const std::string text = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
        std::array<unsigned char, SHA_DIGEST_LENGTH> hash{};
        SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), hash.data());
        return detail::base64(std::string(hash.begin(), hash.end()));
    }

    void write() {
        sending_ = std::exchange(unsent_, {});
        boost::asio::async_write(*stream_, boost::asio::buffer(sending_), [this](error_code ec, std::size_t) {
            sending_.clear();
            if (!ec && !unsent_.empty()) write();
        });
    }

    void read() {
        stream_->async_read_some(boost::asio::buffer(piece_), [this](error_code ec, std::size_t size) {
            received_.append(piece_.data(), size);
            while (take_frame()) {}
            end_ = ec;
            is_over_ = bool(ec);
            if (!ec) read();
        });
    }

    bool take_frame() {
        const auto byte = [this](std::size_t i) { return static_cast<unsigned char>(received_.at(i)); };
        const std::size_t available = received_.size() - begin_;
        if (available < 2) return false;
        if ((byte(begin_ + 1) & 0x80) == 0) throw std::logic_error("the client did not mask a frame");
        std::size_t size = byte(begin_ + 1) & 0x7f;
        const std::size_t octets = size < 126 ? 0 : size == 126 ? 2 : 8;
        const std::size_t mask = begin_ + 2 + octets;
        if (available < 6 + octets) return false;
        if (octets != 0) size = 0;
        for (std::size_t i = 0; i < octets; ++i) size = size << 8 | byte(begin_ + 2 + i);
        if (available < 6 + octets + size) return false;
        ClientFrame found{byte(begin_), received_.substr(mask + 4, size)};
        for (std::size_t i = 0; i < size; ++i)
            found.payload[i] = static_cast<char>(found.payload[i] ^ byte(mask + i % 4));
        const bool is_first = !first_frame_;
        if (is_first) first_frame_ = found;
        if (!is_first || found.first != (fin | 9)) frames_.push_back(std::move(found));
        begin_ = mask + 4 + size;
        if (begin_ == received_.size()) received_.clear(), begin_ = 0;
        return true;
    }

    Options options_;
    testing::Identity identity_ = testing::make_self_signed();
    TemporaryFile certificate_{identity_.certificate_pem};
    boost::asio::ssl::context context_{boost::asio::ssl::context::tls_server};
    boost::asio::ip::tcp::acceptor acceptor_;
    std::optional<testing::detail::SimulatorStream> stream_;
    std::string unsent_;
    std::string sending_;
    std::array<char, 65'536> piece_{};
    std::string request_;
    std::string received_;
    std::size_t begin_ = 0; // of the next frame in it
    std::optional<ClientFrame> first_frame_;
    std::vector<ClientFrame> frames_;
    bool is_over_ = false;
    error_code end_;
};

} // namespace lcm::tests

#endif
