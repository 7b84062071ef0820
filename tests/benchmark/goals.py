# SPDX-License-Identifier: BSL-1.0
"""The goals and how far they are met: the table that run.py prints."""

import dataclasses
import statistics

import compile_time

OURS = "ours callback, ws, depth 256"
OURS_TLS = "ours callback, wss, depth 256"
BEAST = "beast hand, ws, depth 256"
LIMIT = "limit, ws, depth 256"
LIMIT_TLS = "limit, wss, depth 256"
SOCKET_HEADER = ["client", "cycle over ours", "CPU over ours", "cycle, us", "requests/s", "CPU, us"]


@dataclasses.dataclass(frozen=True)
class Row:
    """One goal. `measured` is nothing if the peer is not there."""

    goal: str
    ship: float
    stretch: float
    measured: float | None
    is_more_better: bool = False
    unit: str = ""

    def meets(self, bound):
        return self.measured >= bound if self.is_more_better else self.measured <= bound

    def verdict(self):
        if self.measured is None:
            return "skipped"
        return "stretch" if self.meets(self.stretch) else "ship" if self.meets(self.ship) else "NO"

    def cells(self):
        sign = "≥" if self.is_more_better else "≤"
        measured = "-" if self.measured is None else number(self.measured) + self.unit
        bounds = [f"{sign} {number(bound)}{self.unit}" for bound in (self.ship, self.stretch)]
        return [self.goal, *bounds, measured, self.verdict()]


def number(value):
    if abs(value) >= 100:
        return f"{value:,.0f}".replace(",", " ")
    return f"{value:.3f}".rstrip("0").rstrip(".") if abs(value) < 0.1 else f"{value:.2f}".rstrip("0").rstrip(".")


