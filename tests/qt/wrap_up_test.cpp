// SPDX-License-Identifier: BSL-1.0
// The wrap-up form of examples/qt goes through its endings without a screen: over a script, whose clock stands still until
// the test moves it, and over both real transports.
#include "run_loop.hpp"

#include <examples/qt/wrap_up_form.hpp>

#include <support/catch.hpp>

#include <lcm_client/qt/executor.hpp>
#include <lcm_client/qt/transport.hpp>
#include <lcm_client/testing/manual_clock.hpp>
#include <lcm_client/testing/messages.hpp>
#include <lcm_client/testing/scripted_transport.hpp>
#include <lcm_client/testing/simulator.hpp>

#include <boost/asio/error.hpp>

#include <QApplication>
#include <QImage>
#include <QNetworkRequest>
#include <QPainter>
#include <QSslCertificate>
#include <QSslConfiguration>
#include <QUrl>

#include <cstdlib>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::testing::Fault;
using lcm::testing::reply;
using State = WrapUp::State;

namespace {

const char* const both_lists =
    R"([{"OutComeID":"0","Description":"Success"},{"OutComeID":"9","Description":"Reject"}])";
const char* const family =
    R"([{"OutComeID":"100","Description":"Payment"},{"OutComeID":"101","Description":"Payment Done","ParentID":"100"},)"
    R"({"OutComeID":"102","Description":"Payment Failure","ParentID":"100"}])";

template <class Operation> std::string list_of(const std::string& records) {
    return R"({"channel":"LCM","topic":"WebService","subtopic":")" + std::string(Operation::operation.reply_subtopic) +
           R"(","message":{"callid":"12345","response":)" + records + "}}";
}

// What the agent reads.
constexpr std::string_view saved = "Saved.";
constexpr std::string_view saved_after_all = "It was saved after all.";
constexpr std::string_view refused = "The server refused it.\nCorrect what you have entered, and submit it again.";
constexpr std::string_view unknown = "No answer came that can be understood.\n"
                                     "It may have been done; look it up before you submit it again.";

/// The form over a client of any transport, whose clock stands still until the test moves it.
struct Desk {
    lcm::testing::ManualClock clock;
    lcm::AnyClient client;
    std::unique_ptr<WrapUpForm> form; // the hooks come when the loop runs, so not before it is there

    template <class T> Desk(lcm::TransportFactory<T> factory, lcm::testing::ManualClock time)
        : clock(time), client(config(), std::move(factory), lcm::qt::executor(qApp), time),
          form(std::make_unique<WrapUpForm>(
              client, CallInfo{.callid = "12345", .account_number = "5|3|1|0|0|44|1", .agent = "1234"})) {}

    lcm::ClientConfig config() {
        return {.source = "test",
                .do_not_call_guard = lcm::DoNotCallGuard(),
                .hooks_executor = lcm::qt::executor(qApp),
                .on_state =
                    [this](const lcm::LinkStatus& status) {
                        if (form) form->wrap_up().on_link(status);
                    },
                .on_settled =
                    [this](const lcm::Settled& truth) {
                        if (form) form->wrap_up().on_settled(truth);
                    }};
    }

    [[nodiscard]] State state() const { return form->wrap_up().state(); }
    [[nodiscard]] bool reaches(State wanted) {
        return run_until([&] { return state() == wanted; });
    }
    [[nodiscard]] std::string text() const { return form->message->text().toStdString(); }
    [[nodiscard]] std::string link() const { return form->link->text().toStdString(); }
    void submit() { form->submit->click(); }
};

/// Over a script: nothing happens but what the test says.
struct Scripted : Desk {
    lcm::testing::Script script;

    explicit Scripted(lcm::testing::Script server = {}) : Desk(lcm::testing::scripted(server), {}), script(server) {}

    void lists(const char* telephony, const char* business) {
        settle();
        script.receive(list_of<lcm::GetCallOutCome>(telephony));
        script.receive(list_of<lcm::GetBusinessOutCome>(business));
        settle();
    }
    void ready() {
        lists(both_lists, family);
        REQUIRE(state() == State::editing);
        form->telephony->setCurrentIndex(2);
        form->business->setCurrentIndex(1);
        settle();
    }
    void settle() { // lets everything happen that can happen now
        for (int i = 0; i < 30; ++i) QCoreApplication::processEvents();
    }
    void pass(std::chrono::nanoseconds time) {
        clock.advance(time);
        settle();
    }
};

} // namespace

