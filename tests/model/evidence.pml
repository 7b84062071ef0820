/* SPDX-License-Identifier: BSL-1.0
 * What the answer to an inquiry says about the unknown entry `e` of desktop `d`, in the model of the outbox. */

#define shows_ours(name) (name == name_of(d, e) || (MUTATION == entries_look_equal && name == name_of(d, 1 - e)))
#define came_before(name) (name == BEFORE || (e == 1 && name == name_of(d, 0)) || \
                           (MUTATION == empty_store_is_evidence && name == EMPTY) || \
                           (MUTATION == others_look_like_before && name / ENTRIES == 1 - d))

/* The evidence that an answer gives. It changes nothing of the entry. */
inline judge(name) {
    if
    :: shows_ours(name) && E.now.departures == 1 -> /* `reached` */
        check(told_is_true, E.arrived);
        if
        :: MUTATION == takes_evidence_for_a_verdict -> E.now.state = ended; E.now.ending = accepted; E.told = false
        :: else
        fi
    :: !shows_ours(name) && came_before(name) &&
       (MUTATION != settles_before_the_answer || D.bytes == settled) -> /* `not_reached` */
        check(not_reached_is_true, E.acted == 0);
        E.declared_missing = E.now.departures
    :: else /* `undecided`: an equal request went before, there was another one since, or the store is empty */
    fi
}
