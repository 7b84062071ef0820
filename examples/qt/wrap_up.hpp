// SPDX-License-Identifier: BSL-1.0
// The wrap-up of one call, as an agent does it: what can be chosen, what may be submitted, how it ended and what is to be
// done about it. No widget and no thread: the form shows it, and the tests look at it.
#ifndef LCM_EXAMPLES_QT_WRAP_UP_HPP
#define LCM_EXAMPLES_QT_WRAP_UP_HPP

#include <lcm_client.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

/// One outcome that can be chosen.
struct Choice {
    lcm::Number id;
    std::string name;
};

/// Outcomes of one kind. An only one is chosen from the beginning; an empty list cannot be chosen from.
struct Choices {
    std::vector<Choice> all{};
    std::optional<std::size_t> chosen{};
};

/// Whose call it is.
struct CallInfo {
    std::string callid;
    std::string account_number;
    std::string agent;
};

class WrapUp {
public:
    enum class State { loading, not_loaded, editing, saving, saved, refused, not_sent, waits_for_do_not_call, unknown };

    /// Over the client of a real connection or of a script. `executor` is where its answers are taken, and what forgets
    /// them when this has gone. `on_change` is called whenever there is something new to show.
    WrapUp(lcm::AnyClient& client, boost::asio::any_io_executor executor, CallInfo call,
           std::function<void()> on_change);
    WrapUp(const WrapUp&) = delete;
    WrapUp& operator=(const WrapUp&) = delete;

    // --- what the agent does ---

    /// Asks for the lists; done again by itself when a link is there after it has failed.
    void load();
    void choose_telephony(std::optional<std::size_t> index);
    void choose_business(std::optional<std::size_t> index);
    /// Does nothing unless `can_submit()`.
    void submit(const std::string& comment, int target);
    /// The agent has looked up whether the contact is marked Do Not Call; what is submitted from now on may leave.
    void resolve_do_not_call();

    // --- what the client tells by its hooks ---

    void on_link(const lcm::LinkStatus& status);
    void on_settled(const lcm::Settled& truth);

    // --- what is shown ---

    [[nodiscard]] State state() const noexcept { return state_; }
    [[nodiscard]] const Choices& telephony() const noexcept { return telephony_; }
    [[nodiscard]] const Choices& business() const noexcept { return business_; }
    [[nodiscard]] const std::string& link() const noexcept { return link_; }
    [[nodiscard]] const std::string& message() const noexcept { return message_; } ///< what happened
    [[nodiscard]] const std::string& advice() const noexcept { return advice_; }   ///< what is to be done about it
    /// A telephony outcome or a business outcome has to be chosen. Nothing is submitted twice by a double click, nor
    /// once it is saved.
    [[nodiscard]] bool can_submit() const noexcept;
    /// It was not sent since a Do Not Call for the contact is pending or unknown.
    [[nodiscard]] bool waits_for_do_not_call() const noexcept { return state_ == State::waits_for_do_not_call; }

private:
    template <class Request, class Then> void ask(const Request& request, Then then);
    void show(State state, std::string message, std::string advice);
    void show_no_lists(const lcm::Error& error);
    void show_ending(const lcm::Result<lcm::OutcomeResponse>& result);
    void show_error(const lcm::Error& error);
    void show_unsent(const lcm::Error& error);

    lcm::AnyClient& client_;
    boost::asio::any_io_executor executor_;
    CallInfo call_;
    std::function<void()> on_change_;
    State state_ = State::loading;
    int lists_missing_ = 0;
    int loads_ = 0;                 // an answer to an earlier one counts no more
    std::uint64_t submissions_ = 0; // the number of the last one is its requests' tag
    Choices telephony_;
    Choices business_;
    std::string link_ = "connecting";
    std::string message_;
    std::string advice_;
};

#endif