TEST_CASE("The form offers what the lists have, and the vendor's rules say what may be submitted") {
    Scripted desk;
    CHECK_FALSE(desk.form->submit->isEnabled());
    SECTION("a telephony outcome or a child of the business outcomes") {
        desk.lists(both_lists, family);
        CHECK(desk.form->telephony->count() == 3);
        CHECK(desk.form->business->count() == 3); // the parent cannot be chosen
        CHECK(desk.form->business->itemText(1) == "Payment Done");
        CHECK_FALSE(desk.form->submit->isEnabled());
        desk.form->business->setCurrentIndex(1);
        CHECK(desk.form->submit->isEnabled());
        desk.form->business->setCurrentIndex(0);
        CHECK_FALSE(desk.form->submit->isEnabled());
        desk.form->telephony->setCurrentIndex(1);
        CHECK(desk.form->submit->isEnabled());
    }
    SECTION("an empty list is disabled") {
        desk.lists("[]", family);
        CHECK_FALSE(desk.form->telephony->isEnabled());
        CHECK(desk.form->business->isEnabled());
    }
    SECTION("an only outcome is chosen from the beginning") {
        desk.lists(R"([{"OutComeID":"9","Description":"Reject"}])", "[]");
        CHECK(desk.form->telephony->currentText() == "Reject");
        CHECK(desk.form->submit->isEnabled());
    }
}

TEST_CASE("Lists that could not be loaded are loaded when there is a link again") {
    Scripted desk;
    desk.script.fail_open(lcm::Errc::connect_failed);
    desk.settle();
    CHECK(desk.state() == State::loading);
    desk.pass(11s);
    CHECK(desk.text() == "The outcomes could not be loaded.\nThey are loaded when there is a link again.");
    desk.script.fail_open({});
    for (int i = 0; i < 30 && desk.state() == State::not_loaded; ++i) desk.pass(1s);
    CHECK(desk.link() == "connected");
    CHECK(desk.state() == State::loading);
    desk.ready();
}

TEST_CASE("What is chosen decides which operation sets it") {
    Scripted desk;
    desk.ready();
    const auto sent = [&](const char* operation) {
        desk.submit();
        desk.settle();
        return desk.script.sent().back().find(operation) != std::string::npos;
    };
    SECTION("both") { CHECK(sent("\"SetBusinessOutcomeWithCallOutcome\"")); }
    SECTION("a business outcome alone") {
        desk.form->telephony->setCurrentIndex(0);
        CHECK(sent("\"SetBusinessOutcomeWithComments\""));
    }
    SECTION("a telephony outcome alone") {
        desk.form->business->setCurrentIndex(0);
        CHECK(sent("\"SetCallOutcomeWithComments\""));
    }
}

TEST_CASE("Each ending is told with what is to be done, and nothing is submitted twice") {
    using Set = lcm::SetBusinessOutcomeWithCallOutcome;
    Scripted desk;
    desk.ready();
    const std::size_t before = desk.script.sent().size();
    SECTION("accepted") {
        desk.submit();
        desk.settle();
        CHECK(desk.state() == State::saving);
        desk.submit(); // the button is disabled
        desk.settle();
        CHECK(desk.script.sent().size() == before + 1);
        desk.script.receive(reply<Set>("12345"));
        desk.settle();
        CHECK(desk.text() == saved);
        CHECK_FALSE(desk.form->submit->isEnabled());
    }
    SECTION("refused") {
        desk.submit();
        desk.settle();
        desk.script.receive(reply<Set>("12345", false));
        desk.settle();
        CHECK(desk.text() == refused);
        CHECK(desk.form->submit->isEnabled());
    }
    SECTION("refused, with the server's words") {
        desk.submit();
        desk.settle();
        desk.script.receive(lcm::testing::ws_error("Invalid Call ID:12345"));
        desk.settle();
        CHECK(desk.text() ==
              "The server refused it: Invalid Call ID.\nCorrect what you have entered, and submit it again.");
    }
    SECTION("not sent, since there is no link") {
        desk.script.fail_open(lcm::Errc::connect_failed);
        desk.script.drop(boost::asio::error::connection_reset);
        desk.settle();
        CHECK(desk.link() == "no link, trying again");
        desk.submit();
        desk.settle();
        desk.pass(11s);
        CHECK(desk.text() == "It was not sent.\nWait until the connection is back, and submit it again then.");
        CHECK(desk.form->submit->isEnabled());
    }
    SECTION("unknown, and the truth comes late") {
        desk.submit();
        desk.settle();
        desk.pass(11s);
        CHECK(desk.text() == unknown);
        desk.script.receive(reply<Set>("12345"));
        desk.settle();
        CHECK(desk.text() == saved_after_all);
        CHECK_FALSE(desk.form->submit->isEnabled());
    }
}

