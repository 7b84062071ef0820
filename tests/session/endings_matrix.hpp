// SPDX-License-Identifier: BSL-1.0
// The one table of what each event does to a request in each state. The tests of the multiplexer and of the client go
// through its cells, and include/lcm_client/README.md shows it as `print_matrix` writes it.
#ifndef LCM_CLIENT_TESTS_SESSION_ENDINGS_MATRIX_HPP
#define LCM_CLIENT_TESTS_SESSION_ENDINGS_MATRIX_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace lcm::tests {

/// Where a request is when the event comes.
enum class Stage {
    created,   ///< the call has been made, and the client's strand has not come to it yet
    queued,    ///< taken over, and not handed to the connection
    held_back, ///< the same, behind one with the same key that awaits its reply
    writing,   ///< handed to the connection, which has not reported the write
    awaiting,  ///< written, without a reply
    tombstone, ///< handed over and ended as unknown; a late reply would be its own
};

enum class Event {
    reply,
    two_replies, ///< the server answers one request twice
    refusal,
    error_without_call,
    error_for_call,
    deadline,
    cancel,
    link_lost,
    link_lost_fail,           ///< with WhileOffline::fail
    link_lost_read_only,      ///< the request is read-only, and so is the one in front of it
    link_lost_read_only_fail, ///< both
    close,
    destroy,
};

/// What becomes of the request.
enum class Fate {
    stays,    ///< nothing: it ends later
    turn,     ///< nothing, but the one in front of it has ended, so it leaves next
    again,    ///< it is queued again
    accepted, ///< it ends so
    refused,
    not_sent,
    unknown,
    mistaken, ///< it ends as accepted, by the second answer to the one in front of it
    settled,  ///< its ending stays; the truth about it is told
    none,     ///< its ending stays, and nothing is told
};

inline constexpr std::size_t stage_count = 6;

struct MatrixRow {
    Event event;
    std::string_view name;
    std::string_view code; ///< of the endings that the event makes
    std::array<Fate, stage_count> fates;

    [[nodiscard]] constexpr Fate fate(Stage stage) const { return fates.at(static_cast<std::size_t>(stage)); }
};

inline constexpr std::array<Stage, stage_count> all_stages{Stage::created, Stage::queued,   Stage::held_back,
                                                           Stage::writing, Stage::awaiting, Stage::tombstone};
inline constexpr std::array<std::string_view, stage_count> stage_names{"created", "queued",   "held back",
                                                                       "writing", "awaiting", "tombstone"};

[[nodiscard]] constexpr std::string_view name_of(Stage stage) {
    return stage_names.at(static_cast<std::size_t>(stage));
}

/// The table.
[[nodiscard]] constexpr auto endings_matrix() {
    using enum Fate;
    // clang-format off
    return std::array{
        //                                                            created   queued    held back writing   awaiting  tombstone
        MatrixRow{Event::reply, "reply", "",                         {stays,    stays,    turn,     accepted, accepted, settled}},
        MatrixRow{Event::two_replies, "the same reply twice", "",    {stays,    stays,    mistaken, accepted, accepted, settled}},
        MatrixRow{Event::refusal, "reply, no success",
                  "server_error",                                    {stays,    stays,    turn,     refused,  refused,  settled}},
        MatrixRow{Event::error_without_call, "`WS_Error`, no call named",
                  "server_error",                                    {stays,    stays,    turn,     refused,  refused,  none}},
        MatrixRow{Event::error_for_call, "`WS_Error` for the call",
                  "invalid_call_id",                                 {stays,    stays,    turn,     refused,  refused,  settled}},
        MatrixRow{Event::deadline, "deadline", "timed_out",          {not_sent, not_sent, not_sent, unknown,  unknown,  none}},
        MatrixRow{Event::cancel, "cancellation", "cancelled",        {not_sent, not_sent, not_sent, unknown,  unknown,  none}},
        MatrixRow{Event::link_lost, "link lost", "connection_lost",  {stays,    stays,    turn,     unknown,  unknown,  none}},
        MatrixRow{Event::link_lost_fail, "link lost, fail",
                  "connection_lost",                                 {not_sent, not_sent, not_sent, unknown,  unknown,  none}},
        MatrixRow{Event::link_lost_read_only, "link lost, read-only",
                  "",                                                {stays,    stays,    stays,    again,    again,    none}},
        MatrixRow{Event::link_lost_read_only_fail, "link lost, read-only, fail",
                  "connection_lost",                                 {not_sent, not_sent, not_sent, unknown,  unknown,  none}},
        MatrixRow{Event::close, "`close()`", "client_closed",        {not_sent, not_sent, not_sent, unknown,  unknown,  none}},
        MatrixRow{Event::destroy, "destructor", "client_closed",     {not_sent, not_sent, not_sent, unknown,  unknown,  none}},
    };
    // clang-format on
}

