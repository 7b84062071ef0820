/* SPDX-License-Identifier: BSL-1.0
 * What is outside of the desktop, in the model of the outbox: the links, who keeps their bytes, and the server. */

chan to_server[DESKTOPS] = [1] of { mtype, byte, byte }; /* request, entry, departure; or ask */
chan to_desktop[DESKTOPS] = [1] of { mtype, byte };      /* accepted; refused; or stored_request, name */
chan late = [LATE_DELIVERIES] of { byte, byte, byte };   /* desktop, entry, departure: what a front still keeps */

/* The server's store names the last request for the call, whatever became of it. */
#define name_of(d, e) ((d) * ENTRIES + (e))
#define BEFORE 250 /* what the desktops had seen there before they posted */
#define EMPTY 251
byte store = BEFORE;

#define is_reply_under_way(d) (to_desktop[d] ? [accepted, _] || to_desktop[d] ? [refused, _])

/* What one step takes out of a channel. No step leaves anything here for another one. */
hidden mtype message;
hidden byte which, departure, name;

/* The link's content goes: replies are lost, and so is a request, unless a front keeps it and delivers it late. */
inline lose_content(d) {
    if
    :: late_deliveries > 0 && to_server[d] ? [request, _, _] ->
        to_server[d] ? message, which, departure;
        late ! d, which, departure;
        late_deliveries--
    :: nempty(to_server[d]) -> to_server[d] ? message, which, departure
    :: empty(to_server[d])
    fi;
    if
    :: nempty(to_desktop[d]) -> to_desktop[d] ? message, name
    :: empty(to_desktop[d])
    fi
}

inline break_link(d) {
    desktop_of[d].broken = true;
    lose_content(d)
}

/* What happens to bytes between the desktop and the server. */
proctype link(byte d) {
end:
    do
    :: atomic { cuts > 0 && !D.broken -> cuts--; break_link(d) }

    /* The settle time is over. This is the assumption: nothing of a link that was given up arrives any more, neither a
     * request at the server nor a reply to it at the desktop. */
    :: atomic { D.bytes == given_up && unless(arrives_after_settle_time, empty(late)) && !is_reply_under_way(d) ->
        D.bytes = settled }
    od
}

/* The server takes a request. Its store names the request before anything is done. A refusal may leave no trace. */
inline take(e) {
    check(not_reached_is_true, departure > E.declared_missing);
    check(ends_once, E.heard != not_sent);
    check(in_order, e != 0 || !D.entries[1].arrived);
    E.arrived = true;
    if
    :: store = name_of(d, e); E.acted++; message = accepted
    :: store = name_of(d, e); message = refused
    :: message = refused
    :: MUTATION == store_may_miss_it -> E.acted++; message = accepted
    fi;
    check(acted_once, E.acted <= 1 + E.resends)
}

/* What the server does for the links of one desktop. */
proctype server(byte d) {
end:
    do
    :: atomic { to_server[d] ? request(which, departure) -> take(which); to_desktop[d] ! message(0) }
    :: atomic { to_server[d] ? ask(_, _) -> to_desktop[d] ! stored_request(store) }

    /* A late delivery. The reply may come over the desktop's present link. */
    :: atomic { late ? eval(d), which, departure ->
        take(which);
        if
        :: !D.broken && empty(to_desktop[d]) -> to_desktop[d] ! message(0)
        :: true
        fi }

    /* A crash, which may empty the store. */
    :: atomic { crashes > 0 ->
        crashes--;
        break_link(0);
#if DESKTOPS > 1
        break_link(1);
#endif
        if
        :: store = EMPTY
        :: true
        fi }
    od
}