TEST_CASE("While a Do Not Call is unknown nothing else is submitted, until the agent has looked it up") {
    Scripted desk;
    desk.ready();
    CHECK(desk.form->looked_up->isHidden());
    lcm::SetDNC mark{.account_number = "5|3|1|0|0|44|1", .outcome_id = 5, .business_outcome = 101};
    desk.client.async_call(mark, [](const auto&) {}); // another form's
    desk.settle();
    const std::size_t before = desk.script.sent().size();
    const std::string kept_back = "It was not sent: whether this contact is marked Do Not Call is not known yet.\n"
                                  "It has changed nothing; look up whether the contact is marked Do Not Call before "
                                  "you submit it again.";
    desk.submit();
    desk.settle();
    CHECK(desk.text() == kept_back);
    CHECK_FALSE(desk.form->looked_up->isHidden());
    desk.form->looked_up->click();
    CHECK(desk.form->looked_up->isHidden());
    desk.submit();
    desk.settle();
    CHECK(desk.text() == kept_back); // it is pending: there is nothing to look up yet
    desk.pass(11s);
    desk.submit();
    desk.settle();
    CHECK(desk.text() == kept_back);
    CHECK(desk.script.sent().size() == before);
    desk.form->looked_up->click();
    CHECK(desk.text() == "Submit it again, if it is right.");
    desk.submit();
    desk.settle();
    CHECK(desk.script.sent().size() == before + 1);
    CHECK(desk.state() == State::saving);
}

TEST_CASE("A form that is closed while it waits is told nothing more") {
    Scripted desk;
    desk.ready();
    desk.submit();
    desk.settle();
    desk.form.reset();
    desk.script.receive(reply<lcm::SetBusinessOutcomeWithCallOutcome>("12345"));
    desk.settle();
    CHECK(desk.client.stats().pending == 0);
}

namespace {

// --- the faults of the simulator, over both real transports ------------------------------------------------------------

const lcm::testing::FaultScope submission{.operation = "SetBusinessOutcomeWithCallOutcome"};
struct FaultyAnswer {
    Fault fault;
    std::string_view text; // what the agent reads in the end
    bool takes_time = false;
};

const std::vector<FaultyAnswer> faulty_answers{
    {Fault::none, saved},
    {Fault::no_answer, unknown, true},
    {Fault::late_answer, unknown, true},
    {Fault::answer_twice, saved},
    {Fault::success_false, refused},
    {Fault::missing_success, unknown},
    {Fault::success_string, unknown},
    {Fault::wrong_case, saved},
    {Fault::other_subscriber, saved},
    {Fault::garbage, unknown, true},
    {Fault::truncated_json, unknown, true},
    {Fault::huge_message, unknown},
    {Fault::oversized_answer, unknown},
    {Fault::binary_frame, saved},
    {Fault::fragments, saved},
    {Fault::drop_before_answer, unknown},
    {Fault::drop_while_receiving, unknown},
    {Fault::close_going_away, unknown},
    {Fault::close_policy, unknown},
    {Fault::close_internal_error, unknown},
    {Fault::late_action, unknown, true},
};

/// Runs the loop, and the client's clock with it if `passes`.
template <class Done> bool comes_to(Desk& desk, bool passes, Done done) {
    return run_until([&] {
        if (passes) desk.clock.advance(1s);
        return done();
    });
}

void check_answer(Desk& desk, lcm::testing::Simulator& simulator, const FaultyAnswer& row) {
    CAPTURE(lcm::testing::info(row.fault).name);
    REQUIRE(desk.reaches(State::editing));
    simulator.set_fault(row.fault, submission);
    desk.form->telephony->setCurrentIndex(1);
    desk.form->business->setCurrentIndex(1);
    desk.submit();
    // Time passes for what the server has: the two lists, and this.
    if (row.takes_time) REQUIRE(run_until([&] { return simulator.requests().size() == 3; }));
    REQUIRE(comes_to(desk, row.takes_time, [&] { return desk.state() != State::saving; }));
    CHECK(desk.text() == row.text);
    CHECK(desk.form->submit->isEnabled() == (row.text != saved));
    if (row.fault != Fault::late_answer) return;
    simulator.release_answers();
    REQUIRE(desk.reaches(State::saved));
    CHECK(desk.text() == saved_after_all);
}

/// What a whole connection has: the lists cannot be loaded, and the form says what the link needs.
struct FaultyLink {
    Fault fault;
    const char* link;
    bool takes_time = false;
};

const std::vector<FaultyLink> faulty_links{
    {Fault::stop_reading, "no link, trying again", true},
    {Fault::unauthorized, "no link: sign in again"},
    {Fault::forbidden, "no link: sign in again"},
    {Fault::service_unavailable, "no link, trying again"},
    {Fault::wrong_host, "no link: call support"},
    {Fault::expired, "no link: call support"},
    {Fault::not_yet_valid, "no link: call support"},
    {Fault::unknown_authority, "no link: call support"},
    {Fault::self_signed, "no link: call support"},
    {Fault::no_address, "no link: call support"},
    {Fault::old_tls, "no link: call support"},
    {Fault::client_certificate, "no link: call support"},
};

void check_link(Desk& desk, const FaultyLink& row) {
    CAPTURE(lcm::testing::info(row.fault).name);
    REQUIRE(comes_to(desk, row.takes_time, [&] { return desk.link() == row.link; }));
    REQUIRE(comes_to(desk, true, [&] { return desk.state() == State::not_loaded; }));
    CHECK_FALSE(desk.form->submit->isEnabled());
}

using Connect = std::function<std::unique_ptr<Desk>(const lcm::testing::Simulator&)>;

void check_all_faults(const Connect& connect) {
    for (const FaultyAnswer& row : faulty_answers) {
        lcm::testing::Simulator simulator;
        const auto desk = connect(simulator);
        check_answer(*desk, simulator, row);
    }
    for (const FaultyLink& row : faulty_links) {
        lcm::testing::Simulator simulator({.tls = lcm::testing::info(row.fault).needs_tls, .fault = row.fault});
        const auto desk = connect(simulator);
        check_link(*desk, row);
    }
}

} // namespace

