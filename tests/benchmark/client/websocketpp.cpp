// SPDX-License-Identifier: BSL-1.0
// websocketpp in the same closed loop, with the codec written by hand; ws only. Its own random numbers, one system call
// for each frame on some machines, are replaced by cheap ones. C++17, since it does not compile as C++20.
#include "budget.hpp"
#include "hand_request.hpp"
#include "pull_parser.hpp"
#include "slots.hpp"

#include <websocketpp/client.hpp>
#include <websocketpp/config/asio_no_tls_client.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>

namespace {

using namespace lcm::bench;

struct CheapRandom {
    std::uint32_t operator()() { return static_cast<std::uint32_t>(engine()); }
    std::mt19937 engine{};
};

struct Config : websocketpp::config::asio_client {
    using rng_type = CheapRandom;
};

using Client = websocketpp::client<Config>;

class Loop {
public:
    explicit Loop(const Options& options) : options_(options), budget_(options_), slots_(options.depth) {
        client_.clear_access_channels(websocketpp::log::alevel::all);
        client_.init_asio();
        client_.set_open_handler([this](websocketpp::connection_hdl connection) {
            connection_ = connection;
            auto& socket = client_.get_con_from_hdl(connection)->get_raw_socket();
            socket.set_option(websocketpp::lib::asio::ip::tcp::no_delay(true));
            for (std::size_t slot = 0; slot < options_.depth; ++slot) send(slot);
        });
        client_.set_message_handler([this](websocketpp::connection_hdl, const Client::message_ptr& message) {
            on_message(message->get_payload());
        });
    }

    void run() {
        websocketpp::lib::error_code error;
        client_.connect(client_.get_connection(options_.url(), error));
        if (error) throw std::runtime_error(error.message());
        client_.run();
        budget_.print();
    }

private:
    void send(std::size_t slot) {
        if (budget_.take())
            client_.send(connection_, hand_request(slots_.next(slot)), websocketpp::frame::opcode::text);
    }

    void on_message(const std::string& text) {
        const auto reply = PullParser(text).read();
        const auto slot = reply ? slots_.find(reply->callid) : std::nullopt;
        if (!slot || !reply->success) throw std::runtime_error("not the expected reply");
        if (budget_.answered()) return client_.stop();
        send(*slot);
    }

    Options options_;
    Budget budget_;
    Slots slots_;
    Client client_;
    websocketpp::connection_hdl connection_;
};

} // namespace

int main(int argc, char** argv) {
    try {
        Loop(read_options(argc, argv)).run();
    } catch (const std::exception& problem) {
        std::fprintf(stderr, "bench_websocketpp: %s\n", problem.what());
        return 1;
    }
}
