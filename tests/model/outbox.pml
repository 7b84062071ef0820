/* SPDX-License-Identifier: BSL-1.0
 *
 * The life of an outbox entry, from `post` to its end, over crashes, power losses, broken links and late deliveries.
 * README.md beside it has the assumptions and what was found; run.sh searches all of it.
 *
 * Each step of a proctype is one atomic guarded command, and all that somebody knows stands in global variables. So a
 * crash of the desktop, which is a step like the others, may come between any two of them.
 */
#include "checks.pml"

/* The bounds: each is how often it happens at the most, in all. */
#ifndef CRASHES
#define CRASHES 2 /* of desktops, with the power or without, and of the server */
#endif
#ifndef CUTS
#define CUTS 1 /* links that break without a crash */
#endif
#ifndef LATE_DELIVERIES
#define LATE_DELIVERIES 1 /* requests that somebody keeps when their link breaks, and may deliver later */
#endif
#ifndef WITHDRAWALS
#define WITHDRAWALS 1 /* waiting entries that the application takes back, or that expire */
#endif
#ifndef DESKTOPS
#define DESKTOPS 1 /* each with a file and a link of its own; all set outcomes of one telephone call */
#endif
#define ENTRIES 2 /* of one subject: entry 0 marks Do-Not-Call, entry 1 is a later outcome for the same contact */
#define posts(d, e) (d == 0 || e == 0) /* a second desktop posts one entry only */

mtype = { absent, waiting, handed_over, unknown, ended }; /* an entry's states */
mtype = { nothing, accepted, refused, not_sent };         /* with `unknown`: its endings, and what was told of it */
mtype = { settled, on_link, given_up };                   /* where the bytes that a desktop handed over may be */
mtype = { not_asked, asked, answered };                   /* the inquiry about the unknown entry */
mtype = { request, ask, stored_request };                 /* messages, beside the replies `accepted` and `refused` */

typedef Record {
    mtype state;
    mtype ending;   /* of an ended entry */
    byte departures /* how often it was handed over; 0 is the proof that no byte of it has left */
};

typedef Entry {
    Record now;  /* as the running desktop has it, and as it was written to the file */
    Record disk; /* as it was at the last sync; never `unknown`, since `handed_over` is read as that after a crash */
    bool sent;   /* of a handed over one: the link has its bytes */
    bool told;   /* of an unknown or ended one: the application has heard of it */

    /* The ledger, by which all is judged and which nobody sees. */
    bool confirmed;       /* `post` has said that it is on disk */
    mtype heard;          /* what the application was told last: nothing, `unknown` or an ending */
    byte resends;         /* how often the application's rule said resend */
    byte acted;           /* how often the server did what it asks for */
    bool arrived;         /* the server has seen it, and acted or refused */
    byte declared_missing /* evidence said `not_reached` of its departures up to this one */
};

typedef Desktop {
    Entry entries[ENTRIES];
    bool broken; /* the link, and the desktop has not noticed; a new link is there as soon as it has */
    mtype bytes;
    mtype inquiry;
    bool with_person /* the rule asked a person about the unknown entry, who has not answered */
};

Desktop desktop_of[DESKTOPS];
byte crashes, cuts, withdrawals;
byte late_deliveries = LATE_DELIVERIES;

#define D desktop_of[d]
#define E desktop_of[d].entries[e]
#define earlier desktop_of[d].entries[0]

#include "world.pml"

#define as_written(state) (state == unknown -> handed_over : state)
#define same(a, b) (a.state == as_written(b.state) && a.ending == b.ending && a.departures == b.departures)
#define is_synced(e) same(D.entries[e].disk, D.entries[e].now)

inline copy(to, from) {
    to.ending = from.ending;
    to.departures = from.departures;
    to.state = as_written(from.state)
}

/* One sync makes all durable that was written, so an ending is on disk before the next entry of its subject leaves. */
inline sync(e) {
    if
    :: MUTATION == ending_misses_the_batch && E.now.state == ended
    :: else -> copy(E.disk, E.now)
    fi
}