TEST_CASE("The form tells each of the simulator's faults as what it is, over the library's WebSocket") {
    check_all_faults([](const lcm::testing::Simulator& simulator) {
        lcm::WebSocketOptions options{.url = simulator.url(), .idle_timeout = 200ms};
        options.tls.ca_pem = simulator.authority_pem();
        return std::make_unique<Desk>(lcm::websocket(options), lcm::testing::ManualClock{});
    });
}

TEST_CASE("The form tells each of the simulator's faults as what it is, over Qt's WebSocket") {
    check_all_faults([](const lcm::testing::Simulator& simulator) {
        const lcm::testing::ManualClock clock;
        const QUrl url(QString::fromStdString(simulator.url()));
        lcm::qt::WebSocketOptions options{.request = [=] { return QNetworkRequest(url); }};
        options.tls.setCaCertificates(QSslCertificate::fromData(QByteArray::fromStdString(simulator.authority_pem())));
        return std::make_unique<Desk>(lcm::qt::websocket(options, clock), clock);
    });
}

TEST_CASE("No fault of the simulator is left out of the form's tests") {
    std::set<Fault> tested;
    for (const FaultyAnswer& row : faulty_answers) tested.insert(row.fault);
    for (const FaultyLink& row : faulty_links) tested.insert(row.fault);
    for (const auto& row : lcm::testing::fault_table) CHECK(tested.count(row.fault) == 1);
}

// LCM_CLIENT_PICTURE names the file to write, as examples/qt/states.png.
TEST_CASE("The form's states make a picture") {
    using Set = lcm::SetBusinessOutcomeWithCallOutcome;
    std::vector<QImage> states;
    const auto take = [&](Scripted& desk) {
        desk.form->resize(300, 230);
        states.push_back(desk.form->grab().toImage());
    };
    const auto ending = [&](auto end) {
        Scripted desk;
        desk.ready();
        desk.form->comment->setText("Test comment");
        desk.form->target->setValue(250);
        end(desk);
        desk.settle();
        take(desk);
    };
    const auto submitted = [](Scripted& desk) {
        desk.submit();
        desk.settle();
    };
    ending([](Scripted&) {});
    ending([&](Scripted& desk) {
        submitted(desk);
        desk.script.receive(reply<Set>("12345"));
    });
    ending([&](Scripted& desk) {
        submitted(desk);
        desk.script.receive(lcm::testing::ws_error("Invalid Call ID:12345"));
    });
    ending([&](Scripted& desk) {
        desk.script.fail_open(lcm::Errc::connect_failed);
        desk.script.drop(boost::asio::error::connection_reset);
        submitted(desk);
        desk.pass(11s);
    });
    ending([&](Scripted& desk) {
        submitted(desk);
        desk.pass(11s);
    });
    ending([&](Scripted& desk) {
        submitted(desk);
        desk.pass(11s);
        desk.script.receive(reply<Set>("12345"));
    });
    REQUIRE(states.size() == 6);
    QImage picture(3 * 310 - 10, 2 * 240 - 10, QImage::Format_RGB32);
    picture.fill(Qt::white);
    QPainter painter(&picture);
    for (int i = 0; i < 6; ++i) painter.drawImage(i % 3 * 310, i / 3 * 240, states[static_cast<std::size_t>(i)]);
    painter.end();
    for (std::size_t i = 1; i < states.size(); ++i) CHECK(states[i] != states[i - 1]);
    if (const char* const file = std::getenv("LCM_CLIENT_PICTURE")) CHECK(picture.save(file));
}
