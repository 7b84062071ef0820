// SPDX-License-Identifier: BSL-1.0
// One client of the server: reads up to 64 KiB at a time and answers all complete requests of one read with one write.
#ifndef LCM_CLIENT_BENCHMARK_SERVER_CONNECTION_HPP
#define LCM_CLIENT_BENCHMARK_SERVER_CONNECTION_HPP

#include "frames.hpp"
#include "options.hpp"
#include "reply.hpp"
#include "stream.hpp"
#include "upgrade.hpp"
#include "wire_size.hpp"

#include <time.h>
#include <unistd.h>

#include <cstddef>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace lcm::bench {

class Connection {
public:
    Connection(int socket, SSL_CTX* context, const ServerOptions& options)
        : stream_(socket, context), options_(options) {}

    /// Reads what is there and answers it. False when the connection has ended.
    bool serve() {
        std::size_t count = 0;
        while (true) {
            make_room();
            const Stream::State state = stream_.read(buffer_.data() + end_, read_size, count);
            end_ += count;
            if (count != 0 && !handle()) return false;
            if (state == Stream::State::ended) return false;
            if (count < read_size) return true; // else TLS may hold more, which the socket would not tell
        }
    }

private:
    static constexpr std::size_t read_size = 64 * 1024;

    void make_room() {
        if (begin_ == end_) begin_ = end_ = 0;
        if (buffer_.size() - end_ >= read_size) return;
        std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
        if (buffer_.size() - end_ < read_size) buffer_.resize(end_ + read_size);
    }

    bool handle() {
        if (options_.raw_batch != 0) return answer_bytes();
        if (!is_upgraded_) return upgrade();
        return take_frames() && flush();
    }

    bool answer_bytes() {
        const std::size_t batch = options_.raw_batch * request_frame_size;
        for (; end_ - begin_ >= batch; begin_ += batch) out_.append(options_.raw_batch * reply_frame_size, 'r');
        return write();
    }

    bool upgrade() {
        const std::string_view seen(buffer_.data() + begin_, end_ - begin_);
        const std::size_t size = seen.find("\r\n\r\n");
        if (size == std::string_view::npos) return true;
        const auto answer = answer_upgrade(std::string(seen.substr(0, size + 2)));
        if (!answer) return false;
        begin_ += size + 4;
        is_upgraded_ = true;
        return stream_.write(*answer) && take_frames() && flush();
    }

    bool take_frames() {
        while (const auto frame = take_frame(buffer_.data() + begin_, end_ - begin_)) {
            begin_ += frame->size;
            if (!take(*frame)) return false;
        }
        return true;
    }

    bool take(const Frame& frame) {
        if (frame.opcode == Opcode::close) return false;
        if (frame.opcode == Opcode::ping) {
            out_ += '\x8a';
            out_ += static_cast<char>(frame.payload.size());
            out_ += frame.payload;
            return true;
        }
        ++requests_;
        if (options_.swallow == 0) return append_reply(out_, frame.payload);
        return requests_ < options_.swallow || end_link();
    }

    // The client shall have nothing left to do when its link ends.
    static bool end_link() {
        ::usleep(300'000);
        timespec now{};
        ::clock_gettime(CLOCK_MONOTONIC, &now);
        std::printf("ended_ns %lld\n", static_cast<long long>(now.tv_sec) * 1'000'000'000 + now.tv_nsec);
        std::fflush(stdout);
        return false;
    }

    bool flush() {
        if (requests_ == 0) return write(); // at most a pong
        if (options_.window != 0 && requests_ % options_.window != 0) return true;
        if (options_.delay_us != 0) ::usleep(options_.delay_us);
        return write();
    }

    bool write() {
        const bool written = out_.empty() || stream_.write(out_);
        out_.clear();
        return written;
    }

    Stream stream_;
    const ServerOptions& options_;
    bool is_upgraded_ = false;
    std::size_t requests_ = 0;
    std::vector<char> buffer_;
    std::size_t begin_ = 0; // what has been read and not handled is from here
    std::size_t end_ = 0;   // to here
    std::string out_;
};

} // namespace lcm::bench

#endif