/* What becomes of an entry when the file is read after a crash. */
#define is_ending(what) (what == accepted || what == refused || what == not_sent)
inline restart(e) {
    if
    :: E.now.state == handed_over || E.now.state == unknown ->
        E.now.state = (MUTATION == resends_after_crash -> waiting : unknown)
    :: MUTATION == forgets_what_waits && E.now.state == waiting -> E.now.state = absent
    :: else
    fi;
    E.sent = false;
    E.told = (MUTATION == ended_is_not_told_again && E.now.state == ended);
    check(ends_once, !E.confirmed || E.now.state != absent);
    check(ends_once, E.heard != unknown || E.now.departures > 0);
    if /* An ending that was told and is lost with the power is unknown now, and the application will hear so. */
    :: is_ending(E.heard) && E.now.state != ended ->
        check(ends_once, E.now.state == unknown);
        E.heard = (MUTATION == counts_lost_endings -> E.heard : nothing)
    :: else
    fi
}

/* The link is given up. An entry whose bytes it never had goes on waiting; one whose bytes it had is unknown. */
inline give_up(e) {
    if
    :: E.now.state == handed_over && E.sent -> E.now.state = unknown; E.sent = false
    :: E.now.state == handed_over && !E.sent -> E.now.state = waiting; E.now.departures--
    :: else
    fi
}

/* What happens to a desktop as a whole. */
proctype desktop(byte d) {
end:
    do
    /* A sync may come at any time. What needs one waits for it. */
    :: atomic { !is_synced(0) || !is_synced(1) -> sync(0); sync(1) }

    :: atomic { D.broken ->
        D.broken = false;
        D.bytes = (D.bytes == on_link -> given_up : D.bytes);
        D.inquiry = (D.inquiry == asked -> not_asked : D.inquiry);
        give_up(0);
        give_up(1) }

    /* A crash and the restart. A killed process leaves all in the file that it has written. A power loss takes commits
     * that no sync has covered, from the last one on: no mark is kept without the ending that made way for it. */
    :: atomic { crashes > 0 ->
        crashes--;
        lose_content(d);
        D.broken = false;
        D.bytes = given_up;
        D.inquiry = not_asked;
        D.with_person = false;
        if
        :: true
        :: copy(D.entries[1].now, D.entries[1].disk)
        :: copy(D.entries[0].now, D.entries[0].disk); copy(D.entries[1].now, D.entries[1].disk)
        :: unless(mark_outlives_ending, D.entries[1].now.departures == D.entries[1].disk.departures) ->
            copy(D.entries[0].now, D.entries[0].disk)
        fi;
        restart(0);
        restart(1) }
    od
}

#include "evidence.pml"

