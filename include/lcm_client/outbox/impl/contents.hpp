// SPDX-License-Identifier: BSL-1.0
// Internal: what an entry holds, and how it is written in one text.
#ifndef LCM_CLIENT_OUTBOX_IMPL_CONTENTS_HPP
#define LCM_CLIENT_OUTBOX_IMPL_CONTENTS_HPP

#include <lcm_client/outbox/impl/wall_clock.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// A request as it was posted.
struct Contents {
    std::string operation{}; ///< its subtopic
    std::string callid{};
    std::uint64_t tag = 0;
    bool marks_do_not_call = false;
    WallTime posted{};
    std::string data{}; ///< as JSON; empty if it has none
};

inline void append_number(std::string& out, std::uint64_t number, int bits = 64) {
    for (int shift = 0; shift != bits; shift += 8) out += static_cast<char>((number >> shift) & 0xff);
}

inline void append_text(std::string& out, std::string_view text) {
    append_number(out, text.size(), 32); // a message has far less than 4 GiB
    out += text;
}

/// The first byte is the number of this form.
[[nodiscard]] inline std::string write_contents(const Contents& contents) {
    std::string out(1, '\1');
    out += contents.marks_do_not_call ? '\1' : '\0';
    append_number(out, contents.tag);
    append_number(out, static_cast<std::uint64_t>(contents.posted.time_since_epoch().count()));
    append_text(out, contents.operation);
    append_text(out, contents.callid);
    append_text(out, contents.data);
    return out;
}

/// Reads what `write_contents` has written, from the front.
class ContentsReader {
public:
    explicit ContentsReader(std::string_view rest) : rest_(rest) {}

    [[nodiscard]] std::string_view take(std::size_t count) {
        if (count > rest_.size()) {
            is_good_ = false;
            return {};
        }
        const std::string_view taken = rest_.substr(0, count);
        rest_.remove_prefix(taken.size());
        return taken;
    }
    template <class Number> [[nodiscard]] Number take_number() {
        Number number = 0;
        int shift = 0;
        for (const char byte : take(sizeof(Number))) {
            number |= Number{static_cast<unsigned char>(byte)} << shift;
            shift += 8;
        }
        return number;
    }
    [[nodiscard]] std::string take_text() { return std::string(take(take_number<std::uint32_t>())); }

    /// Whether all was there, and nothing else is.
    [[nodiscard]] bool is_complete() const noexcept { return is_good_ && rest_.empty(); }

private:
    std::string_view rest_;
    bool is_good_ = true;
};

/// Nothing, if the text is of another form.
[[nodiscard]] inline std::optional<Contents> read_contents(std::string_view text) {
    ContentsReader reader(text);
    if (reader.take(1) != "\1") return std::nullopt;
    Contents contents;
    contents.marks_do_not_call = reader.take(1) == "\1";
    contents.tag = reader.take_number<std::uint64_t>();
    contents.posted = WallTime(WallTime::duration(static_cast<WallTime::rep>(reader.take_number<std::uint64_t>())));
    contents.operation = reader.take_text();
    contents.callid = reader.take_text();
    contents.data = reader.take_text();
    if (!reader.is_complete()) return std::nullopt;
    return contents;
}

} // namespace lcm::detail

#endif