def table(rows, header):
    """As Markdown."""
    lines = [header, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    lines.insert(1, ["-" * width for width in widths])
    return "\n".join("| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |" for line in lines)


class Measured:
    """Everything that was measured, as the goals ask for it."""

    def __init__(self, repetitions, micro, counters, link_lost, reconnect, beast_idle, compiled):
        self.repetitions = repetitions
        self.micro = micro
        self.counters = counters
        self.link_lost = link_lost
        self.reconnect = reconnect
        self.beast_idle = beast_idle
        self.compiled = compiled

    def ratio(self, over, under, what="cycle"):
        """The median of the ratios of the repetitions."""
        if over not in self.repetitions[0] or under not in self.repetitions[0]:
            return None
        return statistics.median(each[over][what] / each[under][what] for each in self.repetitions)

    def micro_ratio(self, over, under):
        return statistics.median(self.micro[over]) / statistics.median(self.micro[under])

    def compile_ratio(self, name, what="seconds"):
        ours, peer = (getattr(cost, what) for cost in self.compiled[name])
        return ours / peer

    def rows(self):
        count = self.counters
        pending = max(value for name, value in count.items() if "per pending request" in name)
        return [
            Row("depth-1 cycle, callback, over TCP floor", 1.06, 1.03,
                self.ratio("ours callback, ws, depth 1", "tcp_floor, tcp, depth 1")),
            Row("depth-1 cycle, callback, ws, over the practical limit", 1.04, 1.02,
                self.ratio("ours callback, ws, depth 1", "limit, ws, depth 1")),
            Row("depth-1 cycle, callback, wss, over the practical limit", 1.04, 1.02,
                self.ratio("ours callback, wss, depth 1", "limit, wss, depth 1")),
            Row("depth-1 cycle, future from another thread, over raw Beast with promise and I/O thread", 1.0, 0.9,
                self.ratio("ours future, ws, depth 1", "beast future, ws, depth 1")),
            Row("256 in flight, ws, over raw Beast one write per message", 6, 10, self.ratio(BEAST, OURS), True),
            Row("256 in flight, ws, over the same with nlohmann", 10, 18,
                self.ratio("beast nlohmann, ws, depth 256", OURS), True),
            Row("256 in flight, ws, over node ws", 10, 15, self.ratio("node_ws, ws, depth 256", OURS), True),
            Row("256 in flight, wss, over raw Beast one write per message", 7, 12,
                self.ratio("beast hand, wss, depth 256", OURS_TLS), True),
            Row("256 in flight, ws, over the practical limit", 0.9, 1.0, self.ratio(LIMIT, OURS), True),
            Row("256 in flight, wss, over the practical limit", 0.9, 1.0, self.ratio(LIMIT_TLS, OURS_TLS), True),
            Row("client CPU per request at 256, over raw Beast one write per message", 0.12, 0.06,
                self.ratio(OURS, BEAST, "cpu")),
            Row("instructions per request, depth 1", 12_000, 7_000, count["instructions per request, depth 1"]),
            Row("instructions per request, depth 256", 8_000, 4_000, count["instructions per request, depth 256"]),
            Row("system calls per request, depth 1", 5, 4, count["system calls per request, depth 1"]),
            Row("system calls per request, depth 256", 0.05, 0.03, count["system calls per request, depth 256"]),
            Row("heap calls per request, callback, depth 1", 2, 0, count["heap calls per request, depth 1"]),
            Row("heap calls per request, callback, depth 256", 0.1, 0, count["heap calls per request, depth 256"]),
            Row("encode, over a hand writer", 2, 1.2, self.micro_ratio("encode_ours", "encode_hand")),
            Row("decode, over a hand pull parser", 2, 1.0, self.micro_ratio("decode_ours", "decode_hand")),
            Row("decode, unlike the one before, over a hand pull parser", 2, 1.0,
                self.micro_ratio("decode_unlike_ours", "decode_unlike_hand")),
            Row("match and complete at 100 000 pending, over 100 pending", 2, 1.3,
                self.micro_ratio("match/100000", "match/100")),
            Row("the same with call ids chosen to collide without a key, over 1 000 pending", 2.5, 1.5,
                self.micro_ratio("match_hostile_ids/100000", "match_hostile_ids/1000")),
            Row("one of 100 000 held back behind each other: its turn, over 1 000", 2, 1.3,
                self.micro_ratio("held_back/100000", "held_back/1000")),
            Row("link lost with 100 000 pending: all ended within", 200, 50, self.link_lost, unit=" ms"),
            Row("a reconnect with 256 waiting, over a live link: round trips more", 1.2, 1.0, self.reconnect),
            Row("heap per pending request beyond its unsent text", 256, 128, pending, unit=" B"),
            Row("idle client, heap, ws, over raw Beast's connection", 2, 1.2,
                count["heap bytes of an idle client"] / self.beast_idle),
            Row("compile, one call and get(), linked mode, -O0, over raw Beast + nlohmann wss client", 0.2, 0.1,
                self.compile_ratio("linked, -O0")),
            Row("compile, the same header-only, wss, -O2, over raw Beast + nlohmann wss client", 0.6, 0.5,
                self.compile_ratio("header-only, -O2")),
            Row("compile, a source with the mock, linked mode, -O0, over the first program", 1.3, 1.1,
                self.compile_ratio("a source with the mock, linked, -O0")),
            Row("compile, the library's own source with sanitizers, over raw Beast + nlohmann wss client", 1.2, 1.0,
                self.compile_ratio(compile_time.SANITIZED)),
            Row("the same in memory", 1.2, 1.0, self.compile_ratio(compile_time.SANITIZED, "megabytes")),
        ]

    def socket_figures(self):
        """Each client beside ours of the same scheme and depth, and its medians."""
        for name in sorted(self.repetitions[0], key=lambda name: (name.split(", ")[::-1], name)):
            scheme, depth = name.split(", ")[1:]
            ours = f"ours callback, {scheme.replace('tcp', 'ws')}, {depth}"
            ratios = [number(self.ratio(name, ours, what)) for what in ("cycle", "cpu")]
            cycle = statistics.median(each[name]["cycle"] for each in self.repetitions)
            cpu = statistics.median(each[name]["cpu"] for each in self.repetitions)
            yield [name, *ratios, f"{cycle * 1e6:.2f}", number(1 / cycle), f"{cpu * 1e6:.2f}"]

    def other_figures(self):
        yield from ([name, number(value)] for name, value in self.counters.items())
        yield ["heap bytes of an idle connection of raw Beast", number(self.beast_idle)]
        for name, times in self.micro.items():
            yield [f"{name}, ns", number(statistics.median(times))]
        for name, (ours, peer) in self.compiled.items():
            peer_name = compile_time.PAIRS[name].peer_name
            yield [f"compile, {name}: ours; {peer_name}, s", f"{ours.seconds:.1f}; {peer.seconds:.1f}"]
            yield [f"compile, {name}: ours; {peer_name}, MB", f"{ours.megabytes:.0f}; {peer.megabytes:.0f}"]