/* What a desktop does with one entry. */
proctype entry(byte d; byte e) {
end:
    do
    /* `post` writes the entry, and says so when it is on disk. The application posts one after the other. */
    :: atomic { E.now.state == absent && !E.confirmed && (e == 0 || earlier.confirmed) -> E.now.state = waiting }
    :: atomic { E.now.state != absent && !E.confirmed && unless(confirms_before_sync, E.disk.state != absent) ->
        E.confirmed = true }

    /* The application takes back an entry that waits, or it expires. That is `not_sent` only if it never left. */
    :: atomic { E.now.state == waiting && E.confirmed && withdrawals > 0 ->
        withdrawals--;
        E.now.state = ended;
        E.now.ending = (unless(forgets_that_it_left, E.now.departures == 0) -> not_sent : unknown) }

    /* An entry is handed over when each earlier one of its subject has ended. */
    :: atomic { E.now.state == waiting && (e == 0 || earlier.now.state == ended ||
                                           (MUTATION == overtakes_unknown && earlier.now.state == unknown)) ->
        E.now.state = handed_over;
        E.now.departures++ }

    /* The first byte leaves when the mark is on disk. */
    :: atomic { E.now.state == handed_over && !E.sent && unless(sends_before_sync, is_synced(e)) ->
        check(in_order, e == 0 || earlier.now.state == ended);
        E.sent = true;
        D.bytes = on_link;
        to_server[d] ! request(e, E.now.departures);
        if
        :: D.broken -> lose_content(d)
        :: else
        fi }

    /* A reply names no request: it is taken for that of the one without an answer. It may come after the deadline. */
    :: atomic { ((E.now.state == handed_over && E.sent) || E.now.state == unknown) && is_reply_under_way(d) ->
        to_desktop[d] ? E.now.ending, name;
        E.now.state = ended;
        E.sent = false;
        E.told = false }
    :: atomic { E.now.state == handed_over && E.sent -> E.now.state = unknown; E.sent = false }

    /* `unknown`, and an ending that the server did not say, are told when they are on disk: what a power loss made of
     * them might leave by itself. What the server said is told at once: a power loss makes it unknown. */
    :: atomic { E.now.state == unknown && !E.told && unless(tells_before_sync, is_synced(e)) ->
        check(leaves_again, E.now.departures > 0);
        check(ends_once, !is_ending(E.heard));
        E.told = true;
        E.heard = unknown }
    :: atomic { E.now.state == ended && !E.told &&
                (E.now.ending == accepted || E.now.ending == refused || unless(tells_before_sync, is_synced(e))) ->
        check(ends_once, !is_ending(E.heard) || E.heard == E.now.ending);
        check(ends_once, E.now.ending != not_sent || !E.arrived);
        check(told_is_true, E.now.ending != accepted || E.acted > 0);
        E.told = true;
        E.heard = E.now.ending }

    /* The inquiry leaves when nothing that was handed over can arrive any more. */
    :: atomic { E.now.state == unknown && E.told && D.inquiry == not_asked &&
                (D.bytes == settled || MUTATION == asks_before_settled || MUTATION == settles_before_the_answer) ->
        D.inquiry = asked;
        to_server[d] ! ask(0, 0);
        if
        :: D.broken -> lose_content(d)
        :: else
        fi }
    :: atomic { E.now.state == unknown && to_desktop[d] ? [stored_request, _] ->
        to_desktop[d] ? message, name;
        D.inquiry = answered;
        judge(name) }

    /* The application's rule, `on_doubt`: resend, drop, or ask a person, whose later word is one of the first two. */
    :: atomic { E.now.state == unknown && E.told && !D.with_person && D.inquiry != asked &&
                (D.bytes == settled || (MUTATION == decides_before_settled && D.bytes == given_up)) ->
        if
        :: E.now.state = waiting; E.resends++; E.told = false; D.inquiry = not_asked
        :: E.now.state = ended; E.now.ending = unknown; E.told = false; D.inquiry = not_asked
        :: D.with_person = true
        fi }
    od
}

/* When nothing happens any more, each entry has ended, or is unknown and a person was asked about it, and the
 * application has heard so; or it waits behind such an unknown one. */
#define is_with_person(it) (it.now.state == unknown && D.with_person)
#define is_resolved(it) (it.told && (it.now.state == ended || is_with_person(it)))
#define waits_behind(it, other) (it.now.state == waiting && is_with_person(other))
proctype quiescence(byte d) {
    timeout;
    check(leaves_again, is_resolved(D.entries[0]));
    check(ends_once, D.entries[0].heard != nothing);
    if
    :: posts(d, 1) ->
        check(leaves_again, is_resolved(D.entries[1]) || waits_behind(D.entries[1], D.entries[0]));
        check(ends_once, D.entries[1].heard != nothing || waits_behind(D.entries[1], D.entries[0]))
    :: else
    fi
}

inline start(e) {
    E.now.state = absent;
    E.disk.state = absent;
    E.heard = nothing;
    if
    :: posts(d, e) -> run entry(d, e)
    :: else
    fi
}

/* How much goes wrong is chosen first, so that it is also seen what becomes of an entry if nothing more goes wrong. */
inline choose(what, most) {
    do
    :: what < most -> what++
    :: break
    od
}

init {
    byte d;
    atomic {
        choose(crashes, CRASHES);
        choose(cuts, CUTS);
        choose(withdrawals, WITHDRAWALS);
        for (d : 0 .. DESKTOPS - 1) {
            D.bytes = settled;
            D.inquiry = not_asked;
            start(0);
            start(1);
            run desktop(d);
            run link(d);
            run server(d);
            run quiescence(d)
        }
    }
}
