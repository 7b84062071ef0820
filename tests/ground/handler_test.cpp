// SPDX-License-Identifier: BSL-1.0
// The function object of a transport: small ones lie in it without the heap, and each is called once and let go.
#include <support/catch.hpp>

#include <lcm_client/handler.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <new>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

using Handler = lcm::Handler<void(int)>;

// A function object of that many bytes, which tells when it goes to the heap.
template <std::size_t Size, bool NothrowMove = true> class Sized {
public:
    explicit Sized(std::vector<int>& called) : called_(&called) {}
    Sized(Sized&& other) noexcept(NothrowMove) : called_(other.called_) {}
    void operator()(int x) { called_->push_back(x); }

    static void* operator new(std::size_t size) {
        ++on_heap;
        return ::operator new(size);
    }
    static void operator delete(void* memory) { ::operator delete(memory); }
    static void* operator new(std::size_t, void* room) noexcept { return room; }
    static inline int on_heap = 0;

private:
    std::vector<int>* called_;
    std::array<char, Size - sizeof(void*)> rest_{};
};

template <class Target> int heap_uses() {
    const int before = Target::on_heap;
    std::vector<int> called;
    Handler first = Target(called);
    Handler second = std::move(first);
    first = std::move(second);
    first(7);
    CHECK(called == std::vector<int>{7});
    return Target::on_heap - before;
}

void add_one(int& x) { ++x; }

} // namespace

TEST_CASE("A function of up to 64 bytes that moves without throwing lies in the handler, any other on the heap") {
    CHECK(heap_uses<Sized<16>>() == 0);
    CHECK(heap_uses<Sized<64>>() == 0);
    CHECK(heap_uses<Sized<72>>() == 1);
    CHECK(heap_uses<Sized<16, false>>() == 1);
    static_assert(std::is_nothrow_move_constructible_v<Handler> && std::is_nothrow_move_assignable_v<Handler>);
    static_assert(!std::is_copy_constructible_v<Handler>);
}

TEST_CASE("A handler is empty until it gets a function, and again when that is called or moved away") {
    Handler handler;
    CHECK_FALSE(handler);
    CHECK_FALSE(Handler(nullptr));
    int sum = 0;
    handler = [&sum](int x) { sum += x; };
    CHECK(handler);
    Handler other(std::move(handler));
    CHECK(other);
    CHECK_FALSE(handler); // NOLINT(bugprone-use-after-move): that is what is tested
    other(5);
    CHECK(sum == 5);
    CHECK_FALSE(other);
}

TEST_CASE("A handler may put another function in its own place, and stays whole while it runs") {
    for (const bool large : {false, true}) {
        CAPTURE(large);
        Handler handler;
        int sum = 0;
        const auto next = [&sum](int x) { sum += 10 * x; };
        const auto shared = std::make_shared<int>(1);
        if (large)
            handler = [&, shared, rest = std::array<char, 100>{}](int x) {
                handler = next;
                sum += x + *shared + rest[99];
            };
        else
            handler = [&, shared](int x) {
                handler = next;
                sum += x + *shared;
            };
        handler(1);
        CHECK(sum == 2);
        CHECK(shared.use_count() == 1); // the function has gone when the call is over
        REQUIRE(handler);
        handler(1);
        CHECK(sum == 12);
    }
}

TEST_CASE("A function that is never called goes with its handler, or when another one takes its place") {
    const auto token = std::make_shared<int>();
    {
        const Handler small = [token](int) {};
        const Handler large = [token, rest = std::array<char, 100>{}](int) { static_cast<void>(rest); };
        CHECK(token.use_count() == 3);
    }
    CHECK(token.use_count() == 1);
    Handler handler = [token](int) {};
    handler = [](int) {};
    CHECK(token.use_count() == 1);
    handler = [token](int) {};
    handler = nullptr;
    CHECK(token.use_count() == 1);
    CHECK_FALSE(handler);
}

TEST_CASE("An exception of the function passes through, and the handler is empty") {
    const auto token = std::make_shared<int>();
    Handler handler = [token](int) { throw std::runtime_error("a bug"); };
    CHECK_THROWS_WITH(handler(1), "a bug");
    CHECK_FALSE(handler);
    CHECK(token.use_count() == 1);
}

TEST_CASE("A handler takes functions that only move, plain functions, and passes references on") {
    int result = 0;
    Handler moves = [value = std::make_unique<int>(3), &result](int x) { result = *value + x; };
    moves(4);
    CHECK(result == 7);
    lcm::Handler<void(int&)> plain = add_one;
    plain(result);
    CHECK(result == 8);
    lcm::Handler<void(std::unique_ptr<int>)> takes = [&result](std::unique_ptr<int> x) { result = *x; };
    takes(std::make_unique<int>(9));
    CHECK(result == 9);
}