[[nodiscard]] constexpr bool is_about_read_only(Event event) {
    return event == Event::link_lost_read_only || event == Event::link_lost_read_only_fail;
}

[[nodiscard]] constexpr bool fails_while_offline(Event event) {
    return event == Event::link_lost_fail || event == Event::link_lost_read_only_fail;
}

[[nodiscard]] constexpr std::string_view to_string(Fate fate) {
    switch (fate) {
    case Fate::stays: return "stays";
    case Fate::turn: return "its turn";
    case Fate::again: return "again";
    case Fate::accepted: return "accepted";
    case Fate::refused: return "refused";
    case Fate::not_sent: return "not sent";
    case Fate::unknown: return "unknown";
    case Fate::mistaken: return "mistaken";
    case Fate::settled: return "settled";
    case Fate::none: return "-";
    }
    return "";
}

/// The table as Markdown, with what its words mean.
[[nodiscard]] inline std::string print_matrix() {
    std::vector<std::vector<std::string>> lines{{"event", "code"}};
    lines.front().insert(lines.front().end(), stage_names.begin(), stage_names.end());
    for (const MatrixRow& row : endings_matrix()) {
        auto& line = lines.emplace_back();
        line.emplace_back(row.name);
        line.push_back(row.code.empty() ? "" : "`" + std::string(row.code) + "`");
        for (const Fate fate : row.fates) line.emplace_back(to_string(fate));
    }
    std::vector<std::size_t> widths(lines.front().size());
    for (const auto& line : lines)
        for (std::size_t i = 0; i < line.size(); ++i) widths[i] = (std::max)(widths[i], line[i].size());
    lines.insert(lines.begin() + 1, std::vector<std::string>(widths.size()));
    for (std::size_t i = 0; i < widths.size(); ++i) lines[1][i].assign(widths[i], '-');

    std::string text;
    for (const auto& line : lines) {
        for (std::size_t i = 0; i < line.size(); ++i)
            text += "| " + line[i] + std::string(widths[i] - line[i].size() + 1, ' ');
        text += "|\n";
    }
    return text + R"(
A request is *created* until the client's own thread has taken it over, *held back* behind one with the same key that
awaits its reply, and a *tombstone* when it was handed to the connection and has ended as unknown while the link stays.

- *stays*: nothing happens to it. *its turn*: the same, but the one in front of it has ended, so it leaves next.
- *again*: it leaves once more after the reconnect, alone and within its deadline, and is unknown if it ends before its
  reply, or that link is lost as well.
- *settled*: its ending stays, and `on_settled` tells the truth about it. *-*: its ending stays, and nothing is told.
- *mistaken*: it ends as accepted. The server has answered the one in front of it twice, which no client can notice.
- An error that names no call refuses the one request that is in flight. With several, or beside a tombstone, it is an
  event: it could be meant for any of them.
- *fail* is `WhileOffline::fail`; *read-only* are operations that change nothing on the server.
)";
}

} // namespace lcm::tests

#endif
